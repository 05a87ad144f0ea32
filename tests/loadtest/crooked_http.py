"""A small HTTP server on real sockets that accepts messages and history, or answers crookedly on demand."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Gets the number of the post (from 1) and its document, and says what to answer; None drops the connection.
Answer = Callable[[int, dict], bytes | None]


def http(status: int, document: dict, *headers: str) -> bytes:
    """An answer's bytes."""
    body = json.dumps(document).encode()
    head = [
        f"HTTP/1.1 {status} X",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def accepted(number: int, asked: dict) -> bytes:
    """201 with the message."""
    return http(201, {"client_id": asked["client_id"], "position": f"{number:024d}"})


class CrookedHttpServer:
    """User n has the token `token-n`. `pipelined` counts the requests that did not wait for an answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.posts: list[dict] = []
        self.connections = 0
        self.pipelined = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, one request after the other."""
        self.connections += 1
        try:
            while request := await self._read(reader):
                token, document = request
                self.posts.append({**document, "token": token})
                answer = self.answer(len(self.posts), document)
                await asyncio.sleep(0)  # so that what came meanwhile is read
                self.pipelined += bool(reader._buffer)
                if answer is None:
                    return
                writer.write(answer)
                if b"Connection: close" in answer:
                    return
        finally:
            writer.close()

    @staticmethod
    async def _read(reader: asyncio.StreamReader) -> tuple[str, dict] | None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.strip().split("\r\n")
        assert first == "POST /api/v1/channels/7/messages/ HTTP/1.1", first
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        return headers["authorization"].removeprefix("Bearer "), json.loads(body)


@contextmanager
def crooked_http_server(answer: Answer = accepted) -> Iterator[tuple[str, CrookedHttpServer]]:
    """The URL of such a server, and itself, while the block runs."""
    loop, started = asyncio.new_event_loop(), threading.Event()
    server = CrookedHttpServer(answer)
    found: list = []

    async def run() -> None:
        stop = loop.create_future()
        listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
        found.extend((listening.sockets[0].getsockname()[1], stop))
        started.set()
        await stop
        listening.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    started.wait()
    try:
        yield f"http://127.0.0.1:{found[0]}", server
    finally:
        loop.call_soon_threadsafe(found[1].set_result, None)
        thread.join()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
