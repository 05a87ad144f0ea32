"""The contract's WebSocket as a transport of the load test: one socket a member, picows for the framing."""

import asyncio

import msgspec
from picows import WSCloseCode, WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from chat.loadtest.frames import Event, FrameReader, MalformedFrame, header_bytes
from chat.loadtest.members import Member, monotonic_us

# Frames are compressed from a fresh state, so that identical ones stay identical bytes for everybody.
_EXTENSIONS = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
_MAX_FRAME_BYTES = 16 * 1024 * 1024
_encode = msgspec.json.Encoder().encode


class MemberSocket(WSListener):
    """Hands what arrives to its member. `pacing` is asked on every frame, so that a burst delays no send.

    Another protocol over WebSocket is a subclass with its own headers, entry and message.
    """

    protocol_headers: dict[str, str] = {}

    def __init__(self, member: Member, reader: FrameReader, pacing) -> None:
        self.member = member
        self.reader = reader
        self.pacing = pacing
        self.transport: WSTransport | None = None
        self.leaving = False
        self._awaited = ""
        self._answer: asyncio.Future | None = None
        self._fragments: list[bytes] = []
        self._compressed = False

    async def open(self, url: str, source_address: str | None = None) -> None:
        """Connect, and subscribe if the member receives. Raises ConnectionError with the reason."""
        headers = {
            "Authorization": f"Bearer {self.member.user.token}",
            "Sec-WebSocket-Extensions": _EXTENSIONS,
            **self.protocol_headers,
        }
        where = {"local_addr": (source_address, 0)} if source_address else {}
        try:
            self.transport, _ = await ws_connect(
                lambda: self,
                url,
                extra_headers=headers,
                max_frame_size=_MAX_FRAME_BYTES,
                websocket_handshake_timeout=60,
                **where,
            )
            self.member.connection = self
            await self.enter()
        except (OSError, TimeoutError, WSError) as error:
            raise ConnectionError(f"{self.member.user.username}: {error!r}") from error

    async def enter(self) -> None:
        """Subscribe if the member receives."""
        if self.member.receives:
            subscription = _encode({"op": "subscribe", "channel": self.reader.channel})
            await self.ask(subscription, "subscribed")

    async def ask(self, payload: bytes, answer: str) -> None:
        """Send, and wait for the notice of that name. Raises ConnectionError for a refusal, TimeoutError."""
        self._awaited = answer
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.send(WSMsgType.TEXT, payload)
        try:
            await asyncio.wait_for(self._answer, timeout=60)
        finally:
            self._answer = None

    def send_message(self, client_id: str, text: str) -> None:
        """Send one message frame."""
        frame = {"op": "send", "channel": self.reader.channel, "client_id": client_id, "text": text}
        self.transport.send(WSMsgType.TEXT, _encode(frame))

    def forget(self, client_id: str) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Say good-bye; what comes after is not counted."""
        self.leaving = True
        if self.transport is not None:
            self.transport.send_close(WSCloseCode.OK)
            self.transport.disconnect()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Called by picows for every frame."""
        now_us = monotonic_us()
        if frame.msg_type is WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
            return
        payload = frame.get_payload_as_bytes()
        self.member.tally.wire_bytes += len(payload) + header_bytes(len(payload))
        compressed = frame.rsv1
        if self._fragments or not frame.fin:
            payload, compressed = self._joined(frame, payload)
        if payload is not None:
            self._take(payload, compressed, now_us)
        if now_us >= self.pacing.next_us:
            self.pacing.send_due(now_us)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Called by picows when the connection is gone."""
        received = transport.close_handshake and transport.close_handshake.recv
        code = int(received.code) if received else 1006
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError(f"closed with {code}"))
        if not self.leaving:
            self.member.cut_off(code)

    def _take(self, payload: bytes, compressed: bool, now_us: float) -> None:
        try:
            frame = self.reader.read(payload, compressed)
        except MalformedFrame:
            self.member.tally.errors["malformed frame"] += 1
            return
        if self._answer is not None:
            self._look_for_answer(frame.notices)
        self.member.take(frame, now_us)

    def _look_for_answer(self, notices: list[Event]) -> None:
        for event in notices:
            if event.op == self._awaited and not self._answer.done():
                self._answer.set_result(None)
            elif event.op in ("error", "nack") and not self._answer.done():
                self._answer.set_exception(ConnectionError(f"refused: {event.code} {event.detail or ''}"))

    def _joined(self, frame: WSFrame, payload: bytes) -> tuple[bytes | None, bool]:
        if not self._fragments:
            self._compressed = frame.rsv1
        self._fragments.append(payload)
        if not frame.fin:
            return None, False
        whole = b"".join(self._fragments)
        self._fragments.clear()
        return whole, self._compressed


def socket_url(url: str, path: str = "/ws/") -> str:
    """The address of a socket on that site."""
    return url.rstrip("/").replace("http", "ws", 1) + path
