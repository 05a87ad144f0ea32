"""After any close a client comes back with `since` and misses nothing; a good-bye loses nothing."""

import asyncio
import json

import pytest

from tests.socket.test_membership import out
from tests.stomp.client import POST, written


async def texts(client, count: int) -> list[str]:
    return [(await client.hear_said()).json["text"] for _ in range(count)]


def test_what_was_missed_comes_first_then_live(connect, channel):
    async def scene():
        async with connect("alice", 0) as alice:
            await alice.subscribe(channel)
            async with connect("bob") as bob:
                await bob.subscribe(channel)
                await alice.post(channel, "본 것")
                since = (await bob.hear_said()).headers["position"]
            for number in range(3):
                await alice.post(channel, f"놓친 것 {number}")
                await alice.hear_said()
            async with connect("bob") as bob:
                await bob.subscribe(channel, since=since)
                await alice.post(channel, "새 것")
                assert await texts(bob, 4) == ["놓친 것 0", "놓친 것 1", "놓친 것 2", "새 것"]

    asyncio.run(scene())


def test_position_of_the_receipt_is_a_since_that_misses_nothing(connect, channel):
    async def scene():
        async with connect("alice", 0) as alice:
            async with connect("bob") as bob:
                position = (await bob.subscribe(channel)).headers["position"]
            await alice.post(channel, "나중")
            async with connect("bob") as bob:
                await bob.subscribe(channel, since=position)
                assert await texts(bob, 1) == ["나중"]

    asyncio.run(scene())


def test_a_repeat_is_the_same_message(connect, channel):
    async def scene():
        async with connect("alice") as alice:
            await alice.subscribe(channel)
            first = await alice.post(channel, "하나", "same")
            since = first.headers["position"]
        async with connect("alice") as alice:
            await alice.subscribe(channel, since=since)
            again = await alice.post(channel, "하나", "same")
            assert again.headers == first.headers
            assert await alice.silence() == []

    asyncio.run(scene())


def test_without_client_id_each_is_a_message_of_its_own(connect, channel):
    async def scene():
        async with connect("alice") as alice:
            await alice.subscribe(channel)
            body = json.dumps({"channelId": channel, "message": "같은 말"})
            for receipt in ("1", "2"):
                await alice.say("SEND", body, destination=POST, receipt=receipt)
            heard = [(await alice.hear_said()).json for _ in range(2)]
            assert heard[0]["client_id"] != heard[1]["client_id"]

    asyncio.run(scene())


@pytest.mark.parametrize("how", ["kick", "leave", "close"])
def test_removed_comes_and_nothing_after_it(site, connect, channel, how):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await alice.subscribe(channel)
            await bob.subscribe(channel, "b")
            await alice.post(channel, "함께")
            await asyncio.to_thread(out, site, "bob", channel, how)
            heard = await bob.hear_said()
            assert heard.json["text"] == "함께"
            while heard.headers["op"] != "removed":
                heard = await bob.hear_said()
            assert heard.json == {"op": "removed", "channel": channel}
            assert heard.headers["subscription"] == "b"
            if how != "close":
                await alice.post(channel, "이제 없어요")
            await bob.say("UNSUBSCRIBE", id="b", receipt="late")
            assert (await bob.next()).headers["receipt-id"] == "late"
            assert await bob.silence() == []
            assert (await bob.subscribe(channel, "b")).headers["code"] == "not_found"

    asyncio.run(scene())


def test_unsubscribed_is_quiet_and_its_id_is_free(connect, channel):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await bob.subscribe(channel, "s")
            await bob.say("UNSUBSCRIBE", id="s", receipt="bye")
            assert (await bob.next()).headers == {"receipt-id": "bye"}
            await alice.post(channel, "혼잣말")
            await asyncio.sleep(0.3)
            assert await bob.silence() == []
            await bob.subscribe(channel, "s")
            await alice.post(channel, "다시")
            assert await texts(bob, 1) == ["다시"]

    asyncio.run(scene())


def test_what_needs_no_question_waits_for_what_does(connect, channel):
    """The membership is looked up for SUBSCRIBE, and not for UNSUBSCRIBE, which stands behind it."""

    async def scene():
        async with connect("alice", 0) as alice, connect("bob") as bob:
            room = {"id": "s", "destination": f"/sub/chat/room/{channel}", "receipt": "on"}
            both = written("SUBSCRIBE", room) + written("UNSUBSCRIBE", {"id": "s", "receipt": "off"})
            await bob.socket.send(both.decode())
            assert [(await bob.next()).headers["receipt-id"] for _ in range(2)] == ["on", "off"]
            await alice.post(channel)
            await asyncio.sleep(0.3)
            assert await bob.silence() == []

    asyncio.run(scene())


def test_the_receipt_of_disconnect_comes_after_all_others(connect, channel):
    async def scene():
        async with connect("alice") as alice:
            await alice.post(channel)
            sends = [
                written(
                    "SEND", {"destination": POST, "receipt": n}, f'{{"channelId":{channel},"message":"말"}}'
                )
                for n in range(50)
            ]
            await alice.socket.send(b"".join((*sends, written("DISCONNECT", {"receipt": "bye"}))).decode())
            last, code = await alice.ending()
            assert (last.command, last.headers, code) == ("RECEIPT", {"receipt-id": "bye"}, 1000)
            assert [int(frame.headers["receipt-id"]) for frame in alice.waiting] == list(range(50))

    asyncio.run(scene())


def test_frames_cut_and_joined_anywhere(connect, channel):
    """Text and binary messages, a character in two of them, heart-beats and CRLF in between."""

    async def scene():
        async with connect("alice") as alice:
            await alice.subscribe(channel)
            bodies = [
                json.dumps({"channelId": channel, "message": f"글 {n} 🙂"}, ensure_ascii=False)
                for n in range(3)
            ]
            stream = b"\r\n\n".join(written("SEND", {"destination": POST}, body) for body in bodies)
            for at in range(0, len(stream), 7):
                await alice.socket.send(stream[at : at + 7])
            await alice.socket.send(written("SEND", {"destination": POST}, bodies[0]).decode())
            assert await texts(alice, 4) == ["글 0 🙂", "글 1 🙂", "글 2 🙂", "글 0 🙂"]

    asyncio.run(scene())


def test_escaped_ids_come_back_as_they_were(connect, channel):
    async def scene():
        async with connect("alice") as alice:
            strange = "a:b\\c\nd\re 한"
            receipt = await alice.subscribe(channel, strange, receipt=strange)
            assert receipt.headers["receipt-id"] == strange
            await alice.send(channel)
            assert (await alice.hear_said()).headers["subscription"] == strange

    asyncio.run(scene())
