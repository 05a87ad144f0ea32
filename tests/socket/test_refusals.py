"""What the socket refuses, each with its code, and what it costs nobody else."""

import asyncio
import json
import zlib

import pytest
import websockets

from tests.socket.client import Client


def closing_code(client: Client, *said) -> int:
    async def scene():
        async with client:
            for data in said:
                await client.socket.send(data)
            return await client.closing()

    return asyncio.run(scene())


def session_of(site, name: str) -> str:
    """A session cookie, made by the log-in page."""
    import httpx

    with httpx.Client(base_url=site.url(-1)) as browser:
        browser.get("/accounts/login/")
        answer = browser.post(
            "/accounts/login/",
            data={"email": f"{name}@example.com", "password": "correct horse battery"},
            headers={"X-CSRFToken": browser.cookies["csrftoken"], "Referer": site.url(-1)},
        )
        assert answer.status_code == 302, answer.status_code
        return f"sessionid={browser.cookies['sessionid']}"


def test_anonymous_is_4401(site):
    assert closing_code(Client(site.url(), Origin=site.url())) == 4401


@pytest.mark.parametrize("token", ["wrong", "a" * 64, "ü", "x" * 5000])
def test_wrong_token_is_4401(site, token):
    client = Client(site.url())
    client.headers["Authorization"] = f"Bearer {token}".encode("latin-1").decode("latin-1")
    assert closing_code(client) == 4401


def test_other_scheme_is_4401(site):
    assert closing_code(Client(site.url(), Authorization="Basic YWxpY2U6eA==")) == 4401


def test_session_with_our_origin_is_let_in(site, channel):
    cookie = session_of(site, "bob")

    async def scene():
        async with Client(site.url(-1), Cookie=cookie, Origin=site.url(-1)) as bob:
            assert (await bob.subscribe(channel))["role"] == "member"

    asyncio.run(scene())


def test_a_page_of_somebody_who_is_logged_in_no_longer_is_4401(site, channel):
    """Another tab logged somebody else in: what this page still wants to send is not theirs."""
    cookie = session_of(site, "bob")
    people = {name: site.people[name][0] for name in ("alice", "bob")}

    def page_of(named: object) -> Client:
        client = Client(site.url(-1), Cookie=cookie, Origin=site.url(-1))
        client.address += f"?user={named}"
        return client

    async def scene():
        async with page_of(people["bob"]) as bob:
            assert (await bob.subscribe(channel))["role"] == "member"

    asyncio.run(scene())
    for named in (people["alice"], "", f"{people['bob']}&user={people['alice']}", "%00"):
        assert closing_code(page_of(named)) == 4401, named


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1:1"])
def test_session_from_another_page_is_4403(site, origin):
    """A foreign page makes the browser send our cookie: cross-site WebSocket hijacking."""
    headers = {"Origin": origin} if origin else {}
    assert closing_code(Client(site.url(-1), Cookie=session_of(site, "bob"), **headers)) == 4403


def test_foreign_host_is_4403(site):
    """DNS rebinding: the name in the Host header is not ours."""

    async def scene():
        token = site.people["alice"][1]
        port = site.ports[0]
        async with websockets.connect(
            "ws://evil.example/ws/",
            host="127.0.0.1",
            port=port,
            additional_headers={"Authorization": f"Bearer {token}"},
        ) as socket:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await socket.recv()
            return closed.value.rcvd.code

    assert asyncio.run(scene()) == 4403


def test_unknown_path_is_refused(site):
    async def scene():
        with pytest.raises(websockets.InvalidStatus):
            await websockets.connect(site.url().replace("http", "ws") + "/elsewhere/")

    asyncio.run(scene())


@pytest.mark.parametrize(
    "said",
    [
        "{",
        "[]",
        '{"deep":' + "[" * 50_000,
        "null",
        '"text"',
        "{}{}",
        '{"op":"ping"} x',
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_what_is_no_json_object_is_4400(site, connect, said):
    assert closing_code(connect("bob"), said) == 4400


def test_frame_over_64_kib_is_4413(connect):
    assert closing_code(connect("bob"), json.dumps({"op": "ping", "pad": "x" * 65536})) == 4413


def test_bomb_is_4413(site):
    """1 MiB of blanks deflates to 1 KiB: the limit counts what comes out."""

    async def scene():
        client = Client(site.url(), site.people["bob"][1])
        async with client:
            assert any("deflate" in extension.name for extension in client.socket.protocol.extensions)
            await client.socket.send(" " * 2**20)
            return await client.closing()

    assert zlib  # the client library deflates with it
    assert asyncio.run(scene()) == 4413


def refused(connect, name: str, frame: dict) -> dict:
    async def scene():
        async with connect(name) as client:
            await client.say(frame)
            answer = await client.hear("ack", "nack", "error", "subscribed")
            assert await client.silence() == []
            return answer

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_empty"),
        (" \n\t ", "text_empty"),
        ("가" * 4001, "text_too_long"),
        ("\x00", "control_characters"),
        ("a\x1bb", "control_characters"),
        ("a\x85b", "control_characters"),
    ],
)
def test_bad_text_is_a_nack_with_its_code(site, connect, channel, text, code):
    answer = refused(connect, "bob", {"op": "send", "channel": channel, "client_id": "x", "text": text})
    assert (answer["op"], answer["client_id"], answer["code"]) == ("nack", "x", code)
    assert site.stored(site.people["bob"][1], channel) == []


@pytest.mark.parametrize(
    "frame",
    [
        {"client_id": "x"},
        {"client_id": "x", "text": 5},
        {"client_id": "x", "text": None},
        {"client_id": "x", "text": "a", "reply_to": 7},
        {"client_id": "x", "text": "a", "channel": "7"},
        {"client_id": "x", "text": "a", "channel": 2**70},
    ],
)
def test_wrong_fields_are_a_nack(connect, channel, frame):
    answer = refused(connect, "bob", {"op": "send", "channel": channel, **frame})
    assert (answer["op"], answer["code"]) == ("nack", "malformed")


@pytest.mark.parametrize("client_id", ["", "x" * 65, 'a"b', "가", "a\nb"])
def test_bad_client_id_is_an_error(connect, channel, client_id):
    answer = refused(connect, "bob", {"op": "send", "channel": channel, "client_id": client_id, "text": "a"})
    assert (answer["op"], answer["code"]) == ("error", "client_id_malformed")


def test_bad_reply_to_is_a_nack(connect, channel):
    frame = {"op": "send", "channel": channel, "client_id": "x", "text": "a", "reply_to": "nothing"}
    assert refused(connect, "bob", frame)["code"] == "reply_to_malformed"


@pytest.mark.parametrize("name", ["alice", "charlie"])
@pytest.mark.parametrize("op", ["subscribe", "send"])
def test_unknown_channel_and_stranger_look_alike(connect, channel, name, op):
    unknown = 10**12 if name == "alice" else channel
    answer = refused(connect, name, {"op": op, "channel": unknown, "client_id": "x", "text": "a"})
    assert answer["op"] == ("nack" if op == "send" else "error")
    assert answer["code"] == "not_found"


@pytest.mark.parametrize("number", [0, -1, 2**63 - 1])
def test_strange_channel_numbers_are_not_found(connect, number):
    assert refused(connect, "bob", {"op": "subscribe", "channel": number})["code"] == "not_found"
