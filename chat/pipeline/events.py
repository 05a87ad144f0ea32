"""What is written into the log: JSON events, their ids and their positions. Knows no Django.

An event is encoded once. These bytes travel unchanged through the log to every socket; a reader only adds
the position, which nobody knows before the log has the event (`with_position`).
"""

import time
from hashlib import blake2b

import msgspec

MESSAGE_PREFIX = b'{"op":"message"'
SYSTEM_PREFIX = b'{"op":"system"'
ACCESS_PREFIX = b'{"op":"access"'
ARRIVAL_PREFIX = b'{"op":"arrival"'
# Told to every process in channel 0, which nobody joins; neither stored nor searched for.
CONTROL_CHANNEL, CONTROL_PREFIXES = 0, (ACCESS_PREFIX, ARRIVAL_PREFIX)
PEOPLE_KINDS = ("joined", "left", "removed")  # who comes and goes: a line in the talk of a small channel
_encoder = msgspec.json.Encoder()


class Author(msgspec.Struct):
    """Who wrote it. `username` is the name at the time of writing."""

    id: int
    username: str


class AttachedFile(msgspec.Struct, omit_defaults=True):
    """A file that a message shows: enough to draw its place before it is loaded. `size` in bytes; a photo
    has `width` and `height` in pixels."""

    id: str
    name: str
    content_type: str
    size: int
    width: int = 0
    height: int = 0


class Card(msgspec.Struct, omit_defaults=True):
    """What a message asks of everybody. `kind` poll: one of `choices`, or several when `multiple`. `kind`
    event: whether they come (choice 0 yes, 1 no, 2 maybe), at `starts_at`. After `closes_at` nobody answers.
    Times are Unix milliseconds."""

    kind: str
    title: str
    choices: list[str] = []
    multiple: bool = False
    closes_at: int | None = None
    starts_at: int | None = None
    place: str = ""


class MessageEvent(msgspec.Struct, tag_field="op", tag="message", omit_defaults=True):
    """A message. `sent_at` is Unix milliseconds, `reply_to` the id of another message; `mentions` are people
    whom the text names with @, by the name that stands there."""

    channel: int
    id: str
    author: Author
    text: str
    client_id: str
    sent_at: int
    reply_to: str | None = None
    mentions: list[Author] = []
    attachments: list[AttachedFile] = []
    card: Card | None = None


class Change(msgspec.Struct, tag_field="op", omit_defaults=True):
    """What `author` did to `message` (an id) afterwards. Its place in the log decides between two changes of
    the same thing; the archive folds it (chat/pipeline/changes.py)."""

    channel: int
    id: str
    message: str
    author: Author
    client_id: str
    sent_at: int


class Edited(Change, tag="edited"):
    """Another text."""

    text: str
    mentions: list[Author] = []


class Deleted(Change, tag="deleted"):
    """Gone for everybody; `author` is who did it, its own author or an admin."""


class Reacted(Change, tag="reacted"):
    """A reaction set (`on`) or taken back."""

    emoji: str
    on: bool


class Answered(Change, tag="answered"):
    """An answer to a card: all `choices` of this person, replacing the ones before; none takes it back."""

    choices: list[int]


class Pinned(Change, tag="pinned"):
    """Made a notice of the channel (`on`), or no longer."""

    on: bool


class SystemEvent(msgspec.Struct, tag_field="op", tag="system", omit_defaults=True):
    """A change of the channel or of its members.

    `kind`: joined, left, removed (kicked), role, owner, muted, changed, closed; for every kind about a person
    `user` and `username` name them. The hub cuts a person's sockets off at left and removed, everybody's at
    closed. muted: `user` may not write before `until` (Unix ms; 0: may again). changed: with `slow_seconds`.
    In small channels joined, left and removed have a slip, so that the talk says them.

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
    until: int | None = None
    slow_seconds: int | None = None
    slip: dict | None = None


class AccessEvent(msgspec.Struct, tag_field="op", tag="access", omit_defaults=True):
    """Log-ins of a person that died: one `credential`, or all. Travels in the control channel."""

    channel: int
    id: str
    user: int
    credential: str | None = None


class ArrivalEvent(msgspec.Struct, tag_field="op", tag="arrival"):
    """A person came into the channel `into`, for their windows in every process. Travels in the control
    channel: a process in which nobody was in that channel yet does not follow it."""

    channel: int
    id: str
    user: int
    into: int


ControlEvent = AccessEvent | ArrivalEvent
ChangeEvent = Edited | Deleted | Reacted | Answered | Pinned
Event = MessageEvent | SystemEvent | ControlEvent | ChangeEvent
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


def change_id(author_id: int, message: str, client_id: str) -> str:
    """The id of a change: what its author repeats with the same client_id is the same change. The leading
    letter keeps it apart from messages, whose hash begins with a number."""
    return blake2b(f"c{author_id}:{message}:{client_id}".encode(), digest_size=16).hexdigest()


def slip_id(what: str) -> str:
    """The id of a slip's event, from what it tells of ("receipt:<transfer>:<wallet>"): telling it twice
    changes nothing. No message has this id, whose hash begins with a number."""
    return blake2b(what.encode(), digest_size=16).hexdigest()


def encode(event: Event) -> bytes:
    """The one encoding of an event."""
    return _encoder.encode(event)


def decode(payload: bytes) -> Event:
    """The event in these bytes. Raises msgspec.DecodeError (or ValidationError) for anything else."""
    try:
        return _decoder.decode(payload)
    except (UnicodeError, RecursionError) as fault:
        raise msgspec.DecodeError(str(fault)) from fault


def with_position(payload: bytes, position: Position) -> bytes:
    """The event as sockets see it."""
    return b'%b,"position":"%011x%010x%03x"}' % (
        payload[:-1],
        position.appended_at_ms,
        position.offset,
        position.partition,
    )
