"""On a server that gives no transport (daphne) the same consumer talks in plain ASGI events."""

import asyncio
import subprocess
import sys
import time

import httpx
import pytest

from tests.site import ROOT, free_port
from tests.socket.client import Client


@pytest.fixture(scope="module")
def daphne(site, tmp_path_factory):
    """A daphne process over the same site: its URL. Redis or one process: the log is shared either way."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "daphne",
        "-b",
        "127.0.0.1",
        "-p",
        str(port),
        "messenger.asgi:application",
    ]
    log = (tmp_path_factory.mktemp("daphne") / "daphne.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, env=site.environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/healthz", timeout=2)
            break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(20)
    log.close()


def test_talk_between_both_servers(site, daphne, connect, channel):
    async def scene():
        async with Client(daphne, site.people["bob"][1]) as bob, connect("alice", 0) as alice:
            assert (await bob.subscribe(channel))["role"] == "member"
            await alice.subscribe(channel)
            said = [
                (await client.post(channel, f"{text} " * 50))["id"]
                for client in (alice, bob)
                for text in "가나"
            ]
            heard = [[(await client.hear("message"))["id"] for _ in said] for client in (alice, bob)]
            assert heard == [said, said]
            for number in range(300):
                frame = {"op": "send", "channel": channel, "client_id": f"p{number}", "text": str(number)}
                await bob.say(frame)
            texts = [(await bob.hear("message"))["text"] for _ in range(300)]
            assert texts == [str(number) for number in range(300)]
            with site.api(site.people["alice"][1]) as api:
                gone = await asyncio.to_thread(
                    api.delete, f"channels/{channel}/members/{site.people['bob'][0]}/"
                )
                assert gone.status_code == 204
            await bob.hear("removed")

    asyncio.run(scene())


def test_refusals_have_the_same_codes(site, daphne):
    def closing(client: Client, said: str | None = None) -> int:
        async def scene():
            async with client:
                if said:
                    await client.socket.send(said)
                return await client.closing()

        return asyncio.run(scene())

    assert closing(Client(daphne, "wrong")) == 4401
    assert closing(Client(daphne, site.people["bob"][1]), "no json") == 4400
    assert closing(Client(daphne, site.people["bob"][1]), "x" * 65537) == 4413
