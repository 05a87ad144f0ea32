"""Dues and spend requests while everybody acts at the same moment. SQLite lets one write at a time; what
locks and unique rows are worth shows on MariaDB."""

from datetime import date

import pytest

from tests.racing import at_once
from tests.wallets.club import MORNING, enter, make_plan, month, pay, statuses
from tests.wallets.conftest import PIN, balance
from wallets.dues.refusals import RemindedToday
from wallets.models import (
    DuesMember,
    DuesNotice,
    DuesPlan,
    DuesReminder,
    SpendApproval,
    SpendState,
    Transfer,
    WalletRole,
)
from wallets.refusals import BalanceTooLow
from wallets.services import dues, dues_board, members, reminders, spending, wallets
from wallets.services.dues_cards import announce_due_periods
from wallets.spending.refusals import RequestDecided

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("round_", range(3))
def test_two_reminders_at_once_are_one(alice, bob, group_wallet, round_):
    plan = make_plan(alice, group_wallet)
    december = date(2026, 12, 1)
    DuesPlan.objects.update(starts_on=december)
    DuesMember.objects.update(since=december)
    send = [lambda: reminders.remind(user=alice, plan_id=plan.pk, period=december, now=MORNING)] * 2
    worker = [lambda: reminders.remind_automatically(MORNING)] * 2

    outcomes = at_once(*send, *worker)

    sent = [each for each in outcomes if isinstance(each, DuesReminder) or each == 1]
    assert len(sent) == 1, outcomes
    assert all(each in sent or each == 0 or isinstance(each, RemindedToday) for each in outcomes), outcomes
    assert DuesNotice.objects.count() == 2


@pytest.mark.parametrize("round_", range(3))
def test_workers_at_once_post_one_card(alice, channel, group_wallet, recorded, round_):
    plan = make_plan(alice, group_wallet)
    DuesPlan.objects.filter(pk=plan.pk).update(starts_on=month(-1), announced_on=month(-1))
    before = len(recorded(channel.pk))

    outcomes = at_once(*[announce_due_periods] * 4)

    assert sorted(outcomes, key=str) == [0, 0, 0, 1]
    assert len(recorded(channel.pk)) == before + 1


def test_the_same_key_at_once_pays_once(alice, bob, bob_wallet, group_wallet):
    plan = make_plan(alice, group_wallet)

    outcomes = at_once(*[lambda: pay(bob, plan, key="once")] * 16)

    assert {posted.transfer.pk for posted in outcomes} == {Transfer.objects.get(dues_plan=plan).pk}
    assert [posted.replayed for posted in outcomes].count(False) == 1
    assert balance(bob_wallet) == 70_000


def test_fifty_members_who_pay_at_once_stand_right_on_the_board(alice, group_wallet):
    people = [enter(f"member{number}", group_wallet, won=60_000) for number in range(50)]
    plan = make_plan(alice, group_wallet, members=[person.pk for person in people])
    parts = {0: 30_000, 1: 60_000, 2: 10_000}
    wanted = ["paid", "paid", "partial"]

    outcomes = at_once(
        *[lambda n=n, who=who: pay(who, plan, parts[n % 3]) for n, who in enumerate(people)],
        lambda: members.leave(user=people[0], wallet_id=group_wallet.pk) and None,
        lambda: announce_due_periods(),
    )

    unpaid = [each for each in outcomes if isinstance(each, Exception)]
    assert all(getattr(each, "code", "") == "not_found" for each in unpaid), unpaid  # who had left by then
    assert len(unpaid) <= 1
    board = dues_board.board(user=alice, plan_id=plan.pk)
    stand = statuses(alice, plan)
    assert [stand[f"member{n}"] for n in range(1, 50)] == [wanted[n % 3] for n in range(1, 50)]
    in_books = sum(Transfer.objects.filter(dues_plan=plan).values_list("amount", flat=True))
    ahead = dues_board.board(user=alice, plan_id=plan.pk, period=month(1))
    assert board.collected + ahead.collected == in_books
    assert balance(group_wallet) == 50_000 + in_books


