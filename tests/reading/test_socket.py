"""Reading, typing and looking over the socket: who hears of it, and who does not."""

import asyncio
import contextlib
import time

import httpx
import pytest

from chat.loadtest.plan import read_users
from tests.site import Site
from tests.socket.client import Client

PATIENCE_SECONDS = 10
NEVER = "0" * 24


async def until(condition) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.05)


def mark(as_person, name: str, talk: int, number: int = 0) -> str:
    with as_person(name, number) as api:
        return api.get(f"channels/{talk}/unread/").json()["position"]


async def watching(client: Client, talk: int) -> None:
    """Subscribe and watch; the first state of both kinds has come."""
    await client.subscribe(talk)
    await client.say({"op": "watch", "channel": talk})
    for op in ("read", "readers", "presence"):
        await client.hear(op)


async def hear_until(client: Client, op: str, condition) -> dict:
    """The first frame of this kind that is as it should be."""
    while True:
        frame = await client.hear(op)
        if condition(frame):
            return frame


def unread_by(frame: dict, position: str) -> int:
    """How many of the members have not read it."""
    read = [count for step, count in frame["steps"] if step >= position]
    return frame["members"] - (read[-1] if read else 0)


def test_own_windows_hear_at_once_others_and_the_window_itself_do_not(connect, talk, as_person):
    async def scene():
        async with connect("bob") as tab, connect("bob", 0) as other_tab, connect("alice") as alice:
            for client in (tab, other_tab, alice):
                await client.subscribe(talk)
            position = (await alice.post(talk))["position"]
            await tab.say({"op": "read", "channel": talk, "position": position})
            assert await other_tab.hear("read") == {"op": "read", "channel": talk, "position": position}
            assert "read" not in [frame["op"] for frame in await tab.silence()]
            assert "read" not in [frame["op"] for frame in await alice.silence()]
            assert mark(as_person, "bob", talk, -1) == position
            await until(lambda: mark(as_person, "bob", talk) == position)

    asyncio.run(scene())


def test_a_mark_told_again_or_further_back_is_told_to_nobody(connect, talk):
    async def scene():
        async with connect("bob") as tab, connect("bob", 0) as other_tab:
            first = (await tab.post(talk))["position"]
            second = (await tab.post(talk))["position"]
            for position in (second, second, first):
                await tab.say({"op": "read", "channel": talk, "position": position})
            assert (await other_tab.hear("read"))["position"] == second
            await asyncio.sleep(0.6)
            assert "read" not in [frame["op"] for frame in await other_tab.silence()]

    asyncio.run(scene())


def test_what_was_read_before_a_window_subscribed_is_told_to_it(connect, talk):
    """A mark that moved between the making of the page and the opening of its socket."""

    async def scene():
        async with connect("bob", 0) as tab:
            position = (await tab.post(talk))["position"]
            await tab.say({"op": "read", "channel": talk, "position": position})
            await tab.silence()
            await asyncio.sleep(0.6)
            async with connect("bob") as new_tab, connect("alice") as alice:
                await new_tab.subscribe(talk)
                assert (await new_tab.hear("read"))["position"] == position
                await alice.subscribe(talk)
                assert await alice.silence() == []

    asyncio.run(scene())


def test_reading_over_http_reaches_the_windows(connect, talk, as_person):
    async def scene():
        async with connect("bob") as tab:
            position = (await tab.post(talk))["position"]
            with as_person("bob") as api:
                answer = api.post(f"channels/{talk}/read/", json={"position": position})
            assert answer.json()["position"] == position
            assert (await tab.hear("read"))["position"] == position

    asyncio.run(scene())


@pytest.mark.parametrize("position", ["", "gestern", "F" * 24, "f" * 24])
def test_what_is_no_position_is_refused_and_the_socket_stays(connect, talk, position):
    async def scene():
        async with connect("bob") as bob:
            await bob.say({"op": "read", "channel": talk, "position": position})
            error = await bob.hear("error")
            assert (error["code"], error["channel"]) == ("position_malformed", talk)
            await bob.say({"op": "read", "channel": talk})
            assert (await bob.hear("error"))["code"] == "malformed"
            assert (await bob.post(talk))["op"] == "ack"

    asyncio.run(scene())


@pytest.mark.parametrize("op", ["read", "typing", "watch"])
def test_strangers_are_told_that_there_is_no_such_channel(connect, talk, op):
    async def scene():
        async with connect("charlie") as charlie, connect("alice") as alice:
            await watching(alice, talk)
            for channel in (talk, 10**15):
                await charlie.say({"op": op, "channel": channel, "position": NEVER, "on": True})
                error = await charlie.hear("error")
                assert (error["code"], error["channel"]) == ("not_found", channel)
            await asyncio.sleep(0.5)
            # "system": that the others joined may be told late.
            heard = {frame["op"] for frame in await alice.silence()}
            assert heard <= {"readers", "presence", "system"}

    asyncio.run(scene())


def test_watching_needs_a_subscription(connect, talk):
    async def scene():
        async with connect("bob") as bob:
            await bob.say({"op": "watch", "channel": talk})
            assert (await bob.hear("error"))["code"] == "not_subscribed"
            await bob.say({"op": "typing", "channel": talk})
            assert await bob.silence() == []

    asyncio.run(scene())


