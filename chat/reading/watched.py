"""One channel that windows of this process have open: who looks, who writes, how far all have read.

Told to those windows only, and seldom: one frame that all of them share, after a rest that grows with their
number. So 2,000 readers whose marks all move cost a frame every two and a half seconds, and no message waits.
"""

import asyncio
from collections.abc import Callable

from chat import protocol
from chat.pipeline.frames import SharedPayloads
from chat.pipeline.hub import Hub
from chat.pipeline.live import Socket
from chat.reading.presence import SMALL, Presence
from chat.reading.readers import staircase
from chat.reading.whispers import Whisper

GATHER_SECONDS = 0.1
READERS_REST_SECONDS, PEOPLE_REST_SECONDS = 0.5, 2.0
REST_SECONDS_PER_WINDOW = 0.001
TYPING_SECONDS = 2  # more often nobody is said to write


class Paced:
    """Something owed: carried out soon, and not again before it has rested."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, rest_seconds: Callable[[], float], act: Callable[[], None]
    ) -> None:
        self._loop, self._rest_seconds, self._act = loop, rest_seconds, act
        self._timer: asyncio.TimerHandle | None = None
        self._rested_at = 0.0

    def owe(self) -> None:
        """It is to be done once more."""
        if self._timer is None:
            wait = max(GATHER_SECONDS, self._rested_at - self._loop.time())
            self._timer = self._loop.call_later(wait, self._run)

    def cancel(self) -> None:
        """Nothing is owed any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _run(self) -> None:
        self._timer = None
        self._rested_at = self._loop.time() + self._rest_seconds()
        self._act()


class Watched:
    """One channel that windows of this process have open."""

    def __init__(
        self, channel_id: int, loop: asyncio.AbstractEventLoop, hub: Hub, say: Callable[[Whisper], None]
    ) -> None:
        self.channel_id = channel_id
        self.windows: set[Socket] = set()
        self.unsure: set[Socket] = set()  # have not been told their own reader's mark
        self.presence = Presence()
        self.marks: dict[int, str] | None = None  # by person, once they are known
        self.loaded_at = 0.0
        self._loop, self._hub, self._say = loop, hub, say
        self._typed: dict[int, float] = {}
        self._told_people: list[int] = []
        self.readers = Paced(loop, lambda: self._rest(READERS_REST_SECONDS), self._tell_readers)
        self.people = Paced(loop, lambda: self._rest(PEOPLE_REST_SECONDS), self._tell_people)

    @property
    def is_small(self) -> bool:
        """Whether people are named to each other here."""
        return self.marks is not None and len(self.marks) <= SMALL

    def _rest(self, least: float) -> float:
        return least + REST_SECONDS_PER_WINDOW * len(self.windows)

    def move(self, user_id: int, position: str) -> None:
        """Somebody has read further. Who has no mark is no member: nothing is beyond "g"."""
        if self.marks is not None and position > self.marks.get(user_id, "g"):
            self.marks[user_id] = position
            self.readers.owe()

    def join(self, user_id: int, position: str) -> None:
        """Somebody became a member."""
        if self.marks is not None:
            self.marks.setdefault(user_id, position)
            self.readers.owe()

    def lose(self, user_id: int) -> None:
        """Somebody is a member no longer."""
        if self.marks is not None and self.marks.pop(user_id, None):
            self.readers.owe()

    def load(self, marks: dict[int, str]) -> None:
        """All marks, as the rows have them. Who began to watch meanwhile is told their own first."""
        self.marks = marks
        for window in self.unsure & self.windows:
            if window.user_id in marks:
                window.notice(protocol.read(self.channel_id, marks[window.user_id]))
        self.unsure.clear()
        self.readers.owe()
        self.people.owe()

    def type(self, user_id: int, username: str, now: float) -> bool:
        """Tell that somebody writes; False when that was just told, or is not told here."""
        if not self.is_small or user_id not in self.marks:
            return False
        if now - self._typed.get(user_id, 0.0) < TYPING_SECONDS:
            return False
        self._typed[user_id] = now
        self._share(protocol.typing(self.channel_id, user_id, username), besides=user_id)
        return True

    def _tell_readers(self) -> None:
        if self.marks is not None:
            frame = protocol.readers(self.channel_id, len(self.marks), staircase(self.marks.values()))
            if not self._share(frame):
                self.readers.owe()

    def _tell_people(self) -> None:
        self.say_here()
        if self.marks is None:
            return
        people = self.presence.people(self._loop.time())
        self._told_people = people
        if not self._share(
            protocol.presence(self.channel_id, len(people), people if self.is_small else None)
        ):
            self.people.owe()

    def say_here(self) -> None:
        """Tell the other processes who looks here."""
        self._say(["here", self.channel_id, self.presence.here])

    def notice_silence(self, now: float) -> None:
        """People whom a process told of that is gone look no longer."""
        if self.presence.people(now) != self._told_people:
            self.people.owe()

    def _share(self, payload: bytes, besides: int = 0) -> bool:
        """Write it to all windows that still follow the channel; False when one could not take it now."""
        live = self._hub.live(self.channel_id)
        frame = SharedPayloads([payload])
        all_took = True
        for window in self.windows:
            if live is None or window not in live or window.user_id == besides:
                continue
            if window.paused:
                all_took = False
            else:
                window.write(frame)
        return all_took
