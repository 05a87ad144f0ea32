"""Everything between the tail and the sockets of one web process. Lives on the loop; nothing here waits."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Container

from chat import protocol
from chat.pipeline.events import (
    CONTROL_PREFIXES,
    SYSTEM_PREFIX,
    AccessEvent,
    ArrivalEvent,
    Position,
    SystemEvent,
    decode,
)
from chat.pipeline.live import LiveChannel, Socket
from chat.pipeline.ring import Ring
from chat.pipeline.tail import Tail

logger = logging.getLogger(__name__)
HEEDED = (SYSTEM_PREFIX, *CONTROL_PREFIXES)  # what the hub itself acts on; all else is only passed on


class Hub:
    """Delivers each event of the log once to each socket that is subscribed to its channel, in log order.

    Membership changes are events of the same log: whoever leaves or is kicked gets what stands before that
    event, then `removed`, and nothing behind it.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        heed: Callable[[object], None],
        watched: Container[int] = (),
    ) -> None:
        self.tail: Tail | None = None
        self._loop = loop
        self._heed = heed  # is told of every change before its sockets are
        self._watched = watched  # channels of which it is told everything
        self._live: dict[int, LiveChannel] = {}
        self._sockets: dict[int, set[Socket]] = defaultdict(set)
        self._subscriptions: dict[Socket, set[int]] = {}
        self._touched: set[LiveChannel] = set()

    @property
    def sockets(self) -> list[Socket]:
        return list(self._subscriptions)

    def sockets_of(self, user_id: int) -> list[Socket]:
        """This person's."""
        return list(self._sockets.get(user_id, ()))

    @property
    def channels(self) -> list[int]:
        """Those that sockets of this process are subscribed to."""
        return list(self._live)

    def live(self, channel_id: int) -> LiveChannel | None:
        """The channel, if a socket of this process is subscribed to it."""
        return self._live.get(channel_id)

    def count_subscriptions(self) -> int:
        """Of all sockets together."""
        return sum(len(live) for live in list(self._live.values()))

    def count_behind(self) -> int:
        """Subscriptions whose socket cannot take what there is."""
        return sum(len(live.behind) for live in list(self._live.values()))

    def attach(self, socket: Socket) -> None:
        """A socket was opened."""
        self._sockets[socket.user_id].add(socket)
        self._subscriptions[socket] = set()

    def detach(self, socket: Socket) -> None:
        """A socket is gone. A second call does nothing."""
        for channel_id in self._subscriptions.pop(socket, set()):
            self._leave(socket, channel_id)
        mine = self._sockets.get(socket.user_id)
        if mine is not None:
            mine.discard(socket)
            if not mine:
                del self._sockets[socket.user_id]

    def subscribe(self, socket: Socket, channel_id: int, since: Position | None, role: str) -> None:
        """Answer `subscribed`, then what was missed, then live. Again: begins anew from `since`."""
        if socket not in self._subscriptions:
            return
        live = self._live.get(channel_id) or self._open(channel_id)
        live.remove(socket)
        self._subscriptions[socket].add(channel_id)
        socket.subscribed(channel_id, self._position(live), role)
        live.add(socket, since)

    def unsubscribe(self, socket: Socket, channel_id: int) -> None:
        """Nothing more of this channel goes to this socket."""
        self._subscriptions.get(socket, set()).discard(channel_id)
        self._leave(socket, channel_id)

    def catch_up(self, socket: Socket) -> None:
        """The socket can take bytes again."""
        for channel_id in list(self._subscriptions.get(socket, ())):
            live = self._live[channel_id]
            if socket in live.behind:
                live.catch_up(socket)

    def deliver(self, channel_id: int, event: bytes, position: Position) -> None:
        """The next event of the log. What is written waits for `flush`."""
        heeded = event.startswith(HEEDED) or channel_id in self._watched
        change = self._decode(event) if heeded else None
        if change is not None:
            self._carry_out(change)
        live = self._live.get(channel_id)
        if live is not None:
            # A late timer must not cost those who are up to date a hole: all of them would page at once.
            if live.ring.is_full and not live.idle:
                live.flush()
            live.ring.append(event, position)
            self._touched.add(live)

    def flush(self) -> None:
        """The end of a batch: every channel that got events flushes, or will when it has rested."""
        touched, self._touched = self._touched, set()
        for live in touched:
            live.schedule()

    def _open(self, channel_id: int) -> LiveChannel:
        recent = self.tail.recent
        ring = Ring(recent.floor(self.tail.partition_of(channel_id)))
        for event, position in recent.of(channel_id):
            ring.append(event, position)
        live = self._live[channel_id] = LiveChannel(channel_id, ring, self._loop)
        return live

    def _position(self, live: LiveChannel) -> Position:
        if not live.idle:
            return live.position
        head = self.tail.recent.head(self.tail.partition_of(live.channel_id))
        return max(head, live.position)

    def _leave(self, socket: Socket, channel_id: int) -> None:
        live = self._live.get(channel_id)
        if live is not None:
            live.remove(socket)
            if not live:
                del self._live[channel_id]

    @staticmethod
    def _decode(event: bytes):
        try:
            return decode(event)
        except ValueError:
            logger.error("hub: an event of the log cannot be read and is passed on as it is")
            return None

    def _carry_out(self, change) -> None:
        self._heed(change)
        match change:
            case ArrivalEvent(user=user_id, into=channel_id):
                for socket in self.sockets_of(user_id):
                    socket.notice(protocol.joined(channel_id))
            case SystemEvent(kind="left" | "removed", user=user_id, channel=channel_id):
                self._cut_off(channel_id, user_id)
            case SystemEvent(kind="closed", channel=channel_id):
                self._cut_off(channel_id, None)
            case AccessEvent(user=user_id, credential=credential):
                for socket in list(self._sockets.get(user_id, ())):
                    if credential in (None, socket.credential):
                        socket.close(protocol.Close.NOT_LOGGED_IN)

    def _cut_off(self, channel_id: int, user_id: int | None) -> None:
        """End the subscriptions of somebody (or all) to a channel between two events of the log."""
        live = self._live.get(channel_id)
        if live is None:
            return
        leaving = [
            socket for socket in (*live.current, *live.behind) if user_id is None or socket.user_id == user_id
        ]
        if not leaving:
            return
        live.flush()
        for socket in leaving:
            self.unsubscribe(socket, channel_id)
            socket.removed(channel_id)
