"""The honest place to reach the transport: uvicorn's WebSocket protocol with shared frames and limits.

Given to uvicorn with `--ws chat.sockets.websocket:SharedFrameProtocol`. The ASGI interface stays: a consumer
that finds this object in its scope writes and reads through it directly, any other uses plain events.
"""

import asyncio
import os
from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import PayloadTooBig
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.frames import Close as CloseFrame

from chat import metrics
from chat.pipeline.frames import WINDOW_BITS
from chat.protocol import MAX_FRAME_BYTES, Close

SCOPE_KEY = "messenger.socket"
MAX_OWED_BYTES = 256 * 1024  # beyond, the socket is paused and falls behind; uvicorn itself has no limit
# Answers go to a paused socket too. Whoever lets so many pile up is not read from until it reads: at most
# another 256 KB of requests, what one read from the kernel brings, are still answered.
MAX_OWED_WITH_ANSWERS = 512 * 1024
LINGER_SECONDS = 5
DRAIN_SECONDS = 8
DRAIN_POLL_SECONDS = 0.02


class SharedFrameProtocol(WebSocketsSansIOProtocol):
    """One socket. Differences to uvicorn's own: no deflate context kept per socket (34 KB each), messages
    go straight to `on_text` once a consumer set it, a byte limit on what the peer owes, own close codes,
    and a shutdown that waits for appends under way."""

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        self.on_text: Callable[[bytes], None] | None = None
        self.on_resume: Callable[[], None] | None = None
        self.has_appends: Callable[[], bool] = lambda: False
        self.paused = False
        self.deflates = False
        self.draining = False
        self._reading_stopped = False
        self._drain_until = 0.0
        self._file_number: int | None = None
        self.conn.max_message_size = MAX_FRAME_BYTES
        if self.config.ws_per_message_deflate:
            self.conn.available_extensions = [
                ServerPerMessageDeflateFactory(
                    server_no_context_takeover=True, client_no_context_takeover=True
                )
            ]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=MAX_OWED_BYTES)
        if transport.get_extra_info("sslcontext") is None:
            self._file_number = transport.get_extra_info("socket").fileno()

    def handle_connect(self, event) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.deflates = any(
                isinstance(extension, PerMessageDeflate) and extension.local_max_window_bits == WINDOW_BITS
                for extension in self.conn.extensions
            )
            self.scope["extensions"][SCOPE_KEY] = self

    def send_receive_event_to_app(self) -> None:
        if self.on_text is None or self.close_sent:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        self.on_text(data)

    def deliver_to(self, on_text: Callable[[bytes | str], None]) -> None:
        """From now on messages go straight there: first those that came while nobody listened, in order."""
        self.on_text = on_text
        self.request = self.response = None  # the handshake is over, and an idle socket is to cost little
        waiting = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        for event in waiting:
            if event["type"] == "websocket.receive":
                on_text(event.get("text") or event.get("bytes") or b"")
            else:
                self.queue.put_nowait(event)
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def write(self, data: bytes) -> None:
        """Finished frames onto the wire. Nothing once the socket is closing.

        While nothing waits in the transport they go straight to the kernel: a third cheaper than through
        its queue, and the first of 2,000 does not wait for the last. What the kernel does not take, and
        everything behind it, goes through the transport, so the order stays.
        """
        transport = self.transport
        # A closing transport may have given its file number to the next connection already.
        if self.close_sent or transport.is_closing():
            return
        if self._file_number is not None and not transport.get_write_buffer_size():
            try:
                sent = os.write(self._file_number, data)
            except OSError:  # full, or broken: the transport finds out
                sent = 0
            if sent == len(data):
                return
            data = memoryview(data)[sent:]
        transport.write(data)

    def reply(self, data: bytes) -> None:
        """A finished frame that answers the peer. Who does not read its answers is not read from."""
        self.write(data)
        owed = self.transport.get_write_buffer_size() if self.paused else 0
        if owed > MAX_OWED_WITH_ANSWERS and not self._reading_stopped:
            self._reading_stopped = True
            self.transport.pause_reading()

    def pause_writing(self) -> None:
        self.paused = True
        super().pause_writing()

    def resume_writing(self) -> None:
        self.paused = False
        super().resume_writing()
        if self._reading_stopped:
            self._reading_stopped = False
            self.transport.resume_reading()
        if self.on_resume is not None:
            self.on_resume()

    def close(self, code: int, reason: str = "") -> None:
        """Say why and end the socket."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        # The transport stays open until the peer's close frame is here (see handle_close): to close it while
        # the peer still sends would reset the connection, and what was said last would be lost. While this
        # timer runs uvicorn does not close either; the peer's close frame ends it.
        self.close_timer = self.loop.call_later(LINGER_SECONDS, self.transport.close)
        if self._reading_stopped or self.read_paused:
            self._reading_stopped = self.read_paused = False
            self.transport.resume_reading()
        # Closing waits until the peer read what it owes; one that does not would keep those bytes for ever.
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def handle_parser_exception(self) -> None:
        if isinstance(self.conn.parser_exc, PayloadTooBig):
            self.conn.data_to_send()  # the library's own 1009
            self.transport.write(_close_frame(Close.TOO_LARGE))
            self.queue.put_nowait({"type": "websocket.disconnect", "code": Close.TOO_LARGE})
            self.close_sent = True
            self.transport.close()
            return
        super().handle_parser_exception()

    def keepalive_timeout(self) -> None:
        self.pong_timer = None
        if self.paused:
            metrics.slow_readers_dropped.add()
        self.close(Close.IDLE, "no sign of life")

    def shutdown(self) -> None:
        """Take nothing new, wait for the log's answers, then 1012: the client comes back with `since`."""
        now = self.loop.time()
        if not self.draining:
            self.draining = True
            self._drain_until = now + DRAIN_SECONDS
        if self.has_appends() and now < self._drain_until and not self.transport.is_closing():
            self.loop.call_later(DRAIN_POLL_SECONDS, self.shutdown)
        else:
            super().shutdown()


def _close_frame(code: int) -> bytes:
    payload = CloseFrame(code, "").serialize()
    return bytes((0x88, len(payload))) + payload
