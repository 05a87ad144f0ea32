"""The dues card stands in the conversation once for each month, whoever posts it."""

from datetime import UTC, datetime

from tests.wallets.club import close, make_plan, month
from wallets.models import DuesPlan
from wallets.services.dues_cards import announce_due_periods

NOVEMBER = datetime(2026, 11, 30, 14, 59, tzinfo=UTC)
DECEMBER = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)  # midnight in Korea


def cards(recorded, channel) -> list:
    return [event for event in recorded(channel.pk) if event.kind == "dues"]


def test_a_plan_that_begins_posts_its_card(alice, channel, group_wallet, recorded):
    plan = make_plan(alice, group_wallet, day=31)

    (card,) = cards(recorded, channel)
    assert card.slip == {
        "plan": plan.pk,
        "wallet": group_wallet.pk,
        "wallet_name": "회비통장",
        "title": "월 회비",
        "amount": 30_000,
        "period": f"{month():%Y-%m}",
        "due_on": card.slip["due_on"],
    }
    assert card.slip["due_on"].startswith(f"{month():%Y-%m}-")
    assert plan.announced_on == month()
    assert announce_due_periods() == 0


def test_a_plan_that_begins_later_posts_it_then(alice, channel, group_wallet, recorded):
    make_plan(alice, group_wallet, starts_on=month(1))

    assert announce_due_periods() == 0
    assert cards(recorded, channel) == []


def begun(alice, group_wallet, **changed) -> DuesPlan:
    """A plan that has run since November and whose card of November was posted."""
    plan = make_plan(alice, group_wallet, starts_on=month(1))
    terms = {"starts_on": "2026-11-01", "announced_on": "2026-11-01", **changed}
    DuesPlan.objects.filter(pk=plan.pk).update(**terms)
    return plan


def test_a_new_month_posts_one_card_however_often_it_is_asked(alice, channel, group_wallet, recorded):
    begun(alice, group_wallet)

    assert [announce_due_periods(now) for now in (NOVEMBER, DECEMBER, DECEMBER)] == [0, 1, 0]

    (card,) = cards(recorded, channel)
    assert (card.slip["period"], card.slip["due_on"]) == ("2026-12", "2026-12-05")


def test_months_that_passed_unseen_get_no_card(alice, channel, group_wallet, recorded):
    begun(alice, group_wallet, starts_on="2026-06-01", announced_on="2026-06-01")

    assert announce_due_periods(DECEMBER) == 1
    assert [card.slip["period"] for card in cards(recorded, channel)] == ["2026-12"]


def test_an_ended_plan_posts_no_more(alice, group_wallet):
    begun(alice, group_wallet, ended_on="2026-11-01")

    assert announce_due_periods(DECEMBER) == 0


def test_a_closed_wallet_posts_no_more(alice, group_wallet):
    begun(alice, group_wallet)
    close(group_wallet, alice)

    assert announce_due_periods(DECEMBER) == 0


def test_the_same_card_has_the_same_id(alice, channel, group_wallet, recorded):
    """The id says plan and month: a repeat of the event is the same event to every reader."""
    begun(alice, group_wallet)
    announce_due_periods(DECEMBER)
    DuesPlan.objects.update(announced_on="2026-11-01")
    announce_due_periods(DECEMBER)

    first, again = cards(recorded, channel)
    assert first.id == again.id
