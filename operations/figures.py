"""The ten numbers that matter: how each is found, what bounds it, and what users notice beyond that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from chat import metrics
from operations.hour import MINUTES, Hour, Series, brief
from operations.models import BooksCheck

SOCKETS = "messenger_sockets"
ACCEPTED = "messenger_messages_accepted_total"
REFUSED = "messenger_messages_refused_total"
APPEND = "messenger_append_seconds"
DELIVERIES = "messenger_deliveries_total"
GAPS = "messenger_gaps_total"
LOOP_LAG = "messenger_loop_lag_seconds"
UNARCHIVED = "messenger_archive_lag_seconds"
TRANSFERS = "messenger_transfers_applied_total"
OVERDUE = "messenger_schedule_overdue_seconds"
METERS_NEEDED = (
    SOCKETS,
    ACCEPTED,
    REFUSED,
    APPEND,
    DELIVERIES,
    GAPS,
    LOOP_LAG,
    UNARCHIVED,
    TRANSFERS,
    OVERDUE,
)

APPEND_LIMIT_MS = 1_000
UNARCHIVED_LIMIT_SECONDS = 10
REFUSED_LIMIT = 1
OVERDUE_LIMIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as the page shows it. `alarm` says what is wrong and what users notice of it, and is there
    only beyond the limit."""

    key: str
    name: str
    value: str
    unit: str
    context: str
    series: Series
    limit: float | None = None
    alarm: tuple[str, str] | None = None


def figures(hour: Hour, checks: Sequence[BooksCheck], now: datetime) -> list[Figure]:
    """All ten, in the page's order and language. `checks` are finished ones, oldest first."""
    messages = hour.rates(ACCEPTED)
    return [
        _sockets(hour),
        _rate("messages", _("Messages taken"), messages),
        _deliveries(hour.rates(DELIVERIES), messages),
        _append(hour),
        _unarchived(hour),
        _gaps(hour),
        _refused(hour),
        _transfers(hour),
        _overdue(hour),
        _books(checks, now),
    ]


def _sockets(hour: Hour) -> Figure:
    series = hour.levels(SOCKETS)
    return Figure("sockets", _("Open sockets"), brief(series[-1]), _("open"), _highest(series), series)


def _rate(key: str, name: str, series: Series) -> Figure:
    return Figure(key, name, brief(series[-1]), _("/s"), _highest(series), series)


def _deliveries(series: Series, messages: Series) -> Figure:
    if series[-1] and messages[-1]:
        people = brief(series[-1] / messages[-1])
        context = _("On average to %(people)s readers a message") % {"people": people}
    else:
        context = _("Nobody writes right now")
    return Figure("deliveries", _("Deliveries"), brief(series[-1]), _("/s"), context, series)


def _append(hour: Hour) -> Figure:
    seconds = hour.percentiles(APPEND, metrics.append_seconds.bounds, 0.99)
    series = [None if value is None else value * 1000 for value in seconds]
    alarm = (
        _("Messages are taken slowly."),
        _("Everything arrives, but senders wait longer for their tick than usual."),
    )
    return _bounded("append", _("Time to accept, p99"), series, "ms", APPEND_LIMIT_MS, alarm)


def _unarchived(hour: Hour) -> Figure:
    alarm = (
        _("Storing messages is behind."),
        _("Talk goes on as always, only past messages are found later."),
    )
    series = hour.worst(UNARCHIVED)
    return _bounded("unarchived", _("Waiting to be stored"), series, _("s"), UNARCHIVED_LIMIT_SECONDS, alarm)


def _gaps(hour: Hour) -> Figure:
    count = sum(hour.growth(GAPS).values())
    context = _("In the last hour; their readers fetch them again")
    return Figure("gaps", _("Skipped stretches"), brief(count), _("times"), context, hour.rates(GAPS))


def _refused(hour: Hour) -> Figure:
    series = hour.rates(REFUSED)
    alarm = (
        _("Not all messages can be taken."),
        _("They stay with their senders, whose pages send them again in a moment."),
    )
    shown = _bounded("refused", _("Refused messages"), series, _("/s"), REFUSED_LIMIT, alarm)
    grown = hour.growth(REFUSED)
    if not any(grown.values()):
        return shown
    reason = _reason(max(grown, key=grown.get))
    return replace(shown, context=f"{shown.context} · {reason}")


def _reason(code: str) -> str:
    words = {
        "overloaded": _("too many at once"),
        "rate_limited": _("somebody writes too fast"),
        "log_unavailable": _("the log does not answer"),
        "restarting": _("a restart"),
    }
    return words.get(code, _("against a rule"))


def _transfers(hour: Hour) -> Figure:
    series = hour.rates(TRANSFERS)
    context = _("%(count)s in the last hour") % {"count": brief(sum(hour.growth(TRANSFERS).values()))}
    return Figure("transfers", _("Transfers"), brief(series[-1]), _("/s"), context, series)


def _overdue(hour: Hour) -> Figure:
    alarm = (
        _("Scheduled transfers are late."),
        _("Each will run once, later than people expect it."),
    )
    series = hour.worst(OVERDUE)
    return _bounded("overdue", _("Schedules overdue"), series, _("s"), OVERDUE_LIMIT_SECONDS, alarm)


def _books(checks: Sequence[BooksCheck], now: datetime) -> Figure:
    last = checks[-1] if checks else None
    alarm = (_("The books do not add up."), _("Balances may be wrong. check_ledger says which."))
    return Figure(
        "books",
        _("Difference of the books"),
        brief(last and last.won),
        _("won"),
        _checked(last, now),
        list(_each_minute(checks, now)),
        0,
        alarm if last and last.differences else None,
    )


def _checked(last: BooksCheck | None, now: datetime) -> str:
    if last is None:
        return _("Not checked yet")
    minutes = int((now - last.began_at).total_seconds() // 60)
    found = _("%(count)d differences · ") % {"count": last.differences} if last.differences else ""
    return found + _("Checked %(minutes)d min ago") % {"minutes": minutes}


def _each_minute(checks: Sequence[BooksCheck], now: datetime) -> Iterable[float | None]:
    for back in range(MINUTES - 1, -1, -1):
        by_then = [check.won for check in checks if check.began_at <= now - timedelta(minutes=back)]
        yield by_then[-1] if by_then else None


def _highest(series: Series) -> str:
    return _("Highest in the last hour: %(most)s") % {"most": brief(max(_known(series), default=None))}


def _bounded(key: str, name: str, series: Series, unit: str, limit: float, alarm: tuple[str, str]) -> Figure:
    context = _("Limit %(limit)s %(unit)s") % {"limit": brief(limit), "unit": unit}
    minutes = minutes_beyond(series, limit)
    if minutes:
        context += " · " + _("for %(minutes)d min") % {"minutes": minutes}
    return Figure(key, name, brief(series[-1]), unit, context, series, limit, alarm if minutes else None)


def minutes_beyond(series: Series, limit: float) -> int:
    """For how many minutes up to now it was above; 0 when it is not."""
    count = 0
    for value in reversed(series):
        if value is None or value <= limit:
            break
        count += 1
    return count


def _known(series: Series) -> list[float]:
    return [value for value in series if value is not None]
