"""Plans: who makes and changes them, who owes, who is exempt, and who joins and leaves."""

import pytest

from accounts.refusals import Refusal
from accounts.text import InvalidInput
from tests.wallets.club import close, enter, make_plan, month, pay, statuses
from tests.wallets.test_transfers import BAD_AMOUNTS
from wallets.dues.refusals import NotInPlan, PeriodNotFound, PlanNotFound, PlanOver
from wallets.models import AuditRecord, DuesExemption, DuesMember, DuesPlan, WalletRole
from wallets.refusals import (
    AmountInvalid,
    SpendersOnly,
    WalletClosed,
    WalletMemberNotFound,
    WalletNotFound,
)
from wallets.services import dues, members
from wallets.services.dues_rights import plan_for, plans_of


def refused(refusal: type[Refusal], action) -> None:
    """Raises this refusal and leaves every plan as it was."""
    rows = list(DuesPlan.objects.values()), list(DuesMember.objects.values()), DuesExemption.objects.count()
    with pytest.raises(refusal):
        action()
    assert rows == (
        list(DuesPlan.objects.values()),
        list(DuesMember.objects.values()),
        DuesExemption.objects.count(),
    )


def audited(wallet) -> list[str]:
    return list(AuditRecord.objects.filter(wallet=wallet).order_by("pk").values_list("action", flat=True))


def test_everybody_in_the_wallet_owes_from_the_first_month_on(alice, bob, group_wallet):
    plan = make_plan(alice, group_wallet)

    assert statuses(alice, plan) == {"alice": "unpaid", "bob": "unpaid"}
    assert plan.starts_on == month()
    assert audited(group_wallet)[-1] == "dues_made"


def test_a_treasurer_makes_plans_too(alice, group_wallet):
    tina = enter("tina", group_wallet, WalletRole.TREASURER)

    assert make_plan(tina, group_wallet).created_by == tina


def test_whoever_joins_later_owes_from_the_month_of_joining(alice, group_wallet):
    plan = make_plan(alice, group_wallet, starts_on=month(-2))
    enter("late", group_wallet)

    assert "late" not in statuses(alice, plan, month(-1))
    assert statuses(alice, plan)["late"] == "unpaid"


def test_a_plan_for_some_is_not_for_later_joiners(alice, bob, group_wallet):
    plan = make_plan(alice, group_wallet, members=[bob.pk])
    enter("late", group_wallet)

    assert statuses(alice, plan) == {"bob": "unpaid"}


def test_a_plan_that_is_over_takes_nobody_in(alice, group_wallet):
    plan = make_plan(alice, group_wallet, starts_on=month(-2))
    DuesPlan.objects.filter(pk=plan.pk).update(ended_on=month(-1))

    assert not DuesMember.objects.filter(plan=plan, user=enter("late", group_wallet)).exists()


def test_the_month_of_leaving_is_the_last(alice, bob, group_wallet):
    plan = make_plan(alice, group_wallet)
    members.leave(user=bob, wallet_id=group_wallet.pk)

    assert statuses(alice, plan)["bob"] == "unpaid"
    assert "bob" not in statuses(alice, plan, month(1))


def test_who_comes_back_owes_nothing_for_the_months_away(alice, bob, group_wallet):
    plan = make_plan(alice, group_wallet, starts_on=month(-4))
    members.leave(user=bob, wallet_id=group_wallet.pk)
    DuesMember.objects.filter(plan=plan, user=bob).update(until=month(-3))

    members.join(user=bob, wallet_id=group_wallet.pk)

    months = [statuses(alice, plan, month(later))["bob"] for later in range(-4, 2)]
    assert months == ["unpaid", "unpaid", "exempt", "exempt", "unpaid", "unpaid"]


def test_an_exempt_member_owes_nothing(alice, bob, group_wallet):
    plan = make_plan(alice, group_wallet, exempt=[alice.pk])
    dues.exempt(user=alice, plan_id=plan.pk, member_id=bob.pk, period=month(1), reason="여행")

    assert statuses(alice, plan) == {"bob": "unpaid", "alice": "exempt"}
    assert statuses(alice, plan, month(1)) == {"alice": "exempt", "bob": "exempt"}
    assert statuses(alice, plan, month(2))["bob"] == "unpaid"
    assert audited(group_wallet)[-1] == "dues_exempted"


def test_exempting_twice_is_exempting_once_and_can_be_taken_back(alice, bob, group_wallet):
    plan = make_plan(alice, group_wallet)
    for reason in ("여행", "휴학"):
        dues.exempt(user=alice, plan_id=plan.pk, member_id=bob.pk, reason=reason)
    assert DuesExemption.objects.get().reason == "휴학"

    for _ in range(2):
        dues.unexempt(user=alice, plan_id=plan.pk, member_id=bob.pk)

    assert statuses(alice, plan)["bob"] == "unpaid"
    assert audited(group_wallet)[-2:] == ["dues_exempted", "dues_unexempted"]


