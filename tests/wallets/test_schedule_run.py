"""The run of a scheduled transfer: once for each occurrence, in order, and not a moment before."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.wallets.conftest import balance, fill
from tests.wallets.due import NEXT_YEAR, drain, korea, plan, state_of, told
from wallets.models import Pin, ScheduledTransfer, ScheduleState, Transfer
from wallets.schedules import runs
from wallets.schedules.runs import run_due

__all__ = ["plan"]

pytestmark = pytest.mark.django_db


def test_it_runs_when_it_is_due_and_not_a_moment_before(plan, alice, alice_wallet, bob_wallet):
    made = plan(memo="점심")
    assert run_due(korea(1, 31) - timedelta(microseconds=1)) == 0
    assert run_due(korea(1, 31)) == 1
    moved = Transfer.objects.get(kind="scheduled")
    assert (moved.actor, moved.source, moved.target) == (alice, alice_wallet, bob_wallet)
    assert (moved.amount, moved.memo, moved.idempotency_key) == (1_000, "점심", f"§schedule:{made.pk}:0")
    assert (balance(alice_wallet), balance(bob_wallet)) == (99_000, 101_000)
    assert told(made) == [(0, date(NEXT_YEAR, 1, 31), 1, True, "")]
    assert made.runs.get().transfer == moved
    assert state_of(made) == (ScheduleState.DONE, None)
    assert run_due(korea(12, 31)) == 0


def test_without_a_moment_the_clock_says_what_is_due(plan):
    made = plan()
    assert run_due() == 0
    ScheduledTransfer.objects.filter(pk=made.pk).update(next_run_at=timezone.now())
    assert run_due() == 1


def test_every_month_on_the_anchor_day_until_the_last_day(plan):
    made = plan(repeat="monthly", ends_on=date(NEXT_YEAR, 4, 30))
    for moment in (korea(1, 31), korea(2, 28), korea(3, 31), korea(4, 30)):
        assert state_of(made) == (ScheduleState.ACTIVE, moment)
        assert drain(moment - timedelta(seconds=1)) == 0
        assert drain(moment) == 1
    assert state_of(made) == (ScheduleState.DONE, None)
    assert [(run[0], run[1].month, run[1].day) for run in told(made)] == [
        (0, 1, 31),
        (1, 2, 28),
        (2, 3, 31),
        (3, 4, 30),
    ]
    assert drain(korea(12, 31)) == 0


def test_what_three_days_missed_runs_once_for_each_day_in_order(plan, alice_wallet):
    made = plan(repeat="daily")
    assert drain(korea(2, 3, 8, 59)) == 3
    assert told(made) == [
        (0, date(NEXT_YEAR, 1, 31), 1, True, ""),
        (1, date(NEXT_YEAR, 2, 1), 1, True, ""),
        (2, date(NEXT_YEAR, 2, 2), 1, True, ""),
    ]
    sequences = [
        run.transfer.entries.get(wallet=alice_wallet).sequence for run in made.runs.order_by("occurrence")
    ]
    assert sequences == sorted(sequences)
    assert state_of(made) == (ScheduleState.ACTIVE, korea(2, 3))
    assert drain(korea(2, 3, 8, 59)) == 0
    assert balance(alice_wallet) == 97_000


def test_what_is_longest_overdue_runs_first(plan, alice_wallet):
    plan(amount=60_000, first_run_at=korea(2, 2))
    plan(amount=70_000, first_run_at=korea(2, 1))
    assert drain(korea(2, 3)) == 2
    assert Transfer.objects.get(kind="scheduled").amount == 70_000


def test_a_locked_pin_does_not_matter_at_the_run(plan, alice_wallet):
    made = plan()
    Pin.objects.filter(pk=alice_wallet.pk).update(tries=5, locked_at=timezone.now())
    assert drain(korea(1, 31)) == 1
    assert told(made)[0][3]


def test_a_group_that_pays_tells_its_channel(plan, recorded, channel, group_wallet):
    plan(source_id=group_wallet.pk)
    drain(korea(1, 31))
    receipts = [event for event in recorded(channel.pk) if event.kind == "receipt"]
    assert [(one.slip["purpose"], one.slip["amount"]) for one in receipts][-1] == ("scheduled", -1_000)


def test_a_mistake_with_one_schedule_does_not_hold_up_the_others(plan, alice, alice_wallet, settings, caplog):
    """The table of transfers refuses what the services let through: nothing is written, and it is logged."""
    settings.TRANSFER_LIMIT = settings.DAY_LIMIT = 10**12
    for _ in range(2):
        fill(alice_wallet, 10**10, alice)
    broken, fine = plan(), plan(first_run_at=korea(1, 31, 10))
    ScheduledTransfer.objects.filter(pk=broken.pk).update(amount=10**10 + 1)
    assert run_due(korea(1, 31, 12)) == 1
    assert told(fine)[0][3]
    assert told(broken) == []
    assert state_of(broken) == (ScheduleState.ACTIVE, korea(1, 31))
    assert f"scheduled transfer {broken.pk} could not run" in caplog.text
    ScheduledTransfer.objects.filter(pk=broken.pk).update(amount=5)
    assert run_due(korea(1, 31, 12)) == 1
    assert told(broken)[0][3]


def test_of_many_that_are_due_one_call_runs_a_batch(plan):
    for _ in range(runs.BATCH + 3):
        plan(amount=1)
    assert [run_due(korea(1, 31)) for _ in range(3)] == [runs.BATCH, 3, 0]


def test_the_table_refuses_a_second_run_of_an_occurrence(plan):
    """The last line of defence, should a claim ever fail to hold."""
    made = plan()
    drain(korea(1, 31))
    done = made.runs.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        made.runs.create(occurrence=done.occurrence, planned_at=done.planned_at, tried_at=done.tried_at)
