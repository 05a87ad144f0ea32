"""Who may connect, by which of the ways, and what the server agrees to."""

import asyncio

import pytest

from tests.socket.test_refusals import session_of
from tests.stomp.client import Client, written


def answered(client: Client, **headers: str):
    """The answer to CONNECT, and the close code if it was an ERROR."""

    async def scene():
        async with client:
            answer = await client.connect(**headers)
            return answer, await client.closing() if answer.command == "ERROR" else None

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([], None),
        (["v11.stomp"], "v11.stomp"),
        (["v10.stomp", "v11.stomp", "v12.stomp"], "v12.stomp"),
        (["chat"], None),
    ],
)
def test_the_best_subprotocol_is_chosen(site, offered, chosen):
    async def scene():
        client = Client(site.url(), site.people["bob"][1])
        client.subprotocols = offered
        async with client:
            return client.socket.subprotocol

    assert asyncio.run(scene()) == chosen


@pytest.mark.parametrize(
    ("accepted", "version"), [("1.2", "1.2"), ("1.0,1.1,1.2", "1.2"), ("1.0,1.1", "1.1"), ("1.1, 2.0", "1.1")]
)
def test_the_best_version_is_agreed_on(site, accepted, version):
    headers = {"accept-version": accepted, "passcode": site.people["bob"][1]}
    answer, _ = answered(Client(site.url()), **headers)
    assert answer.command == "CONNECTED"
    assert answer.headers == {
        "version": version,
        "heart-beat": "10000,10000",
        "server": "messenger",
        "user-id": str(site.people["bob"][0]),
    }


@pytest.mark.parametrize("accepted", ["1.0", "2.0", "", "x"])
def test_other_versions_are_refused_with_ours(site, accepted):
    answer, code = answered(Client(site.url()), **{"accept-version": accepted})
    assert (answer.headers["code"], answer.headers["version"], code) == ("unsupported", "1.2,1.1", 4400)


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_token_in_the_frame(site, name):
    answer, _ = answered(Client(site.url()), **{name: f"bearer {site.people['bob'][1]}"})
    assert answer.command == "CONNECTED"


def test_token_in_the_handshake(site):
    answer, _ = answered(Client(site.url(), Authorization=f"Bearer {site.people['bob'][1]}"))
    assert answer.headers["user-id"] == str(site.people["bob"][0])


def test_session_counts_on_our_pages_only(site):
    cookie = session_of(site, "bob")
    answer, _ = answered(Client(site.url(-1), Cookie=cookie, Origin=site.url(-1)))
    assert answer.command == "CONNECTED"
    answer, code = answered(Client(site.url(-1), Cookie=cookie, Origin="http://evil.example"))
    assert (answer.headers["code"], code) == ("origin", 4403)


def test_the_frame_counts_before_the_handshake(site):
    bob = f"Bearer {site.people['bob'][1]}"
    answer, code = answered(Client(site.url(), Authorization=bob), Authorization="Bearer wrong")
    assert (answer.headers["code"], code) == ("not_logged_in", 4401)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer " + "a" * 64},
        {"Authorization": "Bearer ü"},
        {"Authorization": "Basic YWxpY2U6eA=="},
        {"Authorization": ""},
        {"passcode": "correct horse battery", "login": "bob"},
        {"passcode": ""},
    ],
)
def test_wrong_token_is_refused(site, headers):
    answer, code = answered(Client(site.url()), **headers)
    assert (answer.command, answer.headers["code"], code) == ("ERROR", "not_logged_in", 4401)
    assert answer.headers["message"] == "The token is unknown or dead."


def test_stomp_is_another_word_for_connect(site):
    async def scene():
        async with Client(site.url()) as client:
            await client.say("STOMP", accept_version="1.2", host="x", passcode=site.people["bob"][1])
            return (await client.next()).command

    assert asyncio.run(scene()) == "CONNECTED"


def test_frames_may_follow_connect_at_once(site, channel):
    async def scene():
        async with Client(site.url()) as client:
            connect = written("CONNECT", {"accept-version": "1.2", "passcode": site.people["bob"][1]})
            room = {"id": "s", "destination": f"/sub/chat/room/{channel}", "receipt": "r"}
            await client.socket.send((connect + written("SUBSCRIBE", room)).decode())
            return [(await client.next()).command for _ in range(2)]

    assert asyncio.run(scene()) == ["CONNECTED", "RECEIPT"]


@pytest.mark.parametrize("command", ["SEND", "SUBSCRIBE", "DISCONNECT", "UNSUBSCRIBE"])
def test_nothing_is_done_before_connect(site, channel, command):
    async def scene():
        async with Client(site.url()) as client:
            headers = {"id": "s", "destination": "/pub/chat/message", "receipt": "r"}
            if command == "SUBSCRIBE":
                headers["destination"] = f"/sub/chat/room/{channel}"
            body = f'{{"channelId":{channel},"message":"x"}}' if command == "SEND" else ""
            await client.say(command, body, **headers)
            return await client.ending()

    error, code = asyncio.run(scene())
    assert (error.headers["code"], error.headers["receipt-id"], code) == ("not_connected", "r", 4400)


def test_connecting_twice_is_refused(site, connect):
    async def scene():
        async with connect("bob") as bob:
            answer = await bob.connect(passcode=site.people["alice"][1])
            return answer, await bob.closing()

    answer, code = asyncio.run(scene())
    assert (answer.headers["code"], code) == ("malformed", 4400)


@pytest.mark.parametrize("path", ["/ws-stomp", "/ws-stomp/"])
def test_both_spellings_of_the_address(site, path):
    async def scene():
        client = Client(site.url(), site.people["bob"][1])
        client.address = site.url().replace("http", "ws") + path
        async with client:
            return client.connected.command

    assert asyncio.run(scene()) == "CONNECTED"


def test_revoked_token_ends_the_connection(site, channel):
    async def scene():
        with site.api() as api:
            person = {"email": "alice@example.com", "password": "correct horse battery"}
            token = api.post("accounts/login/", json=person).json()["token"]
        async with Client(site.url(-1), token) as alice:
            await alice.subscribe(channel)
            with site.api(token) as api:
                assert api.post("accounts/logout/").status_code == 204
            code = await alice.closing()
        refused, _ = await asyncio.to_thread(answered, Client(site.url(-1)), passcode=token)
        return code, refused.headers["code"]

    assert asyncio.run(scene()) == (4401, "not_logged_in")
