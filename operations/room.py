"""The operations page: the ten numbers, the processes and what happened lately, for staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chat import metrics
from chat.processes import WEB, WORKER
from operations.figures import (
    LOOP_LAG,
    OVERDUE,
    OVERDUE_LIMIT_SECONDS,
    SOCKETS,
    UNARCHIVED,
    UNARCHIVED_LIMIT_SECONDS,
    Figure,
    figures,
)
from operations.hour import Hour, Process, brief, growths, percentile, total
from operations.models import BooksCheck
from operations.sparkline import draw

EVERY_MS = 5_000
SILENT_SHOWN = timedelta(minutes=10)
LOOP_LAG_LIMIT_SECONDS = 0.25
MEGABYTE = 1_000_000
MOST_HAPPENINGS = 6
FINE, BEHIND, SILENT = "fine", "behind", "silent"


@dataclass(frozen=True, slots=True)
class Row:
    """One process in the table."""

    name: str
    place: str
    started_at: datetime
    sockets: str
    cpu: str
    memory: str
    state: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that began or ended within the hour."""

    at: datetime
    icon: str
    title: str
    text: str


@require_safe
def room(request: HttpRequest) -> TemplateResponse:
    """The whole page; its script fetches it again and takes over what changed."""
    now = timezone.now()
    hour = Hour.until(now)
    checks = _checks(now)
    shown = figures(hour, checks, now)
    context = {
        "stats": [(figure, draw(figure.series)) for figure in shown],
        "alarms": [*_missing(hour), *(figure.alarm for figure in shown if figure.alarm)],
        "rows": _rows(hour, now),
        "happenings": _happenings(hour, shown, checks, now),
        "every_ms": EVERY_MS,
        "now": now,
    }
    return TemplateResponse(request, "operations/room.html", context)


def _checks(now: datetime) -> list[BooksCheck]:
    """Finished ones of the last hour, and the last one before: the books were as it found them until then."""
    finished = BooksCheck.objects.filter(took_seconds__isnull=False)
    recent = finished.filter(began_at__gte=now - timedelta(hours=1)).order_by("began_at")
    earlier = finished.filter(began_at__lt=now - timedelta(hours=1)).order_by("began_at").last()
    return [*([earlier] if earlier else []), *recent]


def _missing(hour: Hour) -> list[tuple[str, str]]:
    if any(process.is_alive and process.latest.kind == WORKER for process in hour.processes):
        return []
    return [
        (
            _("No worker gives a sign of life."),
            _("Talk goes on, but nothing is stored, and receipts and scheduled transfers wait."),
        )
    ]


def _rows(hour: Hour, now: datetime) -> list[Row]:
    work_waits = _work_waits(hour)
    return [_row(process, work_waits=work_waits) for process in hour.processes if _is_shown(process, now)]


def _is_shown(process: Process, now: datetime) -> bool:
    return process.is_alive or (process.is_silent and now - process.latest.at < SILENT_SHOWN)


def name_of(process: Process) -> str:
    """Web 2, Worker."""
    latest = process.latest
    name = {WEB: _("Web"), WORKER: _("Worker")}.get(latest.kind, latest.kind)
    return f"{name} {latest.number}" if latest.number else name


def _row(process: Process, *, work_waits: bool) -> Row:
    latest = process.latest
    host, pid, _started = latest.process.rsplit(":", 2)
    return Row(
        name=name_of(process),
        place=f"{host} · {pid}",
        started_at=latest.started_at,
        sockets=brief(total(latest.values.get(SOCKETS, 0))) if latest.kind == WEB else "–",
        cpu=f"{process.now.cpu:.0%}" if process.now else "–",
        memory=f"{latest.memory_bytes / MEGABYTE:,.0f} MB",
        state=_state(process, work_waits=work_waits),
    )


def _work_waits(hour: Hour) -> bool:
    """Whether what workers do is late. Web processes see it: a worker that hangs tells nothing."""
    limits = {UNARCHIVED: UNARCHIVED_LIMIT_SECONDS, OVERDUE: OVERDUE_LIMIT_SECONDS}
    return any((hour.worst(name)[-1] or 0) > limit for name, limit in limits.items())


def _state(process: Process, *, work_waits: bool) -> str:
    if process.now is None:
        return SILENT
    if process.latest.kind == WEB:
        bounds = metrics.loop_lag_seconds.bounds
        lag = percentile(growths(process.now, LOOP_LAG), bounds, 0.99)
        return BEHIND if (lag or 0) > LOOP_LAG_LIMIT_SECONDS else FINE
    return BEHIND if work_waits else FINE


def _happenings(hour: Hour, shown: list[Figure], checks: list[BooksCheck], now: datetime) -> list[Happening]:
    found = [*_of_processes(hour, now), *_of_limits(shown, now)]
    if checks:
        text = _("It took %(seconds)s s.") % {"seconds": brief(checks[-1].took_seconds)}
        found.append(Happening(checks[-1].began_at, "check", _("The books were checked"), text))
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_HAPPENINGS]


def _of_processes(hour: Hour, now: datetime) -> list[Happening]:
    found = []
    for process in hour.processes:
        latest, named = process.latest, {"process": name_of(process)}
        if now - latest.started_at < timedelta(hours=1):
            title = _("%(process)s started") % named
            found.append(Happening(latest.started_at, "check", title, latest.command))
        if latest.has_ended:
            found.append(Happening(latest.at, "close", _("%(process)s ended") % named, latest.command))
        elif process.is_silent:
            title = _("%(process)s gives no more sign of life") % named
            found.append(Happening(latest.at, "warning", title, latest.command))
    return found


def _of_limits(shown: list[Figure], now: datetime) -> list[Happening]:
    found = []
    for figure in shown:
        if figure.limit is None:
            continue
        known = [
            (place, value > figure.limit) for place, value in enumerate(figure.series) if value is not None
        ]
        for (_before, was), (place, is_now) in pairwise(known):
            at = now - timedelta(minutes=len(figure.series) - 1 - place)
            if is_now and not was:
                found.append(Happening(at, "warning", _("%s: over its limit") % figure.name, ""))
            elif was and not is_now:
                found.append(Happening(at, "check", _("%s: all right again") % figure.name, ""))
    return found
