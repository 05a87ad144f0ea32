"""The run of a scheduled transfer: once for each occurrence, by the rights and the balance of that moment, a
second time in the evening, and then with its reason."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.services import deactivate
from chat import services as chat_services
from tests.wallets.conftest import PIN, balance, fill
from wallets.models import Pin, ScheduledTransfer, ScheduleState, Transfer, Wallet
from wallets.schedules import runs, services
from wallets.schedules.calendar import KOREA
from wallets.schedules.reasons import reason_for
from wallets.schedules.runs import run_due
from wallets.services import members, transfers, wallets

pytestmark = pytest.mark.django_db
NEXT_YEAR = timezone.now().year + 1


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


@pytest.fixture
def treasurer(alice, bob, group_wallet):
    """bob, who may spend from the group wallet too."""
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    return bob


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


def test_a_refused_run_tries_again_that_evening_and_may_succeed(plan, alice, alice_wallet):
    made = plan(amount=100_001)
    assert drain(korea(1, 31)) == 1
    assert told(made) == [(0, date(NEXT_YEAR, 1, 31), 1, False, "balance_too_low")]
    assert state_of(made) == (ScheduleState.ACTIVE, korea(1, 31, 18))
    assert drain(korea(1, 31, 17, 59)) == 0
    fill(alice_wallet, 1, alice)
    assert drain(korea(1, 31, 18)) == 1
    assert told(made) == [(0, date(NEXT_YEAR, 1, 31), 2, True, "")]
    assert state_of(made) == (ScheduleState.DONE, None)
    assert balance(alice_wallet) == 0


def test_a_second_refusal_stands_and_says_why(plan, alice_wallet):
    made = plan(amount=100_001)
    assert drain(korea(1, 31)) == drain(korea(1, 31, 18)) == 1
    assert told(made) == [(0, date(NEXT_YEAR, 1, 31), 2, False, "balance_too_low")]
    assert state_of(made) == (ScheduleState.FAILED, None)
    assert drain(korea(12, 31)) == 0
    assert balance(alice_wallet) == 100_000
    assert not Transfer.objects.filter(kind="scheduled").exists()
    assert str(reason_for(made.runs.get().refusal))


def test_the_second_try_can_be_cancelled(plan, alice):
    made = plan(amount=100_001)
    drain(korea(1, 31))
    services.cancel(user=alice, schedule_id=made.pk)
    assert drain(korea(1, 31, 18)) == 0
    assert state_of(made) == (ScheduleState.CANCELLED, None)
    assert told(made) == [(0, date(NEXT_YEAR, 1, 31), 1, False, "balance_too_low")]


def test_late_in_the_evening_it_tries_again_an_hour_later_and_near_midnight_not_at_all(plan):
    late = plan(amount=100_001, first_run_at=korea(1, 31, 20))
    assert drain(korea(1, 31, 20)) == 1
    assert state_of(late) == (ScheduleState.ACTIVE, korea(1, 31, 21))
    last = plan(amount=100_001, first_run_at=korea(3, 1, 23))
    assert drain(korea(3, 1, 23)) == 2
    assert state_of(last) == (ScheduleState.FAILED, None)
    assert told(last)[0][2:] == (1, False, "balance_too_low")


def test_after_a_final_refusal_the_next_month_is_still_to_come(plan, alice, alice_wallet):
    made = plan(amount=100_001, repeat="monthly")
    assert drain(korea(1, 31)) == drain(korea(1, 31, 18)) == 1
    assert state_of(made) == (ScheduleState.ACTIVE, korea(2, 28))
    fill(alice_wallet, 1, alice)
    assert drain(korea(2, 28)) == 1
    assert [run[2:] for run in told(made)] == [(2, False, "balance_too_low"), (1, True, "")]


def test_the_last_of_many_that_is_refused_ends_the_plan_and_keeps_its_reason(plan):
    made = plan(amount=60_000, repeat="monthly", ends_on=date(NEXT_YEAR, 2, 28))
    assert drain(korea(1, 31)) == drain(korea(2, 28)) == drain(korea(2, 28, 18)) == 1
    assert state_of(made) == (ScheduleState.DONE, None)
    assert [run[2:] for run in told(made)] == [(1, True, ""), (2, False, "balance_too_low")]


def refused_as(plan_made: ScheduledTransfer) -> str:
    """The code that its run is refused with, twice; nothing moves."""
    wallets_now = Wallet.objects.order_by("pk").values_list("pk", "balance", "last_sequence")
    before = list(wallets_now)
    assert drain(korea(1, 31)) == drain(korea(1, 31, 18)) == 1
    assert list(wallets_now.all()) == before
    assert not Transfer.objects.filter(kind="scheduled").exists()
    [(_, _, tries, moved, refusal)] = told(plan_made)
    assert (tries, moved) == (2, False)
    assert str(reason_for(refusal)) != str(reason_for("something unheard of"))
    return refusal


def test_a_treasurer_who_is_one_no_more_does_not_pay(plan, alice, treasurer, group_wallet, bob_wallet):
    made = plan(user=treasurer, source_id=group_wallet.pk, target_id=bob_wallet.pk)
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=treasurer.pk, role="member")
    assert refused_as(made) == "spenders_only"


def test_a_treasurer_who_left_the_channel_does_not_pay(plan, treasurer, channel, group_wallet, bob_wallet):
    made = plan(user=treasurer, source_id=group_wallet.pk, target_id=bob_wallet.pk)
    chat_services.leave(user=treasurer, channel_id=channel.pk)
    assert refused_as(made) == "not_found"


def test_who_left_the_channel_does_not_pay_into_its_wallet(plan, bob, bob_wallet, channel, group_wallet):
    made = plan(user=bob, source_id=bob_wallet.pk, target_id=group_wallet.pk)
    chat_services.leave(user=bob, channel_id=channel.pk)
    assert refused_as(made) == "not_found"


def test_a_deactivated_account_does_not_pay(plan, alice):
    made = plan()
    deactivate(user=alice)
    assert refused_as(made) == "account_inactive"


def test_a_locked_wallet_does_not_pay(plan, operator, alice_wallet):
    made = plan()
    wallets.lock_as_operator(operator=operator, wallet_id=alice_wallet.pk, reason="조사")
    assert refused_as(made) == "wallet_locked"


def test_a_closed_wallet_gets_nothing(plan, bob_wallet):
    """Plans to a wallet do not keep it open."""
    made = plan(target_id=bob_wallet.pk)
    transfers.transfer(
        actor=bob_wallet.owner,
        source_id=bob_wallet.pk,
        target_id=made.source_id,
        amount=100_000,
        pin=PIN,
        key="empty it",
    )
    Wallet.objects.filter(pk=bob_wallet.pk).update(closed_at=timezone.now())
    assert refused_as(made) == "wallet_closed"


def test_an_approval_limit_that_came_meanwhile_counts(plan, alice, group_wallet):
    made = plan(source_id=group_wallet.pk)
    wallets.change_wallet(user=alice, wallet_id=group_wallet.pk, approval_limit=999)
    assert refused_as(made) == "needs_second_person"


def test_the_limits_of_the_day_count(plan, settings):
    made = plan()
    settings.DAY_LIMIT = 999
    assert refused_as(made) == "day_limit"


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
