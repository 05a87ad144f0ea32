"""What was said reaches everybody in the channel once, in one order."""

import asyncio

import pytest

from tests.socket.client import Client


def test_message_reaches_its_author_and_the_others(connect, channel):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await alice.subscribe(channel)
            await bob.subscribe(channel)
            ack = await alice.post(channel, "회비 냈어요 😀")
            mine, his = await alice.hear("message"), await bob.hear("message")
            assert ack["op"] == "ack"
            assert mine == his
            assert (mine["id"], mine["position"], mine["text"]) == (
                ack["id"],
                ack["position"],
                "회비 냈어요 😀",
            )
            assert mine["author"]["username"] == "alice"
            assert mine["client_id"] == ack["client_id"]
            assert isinstance(mine["sent_at"], int)

    asyncio.run(scene())


def test_everybody_sees_one_order(connect, channel):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await alice.subscribe(channel)
            await bob.subscribe(channel)
            for number in range(50):
                for client in (alice, bob):
                    frame = {"op": "send", "channel": channel, "client_id": f"m{number}", "text": "말"}
                    await client.say(frame)
            heard = [[await client.hear("message") for _ in range(100)] for client in (alice, bob)]
            assert heard[0] == heard[1]
            positions = [message["position"] for message in heard[0]]
            assert positions == sorted(set(positions))

    asyncio.run(scene())


def test_same_client_id_is_the_same_message(site, connect, channel):
    async def scene():
        async with connect("alice", 0) as here, connect("alice") as there:
            await here.subscribe(channel)
            await there.subscribe(channel)
            first = await here.post(channel, "한 번만", client_id="once")
            assert (await here.hear("message"))["id"] == (await there.hear("message"))["id"] == first["id"]
            assert await there.post(channel, "한 번만", client_id="once") == first
            assert await here.silence() == await there.silence() == []

    asyncio.run(scene())


def test_several_objects_in_one_frame_are_carried_out_in_order(connect, channel):
    async def scene():
        async with connect("alice") as alice:
            await alice.say(
                {"op": "subscribe", "channel": channel},
                {"op": "send", "channel": channel, "client_id": "a", "text": "하나"},
                {"op": "send", "channel": channel, "client_id": "b", "text": "둘"},
                {"op": "unknown"},
                {"op": "ping", "extra": 1},
            )
            assert (await alice.hear("error"))["code"] == "unknown_op"
            await alice.hear("pong")
            await alice.say({"op": "ping"})

    asyncio.run(scene())


def test_sending_needs_no_subscription(connect, channel):
    async def scene():
        async with connect("bob") as bob:
            assert (await bob.post(channel))["op"] == "ack"
            assert await bob.silence() == []

    asyncio.run(scene())


def test_nothing_comes_after_unsubscribing(connect, channel):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await bob.subscribe(channel)
            await bob.say({"op": "unsubscribe", "channel": channel})
            assert await bob.hear("unsubscribed") == {"op": "unsubscribed", "channel": channel}
            await alice.post(channel)
            assert await bob.silence() == []

    asyncio.run(scene())


def test_client_without_deflate_gets_the_same(site, connect, channel):
    import websockets

    async def scene():
        plain = Client(site.url(), site.people["bob"][1])
        plain.socket = await websockets.connect(
            plain.address, additional_headers=plain.headers, compression=None
        )
        async with connect("alice") as alice:
            await alice.subscribe(channel)
            await plain.subscribe(channel)
            for number in range(5):
                await alice.post(channel, f"{number} " + "길게 " * 500)
            assert [await plain.hear("message") for _ in range(5)] == [
                await alice.hear("message") for _ in range(5)
            ]
        await plain.socket.close()

    asyncio.run(scene())


@pytest.mark.parametrize(
    "text", ["x", "가" * 4000, "줄\n바꿈\t탭", "\u202e오른쪽", "</script><b>", "😀" * 1000]
)
def test_text_arrives_as_it_was_written(connect, channel, text):
    async def scene():
        async with connect("alice") as alice:
            await alice.subscribe(channel)
            await alice.post(channel, text)
            assert (await alice.hear("message"))["text"] == text

    asyncio.run(scene())


def test_what_is_said_at_once_after_connecting_keeps_its_order(connect, channel):
    """The log-in is still being checked, then the membership: what came meanwhile is not overtaken."""

    async def scene():
        async with connect("bob") as bob:
            await bob.say({"op": "subscribe", "channel": channel})
            for number in range(300):
                frame = {"op": "send", "channel": channel, "client_id": f"n{number}", "text": str(number)}
                await bob.say(frame)
                if number % 20 == 0:
                    await asyncio.sleep(0.001)
            texts = [(await bob.hear("message"))["text"] for _ in range(300)]
            assert texts == [str(number) for number in range(300)]

    asyncio.run(scene())
