"""Quiet hours: when somebody is not to be disturbed."""

from datetime import datetime, time
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat.models import QuietHours


class QuietHoursInvalid(Refusal):
    """Not two different times in a known zone."""

    code, status = "quiet_hours_invalid", 422
    detail = _("Choose two different times.")


def set_quiet_hours(*, user, begins: time, ends: time, zone: str) -> QuietHours:
    """From `begins` to `ends` every day, in this zone. Replaces those before. Raises QuietHoursInvalid."""
    if begins == ends or zone not in available_timezones():
        raise QuietHoursInvalid
    quiet, _created = QuietHours.objects.update_or_create(
        user=user, defaults={"begins": begins, "ends": ends, "zone": zone}
    )
    return quiet


def clear_quiet_hours(*, user) -> None:
    """None from now on. A second call changes nothing."""
    QuietHours.objects.filter(user=user).delete()


def is_quiet(quiet: QuietHours | None, moment: datetime) -> bool:
    """Whether this moment lies in the quiet hours; over midnight when they end before they begin."""
    if quiet is None:
        return False
    clock = moment.astimezone(ZoneInfo(quiet.zone)).time()
    if quiet.begins < quiet.ends:
        return quiet.begins <= clock < quiet.ends
    return clock >= quiet.begins or clock < quiet.ends
