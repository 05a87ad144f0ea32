"""How far people have read, as one web process hears of it: told on at once, written to the rows in batches.

What was read in the last second before a kill -9 is lost: it shows as unread again, and nothing else. A
process that ends as it should writes it down.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from django.db import DatabaseError

from chat import protocol
from chat.messages.history import position_of
from chat.messages.posting import BadMessage
from chat.meters import Counter
from chat.pipeline.hub import Hub
from chat.pipeline.live import Socket
from chat.reading.marks import Moved, move_forward, recent_marks
from chat.reading.whispers import Whispers

logger = logging.getLogger(__name__)
FLUSH_SECONDS = 1
MOST_IN_A_BATCH = 5_000  # some 250 KB of parameter
MOST_WAITING = 200_000  # while the database is away
FORGET_SECONDS = 10
AHEAD_MS = 60_000  # how far the clocks of log and web may differ

moved = Counter("messenger_read_marks_moved_total", "Read marks that moved, each person's coalesced.")
flushes = Counter("messenger_read_flushes_total", "Batches in which they were written.")


def checked_position(text: str) -> str:
    """The position up to which somebody says to have read. Raises BadMessage (position_malformed), also for
    one of the future, which would hide what is said until then."""
    position = position_of(text, "position")
    if position is None or position.appended_at_ms > time.time_ns() // 1_000_000 + AHEAD_MS:
        raise BadMessage("position_malformed", "position")
    return str(position)


class ReadMarks:
    """The marks that move in this process. Lives on the loop.

    `follow(channel_id, user_id, position)` hears of every one, from wherever.
    """

    def __init__(
        self,
        hub: Hub,
        whispers: Whispers,
        in_thread: Callable[..., Awaitable],
        follow: Callable[[int, int, str], None],
    ) -> None:
        self._hub = hub
        self._whispers = whispers
        self._in_thread = in_thread
        self._follow = follow
        self._waiting: dict[tuple[int, int], str] = {}
        self._aged_at = time.monotonic()

    def read(self, socket: Socket, channel_id: int, position: str) -> None:
        """An authorised socket's person has read up to there. An older mark changes nothing."""
        if not self._tell(channel_id, socket.user_id, position, besides=socket):
            return
        self._whispers.say(["read", channel_id, socket.user_id, position])
        if len(self._waiting) < MOST_WAITING:
            self._waiting[channel_id, socket.user_id] = position

    def written(self, channel_id: int, user_id: int, position: str) -> None:
        """A mark was written to its row by a request of this process."""
        if self._tell(channel_id, user_id, position):
            self._whispers.say(["read", channel_id, user_id, position])

    def hear(self, channel_id: int, user_id: int, position: str) -> None:
        """Another process tells of a mark, which it writes itself."""
        self._tell(channel_id, user_id, position)

    def _tell(self, channel_id: int, user_id: int, position: str, besides: Socket | None = None) -> bool:
        if not recent_marks().note(channel_id, user_id, position):
            return False
        # First their own windows, then what is shown to others: a page leaves its own reader out of the
        # others' count, and must know of the mark when it comes in (static/js/reading/unread_by.js).
        frame = protocol.read(channel_id, position)
        for own in self._hub.sockets_of(user_id):
            if own is not besides and not own.paused:
                own.notice(frame)
        self._follow(channel_id, user_id, position)
        return True

    async def keep(self) -> None:
        """Write what moved, about once a second, until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()
            if time.monotonic() - self._aged_at > FORGET_SECONDS and not self._waiting:
                self._aged_at = time.monotonic()
                recent_marks().age()

    async def flush(self) -> None:
        """Write what moved. While the database is away it waits for the next time."""
        while self._waiting:
            batch = dict(list(self._waiting.items())[:MOST_IN_A_BATCH])
            try:
                await self._in_thread(move_forward, [_row(*one) for one in batch.items()])
            except DatabaseError as error:
                logger.warning("reading: the database is not reachable (%s)", type(error).__name__)
                return
            moved.add(len(batch))
            flushes.add()
            for key, position in batch.items():
                if self._waiting.get(key) == position:  # else it moved on meanwhile
                    del self._waiting[key]


def _row(key: tuple[int, int], position: str) -> Moved:
    return (*key, position)
