"""When a scheduled transfer runs: pure arithmetic on Korean days, to and from instants. Reads no clock and no
row."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from wallets.dues.periods import due_on, months_after, period_of

KOREA = ZoneInfo("Asia/Seoul")
EVENING_HOUR = 18
LATER = timedelta(hours=1)


def occurrence_at(first_run_at: datetime, repeat: str, number: int) -> datetime:
    """The instant (UTC) of the run with this number; 0 is the first.

    Counted from the first run and never from the one before: planned for the 31st, it runs on 28 February and
    again on 31 March. Raises ValueError for a second run of what runs once.
    """
    anchor = first_run_at.astimezone(KOREA)
    match repeat:
        case "daily":
            day = anchor.date() + timedelta(days=number)
        case "weekly":
            day = anchor.date() + timedelta(weeks=number)
        case "monthly":
            day = _months_later(anchor.date(), number)
        case _ if number == 0:
            day = anchor.date()
        case _:
            raise ValueError(f"{repeat} has no run {number}")
    return datetime.combine(day, anchor.timetz()).astimezone(UTC)


def occurrence_after(
    first_run_at: datetime, repeat: str, ends_on: date | None, number: int
) -> datetime | None:
    """The instant of the run after the one with this number; None when that was the last. The day `ends_on`
    still counts."""
    if repeat == "once":
        return None
    following = occurrence_at(first_run_at, repeat, number + 1)
    return None if ends_on and korean_day(following) > ends_on else following


def evening_try(tried_at: datetime) -> datetime | None:
    """When a run that was refused at this moment is tried once more: at 18:00 of that day, from then on an
    hour later; None when the day would be over by then."""
    local = tried_at.astimezone(KOREA)
    evening = local.replace(hour=EVENING_HOUR, minute=0, second=0, microsecond=0)
    again = evening if local < evening else local + LATER
    return again.astimezone(UTC) if again.date() == local.date() else None


def korean_day(instant: datetime) -> date:
    """The day that people in Korea have at this instant."""
    return instant.astimezone(KOREA).date()


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last where it is shorter."""
    return due_on(months_after(period_of(day), months), day.day)
