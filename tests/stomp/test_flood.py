"""With the limits on: too many messages are refused with a time, a flood of frames ends the connection."""

import asyncio
import contextlib

import websockets

from tests.socket.test_flood import limited  # noqa: F401
from tests.stomp.client import Client


async def burst(client: Client, channel: int) -> None:
    with contextlib.suppress(websockets.ConnectionClosed):
        for number in range(100):
            await client.send(channel, "말", f"m{number}")


def test_too_many_messages_are_refused_with_a_time(limited):  # noqa: F811
    async def scene():
        async with Client(limited.url(), limited.token) as alice:
            await alice.say("SUBSCRIBE", id="e", destination="/user/queue/errors")
            await burst(alice, limited.channel)
            answers = [await alice.hear("RECEIPT", "MESSAGE") for _ in range(100)]
            assert {f"m{n}" for n in range(100)} == {answer.headers["receipt-id"] for answer in answers}
            refused = [answer for answer in answers if answer.command == "MESSAGE"]
            assert {answer.headers["code"] for answer in refused} == {"rate_limited"}
            assert 30 < len(refused) <= 40
            waits = [answer.json["retry_after_ms"] for answer in refused]
            assert [str(wait) for wait in waits] == [answer.headers["retry-after-ms"] for answer in refused]
            await asyncio.sleep(max(waits) / 1000)
            assert (await alice.post(limited.channel)).command == "RECEIPT"

    asyncio.run(scene())


def test_who_does_not_listen_is_ended_with_a_time_after_all_receipts(limited):  # noqa: F811
    async def scene():
        await asyncio.sleep(3)  # until the bucket of the test before is full
        async with Client(limited.url(), limited.token) as alice:
            await burst(alice, limited.channel)
            error, code = await alice.ending()
            return error, code, [frame.command for frame in alice.waiting]

    error, code, confirmed = asyncio.run(scene())
    assert (error.headers["code"], code) == ("rate_limited", 1013)
    assert int(error.headers["retry-after-ms"]) > 0
    assert confirmed == ["RECEIPT"] * int(error.headers["receipt-id"][1:])
    assert 60 <= len(confirmed) < 70


def test_flood_of_frames_is_4429(limited):  # noqa: F811
    async def scene():
        async with Client(limited.url(), limited.token) as alice:
            await alice.socket.send("UNSUBSCRIBE\nid:x\n\n\0" * 2_000)
            return await alice.ending()

    error, code = asyncio.run(scene())
    assert (error.headers["code"], code) == ("flood", 4429)


def test_what_waits_for_the_database_is_bounded(site, connect, channel):
    """Frames behind a CONNECT that is looked up are kept, but not any number of them."""

    async def scene():
        async with Client(site.url()) as client:
            connecting = f"CONNECT\naccept-version:1.2\npasscode:{'a' * 64}\n\n\0"
            await client.socket.send(connecting + "UNSUBSCRIBE\nid:x\n\n\0" * 1_000)
            return await client.closing()

    assert asyncio.run(scene()) == 4429
