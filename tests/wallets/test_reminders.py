"""Reminders go to who has not paid, once a day, not at night, and nobody else hears of them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.wallets.club import MORNING, close, enter, make_plan, month, pay
from wallets.dues.refusals import (
    NobodyToRemind,
    NoticeNotFound,
    PeriodNotFound,
    PlanNotFound,
    QuietHours,
    RemindedToday,
)
from wallets.models import AuditRecord, DuesNotice, DuesPlan, DuesReminder, WalletRole
from wallets.refusals import SpendersOnly
from wallets.services import dues, members, reminders


def korean(day: int, hour: int, minute: int = 0, *, month: int = 12) -> datetime:
    """This time of a day in 2026, in Korea."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.fixture
def plan(alice, bob, bob_wallet, group_wallet) -> DuesPlan:
    """bob, mina and alice owe; bob pays in full, mina a part."""
    made = make_plan(alice, group_wallet)
    pay(bob, made)
    mina = enter("mina", group_wallet, won=10_000)
    pay(mina, made, 10_000)
    return made


def told() -> list[str]:
    """Who has a notice, by name."""
    return sorted(DuesNotice.objects.values_list("user__username", flat=True))


def refused(refusal, action) -> None:
    """Raises this refusal and writes nothing."""
    rows = DuesReminder.objects.count(), DuesNotice.objects.count()
    with pytest.raises(refusal):
        action()
    assert (DuesReminder.objects.count(), DuesNotice.objects.count()) == rows


def test_only_who_has_not_paid_in_full_is_told(alice, plan):
    sent = reminders.remind(user=alice, plan_id=plan.pk, now=MORNING)

    assert told() == ["alice", "mina"]
    assert (sent.people, sent.sent_by, sent.period) == (2, alice, month())
    assert AuditRecord.objects.last().action == "dues_reminded"


def test_the_channel_hears_nothing(alice, channel, plan, recorded):
    before = len(recorded(channel.pk))
    reminders.remind(user=alice, plan_id=plan.pk, now=MORNING)

    assert len(recorded(channel.pk)) == before


def test_a_second_reminder_waits_for_the_next_day(alice, group_wallet, plan):
    reminders.remind(user=alice, plan_id=plan.pk, now=korean(2, 10))
    tina = enter("tina", group_wallet, WalletRole.TREASURER)

    refused(RemindedToday, lambda: reminders.remind(user=alice, plan_id=plan.pk, now=korean(2, 20, 59)))
    refused(RemindedToday, lambda: reminders.remind(user=tina, plan_id=plan.pk, now=korean(2, 11)))
    reminders.remind(user=tina, plan_id=plan.pk, now=korean(3, 8))


@pytest.mark.parametrize(("hour", "minute"), [(21, 0), (23, 59), (0, 0), (7, 59)])
def test_nobody_is_reminded_at_night(alice, plan, hour, minute):
    refused(QuietHours, lambda: reminders.remind(user=alice, plan_id=plan.pk, now=korean(2, hour, minute)))


@pytest.mark.parametrize(("hour", "minute"), [(8, 0), (20, 59)])
def test_by_day_they_are(alice, plan, hour, minute):
    assert reminders.remind(user=alice, plan_id=plan.pk, now=korean(2, hour, minute)).people == 2


def test_when_everybody_paid_there_is_nobody_to_remind(alice, bob, bob_wallet, group_wallet):
    plan = make_plan(alice, group_wallet, members=[bob.pk])
    pay(bob, plan)

    refused(NobodyToRemind, lambda: reminders.remind(user=alice, plan_id=plan.pk, now=MORNING))


def test_who_left_is_exempt_or_gone_is_not_told(alice, plan, group_wallet):
    left, gone, exempt = (enter(name, group_wallet) for name in ("left", "gone", "exempt"))
    members.leave(user=left, wallet_id=group_wallet.pk)
    dues.exempt(user=alice, plan_id=plan.pk, member_id=exempt.pk)
    gone.is_active = False
    gone.save()

    reminders.remind(user=alice, plan_id=plan.pk, now=MORNING)

    assert told() == ["alice", "mina"]


def test_who_joined_later_is_not_told_of_earlier_months(alice, group_wallet):
    plan = make_plan(alice, group_wallet, starts_on=month(-1))
    enter("late", group_wallet)

    reminders.remind(user=alice, plan_id=plan.pk, period=month(-1), now=MORNING)

    assert told() == ["alice", "bob"]


def test_members_and_strangers_remind_nobody(bob, charlie, dana, plan):
    refused(SpendersOnly, lambda: reminders.remind(user=bob, plan_id=plan.pk, now=MORNING))
    refused(PlanNotFound, lambda: reminders.remind(user=charlie, plan_id=plan.pk, now=MORNING))
    refused(PlanNotFound, lambda: reminders.remind(user=dana, plan_id=plan.pk, now=MORNING))


def test_only_months_of_the_plan_are_reminded_of(alice, plan):
    refused(
        PeriodNotFound, lambda: reminders.remind(user=alice, plan_id=plan.pk, period=month(-1), now=MORNING)
    )


