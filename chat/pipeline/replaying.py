"""Records once more into a store and a search index: after a restore, or to make both anew."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from chat.pipeline.archive import Archive
from chat.pipeline.events import ChangeEvent, Position
from chat.pipeline.ports import EventLog, MessageStore, Record
from chat.search.indexing import Indexing
from chat.search.ports import SearchIndex

BATCH = 2_000
EVERYTHING = 2**62  # more records than any log has
READ_SECONDS = 0.5


class _Replayed(Archive):
    """What cannot be stored was put among the dead letters when it came first."""

    def _bury(self, record: Record, error: str) -> None:
        self.archived.dead_letters += 1


class Replay:
    """Takes records as the worker does, into both at once. Again they change nothing."""

    def __init__(
        self,
        log: EventLog,
        store: MessageStore,
        index: SearchIndex,
        heed: Callable[[list[ChangeEvent]], None],
    ) -> None:
        self._archive = _Replayed(log, store, heed)
        self._indexing = Indexing(log, store, index)

    def take_all(self, records: Iterable[Record]) -> Iterator[int]:
        """Yields after each batch how many were taken so far. Raises StoreUnavailable."""
        taken, rest = 0, iter(records)
        while batch := list(islice(rest, BATCH)):
            self._archive.take(batch)
            self._indexing.take(batch)
            taken += len(batch)
            yield taken


def everything_in(log: EventLog, *, behind: dict[int, Position] | None = None) -> Iterator[Record]:
    """What the log holds when it is called, and perhaps some of what came meanwhile; of each partition only
    what stands behind this position. Raises LogUnavailable."""
    behind = behind or {}
    reader = log.follow(EVERYTHING)
    try:
        while reader.behind():
            for record in reader.read(BATCH, READ_SECONDS):
                place = record.position
                if place.partition not in behind or place > behind[place.partition]:
                    yield record
    finally:
        reader.close()
