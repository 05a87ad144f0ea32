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


def honest(member: int, log: list[dict]) -> list[dict]:
    """A wire that shows the log as it is."""
    return log


class CrookedServer:
    """User n has the token `token-n`. `wire` decides what each member gets; `refuse` answers the first sends
    with that nack; `keep` says what the history has of the log, which is 503 `history_behind` times first."""

    options: dict = {}

    def __init__(
        self,
        wire: Wire = honest,
        *,
        refuse: dict | None = None,
        refusals: int = 0,
        keep: Callable[[list[dict]], list[dict]] = list,
        history_behind: int = 0,
    ) -> None:
        self.wire = wire
        self.refuse = refuse
        self.refusals = refusals
        self.keep = keep
        self.history_behind = history_behind
        self.log: list[dict] = []
        self.written: dict[ServerConnection, int] = {}
        self.users: dict[ServerConnection, int] = {}

    async def talk(self, connection: ServerConnection) -> None:
        """Serve one socket."""
        self.enter(connection, connection.request.headers["Authorization"])
        try:
            async for text in connection:
                await self.heed(connection, text)
        finally:
            self.written.pop(connection, None)

    def enter(self, connection: ServerConnection, bearer: str) -> None:
        """Remember who speaks."""
        self.users[connection] = int(bearer.rpartition("-")[2])

    def answer_http(self, connection: ServerConnection, request: Request):
        """History pages, forwards with `after` and else backwards; anything else is a socket."""
        address = urlsplit(request.path)
        if address.path.startswith("/ws"):
            return None
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if self.history_behind:
            self.history_behind -= 1
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "behind")
        after, before = asked.get("after", ""), asked.get("before", "~")
        found = [message for message in self.keep(self.log) if after < message["position"] < before]
        page = found[:2] if after else found[::-1][:2]
        more = "there is more" if len(found) > 2 else None
        return connection.respond(HTTPStatus.OK, json.dumps({"results": page, "next": more}))

    async def heed(self, connection: ServerConnection, text: str) -> None:
        """One frame of a client."""
        frame = json.loads(text)
        if frame["op"] == "subscribe":
            self.written[connection] = 0
            await connection.send(json.dumps({"op": "subscribed", "channel": CHANNEL, "position": "0"}))
        elif self.refuses():
            await connection.send(json.dumps({"op": "nack", "client_id": frame["client_id"], **self.refuse}))
        else:
            position = self.append(connection, frame["client_id"], frame["text"])
            answer = {"op": "ack", "client_id": frame["client_id"], "id": position, "position": position}
            await connection.send(json.dumps(answer))
            await self.show_all()

    def refuses(self) -> bool:
        """Whether this send is one of those to refuse."""
        self.refusals -= 1
        return self.refusals >= 0

    def append(self, connection: ServerConnection, client_id: str, text: str) -> str:
        """Take a message into the log and return its position."""
        number = len(self.log)
        message = {"op": "message", "channel": CHANNEL, "id": str(number), "position": f"{number + 1:024d}"}
        author = {"id": self.users[connection], "username": "somebody"}
        self.log.append({**message, "author": author, "client_id": client_id, "text": text})
        return message["position"]

    async def show_all(self) -> None:
        """Bring every subscriber's wire up to date."""
        for member in list(self.written):
            events = self.wire(self.users[member], self.log)[self.written[member] :]
            self.written[member] += len(events)
            if events:
                await member.send(self.framed(events))

    def framed(self, events: list[dict]) -> str:
        """Several events in one frame."""
        return "\n".join(json.dumps(event) for event in events)


@contextmanager
def crooked_server(
    wire: Wire = honest, kind: type[CrookedServer] = CrookedServer, **crooked
) -> Iterator[str]:
    """The URL of such a server while the block runs."""
    loop, started, urls = asyncio.new_event_loop(), threading.Event(), []
    server = kind(wire, **crooked)

    async def run() -> None:
        stop = loop.create_future()
        options = {"process_request": server.answer_http, "compression": None, **server.options}
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
