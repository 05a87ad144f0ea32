"""Editing, deleting, reacting, answering and pinning over the socket: everybody hears of it, in order."""

import asyncio

import pytest


def ask(op: str, channel: int, message: str, **more) -> dict:
    return {"op": op, "channel": channel, "client_id": f"{op}-1", "message": message, **more}


def test_changes_reach_everybody_behind_the_message(connect, channel, site):
    async def scene():
        async with connect("alice") as alice, connect("bob", 0) as bob:
            await alice.subscribe(channel)
            await bob.subscribe(channel)
            message = (await bob.post(channel, "처음"))["id"]
            await alice.hear("message")
            await bob.say(ask("edit", channel, message, text="고침"))
            edited = await alice.hear("edited")
            assert (edited["message"], edited["text"], edited["author"]["username"]) == (
                message,
                "고침",
                "bob",
            )
            ack = await bob.hear("ack")
            assert ack["position"] == edited["position"]
            await alice.say(ask("react", channel, message, emoji="🎉"), ask("pin", channel, message))
            assert (await bob.hear("reacted"))["emoji"] == "🎉"
            assert (await bob.hear("pinned"))["on"] is True
            await alice.say(ask("delete", channel, message))
            deleted = await bob.hear("deleted")
            assert (deleted["message"], deleted["author"]["username"]) == (message, "alice")
            assert deleted["position"] > edited["position"]

    asyncio.run(scene())


def test_repeated_change_is_one_change(connect, channel):
    async def scene():
        async with connect("alice") as alice:
            await alice.subscribe(channel)
            message = (await alice.post(channel))["id"]
            acks = []
            for _ in range(2):
                await alice.say(ask("edit", channel, message, text="고침"))
                acks.append(await alice.hear("ack"))
            assert acks[0] == acks[1]
            await alice.hear("edited")
            assert "edited" not in [frame["op"] for frame in await alice.silence()]

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("who", "frame", "code"),
    [
        ("alice", {"op": "edit", "text": "남의 글"}, "author_only"),
        ("bob", {"op": "edit", "text": ""}, "text_empty"),
        ("bob", {"op": "pin"}, "admins_only"),
        ("bob", {"op": "react", "emoji": "🦄"}, "reaction_unknown"),
        ("bob", {"op": "answer", "choices": [0]}, "not_a_card"),
        ("bob", {"op": "react"}, "malformed"),
        ("bob", {"op": "delete", "message": "0" * 32}, "message_not_found"),
        ("charlie", {"op": "delete"}, "not_found"),
        ("charlie", {"op": "react", "emoji": "👍"}, "not_found"),
    ],
)
def test_refused_change_is_a_nack_and_nobody_hears_of_it(connect, channel, who, frame, code):
    async def scene():
        async with connect("bob") as bob, connect(who) as client:
            await bob.subscribe(channel)
            message = (await bob.post(channel))["id"]
            await bob.hear("message")
            await client.say({"channel": channel, "client_id": "x", "message": message, **frame})
            assert (await client.hear("nack"))["code"] == code
            assert await bob.silence() == []

    asyncio.run(scene())


def test_change_with_a_malformed_client_id_is_an_error(connect, channel):
    async def scene():
        async with connect("alice") as alice:
            message = (await alice.post(channel))["id"]
            await alice.say({**ask("delete", channel, message), "client_id": "<script>"})
            assert (await alice.hear("error"))["code"] == "client_id_malformed"

    asyncio.run(scene())


def test_message_with_a_poll_and_a_mention_is_posted_and_answered(connect, channel, site):
    async def scene():
        async with connect("alice") as alice, connect("bob") as bob:
            await bob.subscribe(channel)
            card = {"kind": "poll", "title": "산? 바다?", "choices": ["산", "바다"]}
            frame = {
                "op": "send",
                "channel": channel,
                "client_id": "poll",
                "text": "@bob 골라요",
                "card": card,
            }
            await alice.say(frame)
            message = await bob.hear("message")
            assert message["card"]["choices"] == ["산", "바다"]
            await bob.say(ask("answer", channel, message["id"], choices=[1]))
            assert (await bob.hear("answered"))["choices"] == [1]
            await alice.say({**frame, "client_id": "bad", "card": {**card, "choices": ["산"]}})
            await alice.hear("ack")
            assert (await alice.hear("nack"))["code"] == "card_choices_invalid"

    asyncio.run(scene())


def test_attachment_that_is_not_there_refuses_the_message(connect, channel):
    async def scene():
        async with connect("alice") as alice:
            for wrong in ("nonsense", "7f4d3a52-3c5e-4d0c-9d86-0c1f3a8a2b11"):
                frame = {
                    "op": "send",
                    "channel": channel,
                    "client_id": "f",
                    "text": "",
                    "attachments": [wrong],
                }
                await alice.say(frame)
                assert (await alice.hear("nack"))["code"] == "attachment_not_found"

    asyncio.run(scene())
