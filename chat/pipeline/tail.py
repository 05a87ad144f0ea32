"""The live tail: one thread a process that follows the log and hands what came to the hub, in log order."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable

from chat.pipeline.append import SeenEvents
from chat.pipeline.events import ORIGIN, Position, with_position
from chat.pipeline.ports import EventLog, LogReader, LogUnavailable, Record

logger = logging.getLogger(__name__)
REWIND = 2_000  # records of each partition read again at the start, so that returning sockets find them
RECENT = 20_000  # records of all channels kept for channels that get their first socket
BATCH = 2_000
READ_SECONDS = 0.5
RETRY_SECONDS = 0.5
ID_MARK = b'"id":"'
ID_LENGTH = 32


class Recent:
    """The last records of all channels, and the position up to which each partition is no longer held."""

    def __init__(self) -> None:
        self._records: deque[tuple[int, bytes, Position]] = deque()
        self._floors: dict[int, Position] = {}
        self._heads: dict[int, Position] = {}

    def add(self, channel_id: int, event: bytes, position: Position) -> None:
        if position.partition not in self._floors:
            self._floors[position.partition] = _just_before(position)
        self._heads[position.partition] = position
        self._records.append((channel_id, event, position))
        if len(self._records) > RECENT:
            oldest = self._records.popleft()[2]
            self._floors[oldest.partition] = oldest

    def of(self, channel_id: int) -> Iterable[tuple[bytes, Position]]:
        return [(event, position) for channel, event, position in self._records if channel == channel_id]

    def floor(self, partition: int) -> Position:
        return self._floors.get(partition, ORIGIN)

    def head(self, partition: int) -> Position:
        """The last position of the partition that was read."""
        return self._heads.get(partition, ORIGIN)


def _just_before(position: Position) -> Position:
    """What stands before the first record that was read is not held; before offset 0 stands nothing."""
    if position.offset == 0:
        return ORIGIN
    return Position(position.appended_at_ms, position.offset - 1, position.partition)


class Tail:
    """Follows the log. `deliver(channel_id, event, position)` and then `flush()` run on the loop, a batch
    at a time; a repeat of an event is not delivered. While the log is away it tries again, for ever."""

    def __init__(
        self,
        log: EventLog,
        seen: SeenEvents,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[int, bytes, Position], None],
        flush: Callable[[], None],
    ) -> None:
        self.recent = Recent()
        self.ready = asyncio.Event()  # set once everything that was in the log at the start was read
        self._log = log
        self._seen = seen
        self._loop = loop
        self._deliver = deliver
        self._flush = flush
        self._stopping = threading.Event()
        self._taken = threading.Event()
        self._partition_of: Callable[[int], int] = lambda _: 0
        self._thread = threading.Thread(target=self._follow, name="tail", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let go of the log. Returns when the thread ended."""
        self._stopping.set()
        self._taken.set()
        self._thread.join()

    def partition_of(self, channel_id: int) -> int:
        """The partition of the log that this channel is in."""
        return self._partition_of(channel_id)

    def _follow(self) -> None:
        reader: LogReader | None = None
        while not self._stopping.is_set():
            try:
                if reader is None:
                    reader = self._log.follow(REWIND)
                    self._partition_of = reader.partition_of
                records = reader.read(BATCH, 0 if reader.behind() else READ_SECONDS)
            except LogUnavailable as error:
                logger.warning("tail: the log is not reachable (%s)", error)
                self._stopping.wait(RETRY_SECONDS)
                continue
            if records or not self.ready.is_set():
                self._hand_over(records, caught_up=not reader.behind())
        if reader is not None:
            reader.close()

    def _hand_over(self, records: list[Record], *, caught_up: bool) -> None:
        """Wait until the loop took the batch: a busy loop gets larger batches, never a growing queue."""
        self._taken.clear()
        self._loop.call_soon_threadsafe(self._take, records, caught_up)
        while not self._taken.wait(READ_SECONDS) and not self._stopping.is_set():
            pass

    def _take(self, records: list[Record], caught_up: bool) -> None:
        self._taken.set()
        for record in records:
            payload = record.payload
            start = payload.find(ID_MARK) + len(ID_MARK)
            if not self._seen.add(payload[start : start + ID_LENGTH], record.position):
                continue
            event = with_position(payload, record.position)
            self.recent.add(record.channel_id, event, record.position)
            self._deliver(record.channel_id, event, record.position)
        self._flush()
        if caught_up:
            self.ready.set()
