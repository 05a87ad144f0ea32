"""A member as a good client behaves: it repeats what was not confirmed and resumes where it stopped."""

import asyncio
import contextlib
import uuid

import httpx
import msgspec
import websockets

RECONNECT_SECONDS = 0.3


class Member:
    """Sends on a schedule and keeps everything it received, in the order of arrival."""

    def __init__(self, url: str, token: str, channel: int) -> None:
        self.url, self.token, self.channel = url, token, channel
        self.acknowledged: dict[str, str] = {}  # client_id → message id
        self.pending: dict[str, str] = {}  # client_id → text
        self.refused = 0
        self.reasons: set[str] = set()
        self.received: list[tuple[str, str]] = []  # (position, id) as they came, live and paged
        self.gaps = 0
        self.breaks: list[Exception] = []  # how each connection ended, or why there was none
        self.since: str | None = None
        self.socket = None
        self._subscribed = asyncio.Event()

    async def live(self) -> None:
        """Stay connected until cancelled."""
        while True:
            try:
                await self._connection()
            except (OSError, websockets.WebSocketException, TimeoutError, httpx.HTTPError) as error:
                self.breaks.append(error)
            self.socket = None
            self._subscribed.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _connection(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        address = self.url.replace("http", "ws") + "/ws/"
        async with websockets.connect(
            address, additional_headers=headers, open_timeout=5, ping_interval=None, max_size=None
        ) as socket:
            wanted = {"op": "subscribe", "channel": self.channel}
            if self.since:
                wanted["since"] = self.since
            await self._say(socket, wanted)
            async for data in socket:
                for line in data.split("\n"):
                    await self._take(socket, msgspec.json.decode(line))

    async def _take(self, socket, frame: dict) -> None:
        match frame["op"]:
            case "message":
                self.received.append((frame["position"], frame["id"]))
                self.since = frame["position"]
            case "subscribed":
                if self.since is None:
                    self.since = frame["position"]
                self.socket = socket
                self._subscribed.set()
                for client_id, text in list(self.pending.items()):
                    await self._send(client_id, text)
            case "ack":
                if self.pending.pop(frame["client_id"], None) is not None:
                    self.acknowledged[frame["client_id"]] = frame["id"]
            case "nack":
                self.refused += 1
                self.reasons.add(frame["code"])
                asyncio.get_running_loop().call_later(
                    frame.get("retry_after_ms", 500) / 1000, self._again, frame["client_id"]
                )
            case "gap":
                self.gaps += 1
                await self._page(frame["after"], frame["before"])
            case "error" if frame["code"] == "log_unavailable":
                await asyncio.sleep(frame["retry_after_ms"] / 1000)
                await socket.close()

    async def _page(self, after: str, before: str) -> None:
        """Fetch a hole from history; where history is behind, wait for it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        messages = f"{self.url}/api/v1/channels/{self.channel}/messages/"
        async with httpx.AsyncClient(headers=headers, timeout=20) as client:
            while True:
                page = await client.get(messages, params={"after": after, "before": before, "limit": 200})
                if page.status_code == 503:
                    await asyncio.sleep(float(page.headers["Retry-After"]))
                    continue
                page.raise_for_status()
                results = page.json()["results"]
                self.received += [(message["position"], message["id"]) for message in results]
                if len(results) < 200:
                    break
                after = results[-1]["position"]
        self.since = max(self.since or "", before)

    async def subscribed(self) -> None:
        """Return once the server confirmed the subscription."""
        await self._subscribed.wait()

    async def talk(self, per_second: float, seconds: float) -> None:
        """Post at a steady rate, whatever the state of the connection; unconfirmed ones stay pending."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        for number in range(int(per_second * seconds)):
            await asyncio.sleep(max(0, started + number / per_second - loop.time()))
            client_id = str(uuid.uuid4())
            self.pending[client_id] = f"{number}번째 말이에요"
            await self._send(client_id, self.pending[client_id])

    def _again(self, client_id: str) -> None:
        if client_id in self.pending:
            self._task = asyncio.ensure_future(self._send(client_id, self.pending[client_id]))

    async def _send(self, client_id: str, text: str) -> None:
        if self.socket is None:
            return
        with contextlib.suppress(OSError, websockets.WebSocketException):
            await self._say(
                self.socket, {"op": "send", "channel": self.channel, "client_id": client_id, "text": text}
            )

    @staticmethod
    async def _say(socket, frame: dict) -> None:
        await socket.send(msgspec.json.encode(frame).decode())
