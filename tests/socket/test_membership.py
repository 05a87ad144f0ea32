"""Membership changes travel on the same log: whoever is out gets nothing behind that moment."""

import asyncio

import pytest


def out(site, who: str, channel: int, how: str) -> None:
    """End a membership (or the channel) over HTTP."""
    alice, (bob_id, bob) = site.people["alice"][1], site.people["bob"]
    with site.api(alice if how != "leave" else bob) as api:
        answer = {
            "kick": lambda: api.delete(f"channels/{channel}/members/{bob_id}/"),
            "leave": lambda: api.post(f"channels/{channel}/leave/", json={}),
            "close": lambda: api.delete(f"channels/{channel}/"),
        }[how]()
    assert answer.status_code in (200, 204), answer.text


@pytest.mark.parametrize("how", ["kick", "leave", "close"])
@pytest.mark.parametrize("number", [0, -1])
def test_removed_comes_and_nothing_after_it(site, connect, channel, how, number):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob", number) as bob:
            await alice.subscribe(channel)
            await bob.subscribe(channel)
            await alice.post(channel, "함께")
            await asyncio.to_thread(out, site, "bob", channel, how)
            assert (await bob.hear("message"))["text"] == "함께"
            assert await bob.hear("removed") == {"op": "removed", "channel": channel}
            after = await alice.post(channel, "이제 없어요")
            assert after["op"] == ("nack" if how == "close" else "ack")
            assert [frame for frame in await bob.silence() if frame["op"] != "system"] == []
            assert (await bob.post(channel))["code"] == "not_found"
            assert (await bob.subscribe(channel))["code"] == "not_found"

    asyncio.run(scene())


def test_no_message_after_a_kick_reaches_the_kicked_however_busy_it_is(site, connect, channel):
    """In the order that the others see, `system removed` stands; bob has what is before it and no more."""

    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await alice.subscribe(channel)
            await bob.subscribe(channel)
            kick = asyncio.create_task(asyncio.to_thread(out, site, "bob", channel, "kick"))
            for number in range(400):
                frame = {"op": "send", "channel": channel, "client_id": f"busy{number}", "text": "말"}
                await alice.say(frame)
                if number % 10 == 0:
                    await asyncio.sleep(0.005)
            await kick
            before = []
            seen = 0
            removed_at = None
            while seen < 400 or removed_at is None:
                frame = await alice.hear("message", "system")
                if frame["op"] == "system":
                    removed_at = seen
                    assert frame["kind"] == "removed"
                else:
                    seen += 1
                    before += [frame["id"]] if removed_at is None else []
            heard = []
            while (frame := await bob.next())["op"] != "removed":
                heard += [frame["id"]] if frame["op"] != "joined" else []
            assert heard == before
            assert await bob.silence() == []

    asyncio.run(scene())


@pytest.mark.parametrize("number", [0, -1])
def test_who_becomes_a_member_hears_it_in_every_window_and_nobody_else_does(site, connect, number):
    own = site.channel_of([site.people["alice"][1]])

    async def scene():
        async with connect("bob", 0) as one, connect("bob", number) as two, connect("charlie", 0) as charlie:
            for window in (one, two, charlie):
                await window.silence()
            with site.api(site.people["bob"][1]) as api:
                assert (await asyncio.to_thread(api.post, f"channels/{own}/join/", json={})).is_success
            for window in (one, two):
                assert await window.hear("joined") == {"op": "joined", "channel": own}
            assert await charlie.silence(joined=True) == []

    asyncio.run(scene())


@pytest.mark.parametrize("number", [0, -1])
def test_who_hides_a_talk_of_two_hears_it_in_every_window_and_the_other_one_does_not(
    site, connect, channel, number
):
    with site.api(site.people["alice"][1]) as api:
        talk = api.post("channels/direct/", json={"user_id": site.people["bob"][0]}).json()["id"]

    async def scene():
        async with connect("alice", 0) as one, connect("alice", number) as two, connect("bob", 0) as bob:
            for window in (one, two, bob):
                await window.subscribe(talk)
            with site.api(site.people["alice"][1], 0) as api:
                assert (await asyncio.to_thread(api.post, f"channels/{talk}/leave/", json={})).is_success
            for window in (one, two):
                assert await window.hear("hidden") == {"op": "hidden", "channel": talk}
            assert "hidden" not in [frame["op"] for frame in await bob.silence()]

    asyncio.run(scene())


def test_kicked_comes_back_by_joining_again(site, connect, channel):
    async def scene():
        async with connect("bob") as bob:
            await bob.subscribe(channel)
            await asyncio.to_thread(out, site, "bob", channel, "kick")
            await bob.hear("removed")
            with site.api(site.people["bob"][1]) as api:
                assert (await asyncio.to_thread(api.post, f"channels/{channel}/join/", json={})).is_success
            assert (await bob.subscribe(channel))["op"] == "subscribed"
            assert (await bob.post(channel))["op"] == "ack"

    asyncio.run(scene())


def test_logging_out_closes_the_sockets_of_that_token_only(site, connect):
    _, first = site.sign_up("dora")
    with site.api() as api:
        answer = api.post(
            "accounts/login/", json={"email": "dora@example.com", "password": "correct horse battery"}
        )
    second = answer.json()["token"]

    async def scene():
        from tests.socket.client import Client

        async with Client(site.url(), first) as one, Client(site.url(-1), second) as two:
            await one.silence()
            await two.silence()
            with site.api(second) as api:
                assert (await asyncio.to_thread(api.post, "accounts/logout/")).status_code == 204
            assert await two.closing() == 4401
            assert await one.silence(joined=True) == []

    asyncio.run(scene())


def test_changed_password_closes_every_socket(site):
    _, token = site.sign_up("emma")

    async def scene():
        from tests.socket.client import Client

        async with Client(site.url(), token) as one, Client(site.url(-1), token) as two:
            await one.silence()
            await two.silence()
            words = {"current_password": "correct horse battery", "new_password": "another good password"}
            with site.api(token) as api:
                answer = await asyncio.to_thread(api.post, "accounts/me/password/", json=words)
            assert answer.is_success, answer.text
            assert (await one.closing(), await two.closing()) == (4401, 4401)

    asyncio.run(scene())
