"""WebSocket frames that many sockets share: built once, deflated once, written to each.

A message deflated from a fresh state is valid for every client that negotiated permessage-deflate with a
15-bit window, whatever its own context holds (RFC 7692, 7.2.1); an undeflated one is valid for all.
"""

import struct
import zlib
from collections.abc import Iterator

TEXT = 0x81  # FIN and the text opcode
DEFLATED = 0x40  # RSV1
DEFLATE_LEVEL = 1
DEFLATE_FROM_BYTES = 400  # below, the frame is small enough and the cycles are better spent elsewhere
MAX_PAYLOAD_BYTES = 256 * 1024  # larger batches become several frames: clients limit what they accept
WINDOW_BITS = 15


def text_frame(payload: bytes, flags: int = 0) -> bytes:
    """One unmasked text frame."""
    size = len(payload)
    first = TEXT | flags
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


def deflate(payload: bytes) -> bytes:
    """The payload as permessage-deflate wants it: raw, sync-flushed, without its last four bytes."""
    compressor = zlib.compressobj(DEFLATE_LEVEL, zlib.DEFLATED, -WINDOW_BITS)
    return (compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


class SharedPayloads:
    """Text messages for any number of sockets: `plain` and `deflated` are what goes onto the wire."""

    __slots__ = ("payloads", "_plain", "_deflated")

    def __init__(self, payloads: list[bytes]) -> None:
        self.payloads = payloads
        self._plain: bytes | None = None
        self._deflated: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes on the wire, of the smaller form that was asked for yet."""
        made = self._deflated or self._plain
        return len(made) if made else sum(map(len, self.payloads))

    @property
    def plain(self) -> bytes:
        if self._plain is None:
            self._plain = b"".join(map(text_frame, self.payloads))
        return self._plain

    @property
    def deflated(self) -> bytes:
        if self._deflated is None:
            if len(self.payloads) == 1 and len(self.payloads[0]) < DEFLATE_FROM_BYTES:
                self._deflated = self.plain
            else:
                self._deflated = b"".join(text_frame(deflate(payload), DEFLATED) for payload in self.payloads)
        return self._deflated


class SharedFrame(SharedPayloads):
    """Events of one channel, as `/ws/` writes them. Another protocol keeps its own `renderings` of the same
    `bodies` here, under keys of its choice, so that they are made once as well."""

    __slots__ = ("bodies", "channel_id", "events", "renderings")

    def __init__(self, channel_id: int, events: list[bytes]) -> None:
        super().__init__(list(batches(events, b"\n")))
        self.channel_id = channel_id
        self.bodies = events
        self.events = len(events)
        self.renderings: dict = {}


def batches(parts: list[bytes], separator: bytes) -> Iterator[bytes]:
    """The parts joined, in payloads that are each under the limit (a part alone is far below it)."""
    joined = separator.join(parts)
    if len(joined) <= MAX_PAYLOAD_BYTES:
        yield joined
        return
    batch: list[bytes] = []
    size = 0
    for part in parts:
        if batch and size + len(part) >= MAX_PAYLOAD_BYTES:
            yield separator.join(batch)
            batch, size = [], 0
        batch.append(part)
        size += len(part) + len(separator)
    yield separator.join(batch)
