"""The HTTP side of the server with limits that uvicorn lacks: on heads without end, on requests that trickle
in, and on connections that say nothing. Given to uvicorn with `--http chat.sockets.http:PatientProtocol`.
"""

import resource

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

WINDOW_SECONDS = 30
# A request that is under way has to bring so much in each window; the slowest phone brings ten times that.
LEAST_BYTES = 6_000
# Of a head, of trailers or between two pieces of a body. One read from the kernel may bring 256 KB more.
MOST_UNUSED_BYTES = 64 * 1024
# Connections that brought no whole request yet. After a restart thousands come back within a moment, so there
# is room for them; beyond, the oldest has to go, and file handles stay for people who are served.
MOST_HALF_OPEN = min(8_192, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class PatientProtocol(HttpToolsProtocol):
    """One connection. A request that comes in one piece pays for a flag and two numbers; a timer runs only
    until the first request is whole and while a later one is under way."""

    half_open: dict["PatientProtocol", None] = {}  # the oldest first

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        self._whole = False
        self._heard_bytes = self._unused_bytes = 0
        self._deadline = None

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        if len(self.half_open) >= MOST_HALF_OPEN:
            oldest = next(iter(self.half_open))
            oldest._settle()
            oldest.transport.abort()
        self.half_open[self] = None
        self._expect_more()

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._whole = False
        self._heard_bytes += len(data)
        self._unused_bytes += len(data)
        super().data_received(data)
        if self._whole or self.transport.is_closing():
            return
        if self._unused_bytes > MOST_UNUSED_BYTES:
            self.transport.write(TOO_LARGE)
            self.transport.close()
        elif self._deadline is None:
            self._expect_more()

    def on_body(self, body: bytes) -> None:
        self._unused_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._whole = True
        self._unused_bytes = 0
        if self._deadline is not None:
            self._settle()
        super().on_message_complete()

    def _expect_more(self) -> None:
        self._heard_bytes = 0
        self._deadline = self.loop.call_later(WINDOW_SECONDS, self._judge)

    def _settle(self) -> None:
        self.half_open.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _judge(self) -> None:
        """Go on waiting for whoever brings enough, or whom we do not listen to ourselves right now."""
        self._deadline = None
        asked_to_wait = self.cycle is not None and self.cycle.waiting_for_100_continue
        if self._heard_bytes >= LEAST_BYTES or self.flow.read_paused or asked_to_wait:
            self._expect_more()
        else:
            # Without a word: browsers open connections ahead, and would take it for their next answer.
            self.transport.close()
