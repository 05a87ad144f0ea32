"""Planning, looking at and cancelling a scheduled transfer: who may, and that a refusal writes nothing."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.refusals import Refusal
from chat import services as chat_services
from tests.racing import at_once
from tests.wallets.conftest import PIN, balance
from wallets import pins
from wallets.models import AuditRecord, ScheduledTransfer, ScheduleState, Transfer
from wallets.refusals import ScheduleNotFound
from wallets.schedules import services
from wallets.schedules.calendar import KOREA
from wallets.schedules.runs import run_due
from wallets.services import members, wallets

pytestmark = pytest.mark.django_db


def later(**ahead) -> datetime:
    return timezone.now() + timedelta(**(ahead or {"days": 1}))


@pytest.fixture
def plan(alice, alice_wallet, bob_wallet):
    """`plan(amount=…)`: alice plans 1,000 won to bob tomorrow, with what is given instead."""

    def make(**changed) -> ScheduledTransfer:
        asked = {
            "user": alice,
            "source_id": alice_wallet.pk,
            "target_id": bob_wallet.pk,
            "amount": 1_000,
            "pin": PIN,
            "first_run_at": later(),
        }
        return services.plan_transfer(**asked | changed)

    return make


def refusal_of(action, *args, **kwargs) -> tuple[str, str | None]:
    """The refusal's code and field."""
    with pytest.raises(Refusal) as refused:
        action(*args, **kwargs)
    return refused.value.code, refused.value.field


def test_a_plan_moves_nothing_yet_and_says_when_it_will(plan, alice, alice_wallet):
    first = later(days=2)
    made = plan(first_run_at=first, repeat="monthly", memo="  점심   값 ")
    made.refresh_from_db()
    assert (made.state, made.next_run_at, made.occurrence) == (ScheduleState.ACTIVE, first, 0)
    assert made.memo == "점심 값"
    assert balance(alice_wallet) == 100_000
    noted = AuditRecord.objects.get(action="schedule_planned")
    assert (noted.actor_id, noted.wallet_id, noted.detail) == (
        alice.pk,
        alice_wallet.pk,
        {"schedule": made.pk},
    )


@pytest.mark.parametrize(
    "amount", [0, -1, 1.5, 1000.0, "1,000", "1000", "1e3", "1000원", True, None, 2**63, 10**10 + 1]
)
def test_an_amount_that_is_no_sum_of_won_is_refused(plan, amount):
    assert refusal_of(plan, amount=amount) == ("amount_invalid", "amount")
    assert not ScheduledTransfer.objects.exists()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"amount": 100_000_001}, ("transfer_limit", "amount")),
        ({"repeat": "yearly"}, ("validation_failed", "repeat")),
        ({"memo": "가" * 101}, ("validation_failed", "memo")),
        ({"memo": "a\u202eb"}, ("validation_failed", "memo")),
        ({"key": "k" * 256}, ("idempotency_key_malformed", None)),
        ({"pin": "000000"}, ("pin_wrong", "pin")),
        ({"pin": None}, ("pin_wrong", "pin")),
    ],
)
def test_what_breaks_a_rule_is_refused_and_writes_nothing(plan, changed, refusal):
    assert refusal_of(plan, **changed) == refusal
    assert not ScheduledTransfer.objects.exists()
    assert not AuditRecord.objects.filter(action="schedule_planned").exists()


@pytest.mark.parametrize(
    "ahead", [timedelta(days=-1), timedelta(0), timedelta(seconds=59), timedelta(days=5 * 365 + 3)]
)
def test_the_first_run_is_a_minute_to_five_years_ahead(plan, ahead):
    assert refusal_of(plan, first_run_at=timezone.now() + ahead) == ("validation_failed", "first_run_at")
    assert not ScheduledTransfer.objects.exists()
    assert plan(first_run_at=later(seconds=62)).pk
    assert plan(first_run_at=later(days=5 * 365)).pk


def test_the_last_day_is_not_before_the_first_run_in_korean_days(plan):
    first = (timezone.now() + timedelta(days=3)).astimezone(KOREA).replace(hour=0, minute=30)
    assert refusal_of(plan, first_run_at=first, ends_on=first.date() - timedelta(days=1)) == (
        "validation_failed",
        "ends_on",
    )
    assert not ScheduledTransfer.objects.exists()
    assert plan(first_run_at=first, ends_on=first.date()).ends_on == first.date()


