"""One channel that has sockets in this process: its ring, and who has read how far."""

import asyncio
from typing import Protocol

from chat import metrics
from chat.pipeline.events import Position
from chat.pipeline.frames import SharedFrame
from chat.pipeline.ring import Ring

# A flush may follow the last one after this many times the time that one took: so fan-out takes at most a
# quarter of the process, whatever the number of sockets, and a quiet channel waits for nothing.
REST = 3
MIN_INTERVAL_SECONDS = 0.010
MAX_INTERVAL_SECONDS = 0.100
CATCH_UP_EVENTS = 500  # a frame for one reader that is behind: small, so that its byte limit can stop it


class Socket(Protocol):
    """What the hub knows of an open socket. `paused`: it owes as many bytes as it may; writing waits."""

    user_id: int
    credential: str
    paused: bool

    def write(self, frame: SharedFrame) -> None: ...
    def notice(self, payload: bytes) -> None: ...
    def subscribed(self, channel_id: int, position: Position, role: str) -> None: ...
    def gap(self, channel_id: int, after: Position, before: Position) -> None: ...
    def removed(self, channel_id: int) -> None: ...
    def close(self, code: int) -> None: ...


def next_to(position: Position) -> Position:
    """The smallest position behind this one, as an exclusive upper bound that includes it."""
    return Position(position.appended_at_ms, position.offset + 1, position.partition)


class LiveChannel:
    """Sockets that are up to date share one cursor (`written`) and so each flush's bytes. One that cannot
    take a frame falls behind with a cursor of its own, and nobody waits for it."""

    def __init__(self, channel_id: int, ring: Ring, loop: asyncio.AbstractEventLoop) -> None:
        self.channel_id = channel_id
        self.ring = ring
        self.current: set[Socket] = set()
        self.behind: dict[Socket, tuple[int, Position]] = {}  # cursor, and the position before it
        self._loop = loop
        self._written = ring.end
        self.position = ring.position  # where the up-to-date sockets stand
        self._timer: asyncio.TimerHandle | None = None
        self._rested_at = 0.0
        self._frames: dict[int, SharedFrame] = {}  # for readers behind, by cursor, until the next flush

    def __len__(self) -> int:
        return len(self.current) + len(self.behind)

    def __contains__(self, socket: Socket) -> bool:
        return socket in self.current or socket in self.behind

    @property
    def idle(self) -> bool:
        """Whether everything in the ring was written."""
        return self._written == self.ring.end

    def add(self, socket: Socket, since: Position | None) -> None:
        """Send the socket what it missed since that position (nothing without one), then what comes."""
        if since is None:
            self.current.add(socket)
            return
        if since < self.ring.floor:
            self._tell_gap(socket, since)
            since = self.ring.floor
        cursor = self.ring.cursor_after(since)
        if cursor > self._written:
            self.flush()
        self.behind[socket] = (cursor, since)
        self.catch_up(socket)

    def remove(self, socket: Socket) -> None:
        self.current.discard(socket)
        self.behind.pop(socket, None)

    def schedule(self) -> None:
        """Flush now if the channel rested long enough, else as soon as it has."""
        if self._timer is not None:
            return
        wait = self._rested_at - self._loop.time()
        if wait <= 0:
            self.flush()
        else:
            self._timer = self._loop.call_later(wait, self.flush)

    def flush(self) -> None:
        """Write what the up-to-date sockets have not seen, as one shared frame; then help those behind."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        started_at = self._loop.time()
        end = self.ring.end
        if self._written < end:
            self._frames.clear()
            self._write_current()
            self._written, self.position = end, self.ring.position
        for socket in [socket for socket in self.behind if not socket.paused]:
            self.catch_up(socket)
        took = self._loop.time() - started_at
        metrics.flush_seconds.observe(took)
        rest = min(MAX_INTERVAL_SECONDS, max(MIN_INTERVAL_SECONDS, REST * took))
        self._rested_at = started_at + took + rest

    def _write_current(self) -> None:
        if self._written < self.ring.first:  # a burst beyond the ring: everybody pages the hole
            stalled = list(self.current)
        else:
            frame = SharedFrame(self.channel_id, self.ring.since(self._written))
            stalled = []
            for socket in self.current:
                if socket.paused:
                    stalled.append(socket)
                else:
                    socket.write(frame)
            metrics.deliveries.add(frame.events * (len(self.current) - len(stalled)))
            metrics.frame_bytes.observe(frame.size)
        for socket in stalled:
            self.current.discard(socket)
            self.behind[socket] = (self._written, self.position)

    def catch_up(self, socket: Socket) -> None:
        """Write what a reader behind may take; up to date again, it rejoins the others."""
        cursor, after = self.behind[socket]
        while cursor < self._written and not socket.paused:
            if cursor < self.ring.first:
                self._tell_gap(socket, after)
                cursor, after = self.ring.first, self.ring.floor
                continue
            frame = self._frames.get(cursor)
            if frame is None:
                most = min(CATCH_UP_EVENTS, self._written - cursor)
                frame = SharedFrame(self.channel_id, self.ring.since(cursor)[:most])
                self._frames[cursor] = frame
            socket.write(frame)
            metrics.deliveries.add(frame.events)
            cursor += frame.events
            after = self.ring.position_before(cursor)
        if cursor == self._written:  # beyond it (over a hole) it stands already where the next flush leads
            del self.behind[socket]
            self.current.add(socket)
        else:
            self.behind[socket] = (cursor, after)

    def _tell_gap(self, socket: Socket, after: Position) -> None:
        metrics.gaps.add()
        socket.gap(self.channel_id, after, next_to(self.ring.floor))
