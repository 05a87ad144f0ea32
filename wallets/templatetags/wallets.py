"""What the money pages are drawn with: sums, whose wallet it is, days."""

from datetime import date, datetime

from django import template
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from wallets import won as words
from wallets import wording
from wallets.models import EXTERNAL_ID, LedgerEntry, Repeat, Wallet, WalletRole
from wallets.services import history
from wallets.services.dues_board import Debt, Row, owed_by
from wallets.services.wallets import wallets_of_channel

register = template.Library()

register.filter("won", words.won)
register.filter("signed_won", words.signed_won)
register.filter("reading", words.korean_reading)
register.filter("short_won", wording.short_won)
register.filter("whose", wording.whose)
register.filter("to_particle", wording.to_particle)


@register.filter
def counterparty(entry: LedgerEntry) -> str:
    """Who is at the other side; for money from outside whoever brought it."""
    other = history.counterparty(entry)
    return entry.transfer.actor.public_name if other.pk == EXTERNAL_ID else other.label


@register.filter
def role_name(role: str) -> str:
    """What a role is called."""
    return WalletRole(role).label


@register.filter
def repeat_name(repeat: str) -> str:
    """How often something runs."""
    return Repeat(repeat).label


@register.filter
def status_name(status: str) -> str:
    """What a place on a board is called."""
    names = {
        "unpaid": _("unpaid"),
        "partial": _("partly paid"),
        "paid": pgettext("dues", "paid"),
        "prepaid": _("paid ahead"),
        "exempt": _("exempt"),
    }
    return names[status]


@register.filter
def dues_note(row: Row) -> str:
    """What the board says under a name: why it stands there."""
    if row.status in ("paid", "prepaid"):
        if row.status == "prepaid" and row.paid_through:
            return _("Paid until %(month)s") % {"month": month_name(row.paid_through)}
        return month_day(row.completed_at) if row.completed_at else ""
    if row.status == "exempt":
        return _("Need not pay this month")
    if row.paid:
        return _("%(amount)s paid") % {"amount": words.won(row.paid)}
    if row.owed_before:
        return _("%(amount)s missing from earlier months") % {"amount": words.won(row.owed_before)}
    if row.reminded:
        return _("Told %(count)d times") % {"count": row.reminded}
    return _("All earlier months are paid")


@register.filter
def month_name(day: date) -> str:
    """11월; with the year when it is another one."""
    if day.year == timezone.localdate().year:
        return format_date(day, pgettext("month of this year, Django date format", "F"))
    return format_date(day, pgettext("month of another year, Django date format", "F Y"))


@register.filter
def month_tick(moment: datetime) -> str:
    """11월, short enough for an axis."""
    return format_date(_local(moment), pgettext("month at an axis, Django date format", "M"))


@register.filter
def month_day(moment: datetime | date) -> str:
    """11월 21일."""
    return format_date(_local(moment), pgettext("day of this year, Django date format", "j F"))


@register.filter
def day_of_month(moment: datetime) -> str:
    """21일."""
    return format_date(_local(moment), pgettext("day of the month, Django date format", "j"))


@register.filter
def full_day(moment: datetime | date) -> str:
    """2026년 11월 21일 토요일."""
    return format_date(_local(moment), pgettext("whole day, Django date format", "l, j F Y"))


def _local(moment: datetime | date) -> date:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


@register.inclusion_tag("wallets/_owed_tab.html", takes_context=True)
def dues_tab(context, kind: str) -> dict:
    """The way to the dues with the number of plans I owe something; `kind` is the class of its links."""
    return {"owed": len(_debts(context)), "kind": kind, "tab": context.get("tab")}


@register.inclusion_tag("wallets/_owed.html", takes_context=True)
def owed_banner(context, channel_id: int | None = None) -> dict:
    """What I owe now, before me alone: in all wallets, or in those of one channel."""
    debts = [one for one in _debts(context) if channel_id in (None, one.plan.wallet.channel_id)]
    return {"debts": debts}


@register.inclusion_tag("wallets/_channel_wallets.html", takes_context=True)
def channel_wallets(context, channel_id: int) -> dict:
    """The wallets of a channel, beside its description."""
    found = wallets_of_channel(context["request"].user, channel_id)
    return {"wallets": found, "channel_id": channel_id}


@register.simple_tag(takes_context=True)
def own_balance(context) -> str:
    """What is in my own wallet, for the foot of the list; nothing without one."""
    found = Wallet.objects.open().filter(owner=context["request"].user).values_list("balance", flat=True)
    balance = found.first()
    return "" if balance is None else words.won(balance)


def _debts(context) -> list[Debt]:
    """What I owe, asked once for each page."""
    request = context["request"]
    if not hasattr(request, "debts"):
        request.debts = owed_by(request.user)
    return request.debts
