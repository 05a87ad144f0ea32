"""Who owes a plan follows who is in the wallet. Called by services/wallets.py inside its transaction."""

from datetime import date

from wallets.dues.periods import current_period, months_after, months_between
from wallets.models import DuesExemption, DuesMember, DuesPlan


def joined(wallet, user) -> None:
    """`user` owes the wallet's running plans for everyone, from this month on.

    Whoever comes back keeps what was paid before and owes nothing for the months away.
    """
    period = current_period()
    plans = DuesPlan.objects.filter(wallet=wallet, everyone=True).exclude(ended_on__lt=period)
    before = {member.plan_id: member for member in DuesMember.objects.filter(plan__in=plans, user=user)}
    for plan in plans:
        if plan.pk in before:
            _come_back(before[plan.pk], period)
        else:
            DuesMember.objects.create(plan=plan, user=user, since=max(period, plan.starts_on))


def left(wallet, user) -> None:
    """The month of leaving is the last that `user` owes in any plan of the wallet."""
    owing = DuesMember.objects.filter(plan__wallet=wallet, user=user, until=None)
    owing.update(until=current_period())


def _come_back(member: DuesMember, period: date) -> None:
    if member.until is None:
        return
    away = months_between(months_after(member.until, 1), months_after(period, -1))
    DuesExemption.objects.bulk_create(
        [DuesExemption(plan_id=member.plan_id, user_id=member.user_id, period=month) for month in away],
        ignore_conflicts=True,
    )
    member.until = None
    member.save(update_fields=["until"])
