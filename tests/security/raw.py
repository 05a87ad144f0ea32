"""WebSocket frames by hand, good and bad, for whoever wants to say what no library lets them."""

import asyncio
import base64
import json
import random
import struct

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
GOOD_OPS = [
    {"op": "subscribe", "channel": 7, "since": "0" * 24},
    {"op": "unsubscribe", "channel": 7},
    {"op": "send", "channel": 7, "client_id": "abc", "text": "안녕", "mentions": [1], "attachments": ["x"]},
    {"op": "send", "channel": 7, "client_id": "d", "text": "", "card": {"kind": "poll", "title": "t"}},
    {"op": "edit", "channel": 7, "client_id": "e", "message": "0" * 32, "text": "가"},
    {"op": "delete", "channel": 7, "client_id": "f", "message": "0" * 32},
    {"op": "react", "channel": 7, "client_id": "g", "message": "0" * 32, "emoji": "👍", "on": True},
    {"op": "answer", "channel": 7, "client_id": "h", "message": "0" * 32, "choices": [0, 1]},
    {"op": "pin", "channel": 7, "client_id": "i", "message": "0" * 32, "on": False},
    {"op": "read", "channel": 7, "position": "0" * 24},
    {"op": "typing", "channel": 7},
    {"op": "watch", "channel": 7, "on": True},
    {"op": "ping"},
]  # fmt: skip
STRANGE = [
    None, True, -1, 0, 2**63, 2**64, -(2**63) - 1, 1e308, 0.5, "", "\0", "\ud800", "0" * 24, "f" * 24,
    "z" * 24, "9" * 400, [], {}, [[]], {"op": {}}, "\u202e", "%00", "'; --", list(range(300)),
]  # fmt: skip
STOMP_FRAMES = [
    b"SUBSCRIBE\nid:a\ndestination:/sub/chat/room/7\nreceipt:1\n\n\0",
    b'SEND\ndestination:/pub/chat/message\nreceipt:2\n\n{"channelId":7,"message":"a","clientId":"b"}\0',
    b"UNSUBSCRIBE\nid:a\n\n\0",
    b"SUBSCRIBE\nid:e\ndestination:/user/queue/errors\n\n\0",
    b"DISCONNECT\nreceipt:3\n\n\0",
    b"\n\n\n",
]


def frame(payload: bytes, opcode: int = TEXT, *, final: bool = True, masked: bool = True) -> bytes:
    """One frame as a client sends it."""
    size = len(payload)
    bit = 0x80 if masked else 0
    if size < 126:
        length = bytes([bit | size])
    elif size < 65_536:
        length = bytes([bit | 126]) + struct.pack(">H", size)
    else:
        length = bytes([bit | 127]) + struct.pack(">Q", size)
    return bytes([(0x80 if final else 0) | opcode]) + length + (bytes(4) if masked else b"") + payload


def encoded(value: object) -> bytes:
    """JSON, with half signs as they are."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def broken(good: bytes, chance: random.Random) -> bytes:
    """The same with some bytes lost, doubled, turned or put in."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                del data[at : at + chance.randint(1, 5)]
            case 1:
                data[at:at] = data[at : at + chance.randint(1, 20)]
            case 2:
                data[at:at] = bytes([chance.choice(b'\0\n\r\\:"{}[],\xff\xc0\xed')])
            case _:
                data[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(data)


def bad_json(chance: random.Random) -> bytes:
    """A good op with one value strange, or with broken bytes."""
    said = dict(chance.choice(GOOD_OPS))
    if chance.random() < 0.6:
        said[chance.choice([*said, "more"])] = chance.choice(STRANGE)
        return encoded(said)
    return broken(encoded(said), chance)


def bad_wire(payload: bytes, chance: random.Random) -> bytes:
    """Something on the wire that holds this payload, more or less well."""
    match chance.randrange(12):
        case 0:
            return frame(payload, masked=False)
        case 1:
            return chance.randbytes(chance.randint(1, 400))
        case 2:
            return frame(payload, chance.randrange(16))
        case 3:  # a message in a thousand pieces
            return frame(b"", final=False) + frame(b" ", 0, final=False) * 1_000 + frame(payload, 0)
        case 4:
            return frame(payload, final=False) + frame(payload, final=False)
        case 5:
            return frame(b"[" * 60_000)
        case 6:
            return frame(b"x" * 70_000)
        case 7:
            return bytes([0x81, 0xFF]) + struct.pack(">Q", 2**63 - 1) + bytes(4) + payload
        case 8:
            return bytes([0xC1]) + frame(payload)[1:]  # says that it is compressed
        case 9:
            return frame(b"p" * 125, PING) * 200
        case 10:
            return frame(payload, CLOSE)
        case _:
            return frame(payload)


async def handshake(port: int, path: str, token: str, chance: random.Random):
    """A reader and a writer after the 101."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(chance.randbytes(16)).decode()
    asked = [
        f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Authorization: Bearer {token}",
        "Sec-WebSocket-Extensions: permessage-deflate",
    ]  # fmt: skip
    writer.write("\r\n".join([*asked, "", ""]).encode())
    answered = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
    assert answered.startswith(b"HTTP/1.1 101"), answered
    return reader, writer
