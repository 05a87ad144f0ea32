"""The live parts of one web process on its event loop: the tail, the hub and the appender."""

import asyncio
import contextlib
import gc
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from chat.intake import BEAT_SECONDS, Intake
from chat.meters import Reading
from chat.pipeline.append import Appender
from chat.pipeline.hub import Hub
from chat.pipeline.parts import close_parts, event_log, recent
from chat.pipeline.tail import Tail
from chat.protocol import Close
from chat.repeats import Repeats
from chat.rights import Rights
from chat.stomp.heartbeats import Heartbeats
from chat.stomp.messages import Followers

SWEEP_SECONDS = 10
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
        self.log = event_log()
        self.rights = Rights(self.in_thread)
        self.repeats = Repeats(recent().seen, self.in_thread)
        self.hub = Hub(loop, self.rights.heed)
        self.tail = Tail(self.log, recent(), loop, self.hub.deliver, self.hub.flush)
        self.hub.tail = self.tail
        appender = Appender(self.log, recent().seen, loop)
        self.intake = Intake(appender, lambda: self.tail.delivery_seconds)
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
        self._tasks = [self.loop.create_task(self._sweep()), self.loop.create_task(self._beat())]

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
            await asyncio.wait_for(self.tail.ready.wait(), timeout_seconds)
        return self.tail.ready.is_set()

    async def stop(self) -> None:
        """Confirm or refuse what is under way and let go of the log."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self.tail.stop)
        await asyncio.to_thread(close_parts)
        self._threads.shutdown(wait=False)
        Node._current = None

    async def _beat(self) -> None:
        while True:
            self.intake.beat()
            await asyncio.sleep(BEAT_SECONDS)

    async def _sweep(self) -> None:
        """Close sockets whose log-in ran out. Revoked ones are closed at once by their event on the log."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = timezone.now()
            for socket in self.hub.sockets:
                if socket.expires_at is not None and socket.expires_at <= now:
                    socket.close(Close.NOT_LOGGED_IN)


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
    "messenger_readers_behind", "Those of them whose reader is behind.", lambda: _of_hub(Hub.count_behind)
)
Reading(
    "messenger_appends_under_way",
    "Messages handed to the log and not answered.",
    lambda: node.intake.under_way if (node := Node.running()) else 0,
)
