"""Carries events that were decided with rows into the log: none lost, none before its commit."""

import logging
import threading
import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from chat.models import OutboxEvent
from chat.pipeline.events import AccessEvent, SystemEvent, encode
from chat.pipeline.parts import event_log
from chat.pipeline.ports import LogUnavailable, Position

logger = logging.getLogger(__name__)
LEFT_BEHIND_AFTER = timedelta(seconds=3)
APPEND_TIMEOUT_SECONDS = 3
BATCH = 200


def record(event: SystemEvent | AccessEvent) -> None:
    """Write the event beside the rows it tells of, and append it to the log right after the commit.

    Call inside the transaction that changes the rows: then both are there or neither. The append is waited
    for, so that an answered request means "on its way to every process"; while the log is away the row
    stays and `carry` delivers it.
    """
    row = OutboxEvent.objects.create(channel_id=event.channel, payload=encode(event))
    transaction.on_commit(lambda: _append([row]))


def carry() -> int:
    """Append what was left behind, oldest first; returns how many events went to the log.

    At least once: a crash between append and delete repeats the event, and readers drop the repeat by its
    id. Safe to run in several workers at once for the same reason.
    """
    left_behind = OutboxEvent.objects.filter(created_at__lt=timezone.now() - LEFT_BEHIND_AFTER)
    return _append(list(left_behind.order_by("pk")[:BATCH]))


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
    OutboxEvent.objects.filter(pk__in=appended).delete()
    return len(appended)
