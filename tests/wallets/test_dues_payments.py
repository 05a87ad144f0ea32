"""Paying dues: from the own wallet, oldest month first, a year ahead at most, once for each key; and cash."""

import pytest

from accounts.refusals import Refusal
from tests.wallets.club import close, enter, make_plan, month, pay, statuses
from tests.wallets.conftest import PIN, balance, key
from tests.wallets.test_transfers import BAD_AMOUNTS
from wallets.dues.refusals import (
    NoPersonalWallet,
    NothingOwed,
    NotInPlan,
    PaysTooFarAhead,
    PeriodNotFound,
    PlanNotFound,
)
from wallets.models import LedgerEntry, Transfer, TransferKind, WalletRole
from wallets.refusals import (
    AmountInvalid,
    BalanceTooLow,
    KeyRequired,
    KeyReused,
    PinLocked,
    PinWrong,
    SpendersOnly,
    WalletClosed,
)
from wallets.services import dues, dues_board, members, transfers


@pytest.fixture
def plan(alice, bob_wallet, group_wallet):
    """Since last month; bob has 100,000 won."""
    return make_plan(alice, group_wallet, starts_on=month(-1))


def refused(refusal: type[Refusal], action) -> None:
    """Raises this refusal and moves nothing."""
    rows = Transfer.objects.count(), LedgerEntry.objects.count()
    with pytest.raises(refusal):
        action()
    assert (Transfer.objects.count(), LedgerEntry.objects.count()) == rows


def test_without_an_amount_everything_owed_until_now_is_paid(bob, bob_wallet, group_wallet, plan):
    made = pay(bob, plan).transfer

    assert (made.kind, made.amount, made.memo) == (TransferKind.DUES, 60_000, "월 회비")
    assert (made.dues_plan_id, made.dues_member_id) == (plan.pk, bob.pk)
    assert (balance(bob_wallet), balance(group_wallet)) == (40_000, 110_000)
    assert statuses(bob, plan, month(-1))["bob"] == statuses(bob, plan)["bob"] == "paid"


def test_one_month_can_be_asked_for_and_the_older_come_with_it(bob, plan):
    assert pay(bob, plan, period=month(-1)).transfer.amount == 30_000
    assert pay(bob, plan, period=month(1)).transfer.amount == 60_000
    assert statuses(bob, plan, month(1))["bob"] == "prepaid"


def test_a_part_goes_to_the_oldest_month(bob, plan):
    pay(bob, plan, 40_000)

    assert statuses(bob, plan, month(-1))["bob"] == "paid"
    assert statuses(bob, plan)["bob"] == "partial"
    assert pay(bob, plan).transfer.amount == 20_000


def test_a_year_can_be_prepaid_and_no_won_more(alice, group_wallet):
    plan = make_plan(alice, group_wallet, starts_on=month(-1), amount=100)
    rich = enter("rich", group_wallet, won=10_000)
    refused(PaysTooFarAhead, lambda: pay(rich, plan, 1_301))

    first = pay(rich, plan, 1_300, key="all")  # this month and twelve more

    assert pay(rich, plan, 1_300, key="all").transfer == first.transfer
    assert statuses(rich, plan, month(12))["rich"] == "prepaid"
    refused(PaysTooFarAhead, lambda: pay(rich, plan, 1))
    refused(PeriodNotFound, lambda: pay(rich, plan, period=month(13)))


def test_the_last_month_ends_what_can_be_prepaid(alice, bob, plan):
    dues.end_plan(user=alice, plan_id=plan.pk)
    refused(PaysTooFarAhead, lambda: pay(bob, plan, 60_001))


def test_the_same_key_pays_once(bob, bob_wallet, plan):
    first = pay(bob, plan, key="once")
    again = pay(bob, plan, key="once")

    assert (first.replayed, again.replayed) == (False, True)
    assert again.transfer == first.transfer
    assert balance(bob_wallet) == 40_000
    refused(KeyReused, lambda: pay(bob, plan, 10_000, key="once"))


def test_a_reversed_payment_was_never_made(alice, bob, bob_wallet, plan):
    made = pay(bob, plan).transfer
    transfers.reverse(actor=alice, transfer_id=made.pk, pin=PIN, key=key())

    assert statuses(alice, plan)["bob"] == "unpaid"
    assert balance(bob_wallet) == 100_000
    assert pay(bob, plan).transfer.amount == 60_000


def test_a_transfer_that_is_no_dues_pays_none(bob, bob_wallet, group_wallet, plan):
    transfers.transfer(
        actor=bob, source_id=bob_wallet.pk, target_id=group_wallet.pk, amount=60_000, pin=PIN, key=key()
    )

    assert statuses(bob, plan)["bob"] == "unpaid"


def test_nothing_owed_is_nothing_paid(bob, plan):
    pay(bob, plan)
    refused(NothingOwed, lambda: pay(bob, plan))