def test_to_the_same_wallet_to_an_unknown_one_and_to_the_outside_is_refused(plan, alice_wallet):
    assert refusal_of(plan, target_id=alice_wallet.pk) == ("same_wallet", "target")
    for unknown in (1, 999_999, 0, -5, 2**63):
        assert refusal_of(plan, target_id=unknown) == ("not_found", "target")
    assert not ScheduledTransfer.objects.exists()


def test_nobody_plans_from_a_wallet_of_others(plan, bob, charlie, dana, group_wallet, alice_wallet):
    for stranger in (bob, charlie):
        assert refusal_of(plan, user=stranger)[0] == "not_found"
    assert refusal_of(plan, user=bob, source_id=group_wallet.pk)[0] == "spenders_only"
    assert refusal_of(plan, user=dana, source_id=group_wallet.pk)[0] == "spenders_only"
    assert refusal_of(plan, user=charlie, source_id=group_wallet.pk)[0] == "not_found"
    assert not ScheduledTransfer.objects.exists()


def test_to_a_group_plans_who_is_in_its_channel(plan, charlie, charlie_wallet, dana, group_wallet):
    assert plan(target_id=group_wallet.pk).pk
    outsider = {"user": charlie, "source_id": charlie_wallet.pk, "target_id": group_wallet.pk}
    assert refusal_of(plan, **outsider) == ("not_found", "target")
    assert ScheduledTransfer.objects.count() == 1


def test_a_treasurer_plans_up_to_the_limit_above_which_a_second_person_approves(
    plan, alice, bob, group_wallet, bob_wallet
):
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    wallets.change_wallet(user=alice, wallet_id=group_wallet.pk, approval_limit=5_000)
    treasurer = {"user": bob, "source_id": group_wallet.pk, "target_id": bob_wallet.pk}
    assert refusal_of(plan, **treasurer, amount=5_001) == ("needs_second_person", "amount")
    assert not ScheduledTransfer.objects.exists()
    assert plan(**treasurer, amount=5_000).pk


def test_a_closed_wallet_is_neither_planned_from_nor_to(plan, charlie, charlie_wallet):
    wallets.close_wallet(user=charlie, wallet_id=charlie_wallet.pk)
    assert refusal_of(plan, target_id=charlie_wallet.pk) == ("wallet_closed", "target")
    assert refusal_of(plan, user=charlie, source_id=charlie_wallet.pk)[0] == "wallet_closed"
    assert not ScheduledTransfer.objects.exists()


def test_a_locked_pin_refuses_the_right_one(plan):
    for left in (4, 3, 2, 1):
        with pytest.raises(pins.PinWrong) as wrong:
            plan(pin="111111")
        assert wrong.value.tries_left == left
    assert refusal_of(plan, pin="111111")[0] == "pin_locked"
    assert refusal_of(plan)[0] == "pin_locked"
    assert not ScheduledTransfer.objects.exists()


def test_the_same_key_again_answers_the_first_plan_also_late_and_with_a_wrong_pin(plan, alice):
    asked = {"first_run_at": later(), "key": "k1"}
    first = plan(**asked)
    assert plan(**asked).pk == first.pk
    assert plan(**asked, pin="000000").pk == first.pk
    services.cancel(user=alice, schedule_id=first.pk)
    assert plan(**asked).state == ScheduleState.CANCELLED
    assert refusal_of(plan, **asked, amount=2_000)[0] == "idempotency_key_reused"
    assert refusal_of(plan, **asked, repeat="daily")[0] == "idempotency_key_reused"
    assert ScheduledTransfer.objects.count() == 1


def test_a_key_is_each_persons_own(plan, bob, bob_wallet, alice_wallet):
    plan(key="k1")
    assert plan(key="k1", user=bob, source_id=bob_wallet.pk, target_id=alice_wallet.pk).created_by == bob


