"""The dues card in a channel's conversation: one for each month of a plan, however many workers post it."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chat import outbox
from chat.pipeline.events import SystemEvent, now_ms, slip_id
from wallets.dues.periods import due_on, period_of, period_text
from wallets.models import DuesPlan

DUES = "dues"
BATCH = 100


def announce_due_periods(now: datetime | None = None) -> int:
    """Post the card of the month that began in every running plan that lacks it; returns how many, of at most
    BATCH. Months that passed while no worker ran get no card."""
    period = period_of(timezone.localdate(now))
    begun = DuesPlan.objects.filter(_unannounced(period), starts_on__lte=period, wallet__closed_at=None)
    plans = begun.exclude(ended_on__lt=period).select_related("wallet").order_by("pk")[:BATCH]
    return sum(announce(plan, period) for plan in plans)


@transaction.atomic
def announce(plan: DuesPlan, period: date) -> bool:
    """Write the card beside the note that it was posted; False where somebody else did. Locks the plan's row
    and nothing after it."""
    if not DuesPlan.objects.filter(_unannounced(period), pk=plan.pk).update(announced_on=period):
        return False
    outbox.record_all([_card(plan, period)])
    return True


def _unannounced(period: date) -> Q:
    return Q(announced_on=None) | Q(announced_on__lt=period)


def _card(plan: DuesPlan, period: date) -> SystemEvent:
    return SystemEvent(
        channel=plan.wallet.channel_id,
        id=slip_id(f"dues:{plan.pk}:{period_text(period)}"),
        kind=DUES,
        sent_at=now_ms(),
        slip={
            "plan": plan.pk,
            "wallet": plan.wallet_id,
            "wallet_name": plan.wallet.name,
            "title": plan.title,
            "amount": plan.amount,
            "period": period_text(period),
            "due_on": due_on(period, plan.day).isoformat(),
        },
    )
