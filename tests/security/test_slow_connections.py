"""Connections that bring their requests slowly, never or without end, at the server's own protocol."""

import asyncio
from contextlib import asynccontextmanager

import pytest
import uvicorn
import websockets
from uvicorn.server import ServerState

from chat.sockets import http
from chat.sockets.http import PatientProtocol

PATIENCE_SECONDS = 20
HEAD = b"POST / HTTP/1.1\r\nhost: x\r\n"


@pytest.fixture(autouse=True)
def short_windows(monkeypatch):
    """A window of a quarter of a second, in which 100 bytes have to come."""
    monkeypatch.setattr(http, "WINDOW_SECONDS", 0.25)
    monkeypatch.setattr(http, "LEAST_BYTES", 100)


async def application(scope, receive, send) -> None:
    """Says how many bytes the body has; a socket gets its message back."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": event["text"]})
        return
    size, more = 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            return
        size, more = size + len(event["body"]), event.get("more_body")
    said = b"%d" % size
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]}
    )
    await send({"type": "http.response.body", "body": said})


@asynccontextmanager
async def serving():
    """The port of a server with our protocols."""
    config = uvicorn.Config(application, ws="chat.sockets.websocket:SharedFrameProtocol", log_config=None)
    config.load()
    state = ServerState()
    made = lambda: PatientProtocol(config, state, {})  # noqa: E731
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def answer(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the server closes."""
    try:
        return await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    except ConnectionResetError:
        return b""


async def dribble(writer: asyncio.StreamWriter, piece: bytes = b"a") -> None:
    """A byte now and then, for ever."""
    while not writer.is_closing():
        writer.write(piece)
        await asyncio.sleep(0.02)


async def heard_after(first: bytes, then: bytes | None = None) -> bytes:
    """What a connection gets that says this, and goes on with `then` for ever."""
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(first)
        going_on = asyncio.create_task(dribble(writer, then)) if then else None
        heard = await answer(reader)
        if going_on:
            going_on.cancel()
        writer.close()
        return heard


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", None),
        (b"GET / HT", None),
        (HEAD, b"a"),
        (HEAD, b"a: b\r\n"),
        (HEAD + b"content-length: 100000\r\n\r\n", None),
        (HEAD + b"content-length: 100000\r\n\r\n", b"a"),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"", b"\r\n"),
    ],
)
def test_who_brings_too_little_is_closed_without_a_word(monkeypatch, first, then):
    monkeypatch.setattr(http, "LEAST_BYTES", 5_000)
    assert asyncio.run(heard_after(first, then)) == b""


def test_a_later_request_that_trickles_in_is_closed_too():
    asked = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
    heard = asyncio.run(heard_after(asked, b"\r\n"))
    assert heard.startswith(b"HTTP/1.1 200")
    assert heard.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "first",
    [
        b"GET /" + b"a" * 2**20,
        HEAD + b"x: " + b"a" * 2**20,
        HEAD + b"x: a\r\n" * 200_000,
        HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + b"x: a\r\n" * 200_000,
    ],
    ids=["address", "header", "headers", "trailers"],
)
def test_heads_and_trailers_without_end_are_431(monkeypatch, first):
    monkeypatch.setattr(http, "WINDOW_SECONDS", 600)
    heard = asyncio.run(heard_after(first))
    # What is unread when the server closes makes its kernel reset the connection, maybe before the answer.
    assert heard == b"" or heard.startswith(b"HTTP/1.1 431")


def test_whoever_brings_enough_is_waited_for():
    async def scene() -> bytes:
        async with serving() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HEAD + b"content-length: 20000\r\nconnection: close\r\n\r\n")
            for _ in range(20):
                await asyncio.sleep(0.05)
                writer.write(b"a" * 1_000)
            return await answer(reader)

    assert asyncio.run(scene()).endswith(b"\r\n\r\n20000")


def test_a_socket_that_says_nothing_stays():
    async def scene() -> str:
        async with serving() as port, websockets.connect(f"ws://127.0.0.1:{port}/") as socket:
            await asyncio.sleep(1)
            await socket.send("still here")
            return await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS)

    assert asyncio.run(scene()) == "still here"


def test_the_oldest_of_too_many_half_open_connections_goes(monkeypatch):
    monkeypatch.setattr(http, "WINDOW_SECONDS", 600)
    monkeypatch.setattr(http, "MOST_HALF_OPEN", 50)

    async def scene() -> None:
        async with serving() as port:
            kept_reader, kept = await asyncio.open_connection("127.0.0.1", port)
            kept.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            await kept_reader.readuntil(b"\r\n\r\n0")
            silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
            for reader, _writer in silent[:150]:
                assert await answer(reader) == b""
            assert len(PatientProtocol.half_open) == 50
            kept.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            assert (await answer(kept_reader)).startswith(b"HTTP/1.1 200")
            for _reader, writer in [*silent, (None, kept)]:
                writer.close()

    asyncio.run(scene())
    PatientProtocol.half_open.clear()
