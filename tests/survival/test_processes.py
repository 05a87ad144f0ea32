"""Several web processes behind one address: `manage.py web --processes 2`, on real servers."""

import asyncio
import contextlib
import os
import signal
import time
import uuid
from pathlib import Path

import psutil
import pytest
import websockets
from django.conf import settings

from tests.site import Site
from tests.socket.client import Client
from tests.survival.member import Member

PROCESSES = 2
SOCKETS = 40
MESSAGES_PER_SECOND = 200
SECONDS = 8
KILLED_AFTER_SECONDS = 2
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    if not settings.REDIS_URL:
        pytest.skip("several web processes need Redis (make stack)")
    with Site(tmp_path_factory.mktemp("site"), WEB_PROCESSES=str(PROCESSES)) as site:
        site.tokens = [site.sign_up(f"member{number}")[1] for number in range(2)]
        yield site
        if site.webs[0].runs:
            site.webs[0].end(signal.SIGTERM)


@pytest.fixture
def site(stage):
    """Both processes serve; a channel of its own for each test."""
    if not stage.webs[0].runs:
        stage.webs[0].start()
        stage.wait_until_ready()
    until(lambda: len(serving(stage)) == PROCESSES, "not all processes serve")
    stage.channel = stage.channel_of(stage.tokens)
    return stage


def until(condition, complaint: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.1)


def children(site: Site) -> dict[int, int]:
    """Each web process by its number: its pid."""
    found = {}
    for child in psutil.Process(site.webs[0].handle.pid).children():
        with contextlib.suppress(psutil.Error):
            found[int(child.environ()["MESSENGER_PROCESS_NUMBER"])] = child.pid
    return found


def serving(site: Site) -> set[int]:
    """The pids that listen on the site's address."""
    return {
        connection.pid
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == site.ports[0]
    }


def sockets_of(pid: int, port: int) -> int:
    """How many connections to the address this process holds."""
    return sum(
        1
        for connection in psutil.Process(pid).net_connections("tcp")
        if connection.status == psutil.CONN_ESTABLISHED and connection.laddr.port == port
    )


def message(channel: int, text: str) -> dict:
    return {"op": "send", "channel": channel, "client_id": str(uuid.uuid4()), "text": text}


async def open_sockets(site: Site, stack: contextlib.AsyncExitStack) -> list[Client]:
    clients = [Client(site.url(), site.tokens[number % 2]) for number in range(SOCKETS)]
    for client in clients:
        await stack.enter_async_context(client)
        await client.subscribe(site.channel)
    return clients


def test_sockets_spread_and_what_one_says_reaches_all(site):
    assert sorted(children(site)) == [1, 2]
    assert serving(site) == set(children(site).values())

    async def scene():
        async with contextlib.AsyncExitStack() as stack:
            clients = await open_sockets(site, stack)
            shares = [sockets_of(pid, site.ports[0]) for pid in children(site).values()]
            assert sum(shares) == SOCKETS
            assert min(shares) >= SOCKETS / 8, shares
            said = [(await client.post(site.channel))["id"] for client in clients[:4]]
            for client in clients:
                assert [(await client.hear("message"))["id"] for _ in said] == said

    asyncio.run(scene())


def test_one_killed_others_go_on_it_comes_back_and_nobody_lost_anything(site):
    before = children(site)

    async def scene() -> list[Member]:
        members = [Member(site.url(), site.tokens[number % 2], site.channel) for number in range(16)]
        lives = [asyncio.create_task(member.live()) for member in members]
        await asyncio.gather(*(member.subscribed() for member in members))
        rate = MESSAGES_PER_SECOND / len(members)
        talks = asyncio.gather(*(member.talk(rate, SECONDS) for member in members))
        await asyncio.sleep(KILLED_AFTER_SECONDS)
        os.kill(before[1], signal.SIGKILL)
        # Those of the other process, and whoever comes now, are served meanwhile.
        with site.api(site.tokens[0]) as api:
            for _ in range(10):
                assert (await asyncio.to_thread(api.get, "channels/")).status_code == 200
        await talks
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(not has_all(member, members) for member in members):
            assert time.monotonic() < deadline, "somebody misses an acknowledged message"
            await asyncio.sleep(0.2)
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)
        return members

    members = asyncio.run(scene())
    until(lambda: len(serving(site)) == PROCESSES, "the killed process did not come back")
    after = children(site)
    assert after[2] == before[2]
    assert after[1] != before[1]
    assert f"process 1 (pid {before[1]}) ended with status -9" in site.webs[0].log.read_text()
    said = sum(len(member.acknowledged) for member in members)
    assert said == len(members) * int(MESSAGES_PER_SECOND / len(members) * SECONDS)
    for member in members:
        assert len(member.received) == len({message for _, message in member.received}) == said


