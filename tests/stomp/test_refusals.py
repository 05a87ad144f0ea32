"""What STOMP refuses: breaches of the protocol end the connection; a refused message does unless its sender
listens."""

import asyncio
import contextlib
import json

import pytest
import websockets

from tests.stomp.client import POST, Client, written

ERRORS = "/user/queue/errors"


def ended_by(client: Client, *said: bytes | str):
    """The ERROR and close code that this brings."""

    async def scene():
        async with client:
            for data in said:
                await client.socket.send(data)
            return await client.ending()

    return asyncio.run(scene())


def message(channel: int, **changes) -> str:
    return json.dumps({"channelId": channel, "message": "말", "clientId": "c"} | changes)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"id": "s"}, "malformed"),
        ({"destination": "/sub/chat/room/1"}, "malformed"),
        ({"id": "", "destination": "/sub/chat/room/1"}, "malformed"),
        ({"id": "s", "destination": "/sub/chat/room/"}, "not_found"),
        ({"id": "s", "destination": "/sub/chat/room/x"}, "not_found"),
        ({"id": "s", "destination": "/sub/chat/room/-1"}, "not_found"),
        ({"id": "s", "destination": "/sub/chat/room/٣"}, "not_found"),
        ({"id": "s", "destination": "/sub/chat/room/" + "9" * 18}, "not_found"),
        ({"id": "s", "destination": "/sub/chat/room/" + "9" * 400}, "not_found"),
        ({"id": "s", "destination": "/topic/1"}, "not_found"),
        ({"id": "s", "destination": "/sub/chat/room/1", "ack": "client"}, "unsupported"),
        ({"id": "s", "destination": "/sub/chat/room/1", "since": "yesterday"}, "position_malformed"),
    ],
)
def test_subscriptions_that_cannot_be(connect, headers, code):
    frame = written("SUBSCRIBE", {**headers, "receipt": "r:1"})
    error, closed = ended_by(connect("bob"), frame)
    assert (error.command, error.headers["code"], error.headers["receipt-id"]) == ("ERROR", code, "r:1")
    assert error.headers["message"]
    assert closed == 4400


@pytest.mark.parametrize("name", ["alice", "charlie"])
def test_unknown_room_and_stranger_look_alike(connect, channel, name):
    unknown = 10**12 if name == "alice" else channel

    async def scene():
        async with connect(name) as client:
            return await client.subscribe(unknown), await client.closing()

    error, closed = asyncio.run(scene())
    assert (error.command, error.headers["code"], closed) == ("ERROR", "not_found", 4400)


def test_an_id_and_a_room_are_taken_once(connect, channel, site):
    other = site.channel_of([site.people["bob"][1]])

    async def refused(number: int, subscription: str) -> str:
        async with connect("bob") as bob:
            await bob.subscribe(channel, "a")
            return (await bob.subscribe(number, subscription)).headers.get("code")

    assert asyncio.run(refused(other, "a")) == "id_taken"
    assert asyncio.run(refused(channel, "b")) == "already_subscribed"
    assert asyncio.run(refused(other, "b")) is None


