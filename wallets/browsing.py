"""A page of a wallet's entries (wallets/services/history.py narrows them down): gathered by month, with what
came in and went out. Costs the same however many entries there are."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils import timezone

from wallets.dues.periods import months_after
from wallets.models import LedgerEntry
from wallets.services.history import History, day_begins

PAGE_SIZE = 30
# Beyond that a month goes without its sums: adding up a million entries would hold up the page.
MOST_SUMMED = 5_000


@dataclass(slots=True)
class Month:
    """The entries of one month on this page, and what came in and went out in all of it (None: too many)."""

    first_day: date
    entries: list[LedgerEntry] = field(default_factory=list)
    came_in: int | None = None
    went_out: int | None = None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Months, newest first, and the cursor of the next page (None: this is the last)."""

    months: list[Month]
    next_before: int | None


def page_of(history: History, before: int | None) -> EntryPage:
    """The page below the sequence `before` (None: the newest). A page of a filter may be empty and yet not
    the last: each looks through a bounded number of entries."""
    looked_at = history.portion(before, backwards=False)
    here = history.entries.filter(sequence__gte=looked_at.start, sequence__lt=looked_at.stop)
    rows = list(here.prefetch_related("transfer__actor")[: PAGE_SIZE + 1])
    months: list[Month] = []
    for entry in rows[:PAGE_SIZE]:
        first_day = timezone.localdate(entry.created_at).replace(day=1)
        if not months or months[-1].first_day != first_day:
            months.append(Month(first_day))
        months[-1].entries.append(entry)
    for month in months:
        _add_up(month, history.entries)
    if len(rows) > PAGE_SIZE:
        return EntryPage(months, rows[PAGE_SIZE - 1].sequence)
    return EntryPage(months, looked_at.start if looked_at.start > history.numbers.start else None)


def months_back(months: int) -> date:
    """The first day of a period of so many months that ends today."""
    today = timezone.localdate()
    first = months_after(today.replace(day=1), -months)
    return first.replace(day=min(today.day, 28))


def _add_up(month: Month, entries: QuerySet[LedgerEntry]) -> None:
    """Sum the month where its entries lie within MOST_SUMMED numbers around those on the page."""
    lowest = month.entries[-1].sequence - MOST_SUMMED
    highest = month.entries[0].sequence + MOST_SUMMED
    start, end = day_begins(month.first_day), day_begins(months_after(month.first_day, 1))
    beside = entries.order_by().filter(
        sequence__gt=lowest, sequence__lt=highest, created_at__gte=start, created_at__lt=end
    )
    sums = beside.aggregate(
        came=Sum("amount", filter=Q(amount__gt=0)),
        went=Sum("amount", filter=Q(amount__lt=0)),
        least=Min("sequence"),
        count=Count("pk"),
    )
    if sums["count"] < MOST_SUMMED and (lowest <= 0 or sums["least"] > lowest + 1):
        month.came_in, month.went_out = sums["came"] or 0, -(sums["went"] or 0)
