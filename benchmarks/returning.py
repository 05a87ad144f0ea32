"""Clients that come back by themselves as `static/js/socket.js` does, and count everything they receive."""

import asyncio
import random
import time

import msgspec
from picows import WSCloseCode, WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from chat.loadtest.counting import Receipts
from chat.loadtest.frames import Event, FrameReader
from chat.loadtest.history import GapFiller
from chat.loadtest.plan import VirtualUser
from chat.loadtest.tally import Tally
from chat.loadtest.websocket import socket_url

FIRST_DELAY_SECONDS, MOST_DELAY_SECONDS = 0.5, 20.0
_HANDSHAKE_SECONDS = 60
_HEADERS = {
    "Sec-WebSocket-Extensions": "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
}
_encode = msgspec.json.Encoder().encode


class ReturningClient(WSListener):
    """One member: subscribed, gone, back with `since`. `subscribed_at` is monotonic seconds, 0 while away.

    `tally`, `user` and `take_page` are what a GapFiller needs of it.
    """

    def __init__(
        self, url: str, user: VirtualUser, reader: FrameReader, gaps: GapFiller, tally: Tally
    ) -> None:
        self.user, self.tally = user, tally
        self.receipts = Receipts()
        self.subscribed_at = 0.0
        self.tries = 0
        self._url = socket_url(url)
        self._reader, self._gaps = reader, gaps
        self._since = ""
        self._attempt = 0
        self._transport: WSTransport | None = None
        self._closed: asyncio.Future | None = None

    async def live(self) -> None:
        """Stay connected, or trying to, until cancelled."""
        headers = {"Authorization": f"Bearer {self.user.token}", **_HEADERS}
        while True:
            self._closed = asyncio.get_running_loop().create_future()
            self.tries += 1
            try:
                self._transport, _ = await ws_connect(
                    lambda: self,
                    self._url,
                    extra_headers=headers,
                    websocket_handshake_timeout=_HANDSHAKE_SECONDS,
                )
                self._subscribe()
                await self._closed
            except (OSError, TimeoutError, WSError):
                pass
            self.subscribed_at = 0.0
            await asyncio.sleep(self._delay())

    def leave(self) -> None:
        """Say good-bye."""
        if self._transport is not None:
            self._transport.disconnect()

    def take_page(self, batch, now_us: float) -> None:
        """Book messages that were paged from history to close a gap."""
        self.receipts.fill(batch)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Called by picows for every frame."""
        if frame.msg_type is WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
            return
        self._attempt = 0
        read = self._reader.read(frame.get_payload_as_bytes(), frame.rsv1)
        for event in read.notices:
            self._heed(event)
        if read.batch is not None:
            self.receipts.accept(read.batch)
            self._since = max(self._since, read.batch.highest)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Called by picows when the connection is gone."""
        self._transport = None
        if not self._closed.done():
            self._closed.set_result(None)

    def _subscribe(self) -> None:
        if self._transport is None:
            return
        frame = {"op": "subscribe", "channel": self._reader.channel}
        self._transport.send(
            WSMsgType.TEXT, _encode({**frame, "since": self._since} if self._since else frame)
        )

    def _heed(self, event: Event) -> None:
        if event.op == "subscribed":
            self.subscribed_at = time.monotonic()
            self._since = self._since or event.position
        elif event.op == "gap":
            self.tally.gaps += 1
            self._since = max(self._since, event.before)
            self._gaps.found_gap(self, event.after, event.before)
        elif event.op == "error" and event.retry_after_ms:
            asyncio.get_running_loop().call_later(event.retry_after_ms / 1000, self._subscribe)
        elif event.op == "error":
            self.tally.errors[f"error {event.code}"] += 1

    def _delay(self) -> float:
        longest = min(MOST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2**self._attempt)
        self._attempt += 1
        return longest * random.uniform(0.5, 1)