def test_a_payment_moves_on_when_its_month_is_exempted(alice, bob, bob_wallet, group_wallet):
    plan = make_plan(alice, group_wallet)
    pay(bob, plan)
    dues.exempt(user=alice, plan_id=plan.pk, member_id=bob.pk, period=month())

    assert statuses(alice, plan, month(1))["bob"] == "prepaid"


def test_title_grace_and_reminding_change_but_not_what_is_owed(alice, group_wallet):
    plan = make_plan(alice, group_wallet)

    changed = dues.change_plan(user=alice, plan_id=plan.pk, title="산악회비", grace_days=3, reminds=False)

    assert (changed.title, changed.grace_days, changed.reminds) == ("산악회비", 3, False)
    assert AuditRecord.objects.last().detail["before"]["title"] == "월 회비"
    for fixed in ({"amount": 1}, {"day": 9}, {"starts_on": month(1)}):
        refused(InvalidInput, lambda fixed=fixed: dues.change_plan(user=alice, plan_id=plan.pk, **fixed))


def test_an_ended_plan_keeps_its_months_and_gets_no_more(alice, bob, bob_wallet, group_wallet):
    plan = make_plan(alice, group_wallet)
    dues.end_plan(user=alice, plan_id=plan.pk)

    pay(bob, plan)

    assert statuses(alice, plan)["bob"] == "paid"
    refused(PeriodNotFound, lambda: statuses(alice, plan, month(1)))
    refused(PlanOver, lambda: dues.end_plan(user=alice, plan_id=plan.pk))


def test_running_plans_stand_before_ended_ones(alice, group_wallet):
    first, second = make_plan(alice, group_wallet), make_plan(alice, group_wallet)
    dues.end_plan(user=alice, plan_id=second.pk)

    assert plans_of(user=alice, wallet_id=group_wallet.pk) == [first, second]


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_a_plan_needs_a_whole_amount(alice, group_wallet, amount):
    refused(AmountInvalid, lambda: make_plan(alice, group_wallet, amount=amount))


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": 0},
        {"day": 32},
        {"day": True},
        {"day": "5"},
        {"grace_days": -1},
        {"grace_days": 1.5},
        {"title": " "},
        {"title": "가" * 51},
    ],
)
def test_a_plan_needs_possible_terms(alice, group_wallet, wrong):
    refused(InvalidInput, lambda: make_plan(alice, group_wallet, **wrong))


def test_a_plan_begins_within_a_year(alice, group_wallet):
    refused(InvalidInput, lambda: make_plan(alice, group_wallet, starts_on=month(-13)))
    refused(InvalidInput, lambda: make_plan(alice, group_wallet, starts_on=month(13)))


def test_only_people_in_the_wallet_owe(alice, bob, charlie, group_wallet):
    refused(WalletMemberNotFound, lambda: make_plan(alice, group_wallet, members=[charlie.pk]))
    refused(WalletMemberNotFound, lambda: make_plan(alice, group_wallet, members=[bob.pk], exempt=[alice.pk]))


def test_members_strangers_and_who_left_make_and_change_no_plan(alice, bob, charlie, dana, group_wallet):
    plan = make_plan(alice, group_wallet)
    refused(SpendersOnly, lambda: make_plan(bob, group_wallet))
    refused(WalletNotFound, lambda: make_plan(charlie, group_wallet))
    refused(WalletNotFound, lambda: make_plan(dana, group_wallet))
    changes = [
        lambda who: dues.change_plan(user=who, plan_id=plan.pk, title="x"),
        lambda who: dues.end_plan(user=who, plan_id=plan.pk),
        lambda who: dues.exempt(user=who, plan_id=plan.pk, member_id=bob.pk),
        lambda who: dues.unexempt(user=who, plan_id=plan.pk, member_id=bob.pk),
    ]
    for change in changes:
        refused(SpendersOnly, lambda change=change: change(bob))
        refused(PlanNotFound, lambda change=change: change(charlie))
        refused(PlanNotFound, lambda change=change: change(dana))
    members.leave(user=bob, wallet_id=group_wallet.pk)
    for change in changes:
        refused(PlanNotFound, lambda change=change: change(bob))


def test_somebody_else_is_not_exempted(alice, charlie, group_wallet):
    plan = make_plan(alice, group_wallet)
    refused(NotInPlan, lambda: dues.exempt(user=alice, plan_id=plan.pk, member_id=charlie.pk))
    refused(NotInPlan, lambda: dues.unexempt(user=alice, plan_id=plan.pk, member_id=2**63))


def test_a_closed_wallet_changes_no_plan(alice, group_wallet):
    plan = make_plan(alice, group_wallet)
    close(group_wallet, alice)

    refused(WalletClosed, lambda: make_plan(alice, group_wallet))
    refused(WalletClosed, lambda: dues.end_plan(user=alice, plan_id=plan.pk))
    refused(WalletClosed, lambda: dues.change_plan(user=alice, plan_id=plan.pk, title="x"))


@pytest.mark.parametrize("plan_id", [0, -1, 999_999, 2**63])
def test_there_is_no_such_plan(alice, plan_id):
    with pytest.raises(PlanNotFound):
        plan_for(user=alice, plan_id=plan_id)
