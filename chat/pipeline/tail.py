"""The live tail: one thread a process that follows the log and hands what came to the hub, in log order.

It follows every partition, or those that somebody of this process needs (chat/pipeline/demand.py).
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable

from chat import metrics
from chat.pipeline.backlog import unarchived, unindexed
from chat.pipeline.events import Position, now_ms, with_position
from chat.pipeline.ports import EventLog, LogReader, LogUnavailable, Record
from chat.pipeline.recent import Recent, event_id_of

logger = logging.getLogger(__name__)
# Records of each partition that are read again at the start: returning sockets resume from them, and what a
# client repeats after an outage is recognised (what is older the store has, see ChatConsumer._is_repeat).
REWIND = 20_000
REWIND_ON_DEMAND = 2_000  # of one partition among many
BATCH = 2_000
READ_SECONDS = 0.5
DEMAND_SECONDS = 0.02  # who first needs a partition waits for a read to end
RETRY_SECONDS = 0.5


class Tail:
    """Follows the log. `deliver(channel_id, event, position)` and then `flush()` run on the loop, a batch
    at a time; a repeat of an event is not delivered. While the log is away it tries again, for ever."""

    def __init__(
        self,
        log: EventLog,
        recent: Recent,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[int, bytes, Position], None],
        flush: Callable[[], None],
        *,
        everything: bool = True,
    ) -> None:
        self.everything = everything
        self.recent = recent
        self._backlogs = (unarchived(), unindexed())
        self.ready = asyncio.Event()  # set once everything that was in the log at the start was read
        # From the append of an event until the hub has it, of what came last; 0 while nothing comes.
        self.delivery_seconds = 0.0
        self._least_lag_seconds = 0.0
        self._rested = True
        self._log = log
        self._loop = loop
        self._deliver = deliver
        self._flush = flush
        self._stopping = threading.Event()
        self._taken = threading.Event()
        self._partition_of: Callable[[int], int] = lambda _: 0
        self._orders: deque[tuple[int, asyncio.Event | None]] = deque()  # partitions to begin, or to leave
        self._catching_up: dict[int, asyncio.Event] = {}
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

    def begin(self, partition: int) -> asyncio.Event:
        """Follow this partition too. The event is set once what stood in it was read."""
        known = asyncio.Event()
        self._orders.append((partition, known))
        return known

    def leave(self, partition: int) -> None:
        """Follow this partition no more."""
        self._orders.append((partition, None))

    def _open(self) -> LogReader:
        rewind = REWIND if self.everything else REWIND_ON_DEMAND
        reader = self._log.follow(rewind, everything=self.everything)
        self._partition_of = reader.partition_of
        return reader

    def _follow(self) -> None:
        reader: LogReader | None = None
        rest_seconds = READ_SECONDS if self.everything else DEMAND_SECONDS
        while not self._stopping.is_set():
            try:
                if reader is None:
                    reader = self._open()
                self._carry_out_orders(reader)
                records = reader.read(BATCH, 0 if reader.behind() else rest_seconds)
            except LogUnavailable as error:
                logger.warning("tail: the log is not reachable (%s)", error)
                self._stopping.wait(RETRY_SECONDS)
                continue
            for backlog in self._backlogs:
                backlog.note(records)
            if not records:
                self._rested, self.delivery_seconds = True, 0.0
            if records or self._catching_up or not self.ready.is_set():
                is_live = self.ready.is_set() and not self._catching_up
                self._on_loop(self._take, records, self._caught_up(reader), is_live)
        if reader is not None:
            reader.close()

    def _carry_out_orders(self, reader: LogReader) -> None:
        while self._orders:
            partition, known = self._orders[0]
            if known is None:
                reader.leave(partition)
                self._catching_up.pop(partition, None)
            else:
                reader.begin(partition)
                self._catching_up[partition] = known
                self._on_loop(self.recent.forget, partition)
            self._orders.popleft()

    def _caught_up(self, reader: LogReader) -> list[asyncio.Event]:
        """Which events are due: of each partition whose beginning was read, and of the start."""
        read = [number for number in self._catching_up if not reader.behind(number)]
        due = [self._catching_up.pop(number) for number in read]
        return due if reader.behind() else [self.ready, *due]

    def _measure(self, lag_seconds: float) -> None:
        """The log's clock is not ours: what comes right after a rest has hardly waited, and tells how far
        the two are apart."""
        if self._rested:
            self._rested, self._least_lag_seconds = False, lag_seconds
        self.delivery_seconds = max(0.0, lag_seconds - self._least_lag_seconds)
        metrics.tail_lag_seconds.observe(max(0.0, lag_seconds))

    def _on_loop(self, function: Callable[..., None], *arguments) -> None:
        """Wait until the loop took it: a busy loop gets larger batches, never a growing queue."""
        self._taken.clear()
        self._loop.call_soon_threadsafe(self._run, function, arguments)
        while not self._taken.wait(READ_SECONDS) and not self._stopping.is_set():
            pass

    def _run(self, function: Callable[..., None], arguments: tuple) -> None:
        self._taken.set()
        function(*arguments)

    def _take(self, records: list[Record], caught_up: list[asyncio.Event], is_live: bool) -> None:
        for record in records:
            payload = record.payload
            if not self.recent.seen.add(event_id_of(payload), record.position):
                continue
            event = with_position(payload, record.position)
            self.recent.add(record.channel_id, event, record.position)
            self._deliver(record.channel_id, event, record.position)
        if records and is_live:
            self._measure((now_ms() - records[-1].position.appended_at_ms) / 1000)
        self._flush()
        for event in caught_up:
            event.set()
