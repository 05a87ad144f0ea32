"""The way of messages from an event loop into the log: no task, no lock, one wake-up for many answers."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from chat import metrics
from chat.pipeline.events import Position
from chat.pipeline.ports import EventLog, LogUnavailable
from chat.pipeline.recent import SeenEvents

Answer = Callable[[Position | None, LogUnavailable | None], None]


class Appender:
    """Appends for the sockets of one process and answers on its loop. Use from the loop's thread only."""

    def __init__(self, log: EventLog, seen: SeenEvents, loop: asyncio.AbstractEventLoop) -> None:
        self._log = log
        self._seen = seen
        self._loop = loop
        self._under_way: dict[bytes, tuple[float, bytes, list[Answer]]] = {}
        self._confirmed: deque[tuple[bytes, Position | None, LogUnavailable | None]] = deque()
        self._woken = False
        self._waiting_since = 0.0

    @property
    def under_way(self) -> int:
        """How many appends wait for the log."""
        return len(self._under_way)

    def waiting_seconds(self, now: float) -> float:
        """How long the oldest of them waits, or a little more: confirmations come about in order, so it came
        after the one that was confirmed last."""
        return now - self._waiting_since if self._under_way else 0.0

    def payload_under_way(self, event_id: bytes) -> bytes | None:
        """The event of this id that waits for the log, if one does."""
        waiting = self._under_way.get(event_id)
        return waiting[1] if waiting else None

    def knows(self, event_id: bytes) -> bool:
        """Whether an event of this id waits for the log or was lately appended."""
        return event_id in self._under_way or self._seen.get(event_id) is not None

    def append(self, channel_id: int, event_id: bytes, payload: bytes, answer: Answer) -> None:
        """Append an event; `answer` comes once: its position, or why not.

        A repeat of an event that is under way or was lately appended is not appended again: it gets the
        first one's answer.
        """
        position = self._seen.get(event_id)
        if position is not None:
            answer(position, None)
            return
        waiting = self._under_way.get(event_id)
        if waiting is not None:
            waiting[-1].append(answer)
            return
        now = time.monotonic()
        if not self._under_way:
            self._waiting_since = now
        self._under_way[event_id] = (now, payload, [answer])
        try:
            self._log.append(
                channel_id, payload, lambda position, error: self._confirm(event_id, position, error)
            )
        except LogUnavailable as error:
            del self._under_way[event_id]
            answer(None, error)

    def _confirm(self, event_id: bytes, position: Position | None, error: LogUnavailable | None) -> None:
        """Runs in the log's thread. The loop is woken once for all confirmations that came meanwhile."""
        self._confirmed.append((event_id, position, error))
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        self._woken = False  # before the queue is emptied: what comes now wakes the loop again
        now, begun, confirmed = time.monotonic(), [], 0
        while self._confirmed:
            event_id, position, error = self._confirmed.popleft()
            began, _, answers = self._under_way.pop(event_id)
            begun.append(began)
            if position is not None:
                confirmed += 1
                self._seen.add(event_id, position)
            for answer in answers:
                answer(position, error)
        if begun:
            self._waiting_since = begun[-1]
        metrics.append_seconds.observe_all(now - began for began in begun)
        metrics.acknowledged.add(confirmed)
