"""The socket's frames: their names, limits, parsing and building. Knows no Django.

A frame is one JSON object, or several separated by newlines. Names and shapes are public.
"""

import re
from enum import IntEnum
from typing import Annotated

import msgspec

from chat.pipeline.events import Card

MAX_FRAME_BYTES = 64 * 1024
MAX_TEXT_LENGTH = 4_000
MOST_MENTIONS = 20
MOST_ATTACHMENTS = 10
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
MESSAGE_ID = re.compile(r"[0-9a-f]{32}")
# Everything Unicode calls a control character, but for line feed and tab.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Close(IntEnum):
    """Why the server ended a socket."""

    MALFORMED = 4400
    NOT_LOGGED_IN = 4401
    ORIGIN = 4403
    IDLE = 4408
    TOO_LARGE = 4413
    FLOOD = 4429
    FAULT = 1011
    RESTART = 1012
    TRY_LATER = 1013


Ids = Annotated[list[int], msgspec.Meta(max_length=MOST_MENTIONS)]
ChannelId = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]  # what a database row can hold


class Subscribe(msgspec.Struct, tag_field="op", tag="subscribe"):
    channel: ChannelId
    since: str | None = None


class Unsubscribe(msgspec.Struct, tag_field="op", tag="unsubscribe"):
    channel: ChannelId


class Send(msgspec.Struct, tag_field="op", tag="send"):
    """`mentions` are ids of people, `attachments` those of files that were uploaded before."""

    channel: ChannelId
    client_id: str
    text: str
    reply_to: str | None = None
    mentions: Ids = []
    attachments: Annotated[list[str], msgspec.Meta(max_length=MOST_ATTACHMENTS)] = []
    card: Card | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the text is all of it, so that nothing has to be looked up."""
        return not (self.mentions or self.attachments or self.card)


class Ask(msgspec.Struct, tag_field="op"):
    """Something to do to a message that is there."""

    channel: ChannelId
    client_id: str
    message: str


class Edit(Ask, tag="edit"):
    text: str
    mentions: Ids = []


class Delete(Ask, tag="delete"):
    pass


class React(Ask, tag="react"):
    emoji: str
    on: bool = True


class Answer(Ask, tag="answer"):
    choices: list[int]


class Pin(Ask, tag="pin"):
    on: bool = True


class Read(msgspec.Struct, tag_field="op", tag="read"):
    channel: ChannelId
    position: str


class Typing(msgspec.Struct, tag_field="op", tag="typing"):
    channel: ChannelId


class Watch(msgspec.Struct, tag_field="op", tag="watch"):
    """Whether somebody looks at this channel in this window right now."""

    channel: ChannelId
    on: bool = True


class Ping(msgspec.Struct, tag_field="op", tag="ping"):
    pass


Frame = Subscribe | Unsubscribe | Send | Edit | Delete | React | Answer | Pin | Read | Typing | Watch | Ping
_decoder = msgspec.json.Decoder(Frame)
_lenient = msgspec.json.Decoder(dict)
_encoder = msgspec.json.Encoder()
_ANSWERED = {"send", "edit", "delete", "react", "answer", "pin"}  # by an ack or a nack to their client_id
_OPS = {"subscribe", "unsubscribe", "read", "typing", "watch", "ping"} | _ANSWERED


class Malformed(Exception):
    """Not JSON objects at all: the socket is closed with 4400."""


class BadFrame(Exception):
    """A JSON object that cannot be carried out; `answer` is the frame that tells the client."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("bad frame")
        self.answer = answer


def parse(line: bytes | str) -> Frame:
    """One JSON object of a frame. Unknown fields are ignored.

    Raises BadFrame for an unknown op or wrong fields, Malformed for what is no JSON object.
    """
    try:
        return _decoder.decode(line)
    except msgspec.ValidationError as fault:
        reason = str(fault)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Malformed from None
    try:
        fields = _lenient.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Malformed from None
    op, client_id = fields.get("op"), fields.get("client_id")
    if not isinstance(op, str) or op not in _OPS:
        raise BadFrame(error("unknown_op", "This op is not known."))
    if op in _ANSWERED and isinstance(client_id, str) and CLIENT_ID.fullmatch(client_id):
        raise BadFrame(nack(client_id, "malformed", reason))
    raise BadFrame(error("malformed", reason))


def find_fault(text: str) -> str | None:
    """The code of what is wrong with a message's text, or None."""
    if len(text) > MAX_TEXT_LENGTH:
        return "text_too_long"
    if not text or text.isspace():
        return "text_empty"
    if CONTROL_CHARACTERS.search(text):
        return "control_characters"
    return None


def ack(client_id: str, message_id: str, position: object) -> bytes:
    """The log has it. `client_id` was checked against CLIENT_ID, so nothing needs escaping."""
    return f'{{"op":"ack","client_id":"{client_id}","id":"{message_id}","position":"{position}"}}'.encode()


def nack(
    client_id: str, code: str, detail: str, retry_after_ms: int | None = None, until: int | None = None
) -> bytes:
    """The message was not accepted; with `retry_after_ms` the same one may be later. `until` (Unix ms): when
    the mute ends that it was refused for."""
    frame = {"op": "nack", "client_id": client_id, "code": code, "detail": detail}
    if retry_after_ms is not None:
        frame["retry_after_ms"] = retry_after_ms
    if until is not None:
        frame["until"] = until
    return _encoder.encode(frame)


def error(code: str, detail: str, channel: int | None = None, retry_after_ms: int | None = None) -> bytes:
    """A frame that was refused and has no client_id to answer to."""
    frame: dict = {"op": "error", "code": code, "detail": detail}
    if channel is not None:
        frame["channel"] = channel
    if retry_after_ms is not None:
        frame["retry_after_ms"] = retry_after_ms
    return _encoder.encode(frame)


def subscribed(channel: int, position: object, role: str) -> bytes:
    return f'{{"op":"subscribed","channel":{channel},"position":"{position}","role":"{role}"}}'.encode()


def unsubscribed(channel: int) -> bytes:
    return b'{"op":"unsubscribed","channel":%d}' % channel


def gap(channel: int, after: object, before: object) -> bytes:
    """A hole in what the socket delivered: page (after, before) from history."""
    return f'{{"op":"gap","channel":{channel},"after":"{after}","before":"{before}"}}'.encode()


def joined(channel: int) -> bytes:
    """The reader has become a member of this channel."""
    return b'{"op":"joined","channel":%d}' % channel


def hidden(channel: int) -> bytes:
    """The reader took this talk of two out of the list, in whatever window."""
    return b'{"op":"hidden","channel":%d}' % channel


def removed(channel: int) -> bytes:
    """Nothing more of this channel comes."""
    return b'{"op":"removed","channel":%d}' % channel


def read(channel: int, position: str) -> bytes:
    """The reader's own mark, moved in another window."""
    return f'{{"op":"read","channel":{channel},"position":"{position}"}}'.encode()


def readers(channel: int, members: int, steps: list[tuple[str, int]]) -> bytes:
    """How many of the members have read how far (chat/reading/readers.py)."""
    return _encoder.encode({"op": "readers", "channel": channel, "members": members, "steps": steps})


def typing(channel: int, user_id: int, username: str) -> bytes:
    """Somebody writes something."""
    return _encoder.encode({"op": "typing", "channel": channel, "user": user_id, "username": username})


def presence(channel: int, count: int, people: list[int] | None) -> bytes:
    """How many look at the channel; in a small one also who."""
    return _encoder.encode({"op": "presence", "channel": channel, "count": count, "people": people})


PONG = b'{"op":"pong"}'
