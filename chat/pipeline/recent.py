"""What lately entered the log, kept in the memory of a web process by its tail."""

from collections import deque

from chat.pipeline.events import ORIGIN, Position

RECENT = 20_000  # events of all channels, some 10 MB, for channels that get their first socket
REMEMBERED = 200_000  # event ids; at 5,000 messages/s those of forty seconds, then some 40 MB
ID_MARK = b'"id":"'
ID_LENGTH = 32


def event_id_of(payload: bytes) -> bytes:
    """The id of an encoded event, without decoding it: `id` is the first field of that name."""
    start = payload.find(ID_MARK) + len(ID_MARK)
    return payload[start : start + ID_LENGTH]


class SeenEvents:
    """Ids of the events that lately entered the log, with their first positions. Bounded: the older half
    leaves at once, for a dict that loses its first entry at each step walks over all it lost before."""

    def __init__(self) -> None:
        self._younger: dict[bytes, Position] = {}
        self._older: dict[bytes, Position] = {}

    def get(self, event_id: bytes) -> Position | None:
        return self._younger.get(event_id) or self._older.get(event_id)

    def add(self, event_id: bytes, position: Position) -> bool:
        """Note an event; False when it is a repeat of one that stands earlier in the log."""
        known = self.get(event_id)
        if known is not None and known <= position:
            return known == position
        self._younger[event_id] = position
        if len(self._younger) >= REMEMBERED // 2:
            self._older, self._younger = self._younger, {}
        return True


class Recent:
    """The last events of all channels, and the position up to which each partition is no longer held.

    Written on the loop; `find` may be called from any thread.
    """

    def __init__(self) -> None:
        self.seen = SeenEvents()
        self._events: deque[tuple[int, bytes, Position]] = deque()
        self._floors: dict[int, Position] = {}
        self._heads: dict[int, Position] = {}

    def add(self, channel_id: int, event: bytes, position: Position) -> None:
        """The next event that the tail read."""
        if position.partition not in self._floors:
            self._floors[position.partition] = _just_before(position)
        self._events.append((channel_id, event, position))
        self._heads[position.partition] = position  # after it is held: see `is_ahead`
        if len(self._events) > RECENT:
            oldest = self._events.popleft()[2]
            self._floors[oldest.partition] = oldest

    def forget(self, partition: int) -> None:
        """Hold nothing of this partition: what is read of it next may come after a hole."""
        self._events = deque(held for held in self._events if held[2].partition != partition)
        self._floors.pop(partition, None)
        self._heads.pop(partition, None)

    def of(self, channel_id: int) -> list[tuple[bytes, Position]]:
        """What is held of a channel, in order."""
        return [(event, position) for channel, event, position in self._events if channel == channel_id]

    def find(self, event_id: bytes) -> tuple[bytes, Position] | None:
        """An event by its id, if it is held."""
        if self.seen.get(event_id) is None:
            return None
        # A copy, made at once: the loop goes on adding meanwhile.
        held = ((event, position) for _, event, position in reversed(list(self._events)))
        return next((found for found in held if event_id_of(found[0]) == event_id), None)

    def is_ahead(self, event_id: bytes) -> bool:
        """Whether the log has this event, as it confirmed to this process, and the tail has yet to read it.
        When not, `find` finds it if it is held."""
        position = self.seen.get(event_id)
        return position is not None and position > self.head(position.partition)

    def floor(self, partition: int) -> Position:
        """Everything of the partition behind this position is held."""
        return self._floors.get(partition, ORIGIN)

    def head(self, partition: int) -> Position:
        """The last position of the partition that was read."""
        return self._heads.get(partition, ORIGIN)


def _just_before(position: Position) -> Position:
    """What stands before the first record that was read is not held; before offset 0 stands nothing."""
    if position.offset == 0:
        return ORIGIN
    return Position(position.appended_at_ms, position.offset - 1, position.partition)
