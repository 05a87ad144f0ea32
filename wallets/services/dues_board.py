"""Who has paid: the board of one month, the short form of it on cards, and what I owe myself."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from wallets.dues.allocation import OWING, DuesStatus, Standing
from wallets.dues.periods import current_period, due_on, months_after, period_text
from wallets.models import DuesMember, DuesNotice, DuesPlan, DuesReminder, WalletMember
from wallets.models.wallet import SPENDERS
from wallets.services.dues_rights import chosen_period, last_period, plan_for
from wallets.services.dues_standings import Place, places

ORDER = {status: number for number, status in enumerate(DuesStatus)}
MARKED = (DuesStatus.PAID, DuesStatus.PREPAID)
SLOT_ORDER = (*MARKED, DuesStatus.PARTIAL, DuesStatus.UNPAID, DuesStatus.EXEMPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One member in one month. `owed_before` is what is missing from earlier months, `paid_through` the last
    complete one, `reminded` how often this month. Sums are won."""

    user: User
    status: DuesStatus
    late: bool
    paid: int
    missing: int
    owed_before: int
    completed_at: datetime | None
    paid_through: date | None
    in_wallet: bool
    reminded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One month of a plan: `rows` with who owes first, `mine` among them or None, and the reminders sent.
    `previous` and `following` are the neighbouring months that the plan has."""

    plan: DuesPlan
    period: date
    rows: list[Row]
    mine: Row | None
    reminders: list[DuesReminder]
    may_manage: bool
    previous: date | None
    following: date | None

    @property
    def due_on(self) -> date:
        return due_on(self.period, self.plan.day)

    @property
    def counts(self) -> dict[str, int]:
        """People by status; every status has a number."""
        counted = Counter(row.status for row in self.rows)
        return {status.value: counted[status] for status in DuesStatus}

    @property
    def paid_people(self) -> int:
        return sum(row.status in MARKED for row in self.rows)

    @property
    def owing_people(self) -> int:
        """Who would be reminded."""
        return sum(row.status in OWING and row.in_wallet and row.user.is_active for row in self.rows)

    @property
    def collected(self) -> int:
        return sum(row.paid for row in self.rows)

    @property
    def missing(self) -> int:
        return sum(row.missing for row in self.rows)


def board(*, user, plan_id: int, period: date | None = None) -> Board:
    """The month (None: this one) for members of the wallet. Raises PlanNotFound or PeriodNotFound. The number
    of queries is fixed."""
    plan = plan_for(user=user, plan_id=plan_id)
    period = chosen_period(plan, period)
    reminders = list(DuesReminder.objects.filter(plan=plan, period=period).order_by("sent_on"))
    reminded = Counter(DuesNotice.objects.filter(reminder__in=reminders).values_list("user_id", flat=True))
    today = timezone.localdate()
    owing = [place for place in places([plan])[plan.pk] if place.standing.terms.owes_in(period)]
    rows = [_row(place, period, today, reminded[place.user.pk]) for place in owing]
    rows.sort(key=lambda row: (ORDER[row.status], -row.missing, row.user.public_name, row.user.pk))
    return Board(
        plan=plan,
        period=period,
        rows=rows,
        mine=next((row for row in rows if row.user.pk == user.pk), None),
        reminders=reminders,
        may_manage=plan.wallet.my_role in SPENDERS,
        previous=months_after(period, -1) if period > plan.starts_on else None,
        following=months_after(period, 1) if period < last_period(plan) else None,
    )


def summary(*, user, asked: Iterable[tuple[int, date]]) -> dict[tuple[int, date], dict]:
    """What cards show of several (plan, period), by that pair; left out is what this person may not see: only
    members of the wallet see who paid. A fixed number of queries.

    {paid, members, collected, missing, my_status, my_missing, my_paid_at, slots: [{mark, status, mine}], url,
    pay_url}: sums in won; `mark` is the first sign of the name of somebody who has paid, and empty for
    everybody else, so that no card names who owes. `my_*` are None for who does not owe the plan.
    """
    wanted = defaultdict(set)
    for plan_id, period in asked:
        wanted[plan_id].add(period)
    joined = WalletMember.objects.filter(user=user).values("wallet")
    plans = {plan.pk: plan for plan in DuesPlan.objects.filter(pk__in=list(wanted), wallet__in=joined)}
    found = places(plans.values())
    return {
        (plan_id, period): _card(plan, period, found[plan_id], user)
        for plan_id, plan in plans.items()
        for period in wanted[plan_id]
    }


@dataclass(frozen=True, slots=True)
class Debt:
    """What I owe a plan by now: won by month, oldest first, and whether some of it is late."""

    plan: DuesPlan
    months: dict[date, int]
    late: bool

    @property
    def missing(self) -> int:
        return sum(self.months.values())

    @property
    def due_on(self) -> date:
        """When the oldest month was, or is, due."""
        return due_on(min(self.months), self.plan.day)


def owed_by(user) -> list[Debt]:
    """What I owe up to this month in all open wallets that I am in; the oldest debt first. A fixed number of
    queries."""
    joined = WalletMember.objects.filter(user=user).values("wallet")
    owed = DuesMember.objects.filter(user=user).values("plan")
    plans = DuesPlan.objects.filter(pk__in=owed, wallet__in=joined, wallet__closed_at=None)
    found = places(plans.select_related("wallet"), user_id=user.pk)
    debts = [_debt(place) for mine in found.values() for place in mine]
    return sorted((debt for debt in debts if debt.months), key=lambda debt: (debt.due_on, debt.plan.pk))


def board_url(plan: DuesPlan, period: date) -> str:
    """The page of this month's board."""
    return f"/wallets/{plan.wallet_id}/dues/?plan={plan.pk}&period={period_text(period)}"


