"""Several web processes behind one address: what each does, and the parent that starts and watches them.

Each listens itself with SO_REUSEPORT, so the kernel deals new connections out to those that live.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time

logger = logging.getLogger(__name__)
NUMBER = "MESSENGER_PROCESS_NUMBER"
POLL_SECONDS = 0.1
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30
# Who lived so long did not die of its start: the next pause is the first one again.
STEADY_SECONDS = 30
# A terminal and whoever started us pass on the same Ctrl-C: signals so close together are one wish.
SAME_WISH_SECONDS = 1
HURRIED_SECONDS = 3
PATIENCE_SECONDS = 10  # beyond the drain, for letting go of the log
# A process that drained may still end by the signal that asked it to, as uvicorn does.
CLEAN_STATUSES = {0, -signal.SIGTERM, -signal.SIGINT}


def own_number() -> int:
    """Which of several web processes this is, from 1; 0 for a web process without siblings."""
    return int(os.environ.get(NUMBER, "0"))


def bind_shared(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host, shared with the siblings. It listens once the server starts."""
    return [_bind(family, address, shared=True) for family, address in _addresses(host, port)]


def refuse_taken_address(host: str, port: int) -> None:
    """Raises OSError when somebody listens there: with SO_REUSEPORT two sites would share it unnoticed."""
    for family, address in _addresses(host, port):
        _bind(family, address, shared=False).close()


def _addresses(host: str, port: int) -> list[tuple[int, tuple]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _bind(family: int, address: tuple, *, shared: bool) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def end_with_parent(drain_seconds: float) -> None:
    """Drain when the parent is gone, even by kill -9: standard input is a pipe whose other end it holds."""

    def wait_for_its_end() -> None:
        os.read(sys.stdin.fileno(), 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(drain_seconds + PATIENCE_SECONDS)
        os._exit(1)

    threading.Thread(target=wait_for_its_end, name="parent", daemon=True).start()


class _Child:
    """One web process: runs, or is to be started at `start_at`."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.handle: subprocess.Popen | None = None
        self.started_at = self.start_at = 0.0
        self.pause_seconds = FIRST_PAUSE_SECONDS

    @property
    def runs(self) -> bool:
        return self.handle is not None and self.handle.poll() is None

    def start(self) -> None:
        # A group of its own: a Ctrl-C in the terminal reaches it through the parent alone, once.
        self.handle = subprocess.Popen(
            [sys.executable, sys.argv[0], "web", "--skip-checks"],
            env={**os.environ, NUMBER: str(self.number)},
            stdin=subprocess.PIPE,
            process_group=0,
        )
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Start it when its time has come; once it died, say so and set the time."""
        if self.handle is None:
            if time.monotonic() >= self.start_at:
                self.start()
        elif not self.runs:
            if time.monotonic() - self.started_at > STEADY_SECONDS:
                self.pause_seconds = FIRST_PAUSE_SECONDS
            logger.error(
                "web: process %d (pid %d) ended with status %d; it is started again in %g s",
                self.number,
                self.handle.pid,
                self.handle.returncode,
                self.pause_seconds,
            )
            self.start_at = time.monotonic() + self.pause_seconds
            self.pause_seconds = min(2 * self.pause_seconds, LONGEST_PAUSE_SECONDS)
            self.handle.stdin.close()
            self.handle = None


class Siblings:
    """The parent of `count` web processes. It serves nobody and listens nowhere."""

    def __init__(self, count: int, drain_seconds: float) -> None:
        self._children = [_Child(number) for number in range(1, count + 1)]
        self._drain_seconds = drain_seconds
        self._asked_at = 0.0
        self._hurried = False

    def run(self) -> int:
        """Keep all running until SIGTERM or SIGINT, then drain all; returns the exit status. A second
        signal ends what still drains within HURRIED_SECONDS."""
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, self._ask_to_end)
        logger.info("web: %d processes", len(self._children))
        while not self._asked_at:
            for child in self._children:
                child.look_after()
            time.sleep(POLL_SECONDS)
        return self._drain()

    def _ask_to_end(self, *_) -> None:
        now = time.monotonic()
        self._asked_at = self._asked_at or now
        self._hurried = now - self._asked_at > SAME_WISH_SECONDS

    def _drain(self) -> int:
        self._tell(signal.SIGTERM)
        deadline = time.monotonic() + self._drain_seconds + PATIENCE_SECONDS
        hurried = False
        while self._running() and time.monotonic() < deadline:
            if self._hurried and not hurried:
                hurried = True
                deadline = time.monotonic() + HURRIED_SECONDS
                self._tell(signal.SIGINT)  # uvicorn's own sign to wait for nobody
            time.sleep(POLL_SECONDS)
        for child in self._running():
            logger.error("web: process %d does not end and is killed", child.number)
            child.handle.kill()
        statuses = {child.handle.wait() for child in self._children if child.handle}
        return 0 if hurried or CLEAN_STATUSES.issuperset(statuses) else 1

    def _running(self) -> list[_Child]:
        return [child for child in self._children if child.runs]

    def _tell(self, number: signal.Signals) -> None:
        for child in self._running():
            child.handle.send_signal(number)
