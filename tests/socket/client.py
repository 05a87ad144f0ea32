"""A client of `/ws/` that says and hears frames."""

import asyncio
import json
import uuid

import websockets

PATIENCE_SECONDS = 10


async def leave(socket: websockets.ClientConnection) -> None:
    """Close it and read on meanwhile: the server's answer comes behind all that waits, and without it `close`
    gives up only after ten seconds."""

    async def read_on() -> None:
        async for _ in socket:
            pass

    await asyncio.gather(socket.close(), read_on(), return_exceptions=True)


class Client:
    """`async with Client(url, token) as client`: an open socket."""

    def __init__(self, url: str, token: str | None = None, **headers: str) -> None:
        self.address = url.replace("http", "ws") + "/ws/"
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self._frames: list[dict] = []

    async def __aenter__(self) -> "Client":
        self.socket = await websockets.connect(
            self.address, additional_headers=self.headers, ping_interval=None, max_size=None
        )
        return self

    async def __aexit__(self, *_) -> None:
        await leave(self.socket)

    async def say(self, *frames: dict) -> None:
        await self.socket.send("\n".join(json.dumps(frame) for frame in frames))

    async def _receive(self) -> None:
        data = await asyncio.wait_for(self.socket.recv(), PATIENCE_SECONDS)
        self._frames += [json.loads(line) for line in data.split("\n")]

    async def next(self) -> dict:
        """The next frame, whichever it is."""
        while not self._frames:
            await self._receive()
        return self._frames.pop(0)

    async def hear(self, *ops: str) -> dict:
        """The next frame with one of these ops; others wait until somebody asks for them."""
        looked_at = 0
        while True:
            for index in range(looked_at, len(self._frames)):
                if self._frames[index]["op"] in ops:
                    return self._frames.pop(index)
            looked_at = len(self._frames)
            await self._receive()

    async def subscribe(self, channel: int, since: str | None = None) -> dict:
        await self.say({"op": "subscribe", "channel": channel, **({"since": since} if since else {})})
        return await self.hear("subscribed", "error")

    async def post(self, channel: int, text: str = "안녕하세요", client_id: str | None = None) -> dict:
        """Send and return the ack or nack."""
        frame = {"op": "send", "channel": channel, "client_id": client_id or str(uuid.uuid4()), "text": text}
        await self.say(frame)
        return await self.hear("ack", "nack")

    async def silence(self, *, joined: bool = False) -> list[dict]:
        """What else came until a ping is answered. A process that lags tells late of joinings from before the
        test: only who asks for `joined` gets these."""
        await self.say({"op": "ping"})
        heard = []
        while (frame := await self.next())["op"] != "pong":
            if joined or frame["op"] != "joined":
                heard.append(frame)
        return heard

    async def closing(self) -> int:
        """The code with which the server closes."""
        try:
            while True:
                await asyncio.wait_for(self.socket.recv(), PATIENCE_SECONDS)
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code
