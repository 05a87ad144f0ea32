"""The balance of a wallet over time as a step line: which points, and where they lie on the paper.

The paper is 1000 wide and 100 high and stretched to the page (templates/wallets/_chart.html); words lie
beside it at their own size.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from wallets.browsing import months_back
from wallets.models import LedgerEntry, Wallet
from wallets.services.history import day_begins

WIDTH, HEIGHT = 1000, 100
MONTHS = 5
SHORTEST = timedelta(days=30)
MOST_POINTS = 80
LINES = 3
FEW_DAYS = 75


@dataclass(frozen=True, slots=True)
class Point:
    """The balance since a moment."""

    at: datetime
    balance: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A word at the axis: `place` in per cent of its length."""

    place: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws. `lines` are the sums at the grid's lines, topmost first."""

    points: list[Point]
    since: datetime
    line: str
    area: str
    end: float
    lines: list[int]
    ticks: list[Tick]
    by_month: bool

    @property
    def lowest(self) -> int:
        return min(point.balance for point in self.points)

    @property
    def highest(self) -> int:
        return max(point.balance for point in self.points)


def chart_of(wallet: Wallet) -> Chart | None:
    """The last five months, or as many as there are; None for a wallet in which nothing moved."""
    if not wallet.last_sequence:
        return None
    now = timezone.now()
    earliest = day_begins(months_back(MONTHS))
    points = _points(wallet, earliest)
    since = max(earliest, min(points[0].at, now - SHORTEST))
    return _draw(points, since, now)


def _points(wallet: Wallet, since: datetime) -> list[Point]:
    """At most MOST_POINTS true balances, evenly chosen by their numbers, the last before `since` and the
    newest among them. Two queries: entries are numbered without a gap, so that any can be picked."""
    rough = _picked(wallet, 1, wallet.last_sequence)
    before = [number for number, point in rough if point.at < since]
    if not before:
        return [point for _number, point in rough]
    fine = _picked(wallet, before[-1], wallet.last_sequence)
    late = [point for _number, point in fine if point.at >= since]
    opening = [point for _number, point in fine if point.at < since][-1]
    return [Point(since, opening.balance), *late]


def _picked(wallet: Wallet, first: int, last: int) -> list[tuple[int, Point]]:
    count = last - first + 1
    numbers = {first + step * (count - 1) // max(1, MOST_POINTS - 1) for step in range(MOST_POINTS)}
    if count <= MOST_POINTS:
        numbers = set(range(first, last + 1))
    rows = LedgerEntry.objects.filter(wallet=wallet, sequence__in=numbers).order_by("sequence")
    found = rows.values_list("sequence", "created_at", "balance_after")
    return [(number, Point(at, balance)) for number, at, balance in found]


def _draw(points: list[Point], since: datetime, now: datetime) -> Chart:
    lines = _lines(max(point.balance for point in points))
    span = max((now - since).total_seconds(), 1)

    def across(at: datetime) -> float:
        return round(min(1, max(0, (at - since).total_seconds() / span)) * WIDTH, 1)

    def down(balance: int) -> float:
        return round(HEIGHT - balance * HEIGHT / lines[0], 1)

    begin = 0 if points[0].at > since else points[0].balance
    steps = [f"M0 {down(begin)}", *(f"H{across(one.at)}V{down(one.balance)}" for one in points), f"H{WIDTH}"]
    line = "".join(steps)
    few = (now - since).days <= FEW_DAYS
    moments = _days(since, now) if few else _months(since, now)
    ticks = [Tick(across(at) * 100 / WIDTH, at) for at in moments]
    area = f"{line}V{HEIGHT}H0Z"
    return Chart(points, since, line, area, down(points[-1].balance), lines, ticks, not few)


def _lines(highest: int) -> list[int]:
    """Three round sums, the topmost not below the highest balance."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step * LINES >= highest:
                return [factor * step * number for number in range(LINES, 0, -1)]
        step *= 10


def _months(since: datetime, now: datetime) -> list[datetime]:
    """The beginnings of months; the last few days have no room for a word."""
    local = timezone.localtime(since)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = []
    while month < now - (now - since) / 16:
        if month >= since:
            found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _days(since: datetime, now: datetime) -> list[datetime]:
    return [since + (now - since) * quarter / 4 for quarter in range(4)]
