"""The live tail: one thread a process that follows the log and hands what came to the hub, in log order."""

import asyncio
import logging
import threading
from collections.abc import Callable

from chat import metrics
from chat.pipeline.events import Position, now_ms, with_position
from chat.pipeline.ports import EventLog, LogReader, LogUnavailable, Record
from chat.pipeline.recent import Recent, event_id_of
from chat.pipeline.unarchived import Unarchived

logger = logging.getLogger(__name__)
# Records of each partition that are read again at the start: returning sockets resume from them, and what a
# client repeats after an outage is recognised (what is older the store has, see ChatConsumer._is_repeat).
REWIND = 20_000
BATCH = 2_000
READ_SECONDS = 0.5
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
    ) -> None:
        self.recent = recent
        self.unarchived = Unarchived()
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
            self.unarchived.note(records)
            if not records:
                self._rested, self.delivery_seconds = True, 0.0
            if records or not self.ready.is_set():
                self._hand_over(records, caught_up=not reader.behind())
        if reader is not None:
            reader.close()

    def _measure(self, lag_seconds: float) -> None:
        """The log's clock is not ours: what comes right after a rest has hardly waited, and tells how far
        the two are apart."""
        if self._rested:
            self._rested, self._least_lag_seconds = False, lag_seconds
        self.delivery_seconds = max(0.0, lag_seconds - self._least_lag_seconds)
        metrics.tail_lag_seconds.observe(max(0.0, lag_seconds))

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
            if not self.recent.seen.add(event_id_of(payload), record.position):
                continue
            event = with_position(payload, record.position)
            self.recent.add(record.channel_id, event, record.position)
            self._deliver(record.channel_id, event, record.position)
        if records and self.ready.is_set():
            self._measure((now_ms() - records[-1].position.appended_at_ms) / 1000)
        self._flush()
        if caught_up:
            self.ready.set()
