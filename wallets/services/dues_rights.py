"""Whose dues plan it is: looked at by everybody in the wallet, changed by owner and treasurers."""

from datetime import date

from wallets.dues.periods import current_period, months_after, period_of
from wallets.dues.refusals import PeriodNotFound, PlanNotFound
from wallets.models import DuesPlan, Wallet, WalletMember
from wallets.models.wallet import SPENDERS
from wallets.refusals import SpendersOnly, WalletNotFound
from wallets.rights import LARGEST_ID, joined_wallet
from wallets.services.locking import joined_group, lock_wallet

MONTHS_AHEAD = 12


def plan_for(*, user, plan_id: int) -> DuesPlan:
    """A plan of a wallet I joined; its `wallet` says `my_role`. Raises PlanNotFound."""
    plan = DuesPlan.objects.filter(pk=plan_id).first() if 0 < plan_id <= LARGEST_ID else None
    if plan is None:
        raise PlanNotFound
    try:
        plan.wallet = joined_wallet(user=user, wallet_id=plan.wallet_id)
    except WalletNotFound as stranger:
        raise PlanNotFound from stranger
    return plan


def managed_plan(*, user, plan_id: int) -> DuesPlan:
    """The same for owner and treasurers. Raises PlanNotFound or SpendersOnly."""
    plan = plan_for(user=user, plan_id=plan_id)
    if plan.wallet.my_role not in SPENDERS:
        raise SpendersOnly
    return plan


def plans_of(*, user, wallet_id: int) -> list[DuesPlan]:
    """The plans of a group wallet I joined, running ones first. Raises WalletNotFound."""
    wallet = joined_group(user, wallet_id)
    plans = list(DuesPlan.objects.filter(wallet=wallet).order_by("-pk"))
    return sorted(plans, key=lambda plan: plan.ended_on is not None)


def lock_plan(*, user, plan_id: int) -> DuesPlan:
    """A plan that may be changed, its wallet's row locked until the transaction ends: so nobody joins or
    leaves meanwhile, and the order of locks (wallet, then plan) is that of a payment, whose foreign key
    shares the plan's row. Raises PlanNotFound, SpendersOnly or WalletClosed."""
    plan = managed_plan(user=user, plan_id=plan_id)
    lock_wallet_to_manage(user, plan.wallet_id)
    plan.refresh_from_db(fields=["title", "grace_days", "reminds", "ended_on"])
    return plan


def lock_wallet_to_manage(user, wallet_id: int) -> Wallet:
    """The locked group wallet, for its owner or a treasurer. Raises WalletNotFound, SpendersOnly or
    WalletClosed."""
    joined_group(user, wallet_id)
    wallet = lock_wallet(wallet_id)
    if not WalletMember.objects.filter(wallet=wallet, user=user, role__in=SPENDERS).exists():
        raise SpendersOnly
    return wallet


def chosen_period(plan: DuesPlan, period: date | None) -> date:
    """The plan's month that was asked for; without one this month, or the plan's month nearest to it. Raises
    PeriodNotFound for a month the plan does not have."""
    first, last = plan.starts_on, last_period(plan)
    if period is None:
        return max(first, min(current_period(), last))
    if not first <= period_of(period) <= max(first, last):
        raise PeriodNotFound
    return period_of(period)


def last_period(plan: DuesPlan) -> date:
    """The last month that can be looked at and paid."""
    ahead = months_after(max(current_period(), plan.starts_on), MONTHS_AHEAD)
    return min(plan.ended_on or ahead, ahead)