@pytest.mark.parametrize("round_", range(3))
def test_who_joins_while_a_plan_is_made_owes_it_once(alice, dana, group_wallet, round_):
    outcomes = at_once(
        lambda: make_plan(alice, group_wallet),
        lambda: members.join(user=dana, wallet_id=group_wallet.pk),
    )

    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    assert DuesMember.objects.filter(user=dana).count() == 1


def test_payments_and_changes_of_the_plan_do_not_stand_in_each_others_way(
    alice, bob, bob_wallet, group_wallet
):
    """A payment's foreign key shares the plan's row while it holds the wallet's."""
    plan = make_plan(alice, group_wallet)

    outcomes = at_once(
        *[lambda: pay(bob, plan, 1_000)] * 8,
        *[lambda n=n: dues.change_plan(user=alice, plan_id=plan.pk, grace_days=n) for n in range(8)],
        lambda: reminders.remind(user=alice, plan_id=plan.pk, now=MORNING),
        lambda: dues.exempt(user=alice, plan_id=plan.pk, member_id=alice.pk),
    )

    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    assert balance(group_wallet) == 58_000


@pytest.fixture
def treasurers(group_wallet):
    """Two beside the owner."""
    return [enter(name, group_wallet, WalletRole.TREASURER) for name in ("tina", "tom")]


@pytest.mark.parametrize("round_", range(3))
def test_three_who_approve_at_once_pay_once(alice, bob, bob_wallet, group_wallet, treasurers, round_):
    request = spending.ask(user=bob, wallet_id=group_wallet.pk, amount=12_000, reason="김밥")

    outcomes = at_once(*[_approve(who, request) for who in (alice, *treasurers)])

    assert sorted(type(each).__name__ for each in outcomes) == ["RequestDecided"] * 2 + ["SpendRequest"]
    assert (balance(group_wallet), balance(bob_wallet)) == (38_000, 112_000)
    assert SpendApproval.objects.count() == 1


@pytest.mark.parametrize("round_", range(3))
def test_two_persons_at_once_are_two(alice, bob, bob_wallet, group_wallet, treasurers, round_):
    wallets.change_wallet(user=alice, wallet_id=group_wallet.pk, approval_limit=1)
    request = spending.ask(user=bob, wallet_id=group_wallet.pk, amount=12_000, reason="김밥")

    at_once(*[_approve(who, request) for who in treasurers])

    request.refresh_from_db()
    assert (request.state, SpendApproval.objects.count()) == (SpendState.PAID, 2)
    assert balance(group_wallet) == 38_000


@pytest.mark.parametrize("round_", range(3))
def test_yes_no_and_never_mind_at_once_are_one_of_them(
    alice, bob, bob_wallet, group_wallet, treasurers, round_
):
    request = spending.ask(user=bob, wallet_id=group_wallet.pk, amount=12_000, reason="김밥")

    outcomes = at_once(
        _approve(alice, request),
        lambda: spending.decline(user=treasurers[0], request_id=request.pk),
        lambda: spending.withdraw(user=bob, request_id=request.pk),
    )

    assert [isinstance(each, RequestDecided) for each in outcomes].count(True) == 2, outcomes
    request.refresh_from_db()
    paid = request.state == SpendState.PAID
    assert balance(group_wallet) == (38_000 if paid else 50_000)
    assert (request.transfer is not None) == paid


def test_requests_for_more_than_there_is_are_paid_as_far_as_it_goes(
    alice, bob, bob_wallet, group_wallet, treasurers
):
    requests = [
        spending.ask(user=bob, wallet_id=group_wallet.pk, amount=20_000, reason="김밥") for _ in range(6)
    ]
    people = [alice, *treasurers] * 2

    outcomes = at_once(*[_approve(who, each) for who, each in zip(people, requests, strict=True)])

    assert [isinstance(each, BalanceTooLow) for each in outcomes].count(True) == 4, outcomes
    assert balance(group_wallet) == 10_000
    for request in requests:
        request.refresh_from_db()
        assert (request.state == SpendState.PAID) == (request.transfer is not None)
        assert request.approvals.count() == (request.state == SpendState.PAID)


def _approve(user, request):
    return lambda: spending.approve(user=user, request_id=request.pk, pin=PIN)
