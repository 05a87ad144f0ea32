"""The talk of two people over the socket: theirs at once, closed to everybody else, without admins."""

import asyncio

import pytest


@pytest.fixture
def talk(site, channel) -> int:
    """The direct channel of alice and bob."""
    alice, bob = site.people["alice"], site.people["bob"]
    with site.api(alice[1]) as api:
        answer = api.post("channels/direct/", json={"user_id": bob[0]})
        assert answer.status_code in (200, 201), answer.text
    return answer.json()["id"]


def test_two_people_talk_at_once(connect, talk):
    async def scene():
        async with connect("alice") as alice, connect("bob", 0) as bob:
            assert (await alice.subscribe(talk))["role"] == "member"
            await bob.subscribe(talk)
            said = await bob.post(talk, "둘이서")
            heard = await alice.hear("message")
            assert (heard["id"], heard["text"]) == (said["id"], "둘이서")

    asyncio.run(scene())


def test_third_person_hears_and_says_nothing(connect, talk):
    async def scene():
        async with connect("bob") as bob, connect("charlie") as charlie:
            await bob.subscribe(talk)
            message = (await bob.post(talk, "우리끼리"))["id"]
            await charlie.say({"op": "subscribe", "channel": talk})
            assert (await charlie.hear("error"))["code"] == "not_found"
            for frame in (
                {"op": "send", "text": "저도요"},
                {"op": "react", "message": message, "emoji": "👍"},
                {"op": "pin", "message": message},
            ):
                await charlie.say({**frame, "channel": talk, "client_id": "x"})
                assert (await charlie.hear("nack"))["code"] == "not_found"
            await bob.hear("message")
            assert "message" not in [frame["op"] for frame in await bob.silence()]

    asyncio.run(scene())


def test_nobody_is_an_admin_there(connect, talk):
    async def scene():
        async with connect("alice") as alice, connect("bob") as bob:
            await alice.subscribe(talk)
            message = (await bob.post(talk, "글"))["id"]
            await alice.hear("message")  # nobody changes what they have not seen
            for op, code in (("pin", "admins_only"), ("delete", "author_only")):
                frame = {"op": op, "channel": talk, "client_id": op, "message": message}
                await alice.say(frame)
                assert (await alice.hear("nack"))["code"] == code

    asyncio.run(scene())
