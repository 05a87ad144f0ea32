"""One-time codes, the second proof at a log-in: of an app that shares a secret with us (TOTP, by django-otp),
or one of the recovery codes for the day on which the phone is gone."""

import secrets
from base64 import b32encode
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import attempts, letters, mail
from accounts.attempts import Counter
from accounts.models import User
from accounts.refusals import Refusal

DIGITS = 6
RECOVERY_CODES = 10
WRONG_CODES_PER_ACCOUNT = 10
TO_SET_UP = timedelta(minutes=15)


class CodeNeeded(Refusal):
    """The password is right, and this account asks for a code besides. `user` is not let in yet."""

    code = "code_needed"
    status = 401
    detail = _("This account also asks for the code of your app.")
    field = "code"

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user


class WrongCode(Refusal):
    """Wrong, too old, or used before: the answer does not tell which."""

    code = "wrong_code"
    status = 401
    detail = _("This code is wrong or was used already. Wait for the next one.")
    field = "code"


def is_on(user: User) -> bool:
    """Whether this account asks for codes."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def ask(user: User, code: str) -> None:
    """Let somebody on whose password is right. Raises CodeNeeded without a code, WrongCode or
    TooManyAttempts."""
    if is_on(user):
        if not code:
            raise CodeNeeded(user)
        check(user, code)


def check(user: User, code: str) -> None:
    """Use up one code. Raises WrongCode, also for the second of two at once, or TooManyAttempts."""
    counter = Counter(f"code:{user.pk}", WRONG_CODES_PER_ACCOUNT)
    attempts.spend(counter)
    with transaction.atomic():
        if not _fits(user, code):
            raise WrongCode
    attempts.forgive(counter)


def _fits(user: User, code: str) -> bool:
    """Locks what it compares with."""
    code = code.replace(" ", "").replace("-", "").lower()
    if len(code) == DIGITS:
        apps = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True)
        return _is_number(code) and any(app.verify_token(code) for app in apps)
    lists = StaticDevice.objects.select_for_update().filter(user=user)
    return any(each.verify_token(_kept(code)) for each in lists)


def _is_number(code: str) -> bool:
    return code.isascii() and code.isdecimal()


def begin(user: User) -> TOTPDevice:
    """A secret for the app of somebody who confirmed their password; it counts once `turn_on` saw a code of
    it. What was begun before is forgotten."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="app", confirmed=False)


def begun(user: User) -> TOTPDevice | None:
    """What this person has begun lately and not finished."""
    since = timezone.now() - TO_SET_UP
    return TOTPDevice.objects.filter(user=user, confirmed=False, created_at__gt=since).first()


def secret_of(app: TOTPDevice) -> str:
    """The secret as people type it into an app."""
    letters = b32encode(app.bin_key).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def turn_on(app: TOTPDevice, code: str) -> list[str]:
    """Ask for codes from now on, and tell the person by mail. Returns the recovery codes, readable this once:
    they are kept as hashes. Raises WrongCode, also in a second call, or TooManyAttempts."""
    user, code = app.user, code.replace(" ", "")
    counter = Counter(f"code:{user.pk}", WRONG_CODES_PER_ACCOUNT)
    attempts.spend(counter)
    fresh = [secrets.token_hex(5) for _code in range(RECOVERY_CODES)]
    with transaction.atomic():
        locked = TOTPDevice.objects.select_for_update().filter(pk=app.pk, confirmed=False).first()
        if locked is None or not _is_number(code) or not locked.verify_token(code):
            raise WrongCode
        TOTPDevice.objects.filter(pk=app.pk).update(confirmed=True)
        StaticDevice.objects.filter(user=user).delete()
        kept = StaticDevice.objects.create(user=user, name="recovery")
        StaticToken.objects.bulk_create(StaticToken(device=kept, token=_kept(one)) for one in fresh)
    attempts.forgive(counter)
    mail.post(letters.about_codes_on(user.email))
    return [f"{one[:5]}-{one[5:]}" for one in fresh]


def recovery_codes_left(user: User) -> int:
    """How many were not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


def turn_off(user: User) -> bool:
    """Forget the codes, and tell the person by mail if there were any. The caller knows that it may."""
    were_on = is_on(user)
    forget(user)
    if were_on:
        mail.post(letters.about_codes_off(user.email))
    return were_on


def forget(user: User) -> None:
    """Ask for no codes any more."""
    StaticDevice.objects.filter(user=user).delete()
    TOTPDevice.objects.filter(user=user).delete()


def _kept(recovery_code: str) -> str:
    """As many characters of its HMAC as django-otp has room for: 64 bits for 40."""
    digest = salted_hmac("accounts.codes", recovery_code, secret=settings.PIN_PEPPER, algorithm="sha256")
    return digest.hexdigest()[:16]
