"""Exact counting of what each member received: lost, doubled, out of order.

A message gets an index when this process first sees it. Members that read the same frame share its batch of
indices, so a batch that continues where the member stopped is checked in a few comparisons; anything else
is checked message by message.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence

# The author and the client_id: the system's own idea of "the same message".
Key = tuple[int, str]
_NOT_CONTIGUOUS = -1


class MessageOrder:
    """Every message that this process has seen, in the order of first sight."""

    def __init__(self) -> None:
        self.index_by_key: dict[Key, int] = {}

    def index(self, key: Key) -> int:
        """The index of this message, new or known."""
        return self.index_by_key.setdefault(key, len(self.index_by_key))


class Acknowledged:
    """The messages that the log confirmed, and so the ones that every receiver must have got."""

    def __init__(self, order: MessageOrder, keys: Iterable[Key]) -> None:
        self._known = order.index_by_key
        self._indices: set[int] = set()
        self._sorted: list[int] = []
        # Nobody here has ever seen these; they may still come.
        self.unseen = set(keys)
        self.look_again()

    def look_again(self) -> None:
        """Heed what was seen since the last look. Costs a look-up for each message that is still unseen."""
        seen = self.unseen & self._known.keys()
        if not seen:
            return
        self.unseen -= seen
        indices = sorted(self._known[key] for key in seen)
        self._indices.update(indices)
        self._sorted += indices  # what is seen later has a higher index

    def missing_from(self, receipts: "Receipts") -> int:
        """How many of them this member has not received."""
        beyond = len(self._sorted) - bisect_left(self._sorted, receipts.next)
        return len(self.unseen) + beyond + len(self._indices & receipts.holes)


class Batch:
    """The messages of one frame, shared by all members that received the same bytes."""

    __slots__ = (
        "arrivals_us",
        "client_ids_by_author",
        "end",
        "first",
        "highest",
        "indices",
        "lowest",
        "positions",
        "sent_us",
        "wire_bytes",
    )

    def __init__(self, order: MessageOrder, keys: Sequence[Key], positions: Sequence[str]) -> None:
        self.indices = [order.index(key) for key in keys]
        self.positions = positions
        first, count = self.indices[0], len(keys)
        contiguous = self.indices == list(range(first, first + count)) and all(
            earlier < later for earlier, later in zip(positions, positions[1:], strict=False)
        )
        self.first = first if contiguous else _NOT_CONTIGUOUS
        self.end = first + count
        self.lowest = positions[0]
        self.highest = positions[-1]
        self.client_ids_by_author: dict[int, list[str]] = {}
        for author, client_id in keys:
            self.client_ids_by_author.setdefault(author, []).append(client_id)
        self.sent_us: array = array("d")
        self.arrivals_us: array = array("d")
        self.wire_bytes = 0

    def forget(self) -> None:
        """Keep only what the latencies need, once nobody can receive these bytes again."""
        self.indices = []
        self.positions = ()


class Receipts:
    """What one member received. `holes` are the indices before `next` that have not come."""

    __slots__ = ("doubled", "highest", "holes", "next", "out_of_order")

    def __init__(self) -> None:
        self.next = 0
        self.holes: set[int] = set()
        self.highest = ""
        self.doubled = 0
        self.out_of_order = 0

    @property
    def received(self) -> int:
        """How many different messages came."""
        return self.next - len(self.holes)

    def accept(self, batch: Batch) -> None:
        """Count a frame that came over the socket, where positions must only rise."""
        if batch.first == self.next and batch.lowest > self.highest:
            self.next = batch.end
            self.highest = batch.highest
            return
        for index, position in zip(batch.indices, batch.positions, strict=True):
            if not self._take(index):
                continue
            if position > self.highest:
                self.highest = position
            else:
                self.out_of_order += 1

    def fill(self, batch: Batch) -> None:
        """Count a page of history that closes a gap: it may be older than what the socket brought."""
        for index in batch.indices:
            self._take(index)
        self.highest = max(self.highest, batch.highest)

    def _take(self, index: int) -> bool:
        if index >= self.next:
            self.holes.update(range(self.next, index))
            self.next = index + 1
            return True
        if index in self.holes:
            self.holes.remove(index)
            return True
        self.doubled += 1
        return False
