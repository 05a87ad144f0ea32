"""A running site under attack: whoever else is there stays served, and nothing is written."""

import asyncio
import random
import resource
import socket
import time

import pytest

from tests.security.raw import STOMP_FRAMES, bad_json, bad_wire, broken, frame, handshake
from tests.site import Site
from tests.socket.client import Client

CONNECTIONS, PIECES = 600, 6  # of each protocol
HALF_OPEN = 10_000  # more than the site keeps: the oldest go
MOST_GROWTH_KILOBYTES = 128 * 1024
PATIENCE_SECONDS = 20
NO_TEXT = "Invalid UTF-8 sequence received from client."


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("site")) as site:
        site.people = {name: site.sign_up(name) for name in ("alice", "bob", "charlie")}
        yield site


@pytest.fixture
def channel(site) -> int:
    """alice's and bob's; charlie, who attacks, is a stranger to it."""
    return site.channel_of(
        [site.people["alice"][1], site.people["bob"][1]], is_private=True, password="sesame"
    )


async def served(bystander: Client, channel: int) -> None:
    """The bystander's message is taken and comes back."""
    ack = await bystander.post(channel, "아직 있어요")
    assert ack["op"] == "ack", ack
    while (await bystander.hear("message"))["id"] != ack["id"]:
        pass


async def attack(site: Site, path: str, channel: int, seed: int) -> bool:
    """One connection that says a few bad things. Returns whether it was answered before it went."""
    heard = b""
    chance = random.Random(seed)
    reader, writer = await handshake(site.ports[0], path, site.people["charlie"][1], chance)
    if path == "/ws-stomp":
        writer.write(frame(b"CONNECT\naccept-version:1.2\nhost:x\n\n\0"))
    for _ in range(PIECES):
        payload = bad_json(chance) if path == "/ws/" else broken(chance.choice(STOMP_FRAMES), chance)
        payload = payload.replace(b"7", str(channel).encode())
        data = bad_wire(payload, chance)
        at = chance.randrange(len(data) + 1)
        writer.write(data[:at])
        await asyncio.sleep(0)
        writer.write(data[at:])
        try:
            if writer.is_closing() or reader.at_eof():
                break
            await asyncio.wait_for(writer.drain(), PATIENCE_SECONDS)
            heard += await asyncio.wait_for(reader.read(65_536), 0.005)
        except (TimeoutError, ConnectionError):
            pass
    writer.close()
    return bool(heard)


def faults(site: Site) -> list[str]:
    """What the web process logged as an error of its own; uvicorn calls bytes that are no text one, too."""
    lines = [line for line in site.webs[0].log.read_text().splitlines() if NO_TEXT not in line]
    return [line for line in lines if " ERROR " in line or '"ERROR"' in line or "Traceback" in line]


def stored_texts(site: Site, token: str, channel: int, least: int) -> list[str]:
    """What was said, once the worker has stored so many messages."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(stored := site.stored(token, channel)) < least and time.monotonic() < deadline:
        time.sleep(0.1)
    return [message["text"] for message in stored]


@pytest.mark.parametrize("path", ["/ws/", "/ws-stomp"])
def test_bad_frames_harm_nobody_else(site, channel, path):
    bob = site.people["bob"][1]

    async def scene() -> int:
        said = answered = 0
        async with Client(site.url(), bob) as bystander:
            await bystander.subscribe(channel)
            for first in range(0, CONNECTIONS, 20):
                under_way = [attack(site, path, channel, seed) for seed in range(first, first + 20)]
                *heard, _ = await asyncio.gather(*under_way, served(bystander, channel))
                said, answered = said + 1, answered + sum(heard)
            await served(bystander, channel)
        print(f"{path}: {answered} of {CONNECTIONS} were answered before they went")
        assert answered
        return said + 1

    said = asyncio.run(scene())
    assert faults(site) == []
    assert stored_texts(site, bob, channel, said) == ["아직 있어요"] * said


def half_open(port: int, said: bytes) -> socket.socket:
    """A connection that says this and no more."""
    silent = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
    silent.sendall(said)
    return silent


def most_half_open() -> int:
    """So many as this process may hold beside its other files; the site keeps fewer."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return HALF_OPEN if most == resource.RLIM_INFINITY else min(HALF_OPEN, most - 500)


def is_closed(silent: socket.socket) -> bool:
    """Whether the server ended it."""
    try:
        return silent.recv(1) == b""
    except ConnectionResetError:
        return True


def test_thousands_of_half_open_handshakes_leave_room_for_others(site, channel):
    web, port, bob = site.webs[0], site.ports[0], site.people["bob"][1]
    most, before = most_half_open(), web.resident_kilobytes()
    half = b"GET /ws/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX: " + b"a" * 1_000

    async def scene() -> None:
        async with Client(site.url(), bob) as bystander:
            await bystander.subscribe(channel)
            await served(bystander, channel)

    held = [half_open(port, half if number % 2 else b"") for number in range(most)]
    try:
        asyncio.run(scene())
        with site.api(bob) as api:
            assert api.get("channels/").status_code == 200
        grown = web.resident_kilobytes() - before
        assert is_closed(held[0])
    finally:
        for silent in held:
            silent.close()
    print(f"{most} half-open handshakes: {grown} KB more in the web process")
    assert grown < MOST_GROWTH_KILOBYTES