@pytest.mark.parametrize("amount", [amount for amount in BAD_AMOUNTS if amount is not None])
def test_only_whole_amounts_are_paid(alice, bob, plan, amount):
    refused(AmountInvalid, lambda: pay(bob, plan, amount))
    cash = {"plan_id": plan.pk, "member_id": bob.pk, "amount": amount, "key": key()}
    refused(AmountInvalid, lambda: dues.record_cash(user=alice, **cash))


def test_strangers_and_who_left_do_not_pay(bob, charlie, charlie_wallet, dana, group_wallet, plan):
    refused(PlanNotFound, lambda: pay(charlie, plan))
    refused(PlanNotFound, lambda: pay(dana, plan))
    members.leave(user=bob, wallet_id=group_wallet.pk)
    refused(PlanNotFound, lambda: pay(bob, plan))


def test_who_does_not_owe_the_plan_does_not_pay_it(alice, bob, bob_wallet, group_wallet):
    plan = make_plan(alice, group_wallet, members=[alice.pk])
    refused(NotInPlan, lambda: pay(bob, plan))
    refused(NotInPlan, lambda: pay(bob, plan, 10_000))


def test_dues_are_paid_from_a_wallet_of_ones_own(alice, plan):
    refused(NoPersonalWallet, lambda: pay(alice, plan))


def test_a_closed_wallet_takes_no_dues(alice, bob, group_wallet, plan):
    close(group_wallet, alice)

    refused(WalletClosed, lambda: pay(bob, plan))
    assert dues_board.owed_by(bob) == []


def test_more_than_the_balance_is_refused_whole(alice, group_wallet):
    plan = make_plan(alice, group_wallet)
    poor = enter("poor", group_wallet, won=29_999)

    refused(BalanceTooLow, lambda: pay(poor, plan))

    assert statuses(poor, plan)["poor"] == "unpaid"


def test_a_wrong_pin_pays_nothing_and_five_lock_it(bob, plan):
    for _ in range(4):
        refused(PinWrong, lambda: pay(bob, plan, pin="000000"))
    refused(PinLocked, lambda: pay(bob, plan, pin="000000"))
    refused(PinLocked, lambda: pay(bob, plan))


def test_a_payment_needs_a_key(alice, bob, plan):
    refused(KeyRequired, lambda: pay(bob, plan, key=""))
    cash = {"plan_id": plan.pk, "member_id": bob.pk, "amount": 30_000}
    refused(KeyRequired, lambda: dues.record_cash(user=alice, **cash, key=""))


def test_cash_that_a_treasurer_took_counts_for_the_member(bob, bob_wallet, group_wallet, plan):
    tina = enter("tina", group_wallet, WalletRole.TREASURER)
    cash = {"plan_id": plan.pk, "member_id": bob.pk, "amount": 60_000, "key": "cash"}

    made = dues.record_cash(user=tina, **cash).transfer

    assert (made.kind, made.actor, made.dues_member) == (TransferKind.DEPOSIT, tina, bob)
    assert statuses(bob, plan)["bob"] == "paid"
    assert balance(bob_wallet) == 100_000
    assert dues.record_cash(user=tina, **cash).replayed


def test_cash_is_noted_by_treasurers_for_members_of_the_plan(alice, bob, charlie, plan):
    def note(user, member_id, amount=30_000):
        return dues.record_cash(user=user, plan_id=plan.pk, member_id=member_id, amount=amount, key=key())

    refused(SpendersOnly, lambda: note(bob, bob.pk))
    refused(PlanNotFound, lambda: note(charlie, bob.pk))
    refused(NotInPlan, lambda: note(alice, charlie.pk))
    refused(NotInPlan, lambda: note(alice, 2**63))
    refused(PaysTooFarAhead, lambda: note(alice, bob.pk, 14 * 30_000 + 1))


def test_what_i_owe_is_told_over_all_plans(alice, bob, group_wallet, plan):
    second = make_plan(alice, group_wallet, title="버스비", amount=5_000, day=31)
    make_plan(alice, group_wallet, title="내년부터", starts_on=month(1))
    pay(bob, plan, 40_000)

    debts = dues_board.owed_by(bob)

    assert {debt.plan: debt.months for debt in debts} == {
        plan: {month(): 20_000},
        second: {month(): 5_000},
    }
    assert sum(debt.missing for debt in debts) == 25_000
    pay(bob, plan)
    pay(bob, second)
    assert dues_board.owed_by(bob) == []


def test_who_left_the_wallet_is_shown_no_debt(bob, group_wallet, plan):
    members.leave(user=bob, wallet_id=group_wallet.pk)

    assert dues_board.owed_by(bob) == []


def test_what_is_past_its_due_day_is_late(alice, bob, group_wallet, plan):
    (debt,) = dues_board.owed_by(bob)

    assert debt.late
    assert debt.due_on == month(-1).replace(day=5)
    dues.change_plan(user=alice, plan_id=plan.pk, grace_days=31)
    pay(bob, plan, 30_000)
    (debt,) = dues_board.owed_by(bob)
    assert not debt.late