@pytest.mark.parametrize("command", ["ACK", "NACK", "BEGIN", "COMMIT", "ABORT"])
def test_transactions_and_acknowledgements_are_unsupported(connect, command):
    error, code = ended_by(connect("bob"), written(command, {"id": "1", "transaction": "t"}))
    assert (error.headers["code"], code) == ("unsupported", 4400)


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"transaction": "t"}, None, "unsupported"),
        ({"destination": "/pub/chat/other"}, None, "not_found"),
        ({"content-type": "text/plain"}, None, "unsupported"),
        ({}, "", "malformed"),
        ({}, "말", "malformed"),
        ({}, "[]", "malformed"),
        ({}, '{"message":"x"}', "malformed"),
        ({}, '{"channelId":"7","message":"x"}', "malformed"),
        ({}, '{"channelId":7}', "malformed"),
        ({}, '{"deep":' + "[" * 50_000, "malformed"),
        ({}, '{"channelId":7,"message":null}', "malformed"),
        ({}, '{"channelId":7,"message":"x","clientId":5}', "malformed"),
        ({}, '{"channelId":99999999999999999999,"message":"x"}', "malformed"),
        ({}, b'{"channelId":7,"message":"\xff"}', "malformed"),
    ],
)
def test_what_is_no_message_ends_the_connection(connect, channel, headers, body, code):
    body = message(channel) if body is None else body
    frame = written("SEND", {"destination": POST, "receipt": "r", **headers}, body)
    error, closed = ended_by(connect("bob"), frame)
    assert (error.headers["code"], error.headers["receipt-id"], closed) == (code, "r", 4400)


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("charlie", {}, "not_found"),
        ("bob", {"channelId": 10**12}, "not_found"),
        ("bob", {"message": ""}, "text_empty"),
        ("bob", {"message": "가" * 4_001}, "text_too_long"),
        ("bob", {"message": "a\0b"}, "control_characters"),
        ("bob", {"clientId": "a b"}, "client_id_malformed"),
        ("bob", {"replyTo": "nothing"}, "reply_to_malformed"),
    ],
)
def test_a_refused_message_is_told_to_who_listens_and_ends_nobody(connect, channel, name, changes, code):
    async def scene():
        async with connect(name) as client:
            await client.say("SUBSCRIBE", id="e", destination=ERRORS, receipt="r")
            assert (await client.next()).headers == {"receipt-id": "r"}
            refused = []
            for receipt in ("first", "second"):
                await client.say("SEND", message(channel, **changes), destination=POST, receipt=receipt)
                refused.append(await client.next())
            assert await client.silence() == []
            return refused

    first, second = asyncio.run(scene())
    assert first.command == "MESSAGE"
    assert {**first.headers, "content-length": ""} == {
        "subscription": "e",
        "message-id": "nack-1",
        "destination": ERRORS,
        "op": "nack",
        "receipt-id": "first",
        "code": code,
        "content-type": "application/json",
        "content-length": "",
    }
    assert (first.json["op"], first.json["code"]) == ("nack", code)
    assert first.json["client_id"] == changes.get("clientId", "c")
    assert (second.headers["message-id"], second.headers["receipt-id"]) == ("nack-2", "second")


def test_others_are_ended_after_what_they_sent_before_is_confirmed(site, connect, channel):
    async def scene():
        async with connect("bob") as bob:
            await bob.post(channel, "먼저", "first")
            for number in range(20):
                await bob.send(channel, "말", f"c{number}")
            await bob.send(channel, "", "bad")
            await bob.send(channel, "말", "behind")
            error, code = await bob.ending()
            receipts = {frame.headers["receipt-id"] for frame in bob.waiting}
            return error, code, receipts

    error, code, receipts = asyncio.run(scene())
    assert (error.command, error.headers["code"], error.headers["receipt-id"]) == (
        "ERROR",
        "text_empty",
        "bad",
    )
    assert code == 4400
    assert receipts == {f"c{number}" for number in range(20)}


@pytest.mark.parametrize("said", [b"{}\n\n", b"SEND\na:\\t\n\n\0", b"PING\n\n\0", b"SEND\n:x\n\n\0"])
def test_what_is_no_frame_ends_the_connection(connect, said):
    error, code = ended_by(connect("bob"), said)
    assert (error.command, error.headers["code"], code) == ("ERROR", "malformed", 4400)


def test_the_last_word_reaches_who_still_sends(connect):
    """Bytes that nobody reads any more would reset the connection and take the ERROR along."""

    async def scene():
        async with connect("bob") as bob:
            bob.socket.transport.pause_reading()
            await bob.socket.send("nothing\n\n")
            with contextlib.suppress(websockets.ConnectionClosed):
                for _ in range(50):
                    await bob.socket.send("\n" * 60_000)
                    await asyncio.sleep(0.01)
            bob.socket.transport.resume_reading()
            return await bob.ending()

    error, code = asyncio.run(scene())
    assert (error.headers["code"], code) == ("malformed", 4400)


@pytest.mark.parametrize(
    "said",
    [
        [b"x" * 65_537],
        [b"SEND\na:" + b"x" * 9_000],
        [b"SEND\ncontent-length:70000\n\n"],
        [b"SEND\n\n" + b"x" * 60_000, b"x" * 60_000],
        [b"SEND\n" + b"a:b\n" * 51 + b"\n\0"],
    ],
)
def test_too_much_is_4413(connect, said):
    """The WebSocket's own limit closes without a word."""

    async def scene():
        async with connect("bob") as bob:
            for data in said:
                await bob.socket.send(data)
            return await bob.closing()

    assert asyncio.run(scene()) == 4413


def test_a_body_only_belongs_to_send(connect):
    error, _ = ended_by(connect("bob"), written("DISCONNECT", {"receipt": "r"}, "x"))
    assert (error.headers["code"], error.headers["receipt-id"]) == ("malformed", "r")
