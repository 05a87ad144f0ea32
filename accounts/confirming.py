"""Whether an e-mail address is its person's: a link to it, bound to that address, that somebody opened."""

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import attempts, letters, mail
from accounts.addresses import guesser
from accounts.attempts import Counter
from accounts.models import User
from accounts.refusals import Refusal
from accounts.resetting import LinkSpent

SALT = "accounts.confirming"
SECONDS = 3 * 24 * 3600
LINKS_PER_ACCOUNT = 5
LINKS_PER_ADDRESS = 50


class AddressUnconfirmed(Refusal):
    """What was asked for needs an address that is proved, and the site could have it proved."""

    code = "address_unconfirmed"
    status = 403
    detail = _("Confirm your e-mail address first: “My account” sends you the link.")


def is_missing(user: User) -> bool:
    """Whether the person still has to confirm. On a site without mail nobody can, so nobody has to."""
    return mail.is_sent_here() and user.email_verified_at is None


def refuse_unconfirmed(user: User) -> None:
    """Raises AddressUnconfirmed."""
    if is_missing(user):
        raise AddressUnconfirmed


def send_link(user: User, *, site: str) -> None:
    """Send the link to the address that the person has now. `site` begins it: `https://host`."""
    token = signing.dumps([user.pk, user.email], salt=SALT)
    mail.post(letters.about_confirming(user.email, site + reverse("accounts:confirm", args=[token])))


def send_link_again(user: User, *, site: str, address: str) -> None:
    """The same when the person asks for it. `address` is the network address. Raises TooManyAttempts."""
    attempts.spend(
        Counter(f"confirm:{user.pk}", LINKS_PER_ACCOUNT),
        Counter(f"confirm from {guesser(address)}", LINKS_PER_ADDRESS, shared=True),
    )
    send_link(user, site=site)


def address_in(token: str) -> str:
    """The address that this link confirms. Raises LinkSpent for one that is none, is older than three days,
    or whose account has another address by now."""
    _user_id, email = _read(token)
    return email


def confirm(token: str) -> None:
    """The address is its person's from now on. Raises LinkSpent. A second call changes nothing."""
    user_id, email = _read(token)
    unconfirmed = User.objects.filter(pk=user_id, email=email, is_active=True, email_verified_at=None)
    unconfirmed.update(email_verified_at=timezone.now())


def _read(token: str) -> tuple[int, str]:
    try:
        user_id, email = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature as invalid:
        raise LinkSpent from invalid
    if not User.objects.filter(pk=user_id, email=email, is_active=True).exists():
        raise LinkSpent
    return user_id, email
