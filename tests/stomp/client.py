"""A client of `/ws-stomp` that knows STOMP by the specification and nothing of our code."""

import asyncio
import json
import uuid
from typing import NamedTuple

import websockets

from tests.socket.client import leave

PATIENCE_SECONDS = 10
ESCAPES = [("\\", "\\\\"), ("\r", "\\r"), ("\n", "\\n"), (":", "\\c")]
POST = "/pub/chat/message"


class Frame(NamedTuple):
    command: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        assert self.headers["content-type"] == "application/json"
        return json.loads(self.body)


def written(command: str, headers: dict | None = None, body: str | bytes = b"") -> bytes:
    """A frame; content-length only if it is among the headers."""
    lines = [f"{escaped(name)}:{escaped(value)}\n" for name, value in (headers or {}).items()]
    body = body.encode() if isinstance(body, str) else body
    return f"{command}\n{''.join(lines)}\n".encode() + body + b"\0"


def escaped(text: object) -> str:
    text = str(text)
    for plain, escape in ESCAPES:
        text = text.replace(plain, escape)
    return text


def unescaped(text: str) -> str:
    parts = text.split("\\\\")
    for plain, escape in ESCAPES[1:]:
        parts = [part.replace(escape, plain) for part in parts]
    return "\\".join(parts)


def split(data: bytes) -> list[Frame]:
    """The frames of one WebSocket message of the server, which holds whole frames only."""
    frames = []
    while data := data.lstrip(b"\n"):
        head, _, rest = data.partition(b"\n\n")
        command, *lines = head.decode().split("\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers.setdefault(unescaped(name), unescaped(value))
        length = int(headers["content-length"]) if "content-length" in headers else rest.index(b"\0")
        assert rest[length] == 0
        frames.append(Frame(command, headers, rest[:length]))
        data = rest[length + 1 :]
    return frames


class Client:
    """`async with Client(url, token) as client`: connected, unless `token` is None: then only open."""

    def __init__(self, url: str, token: str | None = None, **headers: str) -> None:
        self.address = url.replace("http", "ws") + "/ws-stomp"
        self.token = token
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.subprotocols = ["v12.stomp"]
        self.beats = 0
        self.waiting: list[Frame] = []

    async def __aenter__(self) -> "Client":
        self.socket = await websockets.connect(
            self.address,
            additional_headers=self.headers,
            subprotocols=self.subprotocols or None,
            ping_interval=None,
            max_size=None,
        )
        if self.token is not None:
            self.connected = await self.connect(Authorization=f"Bearer {self.token}")
            assert self.connected.command == "CONNECTED", self.connected
        return self

    async def __aexit__(self, *_) -> None:
        await leave(self.socket)

    async def say(self, command: str, body: str | bytes = b"", **headers: object) -> None:
        """Send one frame; a header's name may have _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        await self.socket.send(written(command, named, body).decode())

    async def connect(self, **headers: str) -> Frame:
        """CONNECT, which does not escape; the answer."""
        named = {"accept-version": "1.2", "host": "x", **headers}
        lines = "".join(f"{name.replace('_', '-')}:{value}\n" for name, value in named.items())
        await self.socket.send(f"CONNECT\n{lines}\n\0")
        return await self.next()

    async def _receive(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        data = await asyncio.wait_for(self.socket.recv(), patience_seconds)
        data = data.encode() if isinstance(data, str) else data
        self.beats += data == b"\n"
        self.waiting += split(data)

    async def next(self) -> Frame:
        """The next frame, whichever it is."""
        while not self.waiting:
            await self._receive()
        return self.waiting.pop(0)

    async def hear(self, *commands: str) -> Frame:
        """The next frame of one of these commands; others wait until somebody asks for them."""
        looked_at = 0
        while True:
            for index in range(looked_at, len(self.waiting)):
                if self.waiting[index].command in commands:
                    return self.waiting.pop(index)
            looked_at = len(self.waiting)
            await self._receive()

    async def hear_said(self) -> Frame:
        """The next message that somebody said; a process that lags tells late of joinings from before."""
        while json.loads((frame := await self.hear("MESSAGE")).body)["op"] == "system":
            pass
        return frame

    async def subscribe(self, channel: int, subscription: str = "sub-0", **headers: object) -> Frame:
        """The receipt, or the error."""
        headers = {"receipt": f"r-{subscription}", **headers}
        await self.say("SUBSCRIBE", id=subscription, destination=f"/sub/chat/room/{channel}", **headers)
        return await self.hear("RECEIPT", "ERROR")

    async def send(
        self, channel: int, text: str = "안녕하세요", client_id: str | None = None, **headers
    ) -> str:
        """SEND with a receipt, whose id is returned."""
        client_id = client_id or str(uuid.uuid4())
        body = json.dumps({"channelId": channel, "message": text, "clientId": client_id})
        await self.say("SEND", body, destination=POST, receipt=client_id, **headers)
        return client_id

    async def post(
        self, channel: int, text: str = "안녕하세요", client_id: str | None = None, **headers
    ) -> Frame:
        """SEND and return the receipt or the error."""
        await self.send(channel, text, client_id, **headers)
        return await self.hear("RECEIPT", "ERROR")

    async def silence(self) -> list[Frame]:
        """What else came until an answer to something harmless."""
        await self.say("UNSUBSCRIBE", id="nothing", receipt="silence")
        heard = []
        while (frame := await self.next()).headers.get("receipt-id") != "silence":
            heard.append(frame)
        return heard

    async def closing(self, patience_seconds: float = PATIENCE_SECONDS) -> int:
        """The code with which the server closes; frames before it stay to be heard."""
        try:
            while True:
                await self._receive(patience_seconds)
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code

    async def ending(self, patience_seconds: float = PATIENCE_SECONDS) -> tuple[Frame, int]:
        """The last frame and the code with which the server closes."""
        code = await self.closing(patience_seconds)
        return self.waiting.pop(), code
