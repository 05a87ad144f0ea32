"""What a person does with an account: sign up, prove it is them, change it, leave. Knows no other app: who
else has to act when an account goes registers in `before_account_deletion`."""

from collections.abc import Callable

from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import attempts, codes, credentials, letters, mail
from accounts.addresses import guesser
from accounts.attempts import Counter
from accounts.models import USERNAME_LENGTH, User
from accounts.refusals import Refusal
from accounts.text import InvalidInput, tidy_line

EMAIL_LENGTH = 190
PASSWORD_LENGTH = 128  # hashing a megabyte of password would be a cheap way to keep the server busy
WRONG_GUESSES_PER_ACCOUNT = 10  # from one address, or in one known browser
WRONG_GUESSES_FROM_ANYWHERE = 100  # at one account, in browsers that nobody knows
WRONG_GUESSES_PER_ADDRESS = 100  # a whole clubhouse may share one address
SIGN_UPS_PER_ADDRESS = 100

# Called with the user inside the transaction that deletes the account; a Refusal raised here stops it.
before_account_deletion: list[Callable[[User], None]] = []


class EmailTaken(Refusal):
    """Another account has this e-mail address."""

    code = "email_taken"
    status = 409
    detail = _("This e-mail address already has an account.")
    field = "email"


class WrongCredentials(Refusal):
    """Unknown address, wrong password or inactive account: the answer does not tell which."""

    code = "wrong_credentials"
    status = 401
    detail = _("The e-mail address or the password is wrong.")


class WrongPassword(Refusal):
    """Somebody who is logged in did not confirm with the right password."""

    code = "wrong_password"
    status = 403
    detail = _("The password is wrong.")
    field = "password"


class AccountDeleted(Refusal):
    """A deleted account cannot come back: what identified the person is gone."""

    code = "account_deleted"
    status = 409
    detail = _("This account was deleted.")


def sign_up(*, email: str, username: str, password: str, address: str = "") -> User:
    """Make an account. `address` is the caller's network address; without one nothing is counted.

    Raises InvalidInput, TooManyAttempts or EmailTaken; of two at the same moment one gets EmailTaken.
    """
    if address:
        attempts.spend(Counter(f"signup:{guesser(address)}", SIGN_UPS_PER_ADDRESS, shared=True))
    email = tidy_email(email)
    username = tidy_line(username, field="username", longest=USERNAME_LENGTH)
    check_new_password(password, user=User(email=email, username=username))
    if User.objects.filter(email=email).exists():
        raise EmailTaken
    try:
        with transaction.atomic():
            return User.objects.create_user(email=email, username=username, password=password)
    except IntegrityError as taken:
        raise EmailTaken from taken


def authenticate_person(
    *,
    email: str,
    password: str,
    address: str,
    code: str = "",
    known_as: Callable[[str], str] = lambda email: "",
) -> User:
    """The active person with this address and password. `address` is the caller's network address,
    `known_as` names the browser when it was logged in with before (accounts/known_browsers.py).

    Raises WrongCredentials after the same work whether the account exists or not, or TooManyAttempts; with
    the right password of an account that asks for one-time codes CodeNeeded or WrongCode.
    """
    try:
        email = tidy_email(email)
    except InvalidInput:
        email = ""
    counters = _guesses_at(email, guesser(address), known_as(email))
    attempts.spend(*counters)
    user = authenticate(username=email, password=password[: PASSWORD_LENGTH + 1])
    if user is None:
        raise WrongCredentials
    attempts.forgive(*counters)
    codes.ask(user, code)
    return user


def _guesses_at(email: str, guesser: str, browser: str) -> tuple[Counter, ...]:
    """What a try to log in counts at. A browser that is known counts alone: strangers who guess, from however
    many addresses, never shut it out."""
    if browser:
        return (Counter(f"login:{email} browser {browser}", WRONG_GUESSES_PER_ACCOUNT),)
    return (
        Counter(f"login:{email} from {guesser}", WRONG_GUESSES_PER_ACCOUNT),
        Counter(f"login:{email}", WRONG_GUESSES_FROM_ANYWHERE),
        Counter(f"address:{guesser}", WRONG_GUESSES_PER_ADDRESS, shared=True),
    )


