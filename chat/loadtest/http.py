"""Posting over HTTP as a transport of the load test: one keep-alive connection a member."""

import asyncio
import ssl
from collections import deque
from urllib.parse import urlsplit

import httptools
import msgspec

from chat.loadtest.frames import Event
from chat.loadtest.members import Member, monotonic_us

_ACCEPTED = (200, 201)
_LATER = (429, 503)
_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct):
    """The message that was accepted, or the problem document: the fields that matter here."""

    client_id: str | None = None
    position: str | None = None
    code: str | None = None


_decode = msgspec.json.Decoder(Answer).decode


class HttpConnection(asyncio.Protocol):
    """Posts for its member; further messages wait until the answer is in.

    A connection that ends under a request is opened again and the request repeated once, which is safe: its
    client_id is the same.
    """

    def __init__(self, member: Member, channel: int, pacing) -> None:
        self.member = member
        self.pacing = pacing
        self.channel = channel
        self.leaving = False
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Task | None = None
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._under_way: tuple[str, bytes] | None = None
        self._repeated = ""

    async def open(self, url: str) -> None:
        """Connect. Raises ConnectionError with the reason."""
        site = urlsplit(url)
        secure = site.scheme == "https"
        self._where = (site.hostname, site.port or (443 if secure else 80))
        self._tls = ssl.create_default_context() if secure else None
        self._head = (
            f"POST {site.path.rstrip('/')}/api/v1/channels/{self.channel}/messages/ HTTP/1.1\r\n"
            f"Host: {site.netloc}\r\nAuthorization: Bearer {self.member.user.token}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        await self._connect()
        self.member.connection = self

    def send_message(self, client_id: str, text: str) -> None:
        """Send one request, now or when those before it are answered."""
        body = _encode({"client_id": client_id, "text": text})
        self._waiting.append((client_id, b"%b%d\r\n\r\n%b" % (self._head, len(body), body)))
        self._send_next()

    def forget(self, client_id: str) -> None:
        """The answer will not be waited for; what comes on this connection could be that one, so it ends."""
        if self._under_way is not None and self._under_way[0] == client_id:
            self._under_way = None
            self._transport.abort()
        else:
            self._waiting = deque(entry for entry in self._waiting if entry[0] != client_id)

    def close(self) -> None:
        """End the connection; what comes after is not counted."""
        self.leaving = True
        if self._transport is not None:
            self._transport.close()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        self._now_us = monotonic_us()
        self.member.tally.wire_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.member.tally.errors["malformed answer"] += 1
            self._transport.abort()
        if self._now_us >= self.pacing.next_us:
            self.pacing.send_due(self._now_us)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self.leaving or self.member.connection is None:
            return
        lost, self._under_way = self._under_way, None
        if lost is not None:
            self.member.tally.closes["under a request"] += 1
            if lost[0] == self._repeated:
                self.member.heed(Event(op="nack", client_id=lost[0], code="connection lost"), monotonic_us())
            else:
                self._repeated = lost[0]
                self._waiting.appendleft(lost)
        self._send_next()

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._body = b""
        self._retry_after: bytes | None = None

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) == 11 and name.lower() == b"retry-after":
            self._retry_after = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        asked, self._under_way = self._under_way, None
        if not self._parser.should_keep_alive():
            self._transport.close()
        if asked is None:
            self.member.tally.errors["an answer to no request"] += 1
            return
        self.member.heed(self._event(asked[0], self._parser.get_status_code()), self._now_us)
        self._send_next()

    def _event(self, client_id: str, status: int) -> Event:
        try:
            answer = _decode(self._body)
        except msgspec.DecodeError:
            answer = Answer()
        if status in _ACCEPTED:
            if answer.client_id == client_id:
                return Event(op="ack", client_id=client_id, position=answer.position)
            return Event(op="nack", client_id=client_id, code="answer about another message")
        retry = self._retry_after if status in _LATER else None
        seconds = int(retry) if retry and retry.isdigit() else None
        return Event(
            op="nack",
            client_id=client_id,
            code=answer.code or str(status),
            retry_after_ms=None if seconds is None else seconds * 1000,
        )

    def _send_next(self) -> None:
        if self._under_way is not None or not self._waiting or self._opening is not None:
            return
        if self._transport is None:
            self._opening = asyncio.get_running_loop().create_task(self._reopen())
        elif not self._transport.is_closing():  # else connection_lost calls again
            self._under_way = self._waiting.popleft()
            self._transport.write(self._under_way[1])

    async def _connect(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: self, *self._where, ssl=self._tls)
        except OSError as error:
            raise ConnectionError(f"{self.member.user.username}: {error!r}") from error

    async def _reopen(self) -> None:
        try:
            await self._connect()
        except ConnectionError:
            self.member.cut_off("cannot connect again")
            self._waiting.clear()
            return
        finally:
            self._opening = None
        self._send_next()
