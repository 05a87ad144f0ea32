"""Two who talk over STOMP, with each other and with those on `/ws/`."""

import asyncio

from tests.socket.client import Client as MainClient


def test_two_clients_talk(site, connect, channel):
    async def scene():
        async with connect("alice") as alice, connect("bob", 0) as bob:
            receipt = await bob.subscribe(channel, "bobs")
            assert receipt.headers["receipt-id"] == "r-bobs"
            assert receipt.headers["role"] == "member"
            await alice.subscribe(channel)
            posted = await alice.post(channel, "안녕 🙂", "first")
            assert (posted.command, posted.headers["receipt-id"]) == ("RECEIPT", "first")
            for client, subscription in ((alice, "sub-0"), (bob, "bobs")):
                heard = await client.hear_said()
                assert heard.headers["subscription"] == subscription
                assert heard.headers["destination"] == f"/sub/chat/room/{channel}"
                assert heard.headers["message-id"] == posted.headers["message-id"] == heard.json["id"]
                assert heard.headers["position"] == posted.headers["position"] == heard.json["position"]
                assert heard.headers["op"] == "message"
                assert (heard.json["text"], heard.json["client_id"]) == ("안녕 🙂", "first")
                assert heard.json["author"] == {"id": site.people["alice"][0], "username": "alice"}

    asyncio.run(scene())


def test_the_body_is_that_of_the_main_socket(site, connect, channel):
    async def scene():
        async with (
            connect("alice") as alice,
            MainClient(site.url(), site.people["bob"][1]) as bob,
        ):
            await alice.subscribe(channel)
            await bob.subscribe(channel)
            await alice.send(channel, "하나")
            await bob.post(channel, "둘")
            heard = [(await alice.hear_said()).json for _ in range(2)]
            assert heard == [await bob.hear("message") for _ in range(2)]

    asyncio.run(scene())
