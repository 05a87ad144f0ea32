"""What a client asks for with a frame. Knows no Django."""

from typing import NamedTuple
from uuid import uuid4

import msgspec

from chat.pipeline.events import Position
from chat.protocol import ChannelId
from chat.stomp import heartbeats
from chat.stomp.frames import VERSIONS, BadFrame, Frame
from chat.stomp.messages import ROOM

POST = "/pub/chat/message"
ERRORS = "/user/queue/errors"
JSON = "application/json"
_UNSUPPORTED = {"ACK", "NACK", "BEGIN", "COMMIT", "ABORT"}


class Connect(NamedTuple):
    """`token`: what the frame itself holds, if anything. The rhythm is in seconds, ours and the client's."""

    version: str
    token: str | None
    rhythm: tuple[float, float]
    receipt: str | None = None


class Send(NamedTuple):
    """A message. `client_id` was made up if the client gave none: then a repeat is a message of its own."""

    channel_id: int
    client_id: str
    text: str
    reply_to: str | None
    receipt: str | None


class Subscribe(NamedTuple):
    """`channel_id` None: the refusals of messages (ERRORS)."""

    id: str
    channel_id: int | None
    since: Position | None
    receipt: str | None


class Unsubscribe(NamedTuple):
    id: str
    receipt: str | None


class Disconnect(NamedTuple):
    receipt: str | None


Request = Connect | Send | Subscribe | Unsubscribe | Disconnect


class _Body(msgspec.Struct, rename="camel"):
    channel_id: ChannelId
    message: str
    client_id: str | None = None
    reply_to: str | None = None


_decode_body = msgspec.json.Decoder(_Body).decode


def understand(frame: Frame) -> Request:
    """The request that this frame is. Raises BadFrame."""
    headers = frame.headers
    if frame.body and frame.command != "SEND":
        raise BadFrame("malformed", "Only SEND has a body.")
    match frame.command:
        case "SEND":
            return _send(frame)
        case "SUBSCRIBE":
            return _subscribe(headers)
        case "UNSUBSCRIBE":
            return Unsubscribe(_needed(headers, "id"), headers.get("receipt"))
        case "DISCONNECT":
            return Disconnect(headers.get("receipt"))
        case "CONNECT" | "STOMP":
            return _connect(headers)
    if frame.command in _UNSUPPORTED:
        raise BadFrame("unsupported", "Transactions and acknowledgements by the client are not supported.")
    raise BadFrame("malformed", "This command is not known.")


def _connect(headers: dict[str, str]) -> Connect:
    accepted = {version.strip() for version in headers.get("accept-version", "1.0").split(",")}
    version = next((version for version in VERSIONS if version in accepted), None)
    if version is None:
        raise BadFrame("unsupported", "Supported versions are 1.2 and 1.1.")
    try:
        rhythm = heartbeats.agree(headers.get("heart-beat", "0,0"))
    except ValueError:
        raise BadFrame("malformed", "heart-beat is no pair of milliseconds.") from None
    return Connect(version, _token(headers), rhythm)


def _token(headers: dict[str, str]) -> str | None:
    """What follows `Bearer`; another scheme is a token that nobody holds."""
    authorization = next((value for name, value in headers.items() if name.lower() == "authorization"), None)
    if authorization is None:
        return headers.get("passcode")
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _send(frame: Frame) -> Send:
    headers = frame.headers
    if "transaction" in headers:
        raise BadFrame("unsupported", "Transactions are not supported.")
    if _needed(headers, "destination") != POST:
        raise BadFrame("not_found", f"Messages are sent to {POST}.")
    if headers.get("content-type", JSON).partition(";")[0].strip().lower() != JSON:
        raise BadFrame("unsupported", f"The body has to be {JSON}.")
    try:
        body = _decode_body(frame.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadFrame("malformed", f"The body cannot be read: {fault}") from None
    client_id = uuid4().hex if body.client_id is None else body.client_id
    return Send(body.channel_id, client_id, body.message, body.reply_to, headers.get("receipt"))


def _subscribe(headers: dict[str, str]) -> Subscribe:
    if headers.get("ack", "auto") != "auto":
        raise BadFrame("unsupported", "Only ack:auto is supported.")
    destination, since = _needed(headers, "destination"), headers.get("since")
    try:
        position = Position.parse(since) if since else None
    except ValueError:
        raise BadFrame("position_malformed", "since is no position.") from None
    channel_id = None if destination == ERRORS else _room(destination)
    return Subscribe(_needed(headers, "id"), channel_id, position, headers.get("receipt"))


def _room(destination: str) -> int:
    number = destination.removeprefix(ROOM)
    if number != destination and number.isascii() and number.isdigit() and len(number) < 19:
        return int(number)
    raise BadFrame("not_found", f"Rooms are at {ROOM}<number of the channel>.")


def _needed(headers: dict[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise BadFrame("malformed", f"The header {name} is missing.")
    return value
