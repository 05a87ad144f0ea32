"""How a consumer's bytes leave: straight to the transport, or as ASGI events on any other server."""

import asyncio
import logging
from collections.abc import Coroutine

from chat import log_ids
from chat.pipeline.frames import SharedFrame, text_frame
from chat.protocol import Close
from chat.sockets.websocket import SCOPE_KEY, SharedFrameProtocol

logger = logging.getLogger(__name__)
MAX_WAITING_SENDS = 256


def outlet_for(consumer) -> "DirectOutlet | PlainOutlet":
    """The direct way where the server is ours, else the plain one."""
    socket = consumer.scope.get("extensions", {}).get(SCOPE_KEY)
    return DirectOutlet(consumer, socket) if socket is not None else PlainOutlet(consumer)


class _Tasks:
    """Keeps the few tasks of a socket (subscribing, first authorisation) alive and in order."""

    def __init__(self, consumer) -> None:
        self._consumer = consumer
        self._last: asyncio.Task | None = None

    @property
    def busy(self) -> bool:
        """Whether something is still waited for: what comes next has to stand behind it."""
        return self._last is not None and not self._last.done()

    def start(self, coroutine: Coroutine) -> None:
        self._last = asyncio.ensure_future(self._after(self._last, coroutine))

    async def _after(self, earlier: asyncio.Task | None, coroutine: Coroutine) -> None:
        log_ids.enter(self._consumer.log_ids)
        if earlier is not None and not earlier.done():
            await asyncio.wait([earlier])
        try:
            await coroutine
        except Exception:
            logger.exception("socket: a fault of ours")
            self._consumer.close(Close.FAULT)
        finally:
            if self._last is asyncio.current_task():
                self._last = None  # ten thousand idle sockets keep no finished task each


class DirectOutlet(_Tasks):
    """Shared frames onto the transport of chat.sockets.websocket: one call, no copy, no task."""

    def __init__(self, consumer, socket: SharedFrameProtocol) -> None:
        super().__init__(consumer)
        self._socket = socket

    def open(self) -> None:
        """From now on messages go straight to the consumer."""
        consumer, socket = self._consumer, self._socket
        socket.on_resume = lambda: consumer.node.hub.catch_up(consumer)
        socket.has_appends = lambda: consumer.appends > 0
        socket.deliver_to(consumer.receive_frame)

    @property
    def paused(self) -> bool:
        return self._socket.paused

    @property
    def draining(self) -> bool:
        return self._socket.draining

    def write(self, frame: SharedFrame) -> None:
        self._socket.write(frame.deflated if self._socket.deflates else frame.plain)

    def write_text(self, payload: bytes) -> None:
        self._socket.reply(text_frame(payload))

    def close(self, code: int) -> None:
        self._socket.close(code)


class PlainOutlet(_Tasks):
    """`websocket.send` events from one task, for servers that give no transport (daphne, test clients).

    Slower by far, and it cannot share deflated frames; the guarantees are the same.
    """

    draining = False

    def __init__(self, consumer) -> None:
        super().__init__(consumer)
        self._waiting: asyncio.Queue[dict] = asyncio.Queue()
        self._sender: asyncio.Task | None = None

    def open(self) -> None:
        """Nothing to arrange: events reach the consumer by themselves."""

    @property
    def paused(self) -> bool:
        return self._waiting.qsize() >= MAX_WAITING_SENDS

    def write(self, frame: SharedFrame) -> None:
        for payload in frame.payloads:
            self.write_text(payload)

    def write_text(self, payload: bytes) -> None:
        self._put({"type": "websocket.send", "text": payload.decode()})

    def close(self, code: int) -> None:
        self._put({"type": "websocket.close", "code": int(code)})

    def _put(self, event: dict) -> None:
        self._waiting.put_nowait(event)
        if self._sender is None or self._sender.done():
            self._sender = asyncio.ensure_future(self._send())

    async def _send(self) -> None:
        while not self._waiting.empty():
            event = self._waiting.get_nowait()
            try:
                await self._consumer.send(event)
            except Exception:  # each server has its own exception for a peer that is gone
                return
            if self._consumer.user_id and self._waiting.qsize() == MAX_WAITING_SENDS // 2:
                self._consumer.node.hub.catch_up(self._consumer)
