"""STOMP 1.2 over WebSocket as a transport of the load test: one socket a member with one subscription."""

import re
from collections.abc import Iterator

import msgspec
from picows import WSMsgType

from chat.loadtest.frames import Event
from chat.loadtest.websocket import MemberSocket

PATH = "/ws-stomp"
# The same for all members: only then can the server send everybody the same bytes.
_SUBSCRIPTION = "room"
_SUBSCRIBED = "subscribed"
# Without it a refused message is an ERROR, which ends the connection.
_REFUSALS = "/user/queue/errors"
_LENGTH = re.compile(rb"\ncontent-length:(\d+)\r?(?:\n|$)")
_ESCAPED = re.compile(r"\\(.)")
_PLAIN = {"n": "\n", "r": "\r", "c": ":", "\\": "\\"}
_decode_event = msgspec.json.Decoder(Event).decode
_encode = msgspec.json.Encoder().encode


class StompSocket(MemberSocket):
    """CONNECT, SUBSCRIBE, SEND with a receipt, which is the acknowledgement; refusals come as messages."""

    protocol_headers = {"Sec-WebSocket-Protocol": "v12.stomp"}

    async def enter(self) -> None:
        """Log in, and subscribe if the member receives."""
        bearer = f"Bearer {self.member.user.token}"
        connect = {"accept-version": "1.2", "host": "/", "heart-beat": "0,0", "Authorization": bearer}
        await self.ask(frame_of("CONNECT", connect), "connected")
        wanted = [{"id": "refusals", "destination": _REFUSALS}]
        if self.member.receives:
            wanted.append({"id": _SUBSCRIPTION, "destination": f"/sub/chat/room/{self.reader.channel}"})
        wanted[-1]["receipt"] = _SUBSCRIBED
        subscriptions = b"".join(frame_of("SUBSCRIBE", {**each, "ack": "auto"}) for each in wanted)
        await self.ask(subscriptions, _SUBSCRIBED)

    def send_message(self, client_id: str, text: str) -> None:
        """Send one SEND frame."""
        body = _encode({"channelId": self.reader.channel, "message": text, "clientId": client_id})
        headers = {
            "destination": "/pub/chat/message",
            "content-type": "application/json",
            "receipt": client_id,
            "content-length": len(body),
        }
        self.transport.send(WSMsgType.TEXT, frame_of("SEND", headers, body))


def frame_of(command: str, headers: dict[str, object], body: bytes = b"") -> bytes:
    """One STOMP frame. Our own header values hold nothing that must be escaped."""
    head = "".join(f"{name}:{value}\n" for name, value in headers.items())
    return f"{command}\n{head}\n".encode() + body + b"\x00"


def events_in(payload: bytes) -> list[Event]:
    """The events of all frames in one WebSocket message. Raises ValueError or msgspec.DecodeError."""
    return [_event(command, head, body) for command, head, body in _frames(payload)]


def _frames(payload: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    at, end = 0, len(payload)
    while at < end:
        if payload[at] in b"\r\n":  # a heart-beat, or the line end that may follow a frame
            at += 1
            continue
        head, body_at = _head(payload, at)
        length = _LENGTH.search(head)
        body_end = body_at + int(length[1]) if length else payload.index(b"\x00", body_at)
        if payload[body_end : body_end + 1] != b"\x00":
            raise ValueError("a frame does not end with NUL")
        yield head.partition(b"\n")[0].rstrip(b"\r"), head, payload[body_at:body_end]
        at = body_end + 1


def _head(payload: bytes, at: int) -> tuple[bytes, int]:
    unix, windows = payload.find(b"\n\n", at), payload.find(b"\n\r\n", at)
    if unix < 0 and windows < 0:
        raise ValueError("a frame has no end of headers")
    if windows < 0 or 0 <= unix < windows:
        return payload[at:unix], unix + 2
    return payload[at:windows], windows + 3


def _event(command: bytes, head: bytes, body: bytes) -> Event:
    if command == b"MESSAGE":
        return _decode_event(body)
    headers = _headers(head)
    if command == b"CONNECTED":
        return Event(op="connected")
    if command == b"RECEIPT":
        receipt = headers.get("receipt-id")
        op = _SUBSCRIBED if receipt == _SUBSCRIBED else "ack"
        return Event(op=op, client_id=receipt, position=headers.get("position"))
    if command == b"ERROR":  # the last frame of a connection
        return Event(op="error", code=headers.get("code"), detail=headers.get("message"))
    raise ValueError("a frame of an unknown command")


def _headers(head: bytes) -> dict[str, str]:
    """The first of each name counts, as STOMP says."""
    found: dict[str, str] = {}
    for line in head.decode().splitlines()[1:]:
        name, _, value = line.partition(":")
        found.setdefault(_unescaped(name), _unescaped(value))
    return found


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _PLAIN.get(match[1], match[0]), text)
