"""A forgotten password: a link to the account's address, good for one new password within an hour."""

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from accounts import attempts, credentials, letters, mail
from accounts.addresses import guesser
from accounts.attempts import Counter
from accounts.models import User
from accounts.refusals import Refusal
from accounts.services import check_new_password, tidy_email

LINKS_PER_ACCOUNT = 5
LINKS_PER_ADDRESS = 50  # a whole clubhouse may share one address


class LinkSpent(Refusal):
    """The link was used, is too old, or never was one."""

    code = "link_spent"
    status = 409
    detail = _("This link does not work any more. Ask for a new one.")


def send_link(*, email: str, address: str, site: str) -> None:
    """Send the link, when an active account has this e-mail address. `address` is the caller's network
    address, `site` begins the link: `https://host`.

    Raises InvalidInput or TooManyAttempts; whether there is such an account shows neither in the answer nor
    in the work done for it.
    """
    email = tidy_email(email)
    attempts.spend(
        Counter(f"reset:{email}", LINKS_PER_ACCOUNT),
        Counter(f"reset from {guesser(address)}", LINKS_PER_ADDRESS, shared=True),
    )
    user = User.objects.filter(email=email, is_active=True).first()
    writing_to = user or User(pk=0, email=email)
    uid = urlsafe_base64_encode(force_bytes(writing_to.pk))
    link = reverse("accounts:reset", args=[uid, default_token_generator.make_token(writing_to)])
    letter = letters.about_new_password(email, f"{site}{link}")
    if user:
        mail.post(letter)


def reset_password(*, user: User, token: str, new: str) -> User:
    """Set a new password by the token of a link; every log-in of the person ends and they are told by mail.

    Raises InvalidInput, or LinkSpent, also for the second of two at once. Locks the user's row.
    """
    check_new_password(new, user=user, field="new_password")
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if not locked.is_active or not default_token_generator.check_token(locked, token):
            raise LinkSpent
        locked.set_password(new)
        locked.email_verified_at = locked.email_verified_at or timezone.now()  # the link came by that address
        locked.save(update_fields=["password", "email_verified_at"])
        credentials.end_all(locked)
    mail.post(letters.about_changed_password(locked.email))
    return locked
