"""Carries events that were decided with rows into the log: none lost, none before its commit."""

import logging
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from chat.meters import Counter, Reading
from chat.models import OutboxEvent
from chat.pipeline.events import ControlEvent, Deleted, SystemEvent, encode
from chat.pipeline.parts import event_log
from chat.pipeline.ports import LogUnavailable, Position

logger = logging.getLogger(__name__)
LEFT_BEHIND_AFTER = timedelta(seconds=3)
APPEND_TIMEOUT_SECONDS = 3
BATCH = 1_000

Recorded = SystemEvent | ControlEvent | Deleted

carried = Counter("messenger_outbox_carried_total", "Events that went from the outbox into the log.")


def record(*events: Recorded) -> None:
    """Write the events beside the rows they tell of, and append them to the log right after the commit.

    Call inside the transaction that changes the rows: then both are there or neither. The append is waited
    for, so that an answered request means "on its way to every process"; while the log is away the row
    stays and `carry` delivers it.
    """
    due_at = timezone.now() + LEFT_BEHIND_AFTER
    rows = [_row(event, due_at) for event in events]
    for row in rows:
        row.save(force_insert=True)
    transaction.on_commit(lambda: _append(rows))


def record_all(events: Iterable[SystemEvent]) -> None:
    """Write the events beside the rows they tell of, in one statement, and leave them to the worker, which
    carries them at once: who calls never waits for the log. Call inside the transaction, as for `record`."""
    now = timezone.now()
    OutboxEvent.objects.bulk_create([_row(event, now) for event in events])


def carry() -> int:
    """Append what is due, in the order of recording; returns how many events went to the log, of at most
    BATCH: after some there may be more.

    At least once: a crash between append and delete repeats the event, and readers drop the repeat by its
    id. Safe to run in several workers at once for the same reason.
    """
    due = OutboxEvent.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")[:BATCH]
    rows = sorted(due, key=lambda row: row.pk)  # clocks of several machines differ, row numbers do not
    return _append(rows) if rows else 0


def _row(event: Recorded, due_at: datetime) -> OutboxEvent:
    return OutboxEvent(channel_id=event.channel, payload=encode(event), due_at=due_at)


def _append(rows: list[OutboxEvent]) -> int:
    log = event_log()
    appended: list[int] = []
    waiting = threading.Semaphore(0)

    def confirm(row: OutboxEvent, position: Position | None) -> None:
        if position is not None:
            appended.append(row.pk)
        waiting.release()

    for row in rows:
        try:
            log.append(
                row.channel_id, bytes(row.payload), lambda position, _, row=row: confirm(row, position)
            )
        except LogUnavailable:
            waiting.release()
    deadline = time.monotonic() + APPEND_TIMEOUT_SECONDS
    for _ in rows:
        waiting.acquire(timeout=max(0, deadline - time.monotonic()))
    if len(appended) < len(rows):
        logger.warning("outbox: %d events wait for the log", len(rows) - len(appended))
    carried.add(len(appended))
    OutboxEvent.objects.filter(pk__in=appended).delete()
    return len(appended)


def _age_seconds() -> float:
    now = timezone.now()
    longest = OutboxEvent.objects.filter(due_at__lte=now).aggregate(Min("due_at"))["due_at__min"]
    return (now - longest).total_seconds() if longest else 0.0


age = Reading(
    "messenger_outbox_age_seconds",
    "How long the first event of the outbox has been due for the worker; 0 when none is.",
    _age_seconds,
)
