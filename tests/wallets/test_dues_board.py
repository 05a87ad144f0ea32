"""The board answers who has paid, and the card says it without naming who has not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.wallets.club import MORNING, enter, make_plan, month, pay
from tests.wallets.conftest import fill
from wallets.dues.refusals import PeriodNotFound, PlanNotFound
from wallets.models import WalletRole
from wallets.services import dues, dues_board, members, reminders


@pytest.fixture
def club(alice, group_wallet):
    """Ten won a month: 이서연 paid three, 장미경 one, 송기태 a part, 최지우 none; 홍길동 need not."""
    plan = make_plan(alice, group_wallet, amount=10)
    people = {name: enter(name, group_wallet, won=100) for name in ("이서연", "장미경", "송기태", "최지우")}
    exempt = enter("홍길동", group_wallet)
    dues.exempt(user=alice, plan_id=plan.pk, member_id=exempt.pk)
    members.leave(user=User.objects.get(username="bob"), wallet_id=group_wallet.pk)
    dues.exempt(user=alice, plan_id=plan.pk, member_id=User.objects.get(username="bob").pk)
    pay(people["이서연"], plan, 30)
    pay(people["장미경"], plan, 10)
    pay(people["송기태"], plan, 4)
    return plan


def test_who_owes_stands_first(alice, club):
    board = dues_board.board(user=alice, plan_id=club.pk)

    assert [(row.user.username, row.status.value, row.missing) for row in board.rows] == [
        ("alice", "unpaid", 10),
        ("최지우", "unpaid", 10),
        ("송기태", "partial", 6),
        ("이서연", "paid", 0),
        ("장미경", "paid", 0),
        ("bob", "exempt", 0),
        ("홍길동", "exempt", 0),
    ]


def test_the_board_counts_people_and_won(alice, club):
    board = dues_board.board(user=alice, plan_id=club.pk)

    assert board.counts == {"unpaid": 2, "partial": 1, "paid": 2, "prepaid": 0, "exempt": 2}
    assert (board.collected, board.missing, board.paid_people, board.owing_people) == (24, 26, 2, 3)
    assert board.mine.user == alice
    assert board.may_manage


def test_a_row_says_what_was_paid_until_when(alice, club):
    rows = {row.user.username: row for row in dues_board.board(user=alice, plan_id=club.pk).rows}

    assert rows["이서연"].paid_through == month(2)
    assert rows["이서연"].completed_at is not None
    assert (rows["송기태"].paid, rows["송기태"].completed_at) == (4, None)


def test_next_month_shows_the_prepaid_and_what_is_left_from_before(alice, club):
    rows = {
        row.user.username: row for row in dues_board.board(user=alice, plan_id=club.pk, period=month(1)).rows
    }

    assert rows["이서연"].status == "prepaid"
    assert rows["최지우"].owed_before == 10
    assert rows["송기태"].owed_before == 6


def test_months_are_turned_within_the_plan(alice, group_wallet):
    plan = make_plan(alice, group_wallet, starts_on=month(-1))

    first = dues_board.board(user=alice, plan_id=plan.pk, period=month(-1))
    last = dues_board.board(user=alice, plan_id=plan.pk, period=month(12))

    assert (first.previous, first.following) == (None, month())
    assert (last.previous, last.following) == (month(11), None)
    for outside in (month(-2), month(13)):
        with pytest.raises(PeriodNotFound):
            dues_board.board(user=alice, plan_id=plan.pk, period=outside)


def test_a_plan_that_begins_later_shows_its_first_month(alice, group_wallet):
    plan = make_plan(alice, group_wallet, starts_on=month(2))

    assert dues_board.board(user=alice, plan_id=plan.pk).period == month(2)


def test_the_board_says_who_was_reminded(alice, club):
    reminders.remind(user=alice, plan_id=club.pk, period=month(), now=MORNING)

    board = dues_board.board(user=alice, plan_id=club.pk)
    assert [row.user.username for row in board.rows if row.reminded] == ["alice", "최지우", "송기태"]
    assert [reminder.people for reminder in board.reminders] == [3]


def test_only_members_of_the_wallet_see_the_board(bob, charlie, dana, club):
    for outsider in (bob, charlie, dana):  # bob left the wallet
        with pytest.raises(PlanNotFound):
            dues_board.board(user=outsider, plan_id=club.pk)
        assert dues_board.summary(user=outsider, asked=[(club.pk, month())]) == {}
        assert dues_board.owed_by(outsider) == []


def test_a_card_counts_and_marks_only_who_paid(alice, club):
    card = dues_board.summary(user=alice, asked=[(club.pk, month())])[club.pk, month()]

    assert (card["paid"], card["members"], card["collected"], card["missing"]) == (2, 7, 24, 26)
    assert (card["my_status"], card["my_missing"], card["my_paid_at"]) == ("unpaid", 10, None)
    assert [(slot["mark"], slot["status"], slot["mine"]) for slot in card["slots"]] == [
        ("이", "paid", False),
        ("장", "paid", False),
        ("", "partial", False),
        ("", "unpaid", True),
        ("", "unpaid", False),
        ("", "exempt", False),
        ("", "exempt", False),
    ]


def test_a_card_names_nobody_who_owes(alice, club):
    card = dues_board.summary(user=alice, asked=[(club.pk, month())])[club.pk, month()]

    assert not any(name in str(card) for name in ("최", "송", "홍", "bob", "alice"))


def test_many_cards_at_once_are_told_apart(alice, bob_wallet, group_wallet, bob):
    one, other = make_plan(alice, group_wallet, amount=10), make_plan(alice, group_wallet, amount=20)
    pay(bob, one)

    cards = dues_board.summary(
        user=bob, asked=[(one.pk, month()), (one.pk, month(1)), (other.pk, month()), (2**62, month())]
    )

    assert {asked: card["my_status"] for asked, card in cards.items()} == {
        (one.pk, month()): "paid",
        (one.pk, month(1)): "unpaid",
        (other.pk, month()): "unpaid",
    }
    assert cards[one.pk, month()]["my_paid_at"] is not None


def test_the_number_of_queries_does_not_grow(alice, group_wallet):
    def queries() -> list[int]:
        counted = []
        for ask in (
            lambda: dues_board.board(user=alice, plan_id=plan.pk),
            lambda: dues_board.summary(user=alice, asked=[(each.pk, month()) for each in plans]),
            lambda: dues_board.owed_by(alice),
            lambda: reminders.notices_of(alice),
        ):
            with CaptureQueriesContext(connection) as captured:
                ask()
            counted.append(len(captured))
        return counted

    plan = make_plan(alice, group_wallet)
    plans = [plan]
    reminders.remind(user=alice, plan_id=plan.pk, now=MORNING)
    few = queries()
    for number in range(6):
        member = enter(f"member{number}", group_wallet, WalletRole.TREASURER, won=100_000)
        pay(member, plan, 50_000)
        plans.append(make_plan(alice, group_wallet))
        reminders.remind(user=alice, plan_id=plans[-1].pk, now=MORNING)
    fill(group_wallet, 1_000, alice)

    assert queries() == few
    assert max(few) <= 8
