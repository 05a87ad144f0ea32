"""A scheduled transfer that is refused, by the rights and the balance of its moment: a second try in the
evening, and then it stands with its reason."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.services import deactivate
from chat import services as chat_services
from tests.wallets.conftest import PIN, balance, fill
from tests.wallets.due import NEXT_YEAR, drain, korea, plan, state_of, told
from wallets.models import ScheduledTransfer, ScheduleState, Transfer, Wallet
from wallets.schedules import services
from wallets.schedules.reasons import reason_for
from wallets.services import members, transfers, wallets

__all__ = ["plan"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasurer(alice, bob, group_wallet):
    """bob, who may spend from the group wallet too."""
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    return bob


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
