"""What a process counts of money: transfers, retries, PINs, and how late scheduled ones run."""

import collections
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from accounts.refusals import Refusal
from chat.meters import SECONDS, Counter, Distribution, Reading
from wallets.models import ScheduledTransfer, ScheduleState, Transfer, TransferKind

applied = Counter(
    "messenger_transfers_applied_total", "Transfers written into the books, by kind.", label="kind"
)
refused = Counter("messenger_transfers_refused_total", "Movements of money refused, by code.", label="code")
retried = Counter(
    "messenger_transfers_retried_total",
    "Transactions of the ledger that were undone and are tried anew, by reason.",
    label="reason",
)
transfer_seconds = Distribution(
    "messenger_transfer_seconds", "From the request to move money until it moved or was refused.", SECONDS
)
posted_together = Distribution(
    "messenger_transfers_posted_together",
    "Orders that were posted in one transaction.",
    (1, 2, 4, 8, 16, 32, 64),
)
pin_locks = Counter("messenger_pin_locks_total", "Wallets locked because of wrong PINs.")
schedule_lateness_seconds = Distribution(
    "messenger_schedule_lateness_seconds",
    "From when a scheduled transfer was due until it ran.",
    (0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400),
)
DEADLOCK, LOCK_WAIT, RIGHTS_CHANGED = "deadlock", "lock_wait", "rights_changed"


@contextmanager
def movement() -> Iterator[None]:
    """Times a movement of money, and counts it where it is refused. For entrances, as a decorator."""
    began = time.monotonic()
    try:
        yield
    except Refusal as refusal:
        refused.add(label=refusal.code)
        raise
    finally:
        transfer_seconds.observe(time.monotonic() - began)


def count_applied(transfers: Iterable[Transfer]) -> None:
    """Count them once the transaction that writes them is committed."""
    by_kind = collections.Counter(transfer.kind for transfer in transfers)

    def count() -> None:
        for kind, number in by_kind.items():
            applied.add(number, label=kind)

    transaction.on_commit(count)


def count_run(late_seconds: float, refusal: str) -> None:
    """Count the run of a scheduled transfer, with its refusal's code or "", once it is committed."""

    def count() -> None:
        schedule_lateness_seconds.observe(late_seconds)
        if refusal:
            refused.add(label=refusal)

    transaction.on_commit(count)


def _overdue_seconds() -> float:
    now = timezone.now()
    due = ScheduledTransfer.objects.filter(state=ScheduleState.ACTIVE, next_run_at__lte=now)
    longest = due.aggregate(Min("next_run_at"))["next_run_at__min"]
    return (now - longest).total_seconds() if longest else 0.0


schedule_overdue = Reading(
    "messenger_schedule_overdue_seconds",
    "How long the longest overdue scheduled transfer has been due; 0 when none is.",
    _overdue_seconds,
)

# What can be counted is there from the start, as 0: so the first one is seen as a change.
for _reason in (DEADLOCK, LOCK_WAIT, RIGHTS_CHANGED):
    retried.add(0, label=_reason)
for _kind in TransferKind.values:
    applied.add(0, label=_kind)
