"""Scheduled transfers that are due, for the tests of their runs."""

import time
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.wallets.conftest import PIN
from wallets.models import ScheduledTransfer, Wallet
from wallets.schedules import services
from wallets.schedules.calendar import KOREA
from wallets.schedules.runs import run_due

PATIENCE_SECONDS = 150
NEXT_YEAR = timezone.now().year + 1


def due_transfers(wallets: list[Wallet], count: int, *, repeat: str = "once", days_ago: int = 0) -> None:
    """Plans that are due, from each wallet to others in turn, 10 won each."""
    first = timezone.now() - timedelta(days=days_ago, seconds=5)
    people = len(wallets)
    ScheduledTransfer.objects.bulk_create(
        ScheduledTransfer(
            source=wallets[number % people],
            target=wallets[
                (number % len(wallets) + 1 + number // len(wallets) % (len(wallets) - 1)) % len(wallets)
            ],
            amount=10,
            created_by=wallets[number % people].owner,
            repeat=repeat,
            first_run_at=first,
            next_run_at=first,
        )
        for number in range(count)
    )


def wait_until(reached, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def korea(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of next year, so that it can be planned whenever this runs."""
    return datetime(NEXT_YEAR, month, day, hour, minute, tzinfo=KOREA)


@pytest.fixture
def plan(alice, alice_wallet, bob_wallet):
    """`plan(repeat=…)`: alice plans 1,000 won to bob for 31 January, 9:00, with what is given instead."""

    def make(**changed) -> ScheduledTransfer:
        asked = {
            "user": alice,
            "source_id": alice_wallet.pk,
            "target_id": bob_wallet.pk,
            "amount": 1_000,
            "pin": PIN,
            "first_run_at": korea(1, 31),
        }
        return services.plan_transfer(**asked | changed)

    return make


def drain(now: datetime) -> int:
    """Everything that is due at this moment, as the worker would do it."""
    total = 0
    while done := run_due(now):
        total += done
    return total


def told(schedule: ScheduledTransfer) -> list[tuple]:
    """(occurrence, Korean day, tries, moved, refusal) of each run."""
    return [
        (run.occurrence, run.planned_at.astimezone(KOREA).date(), run.tries, bool(run.transfer), run.refusal)
        for run in schedule.runs.order_by("occurrence")
    ]


def state_of(schedule: ScheduledTransfer) -> tuple[str, datetime | None]:
    schedule.refresh_from_db()
    return schedule.state, schedule.next_run_at
