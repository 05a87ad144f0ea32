"""An upgrade: two web processes behind the proxy of docker-compose.yml, replaced one after the other while
people talk. Nobody sees an error, nothing is lost, nothing comes twice."""

import asyncio
import os
import signal
import ssl
import subprocess
import time
from pathlib import Path

import httpx
import pytest
import websockets
from django.conf import settings

from tests.programs import find_program
from tests.site import ROOT, Site, free_port
from tests.survival.member import Member

MEMBERS = 10
MESSAGES_PER_SECOND = 500
LEAVE_SECONDS = 3  # the proxy asks each second
PATIENCE_SECONDS = 120


class Proxy:
    """Caddy with the committed configuration, over TLS with an authority of its own."""

    def __init__(self, folder: Path, site: Site) -> None:
        port = free_port()
        self.url = f"https://localhost:{port}"
        self.authority = folder / "caddy/pki/authorities/local/root.crt"
        self.log = folder / "caddy.log"
        self._environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "SITE_ADDRESS": "localhost",
            "WEB_SERVERS": " ".join(f"127.0.0.1:{port}" for port in site.ports),
            "HTTPS_PORT": str(port),
            "HTTP_PORT": str(free_port()),
            "ALIVE_PORT": str(free_port()),
        }

    def __enter__(self) -> "Proxy":
        caddy = find_program("caddy", folder="caddy", part="proxy")
        command = [caddy, "run", "--config", ROOT / "ops/proxy/Caddyfile", "--adapter", "caddyfile"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)
        return self

    def __exit__(self, *_) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        try:
            trust = ssl.create_default_context(cafile=self.authority)
            return httpx.get(f"{self.url}/api/v1/", verify=trust).status_code < 500
        except (OSError, httpx.HTTPError):
            return False


@pytest.fixture
def site(tmp_path):
    if not settings.REDIS_URL:
        pytest.skip("several web processes need Redis (make stack)")
    with Site(tmp_path, webs=2, LEAVE_SECONDS=str(LEAVE_SECONDS)) as site:
        site.tokens = [site.sign_up(f"member{number}")[1] for number in range(MEMBERS)]
        site.channel = site.channel_of(site.tokens)
        yield site


@pytest.fixture
def proxy(site, tmp_path, monkeypatch):
    with Proxy(tmp_path, site) as proxy:
        monkeypatch.setenv("SSL_CERT_FILE", str(proxy.authority))
        yield proxy


def replace(site: Site, number: int) -> None:
    """What ops/upgrade does to one of them: SIGTERM, start, go on once it is ready."""
    web = site.webs[number]
    assert web.end(signal.SIGTERM, PATIENCE_SECONDS) == 0
    web.start()
    site.wait_until_ready()


async def replace_all(site: Site) -> None:
    """One after the other, with a moment before and after each."""
    for number in range(len(site.webs)):
        await asyncio.sleep(1)
        await asyncio.to_thread(replace, site, number)
    await asyncio.sleep(1)


async def talk(member: Member, replacing: asyncio.Task) -> None:
    while not replacing.done():
        await member.talk(MESSAGES_PER_SECOND / MEMBERS, 1)


async def use_pages(proxy: Proxy, site: Site, replacing: asyncio.Task) -> list[httpx.Response]:
    """What somebody without a socket is answered meanwhile, reading and writing."""
    answers: list[httpx.Response] = []
    headers = {"Authorization": f"Bearer {site.tokens[0]}"}
    async with httpx.AsyncClient(base_url=f"{proxy.url}/api/v1/", headers=headers, timeout=60) as client:
        while not replacing.done():
            answers.append(await client.get("channels/"))
            note = {"client_id": f"page{len(answers)}", "text": "쪽지"}
            answers.append(await client.post(f"channels/{site.channel}/messages/", json=note))
            await asyncio.sleep(0.05)
    return answers


def said_by(members: list[Member], answers: list[httpx.Response]) -> set[str]:
    """The ids of all that was confirmed."""
    posted = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    return posted.union(*(member.acknowledged.values() for member in members))


def has_all(member: Member, said: set[str]) -> bool:
    return not member.pending and said <= {message for _, message in member.received}


async def upgrade(proxy: Proxy, site: Site) -> tuple[list[Member], list[httpx.Response]]:
    members = [Member(proxy.url, token, site.channel) for token in site.tokens]
    lives = [asyncio.create_task(member.live()) for member in members]
    await asyncio.gather(*(member.subscribed() for member in members))
    replacing = asyncio.create_task(replace_all(site))
    pages = asyncio.create_task(use_pages(proxy, site, replacing))
    await asyncio.gather(replacing, *(talk(member, replacing) for member in members))
    answers = await pages
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(has_all(member, said_by(members, answers)) for member in members):
        assert time.monotonic() < deadline, "somebody misses an acknowledged message"
        await asyncio.sleep(0.2)
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    return members, answers


def test_nobody_notices_that_web_processes_are_replaced_one_after_the_other(site, proxy, capsys):
    before = [web.handle.pid for web in site.webs]
    members, answers = asyncio.run(upgrade(proxy, site))
    assert not set(before) & {web.handle.pid for web in site.webs}
    breaks = [error for member in members for error in member.breaks]
    said = said_by(members, answers)
    with capsys.disabled():
        print(f"\nreplaced: {len(said)} said, {len(answers)} requests, {len(breaks)} sockets moved", end=" ")
    # Told to go and come back, or to say it again there, which a client does unseen; all else is an error.
    assert breaks
    assert all(isinstance(error, websockets.ConnectionClosed) for error in breaks), breaks
    assert {error.rcvd.code if error.rcvd else None for error in breaks} == {1012}
    assert {answer.status_code for answer in answers} == {200, 201}
    assert set().union(*(member.reasons for member in members)) <= {"restarting"}
    for member in members:
        received = [message for _, message in member.received]
        assert len(received) == len(set(received))
        assert set(received) == said
