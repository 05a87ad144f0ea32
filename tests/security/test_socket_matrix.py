"""Who may say what on the two sockets: every op and destination as everybody, held to sockets.txt."""

import asyncio
from pathlib import Path

import pytest
import websockets

from tests.security.doors import destinations, ops
from tests.site import Site
from tests.socket.client import Client
from tests.stomp.client import Client as StompClient

TABLE = Path(__file__).with_name("sockets.txt")
KNOCKING = ("anonymous", "stranger", "member", "admin", "treasurer", "kicked", "deactivated")
MEMBERS = ("admin", "owner", "member", "treasurer", "kicked", "deactivated")
PIN = "246810"
NOWHERE = 10**12
FIELDS = {
    "text": "안녕하세요", "emoji": "👍", "choices": [0], "on": True, "position": "0" * 24, "client_id": "c",
}  # fmt: skip


def rows() -> dict[str, list[str]]:
    """The table: cells by op or by command and destination."""
    lines = [line.rsplit(maxsplit=len(KNOCKING)) for line in TABLE.read_text().splitlines() if line[0] != "#"]
    return {line[0]: line[1:] for line in lines}


def doors() -> list[str]:
    return ops() + [f"{command} {destination}".strip() for command, destination in destinations()]


@pytest.fixture(scope="module")
def club(tmp_path_factory):
    """A site with a private channel and a group wallet; kicked and deactivated were in it."""
    with Site(tmp_path_factory.mktemp("site")) as site:
        site.people = {name: site.sign_up(name) for name in (*MEMBERS, "stranger")}
        tokens = {name: token for name, (_id, token) in site.people.items()}
        site.tokens = tokens
        site.channel = site.channel_of([tokens[name] for name in MEMBERS], is_private=True, password="sesame")
        with site.api(tokens["owner"]) as api:
            made = api.post(
                "wallets/", json={"channel": site.channel, "name": "회비", "description": "", "pin": PIN}
            )
            wallet = made.json()["id"]
        with site.api(tokens["treasurer"]) as api:
            assert api.post(f"wallets/{wallet}/join/").status_code == 200
        number = site.people["treasurer"][0]
        with site.api(tokens["owner"]) as api:
            given = api.patch(f"wallets/{wallet}/members/{number}/", json={"role": "treasurer"})
            assert given.status_code == 200, given.text
        with site.api(tokens["admin"]) as api:
            address = f"channels/{site.channel}/members/{site.people['kicked'][0]}/"
            assert api.delete(address).status_code == 204
        # By the row alone: the service would also end the log-in, and then it would prove nothing.
        number = site.people["deactivated"][0]
        site.manage("shell", "-c", f"User.objects.filter(pk={number}).update(is_active=False)")
        yield site


async def answer_on_ws(site: Site, owner: Client, op: str, name: str) -> str:
    """What this op gets, about a message that the owner has just written and everybody heard."""
    message = (await owner.post(site.channel, client_id=f"{op}-{name}"))["id"]
    while (await owner.hear("message"))["id"] != message:
        pass
    async with Client(site.url(), site.tokens.get(name), Origin=site.url()) as client:
        try:
            await client.say({"op": op, "channel": site.channel, "message": message, **FIELDS})
            await client.say({"op": "unsubscribe", "channel": NOWHERE})  # answered in its turn, unlike a ping
            heard = []
            while (frame := await client.next()) != {"op": "unsubscribed", "channel": NOWHERE}:
                heard.append(frame)
        except websockets.ConnectionClosed:
            return str(await client.closing())
    return next((frame["code"] for frame in heard if frame["op"] in ("error", "nack")), "in")


async def answer_on_stomp(site: Site, command: str, destination: str, name: str) -> str:
    async with StompClient(site.url()) as client:
        token = site.tokens.get(name)
        answered = await client.connect(**({"Authorization": f"Bearer {token}"} if token else {}))
        if answered.command == "CONNECTED" and command == "SUBSCRIBE":
            told = destination.format(channel=site.channel)
            await client.say("SUBSCRIBE", id="s", destination=told, receipt="r")
            answered = await client.hear("RECEIPT", "ERROR")
        elif answered.command == "CONNECTED" and command == "SEND":
            answered = await client.post(site.channel)
    return answered.headers["code"] if answered.command == "ERROR" else "in"


def test_everybody_hears_on_the_sockets_what_the_table_says(club):
    known = rows()

    async def scene() -> list[str]:
        wrong = []
        async with Client(club.url(), club.tokens["owner"]) as owner:
            await owner.subscribe(club.channel)
            for door in doors():
                if " " in door or door == "CONNECT":
                    command, _, destination = door.partition(" ")
                    cells = [await answer_on_stomp(club, command, destination, name) for name in KNOCKING]
                else:
                    cells = [await answer_on_ws(club, owner, door, name) for name in KNOCKING]
                if cells != known.get(door):
                    wrong.append(f"{door} {' '.join(cells)}")
        return wrong

    wrong = asyncio.run(scene())
    if wrong:
        pytest.fail("these answer:\n" + "\n".join(wrong), pytrace=False)


def test_every_op_and_destination_has_its_row():
    assert sorted(rows()) == sorted(doors())
