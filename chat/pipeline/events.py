"""What is written into the log: JSON events, their ids and their positions. Knows no Django.

An event is encoded once. These bytes travel unchanged through the log to every socket; a reader only adds
the position, which nobody knows before the log has the event (`with_position`).
"""

import time
from hashlib import blake2b

import msgspec

MESSAGE_PREFIX = b'{"op":"message"'
SYSTEM_PREFIX = b'{"op":"system"'
_encoder = msgspec.json.Encoder()


class Author(msgspec.Struct):
    """Who wrote it. `username` is the name at the time of writing."""

    id: int
    username: str


class MessageEvent(msgspec.Struct, tag_field="op", tag="message", omit_defaults=True):
    """A message. `sent_at` is Unix milliseconds, `reply_to` the id of another message."""

    channel: int
    id: str
    author: Author
    text: str
    client_id: str
    sent_at: int
    reply_to: str | None = None


class SystemEvent(msgspec.Struct, tag_field="op", tag="system", omit_defaults=True):
    """A change of the channel or of its members.

    `kind`: joined, left, removed (kicked), role, changed, closed; for every kind about a person `user` and
    `username` name them. The hub cuts a person's sockets off at left and removed, everybody's at closed.

    receipt, dues, spending: with a `slip`, something that stands in the talk (chat/slips.py). Such an event
    is stored and is part of the history like a message. What the slip holds is known to the app that writes
    it, but for `wallet_name`, which says who speaks.
    """

    channel: int
    id: str
    kind: str
    sent_at: int
    user: int | None = None
    username: str | None = None
    role: str | None = None
    name: str | None = None
    slip: dict | None = None


class AccessEvent(msgspec.Struct, tag_field="op", tag="access", omit_defaults=True):
    """Log-ins of a person that died: one `credential`, or all. Travels in channel 0, which nobody joins."""

    channel: int
    id: str
    user: int
    credential: str | None = None


Event = MessageEvent | SystemEvent | AccessEvent
TalkEvent = MessageEvent | SystemEvent  # what is stored: a message, or a system event with a slip
_decoder = msgspec.json.Decoder(Event)


class Position(msgspec.Struct, frozen=True, order=True, gc=False):
    """A place in the log that sorts in the log's order.

    Append time first, offset second, so that the order survives a topic that was made anew or got more
    partitions; the partition last, so that a position names its record. Its text form sorts the same way.
    """

    appended_at_ms: int
    offset: int
    partition: int

    def __str__(self) -> str:
        return f"{self.appended_at_ms:011x}{self.offset:010x}{self.partition:03x}"

    @classmethod
    def parse(cls, text: str) -> "Position":
        """The position that `str` wrote. Raises ValueError for anything else."""
        if len(text) != 24 or not text.isascii() or not text.isalnum() or text != text.lower():
            raise ValueError("not a position")
        return cls(int(text[:11], 16), int(text[11:21], 16), int(text[21:], 16))


ORIGIN = Position(0, 0, 0)


def now_ms() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def message_id(author_id: int, channel_id: int, client_id: str) -> str:
    """The same author, channel and client_id make the same id: a retry is the same message everywhere."""
    return blake2b(f"{author_id}:{channel_id}:{client_id}".encode(), digest_size=16).hexdigest()


def slip_id(what: str) -> str:
    """The id of a slip's event, from what it tells of ("receipt:<transfer>:<wallet>"): telling it twice
    changes nothing. No message has this id, whose hash begins with a number."""
    return blake2b(what.encode(), digest_size=16).hexdigest()


def encode(event: Event) -> bytes:
    """The one encoding of an event."""
    return _encoder.encode(event)


def decode(payload: bytes) -> Event:
    """The event in these bytes. Raises msgspec.DecodeError (or ValidationError) for anything else."""
    return _decoder.decode(payload)


def with_position(payload: bytes, position: Position) -> bytes:
    """The event as sockets see it."""
    return b'%b,"position":"%011x%010x%03x"}' % (
        payload[:-1],
        position.appended_at_ms,
        position.offset,
        position.partition,
    )
