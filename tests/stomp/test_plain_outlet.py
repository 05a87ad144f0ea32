"""On a server that gives no transport (daphne) the same consumer talks STOMP in plain ASGI events."""

import asyncio

from tests.socket.test_plain_outlet import daphne  # noqa: F401
from tests.stomp.client import POST, Client, written


def test_talk_between_both_servers(site, daphne, connect, channel):  # noqa: F811
    async def scene():
        async with Client(daphne, site.people["bob"][1]) as bob, connect("alice", 0) as alice:
            assert bob.socket.subprotocol == "v12.stomp"
            await bob.subscribe(channel)
            await alice.subscribe(channel)
            said = [
                (await client.post(channel, f"{text} " * 50)).headers["message-id"]
                for client in (alice, bob)
                for text in "가나"
            ]
            for client in (alice, bob):
                assert [(await client.hear_said()).headers["message-id"] for _ in said] == said
            binary = written("SEND", {"destination": POST}, f'{{"channelId":{channel},"message":"반"}}')
            await bob.socket.send(binary[:-5])
            await bob.socket.send(binary[-5:])
            assert (await alice.hear_said()).json["text"] == "반"
            await bob.say("DISCONNECT", receipt="bye")
            last, code = await bob.ending()
            assert (last.headers["receipt-id"], code) == ("bye", 1000)

    asyncio.run(scene())


def test_refusals_have_the_same_codes(site, daphne):  # noqa: F811
    async def ended(said: str) -> tuple[str, int]:
        async with Client(daphne) as client:
            await client.socket.send(said)
            error, code = await client.ending()
            return error.headers["code"], code

    connect = "CONNECT\naccept-version:1.2\npasscode:wrong\n\n\0"
    assert asyncio.run(ended(connect)) == ("not_logged_in", 4401)
    assert asyncio.run(ended("nothing\n\n")) == ("malformed", 4400)
    assert asyncio.run(ended("\n" * 65_537)) == ("too_large", 4413)
