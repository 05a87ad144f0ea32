"""Which channels somebody has open in front of them, over all windows that this process serves."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable

from django.db import DatabaseError

from chat import protocol
from chat.pipeline.events import AccessEvent, MessageEvent, Position, SystemEvent
from chat.pipeline.hub import Hub
from chat.pipeline.live import Socket
from chat.reading.marks import marks_of_channel, recent_marks
from chat.reading.presence import REPEAT_SECONDS
from chat.reading.watched import Watched
from chat.reading.whispers import Whisper, Whispers

# A whisper may be lost: after so long the marks are asked of the rows again.
RELOAD_SECONDS = 60


class Watching:
    """All of them. Lives on the loop. Whoever may not read a channel cannot watch it: only sockets that the
    hub has subscribed get anything, and it cuts them off with their membership."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        hub: Hub,
        whispers: Whispers,
        in_thread: Callable[..., Awaitable],
    ) -> None:
        self.loop = loop
        self.hub = hub
        self._whispers = whispers
        self._in_thread = in_thread
        self._watched: dict[int, Watched] = {}
        self._by_window: dict[Socket, set[int]] = defaultdict(set)
        self._loading: set[asyncio.Task] = set()

    # What windows say.

    def watch(self, window: Socket, channel_id: int) -> bool:
        """This window has the channel in front of it: it gets the whole state, then what changes. Again: the
        whole state again. False when it is not subscribed."""
        live = self.hub.live(channel_id)
        if live is None or window not in live:
            return False
        watched = self._watched.get(channel_id) or self._open(channel_id)
        if window not in watched.windows:
            watched.windows.add(window)
            self._by_window[window].add(channel_id)
            watched.presence.come(window.user_id)
        if watched.marks is None:
            watched.unsure.add(window)
        elif window.user_id in watched.marks:
            window.notice(protocol.read(channel_id, watched.marks[window.user_id]))
        watched.readers.owe()
        watched.people.owe()
        return True

    def stop(self, window: Socket, channel_id: int) -> None:
        """The window looks elsewhere."""
        watched = self._watched.get(channel_id)
        if watched is None or window not in watched.windows:
            return
        watched.windows.discard(window)
        self._by_window[window].discard(channel_id)
        if not self._by_window[window]:
            del self._by_window[window]
        watched.presence.go(window.user_id)
        if watched.windows:
            watched.people.owe()
        else:
            del self._watched[channel_id]
            watched.readers.cancel()
            watched.people.cancel()
            watched.say_here()

    def leave(self, window: Socket) -> None:
        """The window is gone. A second call does nothing."""
        for channel_id in list(self._by_window.get(window, ())):
            self.stop(window, channel_id)

    def type(self, window: Socket, channel_id: int, username: str) -> None:
        """The person at this window writes something."""
        watched = self._watched.get(channel_id)
        if watched is None or window not in watched.windows:
            return
        if watched.type(window.user_id, username, self.loop.time()):
            self._whispers.say(["typing", channel_id, window.user_id, username])

    # What is heard.

    def follow(self, channel_id: int, user_id: int, position: str) -> None:
        """A mark moved."""
        watched = self._watched.get(channel_id)
        if watched is not None:
            watched.move(user_id, position)

    def hear(self, process: str, whisper: Whisper) -> None:
        """Another process tells of channels that are open there."""
        watched = self._watched.get(whisper[1])
        if watched is None:
            return
        match whisper:
            case ["typing", _, user_id, username]:
                watched.type(user_id, username, self.loop.time())
            case ["here", _, people]:
                watched.presence.hear(process, people, self.loop.time())
                watched.people.owe()
            case ["who", _]:
                watched.say_here()

    def heed(self, change: SystemEvent | AccessEvent | MessageEvent) -> None:
        """The log tells who came and who went."""
        watched = self._watched.get(change.channel)
        if watched is None:
            return
        match change:
            case SystemEvent(kind="joined", user=user_id, sent_at=sent_at):
                watched.join(user_id, str(Position(sent_at, 0, 0)))
            case SystemEvent(kind="left" | "removed", user=user_id):
                watched.lose(user_id)
                self._stop_all(watched, user_id)
            case SystemEvent(kind="closed"):
                self._stop_all(watched)

    def _stop_all(self, watched: Watched, user_id: int | None = None) -> None:
        for window in [one for one in watched.windows if user_id in (None, one.user_id)]:
            self.stop(window, watched.channel_id)

    # What this process does by itself.

    async def refresh(self) -> None:
        """Repeat who looks, notice who fell silent, ask the rows again; until cancelled."""
        while True:
            await asyncio.sleep(REPEAT_SECONDS)
            now = self.loop.time()
            for watched in list(self._watched.values()):
                watched.say_here()
                watched.notice_silence(now)
                if now - watched.loaded_at > RELOAD_SECONDS:
                    self._load(watched)

    def _open(self, channel_id: int) -> Watched:
        watched = self._watched[channel_id] = Watched(channel_id, self.loop, self.hub, self._whispers.say)
        self._whispers.say(["who", channel_id])
        self._load(watched)
        return watched

    def _load(self, watched: Watched) -> None:
        watched.loaded_at = self.loop.time()
        task = self.loop.create_task(self._ask_marks(watched))
        self._loading.add(task)
        task.add_done_callback(self._loading.discard)

    async def _ask_marks(self, watched: Watched) -> None:
        try:
            marks = await self._in_thread(marks_of_channel, watched.channel_id)
        except DatabaseError:
            watched.loaded_at = 0.0  # the next round asks again
            return
        for user_id, mark in recent_marks().of(watched.channel_id).items():
            if user_id in marks:
                marks[user_id] = max(marks[user_id], mark)
        watched.load(marks)