def test_readers_follow_the_marks_of_others(connect, talk):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await watching(alice, talk)
            await bob.subscribe(talk)
            position = (await alice.post(talk))["position"]
            await bob.say({"op": "read", "channel": talk, "position": position})
            frame = await hear_until(alice, "readers", lambda one: unread_by(one, position) == 1)
            assert frame["members"] == 2
            await alice.say({"op": "read", "channel": talk, "position": position})
            await hear_until(alice, "readers", lambda one: unread_by(one, position) == 0)

    asyncio.run(scene())


def test_who_does_not_watch_hears_nothing_of_readers_typing_or_presence(connect, talk):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await alice.subscribe(talk)
            await watching(bob, talk)
            position = (await bob.post(talk))["position"]
            await bob.say({"op": "read", "channel": talk, "position": position})
            await bob.say({"op": "typing", "channel": talk})
            await asyncio.sleep(1)
            assert [frame["op"] for frame in await alice.silence()] == ["message"]
            await alice.say({"op": "watch", "channel": talk})
            await alice.hear("presence")
            await alice.say({"op": "watch", "channel": talk, "on": False})
            await alice.silence()
            await asyncio.sleep(2.5)
            await bob.say({"op": "typing", "channel": talk})
            await asyncio.sleep(0.5)
            assert await alice.silence() == []

    asyncio.run(scene())


def test_others_see_who_writes_once_in_a_while(connect, talk, site):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await watching(alice, talk)
            await watching(bob, talk)
            for _ in range(5):
                await bob.say({"op": "typing", "channel": talk})
            heard = await alice.hear("typing")
            assert (heard["user"], heard["username"]) == (site.people["bob"][0], "bob")
            await asyncio.sleep(0.5)
            assert "typing" not in [frame["op"] for frame in await alice.silence()]
            assert "typing" not in [frame["op"] for frame in await bob.silence()]

    asyncio.run(scene())


def test_presence_follows_who_comes_and_goes(connect, talk, site):
    people = sorted(site.people[name][0] for name in ("alice", "bob"))

    async def scene():
        async with connect("alice", 0) as alice:
            await watching(alice, talk)
            async with connect("bob") as bob:
                await watching(bob, talk)
                frame = await hear_until(alice, "presence", lambda one: one["count"] == 2)
                assert frame["people"] == people
            await hear_until(alice, "presence", lambda one: one["count"] == 1)

    asyncio.run(scene())


def test_who_is_kicked_hears_nothing_more_and_looks_no_longer(connect, talk, as_person, site):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await watching(alice, talk)
            await watching(bob, talk)
            await hear_until(alice, "presence", lambda one: one["count"] == 2)
            with as_person("alice") as api:
                assert api.delete(f"channels/{talk}/members/{site.people['bob'][0]}/").status_code == 204
            await bob.hear("removed")
            await bob.silence()
            position = (await alice.post(talk))["position"]
            await alice.say({"op": "read", "channel": talk, "position": position})
            await hear_until(alice, "presence", lambda one: one["count"] == 1)
            await hear_until(alice, "readers", lambda one: one["members"] == 1)
            await alice.say({"op": "typing", "channel": talk})
            await asyncio.sleep(0.5)
            assert await bob.silence() == []

    asyncio.run(scene())


def test_a_large_channel_names_nobody_and_shows_nobody_writing(site, tmp_path):
    """51 members: over what is small."""
    site.manage("loadtest", "--users", "51", "--prepare", str(tmp_path / "users.csv"))
    people, talk = read_users(tmp_path / "users.csv")

    async def scene():
        async with (
            Client(site.url(0), people[0].token) as one,
            Client(site.url(-1), people[1].token) as other,
        ):
            await watching(one, talk)
            await watching(other, talk)
            frame = await hear_until(one, "presence", lambda told: told["count"] == 2)
            assert frame["people"] is None
            await other.say({"op": "typing", "channel": talk})
            await asyncio.sleep(0.6)
            assert "typing" not in [told["op"] for told in await one.silence()]

    asyncio.run(scene())


def test_many_marks_at_once_are_few_frames(connect, talk, site):
    """Twenty windows of two people read on and on: one frame about it at most each half second."""

    async def scene():
        async with contextlib.AsyncExitStack() as stack:
            alice = await stack.enter_async_context(connect("alice", 0))
            await watching(alice, talk)
            bobs = [await stack.enter_async_context(connect("bob")) for _ in range(10)]
            positions = [(await alice.post(talk))["position"] for _ in range(40)]
            await alice.silence()
            began = time.monotonic()
            for position in positions:
                for bob in bobs:
                    await bob.say({"op": "read", "channel": talk, "position": position})
                await asyncio.sleep(0.05)
            await hear_until(alice, "readers", lambda one: unread_by(one, positions[-1]) == 1)
            took = time.monotonic() - began
            more = [frame for frame in await alice.silence() if frame["op"] == "readers"]
            assert len(more) <= took / 0.5 + 1

    asyncio.run(scene())


def test_site_counts_what_it_does(site: Site):
    told = httpx.get(f"{site.url()}/metrics").text
    assert "messenger_read_marks_moved_total" in told
    assert "messenger_whispers_lost_total" in told
