"""Lays what a member paid on the months that the member owes, oldest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone

from wallets.dues.periods import is_late, months_after

LAST_PERIOD = date(9999, 12, 1)


class DuesStatus(StrEnum):
    """Where a member stands in one period, in the order of a board: who owes comes first."""

    UNPAID = "unpaid"
    PARTIAL = "partial"
    PAID = "paid"
    PREPAID = "prepaid"
    EXEMPT = "exempt"


OWING = (DuesStatus.UNPAID, DuesStatus.PARTIAL)


@dataclass(frozen=True, slots=True)
class Payment:
    """`amount` won that stayed paid, and when."""

    amount: int
    paid_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one member owes: `amount` won in each month from `first` to `last` (None: no end), but for the
    months in `exempt`, or for all where `always_exempt`."""

    amount: int
    day: int
    grace_days: int
    first: date
    last: date | None = None
    exempt: frozenset[date] = frozenset()
    always_exempt: bool = False

    def owes_in(self, period: date) -> bool:
        """Whether the period is the member's, exempt or not."""
        return self.first <= period <= (self.last or LAST_PERIOD)

    def is_exempt(self, period: date) -> bool:
        return self.always_exempt or period in self.exempt

    def to_pay(self) -> Iterator[date]:
        """The periods that money is laid on, oldest first."""
        period = self.first
        while not self.always_exempt and period <= (self.last or LAST_PERIOD):
            if period not in self.exempt:
                yield period
            if period == LAST_PERIOD:
                return
            period = months_after(period, 1)


@dataclass(slots=True)
class Standing:
    """What one member's payments came to: `paid` won by period, when each period got complete, and the
    `surplus` that found no period."""

    terms: Terms
    paid: dict[date, int] = field(default_factory=dict)
    completed_at: dict[date, datetime] = field(default_factory=dict)
    surplus: int = 0

    def missing(self, period: date) -> int:
        """Won that are still owed for this period alone."""
        if not self.terms.owes_in(period) or self.terms.is_exempt(period):
            return 0
        return self.terms.amount - self.paid.get(period, 0)

    def missing_until(self, period: date) -> dict[date, int]:
        """What is still owed for every period up to this one: only those with something missing."""
        owed = {}
        for month in self.terms.to_pay():
            if month > period:
                break
            if missing := self.missing(month):
                owed[month] = missing
        return owed

    def status(self, period: date) -> DuesStatus:
        """Of a period that the member owes. Prepaid is what was complete before the month began."""
        if self.terms.is_exempt(period):
            return DuesStatus.EXEMPT
        completed_at = self.completed_at.get(period)
        if completed_at is not None:
            early = timezone.localdate(completed_at) < period
            return DuesStatus.PREPAID if early else DuesStatus.PAID
        return DuesStatus.PARTIAL if self.paid.get(period) else DuesStatus.UNPAID

    def late(self, period: date, today: date) -> bool:
        """Whether something is missing after the due day and the days of grace."""
        return bool(self.missing(period)) and is_late(period, self.terms.day, self.terms.grace_days, today)

    def paid_through(self) -> date | None:
        """The last period that is complete."""
        return max(self.completed_at, default=None)


def lay(payments: Iterable[Payment], terms: Terms) -> Standing:
    """Where these payments, oldest first, leave the member. Nothing is lost: what was laid and the surplus
    are what was paid."""
    standing = Standing(terms)
    periods = terms.to_pay()
    period = next(periods, None)
    for payment in payments:
        rest = payment.amount
        while rest and period is not None:
            laid = min(rest, standing.missing(period))
            standing.paid[period] = standing.paid.get(period, 0) + laid
            rest -= laid
            if not standing.missing(period):
                standing.completed_at[period] = payment.paid_at
                period = next(periods, None)
        standing.surplus += rest
    return standing
