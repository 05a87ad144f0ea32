"""A wallet's entries, narrowed down by days, direction, kind, words and size. For the API, the pages and the
statement."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.text import InvalidInput
from wallets.models import LedgerEntry, Transfer, Wallet
from wallets.rights import joined_wallet

IN, OUT = "in", "out"
# Entries that one page looks through at most. Without it a filter for something rare reads a million entries,
# and so does a page far back: for `sequence < n` alone MariaDB walks the index from the newest entry down.
SEARCHED = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What to leave out. Days are Korean ones, both included; `direction` is IN or OUT; `words` are looked
    for in the memo and in the name of the other side; `least` and `most` bound the amount without its
    sign."""

    first_day: date | None = None
    last_day: date | None = None
    direction: str | None = None
    kind: str | None = None
    words: str = ""
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Entries of a wallet, newest first, to be paged by `sequence`; `numbers` is the span they lie in."""

    entries: QuerySet[LedgerEntry]
    numbers: range

    def portion(self, position: int | None, *, backwards: bool) -> range:
        """The numbers that a page beyond `position` (None: the newest) looks through: SEARCHED at most."""
        first, stop = self.numbers.start, self.numbers.stop
        if backwards and position is not None:
            begin = max(first, position + 1)
            return range(begin, max(begin, min(stop, begin + SEARCHED)))
        end = stop if position is None else max(first, min(stop, position))
        return range(max(first, end - SEARCHED), end)


def history(*, user, wallet_id: int, narrowing: Narrowing = Narrowing()) -> History:
    """The entries of a wallet whose books I may read. Transfer and both wallets come in a second query for
    the page alone. Raises WalletNotFound or InvalidInput."""
    wallet = joined_wallet(user=user, wallet_id=wallet_id)
    numbers = numbers_between(wallet, narrowing.first_day, narrowing.last_day)
    entries = LedgerEntry.objects.filter(_chosen(narrowing), wallet=wallet.pk)
    if narrowing.first_day or narrowing.last_day:
        entries = entries.filter(sequence__gte=numbers.start, sequence__lt=numbers.stop)
    return History(entries.order_by("-sequence").prefetch_related(with_both_sides()), numbers)


def with_both_sides() -> Prefetch:
    """The transfers of a page of entries with what `counterparty` asks for. No join in the query of the
    entries: the database would be free to read them in another order than the index has."""
    return Prefetch("transfer", Transfer.objects.select_related("source__owner", "target__owner"))


def counterparty(entry: LedgerEntry) -> Wallet:
    """The wallet at the other side."""
    return entry.transfer.source if entry.amount > 0 else entry.transfer.target


def numbers_between(wallet: Wallet, first_day: date | None, last_day: date | None) -> range:
    """The sequence numbers of these days. Entries are numbered without a gap in the order of time, so the
    bounds are found by halving: twenty look-ups in a million, and no index on the time that every transfer
    would have to write. Raises InvalidInput when the last day is before the first."""
    if first_day and last_day and last_day < first_day:
        raise InvalidInput(field="to")
    everything = range(1, wallet.last_sequence + 1)
    first = _first_at(wallet, everything, day_begins(first_day)) if first_day else everything.start
    after = last_day + timedelta(days=1) if last_day and last_day < date.max else None
    stop = _first_at(wallet, everything, day_begins(after)) if after else everything.stop
    return range(first, max(first, stop))


def day_begins(day: date) -> datetime:
    """The day's first moment in Korea, which has no summer time."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def _first_at(wallet: Wallet, numbers: range, moment: datetime) -> int:
    times = LedgerEntry.objects.filter(wallet=wallet.pk).values_list("created_at", flat=True)
    return numbers.start + bisect_left(numbers, moment, key=lambda number: times.get(sequence=number))


def _chosen(narrowing: Narrowing) -> Q:
    chosen = Q()
    if narrowing.direction is not None:
        chosen &= Q(amount__gt=0) if narrowing.direction == IN else Q(amount__lt=0)
    if narrowing.kind is not None:
        chosen &= Q(transfer__kind=narrowing.kind)
    if narrowing.words:
        chosen &= _mentions(narrowing.words)
    if narrowing.least is not None:
        chosen &= Q(amount__gte=narrowing.least) | Q(amount__lte=-narrowing.least)
    if narrowing.most is not None:
        chosen &= Q(amount__lte=narrowing.most, amount__gte=-narrowing.most)
    return chosen


def _mentions(words: str) -> Q:
    """In the memo or in the name of the other side."""
    return (
        Q(transfer__memo__icontains=words)
        | Q(amount__gt=0) & _is_called("transfer__source", words)
        | Q(amount__lt=0) & _is_called("transfer__target", words)
    )


def _is_called(wallet: str, words: str) -> Q:
    return Q(**{f"{wallet}__name__icontains": words}) | Q(**{f"{wallet}__owner__username__icontains": words})