def has_all(member: Member, members: list[Member]) -> bool:
    said = {message for each in members for message in each.acknowledged.values()}
    return not member.pending and said <= {message for _, message in member.received}


def test_sigterm_drains_every_process(site):
    pids = children(site).values()

    async def scene() -> tuple[set[int], set[str]]:
        clients = [Client(site.url(), site.tokens[0]) for _ in range(SOCKETS)]
        for client in clients:
            await client.__aenter__()
            await client.subscribe(site.channel)
        for client in clients:
            await client.say(*[message(site.channel, "말") for _ in range(50)])
        site.webs[0].handle.send_signal(signal.SIGTERM)
        codes, acknowledged = set(), set()
        for client in clients:
            with contextlib.suppress(websockets.ConnectionClosed):
                while True:
                    frame = await client.next()
                    if frame["op"] == "ack":
                        acknowledged.add(frame["id"])
            codes.add(client.socket.close_code)
        return codes, acknowledged

    codes, acknowledged = asyncio.run(scene())
    assert codes == {1012}
    assert site.webs[0].handle.wait(PATIENCE_SECONDS) == 0
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert "Traceback" not in site.webs[0].log.read_text()
    site.webs[0].start()
    site.wait_until_ready()
    assert acknowledged
    until(
        lambda: acknowledged <= {message["id"] for message in site.stored(site.tokens[0], site.channel)},
        "an acknowledged message was not stored",
    )


def test_a_second_signal_hurries(site):
    """A socket that takes nothing more would keep the drain for its ten seconds."""

    async def scene() -> float:
        stuck = Client(site.url(), site.tokens[0])
        stuck.socket = await websockets.connect(
            stuck.address, additional_headers=stuck.headers, compression=None, max_queue=1, max_size=None
        )
        await stuck.subscribe(site.channel)
        async with Client(site.url(), site.tokens[1]) as alice:
            for _ in range(800):
                await alice.say(*[message(site.channel, "가" * 4_000) for _ in range(2)])
                await alice.hear("ack")
                await alice.hear("ack")
        began = time.monotonic()
        site.webs[0].handle.send_signal(signal.SIGTERM)
        await asyncio.sleep(1.5)
        assert site.webs[0].runs, "nothing held the drain: this test no longer tests the hurry"
        site.webs[0].handle.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(site.webs[0].handle.wait, PATIENCE_SECONDS) == 0
        stuck.socket.transport.abort()
        return time.monotonic() - began

    assert asyncio.run(scene()) < 6


def test_children_end_when_the_parent_is_killed(site):
    pids = children(site).values()
    site.webs[0].end(signal.SIGKILL)
    until(lambda: not any(psutil.pid_exists(pid) for pid in pids), "orphans went on")


def test_without_redis_it_says_why_in_one_line(tmp_path):
    site = Site(tmp_path, WEB_PROCESSES="2", REDIS_URL="", RATE_LIMITS="on")
    site.webs[0].start()
    assert site.webs[0].handle.wait(PATIENCE_SECONDS) == 1
    lines = Path(site.webs[0].log).read_text().splitlines()
    assert len(lines) == 1
    assert "WEB_PROCESSES=2 needs REDIS_URL" in lines[0]
