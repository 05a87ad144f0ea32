"""Reads what arrives on sockets once each, however many members received the same bytes."""

import zlib
from array import array
from collections import deque
from collections.abc import Callable

import msgspec

from chat.loadtest.counting import Batch, MessageOrder

_TAIL_BYTES = 24
_RECENT_BYTES = 32 * 1024 * 1024
_BYTES_PER_MESSAGE = 150


class Author(msgspec.Struct):
    """The author of a message."""

    id: int
    username: str = ""


class Event(msgspec.Struct):
    """Any event of the socket or message of the history: the fields that the load generator looks at."""

    op: str = "message"
    channel: int | None = None
    id: str | int | None = None
    client_id: str | None = None
    position: str | None = None
    author: Author | None = None
    text: str | None = None
    code: str | int | None = None
    detail: str | None = None
    retry_after_ms: int | None = None
    after: str | None = None
    before: str | None = None


class Frame:
    """One frame: its messages, if any, and its other events."""

    __slots__ = ("batch", "compressed", "notices", "payload")

    def __init__(self, payload: bytes, compressed: bool, batch: Batch | None, notices: list[Event]) -> None:
        self.payload = payload
        self.compressed = compressed
        self.batch = batch
        self.notices = notices

    @property
    def held_bytes(self) -> int:
        """About what keeping it costs."""
        return len(self.payload) + _BYTES_PER_MESSAGE * len(self.batch.sent_us)


class MalformedFrame(Exception):
    """The bytes are not what the contract says."""


class FrameReader:
    """Turns payloads into frames. Bytes that another member received just now are not parsed again.

    `events_in` knows the protocol: the events of one whole payload; without it, JSON lines. It raises
    msgspec.DecodeError or ValueError for what is none.
    """

    def __init__(
        self, channel: int, mark: str, events_in: Callable[[bytes], list[Event]] | None = None
    ) -> None:
        self.channel = channel
        self.mark = mark
        self.order = MessageOrder()
        self.batches: list[Batch] = []
        self._events_in = events_in or msgspec.json.Decoder(Event).decode_lines
        self._recent: dict[bytes, list[Frame]] = {}
        self._eviction: deque[tuple[bytes, Frame]] = deque()
        self._recent_bytes = 0

    def read(self, payload: bytes, compressed: bool) -> Frame:
        """The frame in these bytes. Raises MalformedFrame."""
        for frame in self._recent.get(payload[-_TAIL_BYTES:], ()):
            # The whole payload is compared, so that two frames can never be taken for one another.
            if frame.payload == payload and frame.compressed == compressed:
                return frame
        return self._parse(payload, compressed)

    def batch(self, events: list[Event]) -> Batch:
        """These messages as one batch, whose times count in the report."""
        keys = [(event.author.id, event.client_id or str(event.id)) for event in events]
        batch = Batch(self.order, keys, [event.position or "" for event in events])
        batch.sent_us = array("d", filter(None, (sent_time_us(self.mark, event.text) for event in events)))
        self.batches.append(batch)
        return batch

    def _parse(self, payload: bytes, compressed: bool) -> Frame:
        try:
            body = _inflate(payload) if compressed else payload
            events = self._events_in(body)
        except (msgspec.DecodeError, ValueError, zlib.error) as error:
            raise MalformedFrame(str(error)) from error
        messages = [
            event
            for event in events
            if event.op == "message" and event.channel == self.channel and event.author and event.position
        ]
        notices = [event for event in events if event.op != "message"]
        frame = Frame(payload, compressed, self.batch(messages) if messages else None, notices)
        if frame.batch:
            frame.batch.wire_bytes = len(payload) + header_bytes(len(payload))
            self._remember(frame)
        return frame

    def _remember(self, frame: Frame) -> None:
        tail = frame.payload[-_TAIL_BYTES:]
        self._recent.setdefault(tail, []).append(frame)
        self._eviction.append((tail, frame))
        self._recent_bytes += frame.held_bytes
        while self._recent_bytes > _RECENT_BYTES:
            tail, oldest = self._eviction.popleft()
            self._recent_bytes -= oldest.held_bytes
            oldest.batch.forget()
            self._recent[tail].remove(oldest)
            if not self._recent[tail]:
                del self._recent[tail]


def header_bytes(payload_bytes: int) -> int:
    """The size of a server frame's header."""
    if payload_bytes < 126:
        return 2
    return 4 if payload_bytes < 65536 else 10


def sent_time_us(mark: str, text: str | None) -> float | None:
    """When this run meant to send the message, in monotonic microseconds; None for a stranger's message."""
    if not text or not text.startswith(mark):
        return None
    return float(text[len(mark) :].split(" ", 1)[0])


def _inflate(payload: bytes) -> bytes:
    # A message compressed from a fresh state lacks its last empty block (RFC 7692, 7.2.2).
    return zlib.decompressobj(-15).decompress(payload + b"\x00\x00\xff\xff")
