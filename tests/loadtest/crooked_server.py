"""A small server of the contract's socket and history that loses, doubles, swaps or refuses on demand."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Request, ServerConnection, serve

CHANNEL = 7
# Gets the member's id and the log, and says what to put on that member's wire: the log itself when honest.
Wire = Callable[[int, list[dict]], list[dict]]


class CrookedServer:
    """User n has the token `token-n`. `wire` decides what each member gets; `refuse` answers the first sends
    with that nack."""

    def __init__(self, wire: Wire, refuse: dict | None = None, refusals: int = 0) -> None:
        self.wire = wire
        self.refuse = refuse
        self.refusals = refusals
        self.history_behind = 1
        self.log: list[dict] = []
        self.written: dict[ServerConnection, int] = {}
        self.users: dict[ServerConnection, int] = {}

    async def talk(self, connection: ServerConnection) -> None:
        """Serve one socket."""
        token = connection.request.headers["Authorization"]
        self.users[connection] = int(token.rpartition("-")[2])
        try:
            async for text in connection:
                await self._heed(connection, json.loads(text))
        finally:
            self.written.pop(connection, None)

    def answer_http(self, connection: ServerConnection, request: Request):
        """History pages; anything else is a socket."""
        address = urlsplit(request.path)
        if address.path == "/ws/":
            return None
        asked = parse_qs(address.query)
        after, before = asked["after"][0], asked["before"][0]
        if self.history_behind:
            self.history_behind -= 1
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "behind")
        page = [message for message in self.log if after < message["position"] < before]
        more = "there is more" if len(page) > 2 else None
        return connection.respond(HTTPStatus.OK, json.dumps({"results": page[:2], "next": more}))

    async def _heed(self, connection: ServerConnection, frame: dict) -> None:
        if frame["op"] == "subscribe":
            self.written[connection] = 0
            await connection.send(json.dumps({"op": "subscribed", "channel": CHANNEL, "position": "0"}))
        elif self.refusals:
            self.refusals -= 1
            await connection.send(json.dumps({"op": "nack", "client_id": frame["client_id"], **self.refuse}))
        else:
            await self._append(connection, frame)

    async def _append(self, connection: ServerConnection, frame: dict) -> None:
        author = {"id": self.users[connection], "username": "somebody"}
        number = len(self.log)
        copied = {"client_id": frame["client_id"], "text": frame["text"]}
        message = {"op": "message", "channel": CHANNEL, "id": str(number), "position": f"{number + 1:024d}"}
        self.log.append({**message, "author": author, **copied})
        answer = {"op": "ack", "client_id": frame["client_id"], "id": str(number), "position": ""}
        await connection.send(json.dumps(answer))
        for member in list(self.written):
            events = self.wire(self.users[member], self.log)[self.written[member] :]
            self.written[member] += len(events)
            if events:
                await member.send("\n".join(json.dumps(event) for event in events))


@contextmanager
def crooked_server(wire: Wire, **refusing) -> Iterator[str]:
    """The URL of such a server while the block runs."""
    loop, started, urls = asyncio.new_event_loop(), threading.Event(), []
    server = CrookedServer(wire, **refusing)

    async def run() -> None:
        stop = loop.create_future()
        options = {"process_request": server.answer_http, "compression": None}
        async with serve(server.talk, "127.0.0.1", 0, **options) as listening:
            urls.append(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
            urls.append(stop)
            started.set()
            await stop

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    started.wait()
    try:
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(urls[1].set_result, None)
        thread.join()
        loop.close()
