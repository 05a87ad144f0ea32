"""The live parts of one web process on its event loop: the tail, the hub and the appender."""

import asyncio
import contextlib
import gc
import sys
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, connection
from django.utils import timezone

from chat.pipeline.append import Appender
from chat.pipeline.hub import Hub
from chat.pipeline.parts import close_parts, event_log, recent
from chat.pipeline.tail import Tail
from chat.protocol import Close

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
        self.log = event_log()
        self.appender = Appender(self.log, recent().seen, loop)
        self.hub = Hub(loop)
        self.tail = Tail(self.log, recent(), loop, self.hub.deliver, self.hub.flush)
        self.hub.tail = self.tail
        self._threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="database")
        self._sweeper: asyncio.Task | None = None

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
        self._sweeper = self.loop.create_task(self._sweep())

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
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
        await asyncio.to_thread(self.tail.stop)
        await asyncio.to_thread(close_parts)
        self._threads.shutdown(wait=False)
        Node._current = None

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
