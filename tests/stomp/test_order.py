"""Mutes and slow mode over STOMP: told at the queue of errors, or by the ERROR that ends the connection."""

import asyncio

import pytest

from tests.socket.test_order import mute, slow_down

ERRORS = "/user/queue/errors"


def test_muted_member_is_told_at_the_queue_of_errors(site, connect, channel):
    mute(site, channel, seconds=600)

    async def scene():
        async with connect("bob") as bob:
            await bob.say("SUBSCRIBE", id="errors", destination=ERRORS, receipt="subscribed")
            await bob.hear("RECEIPT")
            client_id = await bob.send(channel)
            told = await bob.hear_said()
            assert (told.headers["op"], told.headers["code"]) == ("nack", "muted")
            assert told.headers["receipt-id"] == client_id
            assert int(told.headers["until"]) == told.json["until"]

    asyncio.run(scene())


@pytest.mark.parametrize(("how", "code"), [("mute", "muted"), ("slow", "slow_mode")])
def test_without_the_queue_it_is_an_error(site, connect, channel, how, code):
    if how == "mute":
        mute(site, channel)
    else:
        slow_down(site, channel, 60)

    async def scene():
        async with connect("bob") as bob:
            for _ in range(2):
                await bob.send(channel)
            error, _closed = await bob.ending()
            assert error.command == "ERROR"
            assert error.headers["code"] == code
            assert ("until" in error.headers) == (how == "mute")
            assert ("retry-after-ms" in error.headers) == (how == "slow")

    asyncio.run(scene())
