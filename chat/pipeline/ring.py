"""The last events of one channel, encoded, for sockets that read them with a cursor."""

from bisect import bisect_right

from chat.pipeline.events import Position

MAX_EVENTS = 8_192
MAX_BYTES = 8 * 1024 * 1024


class Ring:
    """Events with ascending positions. A cursor is the number of an event since the ring was made, so it
    stays valid while old events leave; `first` is the oldest one still held, `end` the next to come.

    Everything of the channel after `floor` is, or was, in here: a reader at or beyond it misses nothing.
    """

    __slots__ = ("floor", "first", "_events", "_positions", "_bytes")

    def __init__(self, floor: Position) -> None:
        self.floor = floor
        self.first = 0
        self._events: list[bytes] = []
        self._positions: list[Position] = []
        self._bytes = 0

    @property
    def end(self) -> int:
        return self.first + len(self._events)

    @property
    def is_full(self) -> bool:
        """Whether the next event may drop the oldest ones."""
        return len(self._events) >= MAX_EVENTS or self._bytes >= MAX_BYTES

    @property
    def position(self) -> Position:
        """Of the newest event, or the floor."""
        return self._positions[-1] if self._positions else self.floor

    def append(self, event: bytes, position: Position) -> None:
        """Add the next event; the oldest half leaves when the ring is full."""
        self._events.append(event)
        self._positions.append(position)
        self._bytes += len(event)
        if len(self._events) > MAX_EVENTS or self._bytes > MAX_BYTES:
            self._drop(len(self._events) // 2)

    def _drop(self, count: int) -> None:
        if count:
            self.floor = self._positions[count - 1]
            self._bytes -= sum(map(len, self._events[:count]))
            del self._events[:count], self._positions[:count]
            self.first += count

    def since(self, cursor: int) -> list[bytes]:
        """The events from the cursor on. The cursor is not before `first`."""
        return self._events[cursor - self.first :]

    def cursor_after(self, position: Position) -> int:
        """The cursor of the first event behind this position."""
        return self.first + bisect_right(self._positions, position)

    def position_before(self, cursor: int) -> Position:
        """Where a reader with this cursor stands: the position of what it read last, or the floor."""
        index = cursor - self.first - 1
        return self._positions[index] if index >= 0 else self.floor