def test_a_notice_is_mine_until_it_is_paid(alice, bob, plan, group_wallet):
    mina = group_wallet.members.get(user__username="mina").user
    reminders.remind(user=alice, plan_id=plan.pk, now=korean(2, 10))
    reminders.remind(user=alice, plan_id=plan.pk, now=korean(3, 10))

    (notice,) = reminders.notices_of(mina)
    assert (notice.plan, notice.period, notice.missing) == (plan, month(), 20_000)
    assert notice.sent_on.day == 3
    assert reminders.notices_of(bob) == []
    dues.record_cash(user=alice, plan_id=plan.pk, member_id=mina.pk, amount=20_000, key="cash")
    assert reminders.notices_of(mina) == []


def test_a_notice_that_was_put_away_stays_away_until_the_next_one(alice, plan):
    reminders.remind(user=alice, plan_id=plan.pk, now=korean(2, 10))
    reminders.remind(user=alice, plan_id=plan.pk, now=korean(3, 10))
    (notice,) = reminders.notices_of(alice)

    for _ in range(2):
        reminders.put_away(user=alice, notice_id=notice.id)

    assert reminders.notices_of(alice) == []
    reminders.remind(user=alice, plan_id=plan.pk, now=korean(4, 10))
    assert len(reminders.notices_of(alice)) == 1


def test_a_notice_of_somebody_else_is_not_put_away(alice, bob, plan):
    reminders.remind(user=alice, plan_id=plan.pk, now=MORNING)
    (notice,) = reminders.notices_of(alice)

    for user, notice_id in ((bob, notice.id), (alice, 0), (alice, 2**63)):
        with pytest.raises(NoticeNotFound):
            reminders.put_away(user=user, notice_id=notice_id)
    assert reminders.notices_of(alice) == [notice]


def test_who_leaves_the_wallet_is_left_in_peace(alice, plan, group_wallet):
    mina = group_wallet.members.get(user__username="mina").user
    reminders.remind(user=alice, plan_id=plan.pk, now=MORNING)
    members.leave(user=mina, wallet_id=group_wallet.pk)

    assert reminders.notices_of(mina) == []


@pytest.fixture
def december(alice, plan) -> DuesPlan:
    """The plan, begun in December 2026 and due on the 5th, whatever today is."""
    plan.members.update(since="2026-12-01")
    DuesPlan.objects.filter(pk=plan.pk).update(starts_on="2026-12-01")
    return plan


def days_of_reminders(hour: int = 10) -> list[tuple[int, int]]:
    """When the worker, asked on every day around December, reminds of it: (month, day)."""
    days = [(11, day) for day in range(25, 31)] + [(12, day) for day in range(1, 32)]
    return [
        (month, day) for month, day in days if reminders.remind_automatically(korean(day, hour, month=month))
    ]


def test_three_days_before_on_the_day_and_three_days_after(december):
    assert days_of_reminders() == [(12, 2), (12, 5), (12, 8)]
    assert set(DuesReminder.objects.values_list("sent_by", flat=True)) == {None}
    assert told() == ["alice"] * 3 + ["mina"] * 3


def test_three_days_before_may_lie_in_the_month_before(december):
    DuesPlan.objects.update(day=1)

    assert days_of_reminders() == [(11, 28), (12, 1), (12, 4), (12, 29)]


def test_a_day_that_the_month_lacks_is_reminded_of_at_its_end(december):
    DuesPlan.objects.update(day=31)
    DuesPlan.objects.update(starts_on="2026-11-01")
    december.members.update(since="2026-11-01")

    assert days_of_reminders() == [(11, 27), (11, 30), (12, 3), (12, 28), (12, 31)]


@pytest.mark.parametrize(("hour", "minute", "sent"), [(9, 59, 0), (10, 0, 1), (20, 59, 1), (21, 0, 0)])
def test_the_worker_reminds_by_day(december, hour, minute, sent):
    assert reminders.remind_automatically(korean(5, hour, minute)) == sent


def test_the_worker_asked_twice_reminds_once(december):
    assert [reminders.remind_automatically(korean(5, 10)) for _ in range(2)] == [1, 0]


def test_where_a_treasurer_was_earlier_the_worker_is_silent(alice, december):
    reminders.remind(user=alice, plan_id=december.pk, period=date(2026, 12, 1), now=korean(5, 9))

    assert reminders.remind_automatically(korean(5, 10)) == 0


def test_the_worker_stays_silent_where_it_should(alice, december, group_wallet):
    for switched_off in ({"reminds": False}, {"ended_on": "2026-11-01"}, {"starts_on": "2027-01-01"}):
        before = DuesPlan.objects.filter(pk=december.pk).values().get()
        DuesPlan.objects.update(**switched_off)
        assert reminders.remind_automatically(korean(5, 10)) == 0
        DuesPlan.objects.update(**{name: before[name] for name in switched_off})
    close(group_wallet, alice)
    assert reminders.remind_automatically(korean(5, 10)) == 0
