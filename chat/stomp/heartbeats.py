"""Heart-beats and patience of all STOMP sockets of a process: one timer, however many they are."""

import asyncio
import re
from dataclasses import dataclass
from typing import Protocol

SWEEP_SECONDS = 1.0
# What we offer and ask for; a client's own wish counts when it is longer. Ours comes so much earlier, that
# the sweep never makes it late.
OFFERED_MS = WANTED_MS = 10_000
# Networks and tabs in the background are late; the specification asks for an error margin.
GRACE = 2
CONNECT_SECONDS = 10
_WISH = re.compile(r"([0-9]{1,9}),([0-9]{1,9})")


class Beating(Protocol):
    """A socket that is swept."""

    heard_at: float  # when bytes came last (until CONNECT: when it was opened), in the loop's time

    def beat(self) -> None: ...
    def fall_silent(self) -> None: ...


@dataclass(slots=True)
class Rhythm:
    """What was agreed with one client, in seconds; 0: not at all."""

    send_every: float
    hear_within: float
    sent_at: float


def agree(wish: str) -> tuple[float, float]:
    """Seconds between our heart-beats and between the client's, from its `heart-beat` header (ms,ms).

    Raises ValueError for a header that says neither.
    """
    said = _WISH.fullmatch(wish)
    if said is None:
        raise ValueError("no heart-beat")
    offered_ms, wanted_ms = int(said[1]), int(said[2])
    ours = max(OFFERED_MS, wanted_ms) if wanted_ms else 0
    theirs = max(WANTED_MS, offered_ms) if offered_ms else 0
    return ours / 1000, theirs / 1000


class Heartbeats:
    """Use from the loop's thread only; sweeps while there are sockets."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._rhythms: dict[Beating, Rhythm] = {}
        self._timer: asyncio.TimerHandle | None = None

    def expect_connect(self, socket: Beating) -> None:
        """The socket is open; it falls silent if it does not agree on a rhythm in CONNECT_SECONDS."""
        self._rhythms[socket] = Rhythm(0, CONNECT_SECONDS, 0)
        if self._timer is None:
            self._timer = self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def begin(self, socket: Beating, send_every: float, hear_within: float) -> None:
        """The rhythm from now on, as `agree` gave it."""
        self._rhythms[socket] = Rhythm(send_every, hear_within * GRACE, self._loop.time())

    def end(self, socket: Beating) -> None:
        """The socket is gone. A second call does nothing."""
        self._rhythms.pop(socket, None)

    def _sweep(self) -> None:
        now = self._loop.time()
        self._timer = self._loop.call_later(SWEEP_SECONDS, self._sweep) if self._rhythms else None
        for socket, rhythm in list(self._rhythms.items()):
            if rhythm.hear_within and now - socket.heard_at > rhythm.hear_within:
                self.end(socket)
                socket.fall_silent()
            elif rhythm.send_every and now - rhythm.sent_at >= rhythm.send_every - SWEEP_SECONDS:
                rhythm.sent_at = now
                socket.beat()
