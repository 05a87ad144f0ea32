"""How old the oldest event is that waits for a reader of the log: the archive, the search index. Every web
process knows, also without a worker."""

import threading
from collections import deque
from collections.abc import Callable, Iterable

from chat.meters import Reading
from chat.pipeline.events import Position, now_ms
from chat.pipeline.parts import message_store, search_index
from chat.pipeline.ports import Record, StoreUnavailable

STRETCH_MS = 1_000
MOST_STRETCHES = 10_000  # a partition; some 2 MB. Nearly three busy hours: what comes then is less exact.


class _Stretch:
    """Events of a partition that were appended within STRETCH_MS."""

    __slots__ = ("first", "last")

    def __init__(self, position: Position) -> None:
        self.first = self.last = position


class Backlog:
    """Remembers when the log went on, as stretches of a second, until a reader has `reached` their end.

    Exact to a second. A tail that begins behind a backlog longer than it rewinds knows the age of the oldest
    event that it read, and no more.
    """

    def __init__(self, reached: Callable[[int], Position | None]) -> None:
        self._ask_reached = reached
        self._partitions: dict[int, deque[_Stretch]] = {}
        self._reached: dict[int, Position] = {}
        self._asking = threading.Lock()

    def note(self, records: Iterable[Record]) -> None:
        """The tail read these; called by its thread alone."""
        for record in records:
            position = record.position
            stretches = self._partitions.get(position.partition)
            if stretches is None:
                self._partitions[position.partition] = deque([_Stretch(position)])
            elif (
                position.appended_at_ms - stretches[-1].first.appended_at_ms < STRETCH_MS
                or len(stretches) >= MOST_STRETCHES
            ):
                stretches[-1].last = position
            else:
                stretches.append(_Stretch(position))

    def age_seconds(self) -> float:
        """0 when the reader has everything that the tail has. Asks how far it is; while nobody can say, what
        it had reached before counts."""
        with self._asking:
            since = [self._waiting_since(number) for number in list(self._partitions)]
        waiting = [moment for moment in since if moment is not None]
        return max(0, now_ms() - min(waiting)) / 1000 if waiting else 0.0

    def _waiting_since(self, partition: int) -> int | None:
        stretches, reached = self._partitions[partition], self._ask(partition)
        if reached is not None:
            # The last one stays: the tail goes on with it.
            while len(stretches) > 1 and stretches[0].last <= reached:
                stretches.popleft()
            if stretches[0].last <= reached:
                return None
        return stretches[0].first.appended_at_ms

    def _ask(self, partition: int) -> Position | None:
        try:
            reached = self._ask_reached(partition)
        except StoreUnavailable:
            return self._reached.get(partition)
        if reached is not None:
            self._reached[partition] = reached
        return reached


def unarchived() -> Backlog:
    """What waits for the message store, told as a metric."""
    backlog = Backlog(lambda partition: message_store().reached(partition))
    Reading(
        "messenger_archive_lag_seconds",
        "Age of the oldest event that is not archived yet; 0 when none waits.",
        backlog.age_seconds,
    )
    return backlog


def unindexed() -> Backlog:
    """What waits for the search index, told as a metric."""
    backlog = Backlog(lambda partition: search_index().reached().get(partition))
    Reading(
        "messenger_search_lag_seconds",
        "Age of the oldest event that the search index has not taken yet; 0 when none waits.",
        backlog.age_seconds,
    )
    return backlog
