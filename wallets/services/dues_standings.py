"""What the ledger says about dues: reads who owes, who is exempt and what was paid, in a fixed number of
queries for any number of plans and people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from wallets.dues.allocation import OWING, Payment, Standing, Terms, lay
from wallets.models import DuesExemption, DuesMember, DuesPlan, Transfer, TransferKind, WalletMember

# A reversal carries the plan too, and is no payment.
PAYS_DUES = (TransferKind.DUES, TransferKind.DEPOSIT)


@dataclass(frozen=True, slots=True)
class Place:
    """One member's place in a plan. `in_wallet`: still a member of its wallet."""

    plan: DuesPlan
    user: User
    standing: Standing
    in_wallet: bool


def places(plans: Iterable[DuesPlan], *, user_id: int | None = None) -> dict[int, list[Place]]:
    """Everybody who owes these plans (or this person alone), by plan. Reversed payments count as never made.
    Four queries."""
    by_id = {plan.pk: plan for plan in plans}
    chosen = {"plan__in": list(by_id)} | ({} if user_id is None else {"user__id": user_id})
    members = list(DuesMember.objects.filter(**chosen).select_related("user"))
    exempt = _exempt_months(DuesExemption.objects.filter(**chosen))
    paid = _payments(list(by_id), user_id)
    present = _present(by_id.values(), user_id)
    found: dict[int, list[Place]] = defaultdict(list)
    for member in members:
        plan, who = by_id[member.plan_id], (member.plan_id, member.user_id)
        standing = lay(paid[who], _terms(plan, member, exempt[who]))
        in_wallet = (plan.wallet_id, member.user_id) in present
        found[plan.pk].append(Place(plan, member.user, standing, in_wallet))
    return found


def owing(plan: DuesPlan, period: date) -> list[User]:
    """Who has not paid the period in full, and can: active people who are still in the wallet."""
    return [
        place.user
        for place in places([plan])[plan.pk]
        if place.in_wallet
        and place.user.is_active
        and place.standing.terms.owes_in(period)
        and place.standing.status(period) in OWING
    ]


def _terms(plan: DuesPlan, member: DuesMember, exempt: set[date | None]) -> Terms:
    lasts = [last for last in (plan.ended_on, member.until) if last is not None]
    return Terms(
        amount=plan.amount,
        day=plan.day,
        grace_days=plan.grace_days,
        first=member.since,
        last=min(lasts, default=None),
        exempt=frozenset(exempt - {None}),
        always_exempt=None in exempt,
    )


def _exempt_months(rows) -> dict[tuple[int, int], set[date | None]]:
    months = defaultdict(set)
    for plan_id, user_id, period in rows.values_list("plan_id", "user_id", "period"):
        months[plan_id, user_id].add(period)
    return months


def _payments(plan_ids: list[int], user_id: int | None) -> dict[tuple[int, int], list[Payment]]:
    """What stayed paid, oldest first."""
    kept = Transfer.objects.filter(dues_plan__in=plan_ids, kind__in=PAYS_DUES, reversal=None)
    if user_id is not None:
        kept = kept.filter(dues_member__id=user_id)
    paid = defaultdict(list)
    rows = kept.order_by("created_at", "pk").values_list(
        "dues_plan_id", "dues_member_id", "amount", "created_at"
    )
    for plan_id, member_id, amount, paid_at in rows:
        paid[plan_id, member_id].append(Payment(amount, paid_at))
    return paid


def _present(plans: Iterable[DuesPlan], user_id: int | None) -> set[tuple[int, int]]:
    members = WalletMember.objects.filter(wallet__in={plan.wallet_id for plan in plans})
    if user_id is not None:
        members = members.filter(user__id=user_id)
    return set(members.values_list("wallet_id", "user_id"))
