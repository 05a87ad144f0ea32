"""Two processes that follow only the partitions which their people need: nobody notices."""

import asyncio
import re

import httpx
import pytest

from tests.site import Site
from tests.socket.client import Client

NAMES = ("alice", "bob", "carol")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    settings = {"FOLLOW_PARTITIONS": "needed", "KAFKA_PARTITIONS": "48"}
    with Site(tmp_path_factory.mktemp("site"), webs=2, **settings) as site:
        site.tokens = {}
        site.numbers = {}
        for name in NAMES:
            site.numbers[name], site.tokens[name] = site.sign_up(name)
        yield site


def window(site: Site, name: str, number: int = 0) -> Client:
    return Client(site.url(number), site.tokens[name])


def channels(site: Site, count: int) -> list[int]:
    """Of alice and bob; so many that they are in several partitions."""
    return [site.channel_of([site.tokens["alice"], site.tokens["bob"]]) for _ in range(count)]


def partitions_followed(site: Site, number: int) -> int:
    page = httpx.get(f"{site.url(number)}/metrics").text
    return int(float(re.search(r"^messenger_partitions_followed (\S+)$", page, re.M)[1]))


def test_everybody_hears_everything_over_two_processes_in_order(site):
    rooms = channels(site, 4)

    async def scene() -> None:
        async with window(site, "alice", 0) as alice, window(site, "bob", 1) as bob:
            for room in rooms:
                await bob.subscribe(room)
            for number in range(20):
                for room in rooms:
                    assert (await alice.post(room, f"{number}"))["op"] == "ack"
            heard: dict[int, list[str]] = {room: [] for room in rooms}
            for _ in range(20 * len(rooms)):
                frame = await bob.hear("message")
                heard[frame["channel"]].append(frame["text"])
            assert heard == {room: [str(number) for number in range(20)] for room in rooms}

    asyncio.run(scene())


def test_somebody_who_comes_back_gets_what_was_missed_from_a_process_that_did_not_follow(site):
    (room,) = channels(site, 1)

    async def scene() -> None:
        async with window(site, "alice", 0) as alice:
            first = await alice.post(room, "처음")
            missed = [(await alice.post(room, f"놓친 글 {number}"))["id"] for number in range(30)]
        async with window(site, "bob", 1) as bob:
            await bob.subscribe(room, since=first["position"])
            assert [(await bob.hear("message", "gap")).get("id") for _ in missed] == missed

    asyncio.run(scene())


def test_who_comes_into_a_channel_hears_of_it_where_nobody_followed_it(site):
    async def scene() -> None:
        async with window(site, "carol", 0) as here, window(site, "carol", 1) as there:
            await here.silence()
            room = (await asyncio.to_thread(channels, site, 1))[0]
            await asyncio.to_thread(join, site, "carol", room)
            for one in (here, there):
                assert await one.hear("joined") == {"op": "joined", "channel": room}

    asyncio.run(scene())


def join(site: Site, name: str, room: int) -> None:
    with site.api(site.tokens[name]) as api:
        assert api.post(f"channels/{room}/join/", json={"password": None}).status_code == 200


def test_rights_that_are_known_end_with_the_membership_told_by_the_other_process(site):
    (room,) = channels(site, 1)

    async def scene() -> None:
        async with window(site, "bob", 1) as bob:
            assert (await bob.post(room, "아직 있어요"))["op"] == "ack"
            await asyncio.to_thread(kick, site, room)
            await bob.silence()
            async with asyncio.timeout(10):
                while (answer := await bob.post(room, "벌써 나갔어요"))["op"] == "ack":
                    await asyncio.sleep(0.01)
            assert answer["code"] == "not_found"

    asyncio.run(scene())


def kick(site: Site, room: int) -> None:
    with site.api(site.tokens["alice"]) as api:
        assert api.delete(f"channels/{room}/members/{site.numbers['bob']}/").status_code == 204


def test_a_process_says_how_much_it_follows(site):
    room = channels(site, 1)[0]

    async def scene() -> None:
        async with window(site, "alice", 0) as alice:
            await alice.subscribe(room)

    asyncio.run(scene())
    assert 0 < partitions_followed(site, 0) < 48
