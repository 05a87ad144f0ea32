"""Reminders of dues: to those who have not paid and to nobody else, once a day at most, never at night. The
channel hears nothing of them; what a reminder wrote is read by the person alone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from wallets.audit import note
from wallets.dues.periods import due_on, months_after, period_of, period_text
from wallets.dues.refusals import NobodyToRemind, NoticeNotFound, QuietHours, RemindedToday
from wallets.ledger.retrying import retrying
from wallets.models import DuesNotice, DuesPlan, DuesReminder, WalletMember
from wallets.rights import LARGEST_ID
from wallets.services.dues_rights import chosen_period, managed_plan
from wallets.services.dues_standings import owing, places

QUIET_FROM_HOUR, QUIET_UNTIL_HOUR = 21, 8
AUTOMATIC_FROM_HOUR = 10
DAYS_FROM_DUE = (-3, 0, 3)


def remind(*, user, plan_id: int, period: date | None = None, now: datetime | None = None) -> DuesReminder:
    """Tell everybody who has not paid the month (None: this one) in full; owner's and treasurers' right.

    Raises PlanNotFound, SpendersOnly, PeriodNotFound, QuietHours, NobodyToRemind or RemindedToday. `now` is
    for tests.
    """
    plan = managed_plan(user=user, plan_id=plan_id)
    period = chosen_period(plan, period)
    local = timezone.localtime(now)
    if not QUIET_UNTIL_HOUR <= local.hour < QUIET_FROM_HOUR:
        raise QuietHours
    return _send(plan, period, local.date(), user)


def remind_automatically(now: datetime | None = None) -> int:
    """Three days before the due day, on it and three days after it, from 10 in the morning, once; returns how
    many reminders were written. Where a treasurer was earlier that day nothing is sent. Safe in any number of
    workers."""
    local = timezone.localtime(now)
    if not AUTOMATIC_FROM_HOUR <= local.hour < QUIET_FROM_HOUR:
        return 0
    sent = 0
    for plan, period in _due_to_remind(local.date()):
        try:
            _send(plan, period, local.date(), None)
            sent += 1
        except (RemindedToday, NobodyToRemind):
            continue
    return sent


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is reminded of: `missing` won of a month that is due on a day."""

    id: int
    plan: DuesPlan
    period: date
    missing: int
    due_on: date
    sent_on: date


def notices_of(user) -> list[Notice]:
    """My reminders, the newest first, one for each month of each plan: without those I put away, whose month
    is paid by now, or whose wallet I left. A fixed number of queries."""
    joined = WalletMember.objects.filter(user=user).values("wallet")
    unseen = DuesNotice.objects.filter(user=user, seen_at=None, reminder__plan__wallet__in=joined)
    open_ones = unseen.filter(reminder__plan__wallet__closed_at=None).select_related("reminder__plan__wallet")
    latest: dict[tuple[int, date], DuesNotice] = {}
    for notice in open_ones.order_by("-reminder__sent_on", "-pk"):
        latest.setdefault((notice.reminder.plan_id, notice.reminder.period), notice)
    plans = {notice.reminder.plan_id: notice.reminder.plan for notice in latest.values()}
    mine = {plan_id: found[0].standing for plan_id, found in places(plans.values(), user_id=user.pk).items()}
    shown = []
    for (plan_id, period), notice in latest.items():
        missing = mine[plan_id].missing(period) if plan_id in mine else 0
        if missing:
            plan = plans[plan_id]
            day = due_on(period, plan.day)
            shown.append(Notice(notice.pk, plan, period, missing, day, notice.reminder.sent_on))
    return shown


def put_away(*, user, notice_id: int) -> None:
    """I have seen it: it and the earlier ones of the same month are not shown again; a later reminder is. A
    second call changes nothing. Raises NoticeNotFound."""
    known = 0 < notice_id <= LARGEST_ID
    mine = DuesNotice.objects.filter(user=user).select_related("reminder")
    notice = mine.filter(pk=notice_id).first() if known else None
    if notice is None:
        raise NoticeNotFound
    same = mine.filter(reminder__plan=notice.reminder.plan_id, reminder__period=notice.reminder.period)
    seen = same.filter(reminder__sent_on__lte=notice.reminder.sent_on, seen_at=None)
    DuesNotice.objects.filter(pk__in=list(seen.values_list("pk", flat=True))).update(seen_at=timezone.now())


def _due_to_remind(today: date) -> list[tuple[DuesPlan, date]]:
    """The plans and months whose day to remind is today and which nobody reminded of today."""
    this = period_of(today)
    running = DuesPlan.objects.filter(reminds=True, wallet__closed_at=None).select_related("wallet")
    begun = running.filter(starts_on__lte=months_after(this, 1))
    plans = begun.filter(Q(ended_on=None) | Q(ended_on__gte=months_after(this, -1)))
    sent = set(DuesReminder.objects.filter(sent_on=today).values_list("plan_id", "period"))
    return [
        (plan, period)
        for plan in plans.order_by("pk")
        for period in (months_after(this, -1), this, months_after(this, 1))
        if _is_day_to_remind(plan, period, today) and (plan.pk, period) not in sent
    ]


def _is_day_to_remind(plan: DuesPlan, period: date, today: date) -> bool:
    if period < plan.starts_on or (plan.ended_on is not None and period > plan.ended_on):
        return False
    return any(due_on(period, plan.day) + timedelta(days=days) == today for days in DAYS_FROM_DUE)


def _send(plan: DuesPlan, period: date, today: date, user: User | None) -> DuesReminder:
    """Write the reminder and its notices. Of two at once the second finds the first one's row."""
    people = owing(plan, period)
    if not people:
        raise NobodyToRemind

    def write() -> DuesReminder:
        # The note first: its foreign key shares the wallet's row, and the wallet precedes the plan.
        if user is not None:
            told = {"plan": plan.pk, "period": period_text(period), "people": len(people)}
            note(actor=user, action="dues_reminded", wallet=plan.wallet, **told)
        reminder = DuesReminder.objects.create(
            plan=plan, period=period, sent_on=today, sent_by=user, people=len(people)
        )
        DuesNotice.objects.bulk_create(DuesNotice(reminder=reminder, user=person) for person in people)
        return reminder

    try:
        return retrying(write)
    except IntegrityError as sent:
        raise RemindedToday from sent