@pytest.mark.django_db(transaction=True)
def test_the_same_key_ten_times_at_once_is_one_plan(plan):
    asked = {"first_run_at": later(), "key": "k1"}
    outcomes = at_once(*[lambda: plan(**asked)] * 10)
    assert {getattr(made, "pk", made) for made in outcomes} == {ScheduledTransfer.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_the_same_key_for_different_wallets_at_once_is_one_plan_and_a_refusal(
    plan, alice, group_wallet, charlie_wallet
):
    asked = {"first_run_at": later(), "key": "k1"}
    to_bob, to_charlie = at_once(
        lambda: plan(**asked),
        lambda: plan(**asked, source_id=group_wallet.pk, target_id=charlie_wallet.pk),
    )
    refused = [outcome for outcome in (to_bob, to_charlie) if isinstance(outcome, Refusal)]
    assert [refusal.code for refusal in refused] == ["idempotency_key_reused"]
    assert ScheduledTransfer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_closing_and_a_plan_at_once_one_is_refused(plan, charlie, charlie_wallet):
    for _ in range(10):
        planned, closed = at_once(
            lambda: plan(user=charlie, source_id=charlie_wallet.pk),
            lambda: wallets.close_wallet(user=charlie, wallet_id=charlie_wallet.pk),
        )
        if isinstance(planned, ScheduledTransfer):
            assert closed.code == "wallet_has_schedules"
            services.cancel(user=planned.created_by, schedule_id=planned.pk)
        else:
            assert (planned.code, closed) == ("wallet_closed", None)
            wallets.open_personal(user=charlie, pin=PIN)
    connection.close()


def test_a_wallet_with_a_plan_stays_open(plan, charlie, charlie_wallet):
    made = plan(user=charlie, source_id=charlie_wallet.pk)
    close = {"user": charlie, "wallet_id": charlie_wallet.pk}
    assert refusal_of(wallets.close_wallet, **close)[0] == "wallet_has_schedules"
    services.cancel(user=charlie, schedule_id=made.pk)
    wallets.close_wallet(**close)


def test_what_others_plan_to_a_wallet_does_not_keep_it_open(plan, alice_wallet, charlie, charlie_wallet):
    made = plan(target_id=charlie_wallet.pk)
    wallets.close_wallet(user=charlie, wallet_id=charlie_wallet.pk)
    for number in (2, 3):
        run_due(later(days=number))
    made.refresh_from_db()
    assert (made.state, made.runs.get().refusal) == (ScheduleState.FAILED, "wallet_closed")
    assert balance(alice_wallet) == 100_000


def test_cancelling_stops_every_run_and_is_noted(plan, alice, alice_wallet):
    made = plan(repeat="daily")
    cancelled = services.cancel(user=alice, schedule_id=made.pk)
    assert (cancelled.state, cancelled.next_run_at) == (ScheduleState.CANCELLED, None)
    assert run_due(later(days=30)) == 0
    assert balance(alice_wallet) == 100_000
    assert AuditRecord.objects.get(action="schedule_cancelled").detail == {"schedule": made.pk}
    assert refusal_of(services.cancel, user=alice, schedule_id=made.pk)[0] == "schedule_over"


def test_what_ran_cannot_be_cancelled_any_more(plan, alice, alice_wallet):
    made = plan()
    assert run_due(later(days=2)) == 1
    assert refusal_of(services.cancel, user=alice, schedule_id=made.pk)[0] == "schedule_over"
    assert Transfer.objects.filter(kind="scheduled").count() == 1
    assert balance(alice_wallet) == 99_000


def test_a_plan_is_seen_and_cancelled_by_whoever_may_spend_and_by_nobody_else(
    plan, alice, bob, charlie, dana, group_wallet, bob_wallet
):
    made = plan(source_id=group_wallet.pk)
    own = plan(user=bob, source_id=bob_wallet.pk, target_id=group_wallet.pk)
    for person, refusal in ((bob, "spenders_only"), (dana, "not_found"), (charlie, "not_found")):
        assert refusal_of(services.cancel, user=person, schedule_id=made.pk)[0] == refusal
        assert refusal_of(services.schedule_for, user=person, schedule_id=made.pk)[0] == refusal
        assert refusal_of(services.schedules_of, user=person, wallet_id=group_wallet.pk)[0] == refusal
    assert refusal_of(services.cancel, user=alice, schedule_id=999_999)[0] == "not_found"
    assert list(services.schedules_of(user=bob)) == [own]
    assert list(services.schedules_of(user=charlie)) == []
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    assert list(services.schedules_of(user=bob)) == [own, made]
    assert list(services.schedules_of(user=bob, wallet_id=group_wallet.pk)) == [made]
    services.cancel(user=bob, schedule_id=made.pk)
    assert services.schedule_for(user=alice, schedule_id=made.pk).state == ScheduleState.CANCELLED


def test_whoever_left_sees_and_cancels_nothing(plan, alice, bob, channel, group_wallet):
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    made = plan(user=bob, source_id=group_wallet.pk)
    chat_services.leave(user=bob, channel_id=channel.pk)
    with pytest.raises(ScheduleNotFound):  # in the words of one that does not exist
        services.schedule_for(user=bob, schedule_id=made.pk)
    assert refusal_of(services.cancel, user=bob, schedule_id=made.pk)[0] == "not_found"
    assert list(services.schedules_of(user=bob)) == []
    assert services.schedule_for(user=alice, schedule_id=made.pk) == made
