"""The socket's frames: their names, limits, parsing and building. Knows no Django.

A frame is one JSON object, or several separated by newlines. Names and shapes are public.
"""

import re
from enum import IntEnum
from typing import Annotated

import msgspec

MAX_FRAME_BYTES = 64 * 1024
MAX_TEXT_LENGTH = 4_000
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


ChannelId = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]  # what a database row can hold


class Subscribe(msgspec.Struct, tag_field="op", tag="subscribe"):
    channel: ChannelId
    since: str | None = None


class Unsubscribe(msgspec.Struct, tag_field="op", tag="unsubscribe"):
    channel: ChannelId


class Send(msgspec.Struct, tag_field="op", tag="send"):
    channel: ChannelId
    client_id: str
    text: str
    reply_to: str | None = None


class Ping(msgspec.Struct, tag_field="op", tag="ping"):
    pass


Frame = Subscribe | Unsubscribe | Send | Ping
_decoder = msgspec.json.Decoder(Frame)
_lenient = msgspec.json.Decoder(dict)
_encoder = msgspec.json.Encoder()
_OPS = {"subscribe", "unsubscribe", "send", "ping"}


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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed from None
    try:
        fields = _lenient.decode(line)
    except (msgspec.DecodeError, RecursionError):
        raise Malformed from None
    op, client_id = fields.get("op"), fields.get("client_id")
    if op not in _OPS:
        raise BadFrame(error("unknown_op", "This op is not known."))
    if op == "send" and isinstance(client_id, str) and CLIENT_ID.fullmatch(client_id):
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


def nack(client_id: str, code: str, detail: str, retry_after_ms: int | None = None) -> bytes:
    """The message was not accepted; with `retry_after_ms` the same one may be later."""
    frame = {"op": "nack", "client_id": client_id, "code": code, "detail": detail}
    if retry_after_ms is not None:
        frame["retry_after_ms"] = retry_after_ms
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


def removed(channel: int) -> bytes:
    """Nothing more of this channel comes."""
    return b'{"op":"removed","channel":%d}' % channel


PONG = b'{"op":"pong"}'