def confirm_password(*, user: User, password: str, field: str = "password") -> None:
    """Let somebody who is logged in prove it once more. Raises WrongPassword or TooManyAttempts."""
    counter = Counter(f"password:{user.pk}", WRONG_GUESSES_PER_ACCOUNT)
    attempts.spend(counter)
    if not user.check_password(password[: PASSWORD_LENGTH + 1]):
        raise WrongPassword(field=field)
    attempts.forgive(counter)


def change_password(*, user: User, current: str, new: str, keep_session_key: str | None = None) -> User:
    """Set a new password; every token and every other session dies, and the person is told by mail. Raises
    WrongPassword or InvalidInput.

    The session `keep_session_key` goes on. A caller that holds the request's session object must not save
    it afterwards with what it had loaded before.
    """
    confirm_password(user=user, password=current, field="current_password")
    check_new_password(new, user=user, field="new_password")
    with transaction.atomic():
        user.set_password(new)
        user.save(update_fields=["password"])
        credentials.end_all(user, keep_session_key)
        if keep_session_key:
            credentials.renew_session(user, keep_session_key)
    mail.post(letters.about_changed_password(user.email))
    return user


def update_profile(
    *, user: User, username: str | None = None, email: str | None = None, password: str | None = None
) -> User:
    """Change the name, the address or both; None leaves one as it is. A new address needs the password
    and is unconfirmed; the former one is told by mail.

    Raises InvalidInput, EmailTaken or WrongPassword; then nothing changed.
    """
    fields = {}
    if username is not None:
        fields["username"] = tidy_line(username, field="username", longest=USERNAME_LENGTH)
    if email is not None and tidy_email(email) != user.email:
        confirm_password(user=user, password=password or "")
        fields |= {"email": tidy_email(email), "email_verified_at": None}
    former = user.email
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(**fields)
    except IntegrityError as taken:
        raise EmailTaken from taken
    for name, value in fields.items():
        setattr(user, name, value)
    if user.email != former:
        mail.post(letters.about_changed_address(former))
    return user


def delete_account(*, user: User, password: str | None) -> None:
    """Take the person out of the account; messages and books stay under “former member”.

    `password` None: the entrance knows otherwise that it may. Raises WrongPassword, or what a callable in
    `before_account_deletion` refuses with; then nothing changed. Locks the user's row first. A second call
    changes nothing.
    """
    if password is not None:
        confirm_password(user=user, password=password)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.deleted_at:
            return
        for leave_behind in before_account_deletion:
            leave_behind(locked)
        locked.email = f"deleted-{locked.pk}@deleted.invalid"
        locked.email_verified_at = None
        locked.username = "former member"
        locked.is_active = locked.is_staff = locked.is_superuser = False
        locked.deleted_at = timezone.now()
        locked.set_unusable_password()
        locked.save()
        codes.forget(locked)
        locked.groups.clear()
        locked.user_permissions.clear()
        credentials.end_all(locked)


def deactivate(*, user: User) -> User:
    """Shut a person out; memberships stay. Every token dies at once, sessions are refused from now on."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        credentials.end_all(user)
    user.is_active = False
    return user


def reactivate(*, user: User) -> User:
    """Let a deactivated person in again. Raises AccountDeleted."""
    if not User.objects.filter(pk=user.pk, deleted_at=None).update(is_active=True):
        raise AccountDeleted
    user.is_active = True
    return user


def tidy_email(email: str) -> str:
    """The address as it is kept: lower case, the domain in its ASCII form. Raises InvalidInput.

    Only ASCII is kept: MariaDB compares é with e as equal, which would make two accounts' addresses one.
    """
    mailbox, _at, domain = email.strip().lower().rpartition("@")
    try:
        address = f"{mailbox}@{domain.encode('idna').decode()}"
        validate_email(address)
    except (ValidationError, UnicodeError) as invalid:
        raise InvalidInput(_("Enter a valid e-mail address."), field="email") from invalid
    if len(address) > EMAIL_LENGTH or not address.isascii():
        raise InvalidInput(_("Enter a valid e-mail address."), field="email")
    return address


def check_new_password(password: str, *, user: AbstractBaseUser, field: str = "password") -> None:
    """Raises InvalidInput with every reason why this may not become the person's password."""
    if len(password) > PASSWORD_LENGTH:
        too_long = _("At most %(longest)d characters are allowed.")
        raise InvalidInput(too_long % {"longest": PASSWORD_LENGTH}, field=field)
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise InvalidInput(" ".join(weak.messages), field=field) from weak
