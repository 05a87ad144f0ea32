"""Marks over the end of a process, and reading while Redis is away."""

import asyncio
import signal
import time

import pytest
from django.conf import settings

from chat.reading.presence import BELIEVED_SECONDS, REPEAT_SECONDS
from tests.outages import server
from tests.site import Site
from tests.socket.client import Client

FLUSHED_SECONDS = 2.5


@pytest.fixture
def site(tmp_path):
    """A site of its own, for it is ended. Where the servers carry them, two web processes."""
    with Site(tmp_path, webs=2 if settings.REDIS_URL else 1) as site:
        site.people = {name: site.sign_up(name) for name in ("alice", "bob")}
        yield site


@pytest.fixture
def talk(site) -> int:
    return site.channel_of([token for _, token in site.people.values()])


@pytest.fixture
def redis_away():
    """`redis_away()` kills it; it is back after the test, or when `redis_away.back()` is called."""
    if not settings.REDIS_URL:
        pytest.skip("there is no Redis among embedded parts")
    off = []

    def kill() -> None:
        server("kill", "redis")
        off.append(True)

    def back() -> None:
        if off:
            off.clear()
            server("start", "redis")

    kill.back = back
    yield kill
    back()


def client(site: Site, name: str, number: int = 0) -> Client:
    return Client(site.url(number), site.people[name][1])


def mark(site: Site, name: str, talk: int, number: int = 0) -> str:
    with site.api(site.people[name][1], number) as api:
        return api.get(f"channels/{talk}/unread/").json()["position"]


async def say_and_read(site: Site, talk: int, wait_seconds: float = 0) -> str:
    """bob reads what alice said, with the first process: its position."""
    async with client(site, "alice") as alice, client(site, "bob") as bob:
        position = (await alice.post(talk))["position"]
        await bob.say({"op": "read", "channel": talk, "position": position}, {"op": "ping"})
        await bob.hear("pong")
        await asyncio.sleep(wait_seconds)
    return position


def restart(site: Site) -> None:
    site.webs[0].start()
    site.wait_until_ready()


def test_a_process_that_is_asked_to_end_writes_down_what_was_read_last(site, talk):
    position = asyncio.run(say_and_read(site, talk))
    site.webs[0].end(signal.SIGTERM)
    restart(site)
    assert mark(site, "bob", talk) == position


def test_what_was_read_a_moment_before_a_kill_is_kept(site, talk):
    position = asyncio.run(say_and_read(site, talk, FLUSHED_SECONDS))
    site.webs[0].end(signal.SIGKILL)
    restart(site)
    assert mark(site, "bob", talk) == position
    assert asyncio.run(say_and_read(site, talk, FLUSHED_SECONDS)) > position


def test_reading_goes_on_while_redis_is_away_and_is_heard_again_after_it(site, talk, redis_away):
    redis_away()

    async def scene():
        async with client(site, "alice", 0) as alice, client(site, "bob", 1) as bob:
            await alice.subscribe(talk)
            await bob.subscribe(talk)
            said = await alice.post(talk)
            assert said["op"] == "ack"
            assert (await bob.hear("message"))["id"] == said["id"]
            await bob.say({"op": "read", "channel": talk, "position": said["position"]})
            await asyncio.sleep(FLUSHED_SECONDS)
            assert mark(site, "bob", talk) == said["position"]  # through the rows
            redis_away.back()
            async with client(site, "bob", 0) as other_tab:
                deadline = time.monotonic() + 20
                while True:
                    position = (await alice.post(talk))["position"]
                    await bob.say({"op": "read", "channel": talk, "position": position})
                    await asyncio.sleep(1)
                    if any(frame["op"] == "read" for frame in await other_tab.silence()):
                        break
                    assert time.monotonic() < deadline, "whispers did not come back"

    asyncio.run(scene())


def test_people_of_a_process_that_was_killed_look_no_longer(site, talk):
    if not settings.REDIS_URL:
        pytest.skip("several web processes need Redis")

    async def presence_of(alice: Client, count: int, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            counts = []
            while counts[-1:] != [count]:
                await asyncio.sleep(0.3)
                counts += [frame["count"] for frame in await alice.silence() if frame["op"] == "presence"]

    async def scene():
        async with client(site, "alice", 0) as alice:
            await alice.subscribe(talk)
            await alice.say({"op": "watch", "channel": talk})
            bob = await client(site, "bob", 1).__aenter__()
            await bob.subscribe(talk)
            await bob.say({"op": "watch", "channel": talk})
            await presence_of(alice, 2, 10)
            site.webs[1].end(signal.SIGKILL)
            await presence_of(alice, 1, BELIEVED_SECONDS + 2 * REPEAT_SECONDS)

    asyncio.run(scene())