def pay_url(plan: DuesPlan, period: date) -> str:
    """The page that pays what I owe up to this month."""
    return f"/wallets/{plan.wallet_id}/dues/pay/?plan={plan.pk}&period={period_text(period)}"


def _row(place: Place, period: date, today: date, reminded: int) -> Row:
    standing = place.standing
    return Row(
        user=place.user,
        status=standing.status(period),
        late=standing.late(period, today),
        paid=standing.paid.get(period, 0),
        missing=standing.missing(period),
        owed_before=sum(standing.missing_until(months_after(period, -1)).values()),
        completed_at=standing.completed_at.get(period),
        paid_through=standing.paid_through(),
        in_wallet=place.in_wallet,
        reminded=reminded,
    )


def _card(plan: DuesPlan, period: date, everybody: list[Place], user) -> dict:
    owing = [place for place in everybody if place.standing.terms.owes_in(period)]
    mine = next((place.standing for place in owing if place.user.pk == user.pk), None)
    slots = [_slot(place, period, user) for place in owing]
    slots.sort(key=lambda slot: (SLOT_ORDER.index(slot["status"]), not slot["mine"], slot["mark"]))
    paid_at = mine.completed_at.get(period) if mine else None
    return {
        "paid": sum(slot["status"] in MARKED for slot in slots),
        "members": len(owing),
        "collected": sum(place.standing.paid.get(period, 0) for place in owing),
        "missing": sum(place.standing.missing(period) for place in owing),
        "my_status": mine.status(period).value if mine else None,
        "my_missing": _my_missing(mine, period),
        "my_paid_at": paid_at,
        "slots": slots,
        "url": board_url(plan, period),
        "pay_url": pay_url(plan, period),
    }


def _my_missing(mine: Standing | None, period: date) -> int | None:
    """What the card's button pays: with the months before, for the oldest is always paid first."""
    return sum(mine.missing_until(period).values()) if mine else None


def _slot(place: Place, period: date, user) -> dict:
    status = place.standing.status(period)
    mark = place.user.public_name[:1] if status in MARKED else ""
    return {"mark": mark, "status": status.value, "mine": place.user.pk == user.pk}


def _debt(place: Place) -> Debt:
    months = place.standing.missing_until(current_period())
    today = timezone.localdate()
    return Debt(place.plan, months, any(place.standing.late(month, today) for month in months))
