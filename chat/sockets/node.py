"""The live parts of one web process on its event loop: the tail, the hub and the appender."""

import asyncio
import contextlib
import gc
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from chat.messages.repeats import Repeats
from chat.meters import Reading
from chat.pipeline.append import Appender
from chat.pipeline.demand import Demand
from chat.pipeline.events import AccessEvent, MessageEvent, SystemEvent
from chat.pipeline.hub import Hub
from chat.pipeline.parts import close_parts, event_log, recent
from chat.pipeline.tail import Tail
from chat.protocol import Close, hidden
from chat.reading.progress import ReadMarks
from chat.reading.watching import Watching
from chat.reading.whispers import Whisper, Whispers
from chat.sockets.intake import BEAT_SECONDS, Intake
from chat.sockets.rights import Rights
from chat.stomp.heartbeats import Heartbeats
from chat.stomp.messages import Followers

SWEEP_SECONDS = 10
TOLD_AGAIN_SECONDS = 0.5
DATABASE_THREADS = 8
# The reader threads of the log hand the interpreter over more often than by default (5 ms), which would
# otherwise be their latency whenever the loop is busy.
SWITCH_INTERVAL_SECONDS = 0.0005


class Node:
    """Made by `Node.of_this_loop()`, one per process; stopped by the server's shutdown."""

    _current: "Node | None" = None

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.limited = settings.RATE_LIMITS
        self.leaving = False  # told to end, and serving on until others take over
        self.log = event_log()
        self.rights = Rights(self.in_thread, lambda channel_id: self.demand.follow(channel_id))
        self.repeats = Repeats(recent().seen, self.in_thread)
        self.hub = Hub(loop, self._heed, self.rights.slow)
        self.whispers = Whispers(self._hear)
        self.watching = Watching(loop, self.hub, self.whispers, self.in_thread)
        self.reading = ReadMarks(self.hub, self.whispers, self.in_thread, self.watching.follow)
        everything = settings.FOLLOW_PARTITIONS == "all"
        self.tail = Tail(self.log, recent(), loop, self.hub.deliver, self.hub.flush, everything=everything)
        self.hub.tail = self.tail
        self.demand = Demand(self.tail, self.rights.forget)
        appender = Appender(self.log, recent().seen, loop)
        self.intake = Intake(appender, lambda: self.tail.delivery_seconds, self.rights)
        self.heartbeats = Heartbeats(loop)
        self.followers = Followers()
        self._threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="database")
        self._tasks: list[asyncio.Task] = []

    @classmethod
    def running(cls) -> "Node | None":
        """The node of this process, if it serves."""
        return cls._current

    @classmethod
    def of_this_loop(cls) -> "Node":
        """The node of the running loop; the first call starts it."""
        loop = asyncio.get_running_loop()
        if cls._current is None or cls._current.loop is not loop:
            cls._current = cls(loop)
            cls._current._start()
        return cls._current

    def _start(self) -> None:
        sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
        # Sockets by the thousand make many long-lived objects: scanning them again and again costs pauses.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        self.tail.start()
        lasting = (
            self._sweep(),
            self._beat(),
            self.reading.keep(),
            self.watching.refresh(),
            self.whispers.listen(),
            self.whispers.speak(),
        )
        self._tasks = [self.loop.create_task(one) for one in lasting]

    async def in_thread(self, function, *arguments):
        """Run something that reads the database in one of a few threads.

        Not `sync_to_async`: that has one thread for all sockets of the process.
        """
        return await self.loop.run_in_executor(self._threads, _with_connection, function, arguments)

    async def tail_is_ready(self, timeout_seconds: float) -> bool:
        """Wait until the tail read what was in the log at the start; False when it could not in time."""
        if self.tail.ready.is_set():
            return True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self.tail.ready.wait()
        return self.tail.ready.is_set()

    async def stop(self) -> None:
        """Confirm or refuse what is under way and let go of the log."""
        await end_all(self._tasks)
        await self.reading.flush()
        await self.whispers.send()
        await asyncio.to_thread(self.tail.stop)
        await asyncio.to_thread(close_parts)
        self._threads.shutdown(wait=False)
        Node._current = None

    def _heed(self, change: SystemEvent | AccessEvent | MessageEvent) -> None:
        self.rights.heed(change)
        self.watching.heed(change)

    def tell_hidden(self, channel_id: int, user_id: int) -> None:
        """This person hid a talk of two: their windows hear of it, in this process and in the others."""
        self._tell_windows(channel_id, user_id)
        self.whispers.say(["hidden", channel_id, user_id])

    def _tell_windows(self, channel_id: int, user_id: int) -> None:
        for socket in self.hub.sockets_of(user_id):
            socket.notice(hidden(channel_id))

    def _hear(self, process: str, whisper: Whisper) -> None:
        match whisper:
            case ["read", *rest]:
                self.reading.hear(*rest)
            case ["hidden", channel_id, user_id]:
                self._tell_windows(channel_id, user_id)
            case _:
                self.watching.hear(process, whisper)

    async def _beat(self) -> None:
        while True:
            self.intake.beat()
            await asyncio.sleep(BEAT_SECONDS)

    async def _sweep(self) -> None:
        """Close sockets whose log-in ran out; revoked ones are closed at once by their event on the log. And
        let go of partitions that nobody needs."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.demand.leave_unneeded(self.hub.channels)
            now = timezone.now()
            for socket in self.hub.sockets:
                if socket.expires_at is not None and socket.expires_at <= now:
                    socket.close(Close.NOT_LOGGED_IN)


async def end_all(tasks: Iterable[asyncio.Task]) -> None:
    """Cancel them, again until all have ended: a library that waits with a time limit may swallow a
    cancellation that comes just as its answer does (`asyncio.wait_for` before Python 3.12), as the Redis
    one does."""
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=TOLD_AGAIN_SECONDS)


def _with_connection(function, arguments):
    """These threads keep their database connections: making one costs more than what is asked here. One that
    broke meanwhile is made anew, and the question, which changes nothing, asked again."""
    try:
        return function(*arguments)
    except DatabaseError:
        connection.close()
    return function(*arguments)


def _count_sockets() -> dict[str, float]:
    node = Node.running()
    return dict(Counter(socket.entrance for socket in node.hub.sockets)) if node else {}


def _of_hub(count) -> float:
    node = Node.running()
    return count(node.hub) if node else 0


Reading("messenger_sockets", "Open sockets that logged in, by entrance.", _count_sockets, label="entrance")
Reading(
    "messenger_subscriptions",
    "Channels followed, each socket counted.",
    lambda: _of_hub(Hub.count_subscriptions),
)
Reading(
    "messenger_partitions_followed",
    "Partitions of the log that this process follows; 0 is all of them.",
    lambda: node.demand.count() if (node := Node.running()) else 0,
)
Reading(
    "messenger_readers_behind", "Those of them whose reader is behind.", lambda: _of_hub(Hub.count_behind)
)
Reading(
    "messenger_appends_under_way",
    "Messages handed to the log and not answered.",
    lambda: node.intake.under_way if (node := Node.running()) else 0,
)
