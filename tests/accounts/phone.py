"""The app on somebody's phone that shows one-time codes."""

import time

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import codes
from accounts.models import User


def code_of(user: User, *, app: TOTPDevice | None = None) -> str:
    """What it shows when the code that was used last has gone by."""
    app = app or TOTPDevice.objects.get(user=user)
    TOTPDevice.objects.filter(pk=app.pk).update(last_t=-1, drift=0)
    shown = TOTP(app.bin_key, app.step, app.t0, app.digits)
    shown.time = time.time()
    return f"{shown.token():06d}"


def wrong_code_of(user: User) -> str:
    """Six digits that it shows neither now nor soon."""
    return f"{(int(code_of(user)) + 500_000) % 1_000_000:06d}"


def switched_on(user: User) -> list[str]:
    """Codes are on; the recovery codes."""
    app = codes.begin(user)
    return codes.turn_on(app, code_of(user, app=app))
