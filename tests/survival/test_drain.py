"""SIGTERM drains: what is under way is answered, sockets close with 1012, the worker commits."""

import asyncio
import signal
import time

import httpx
import pytest

from tests.site import Site
from tests.socket.client import Client


@pytest.fixture
def site(tmp_path):
    with Site(tmp_path) as site:
        site.token = site.sign_up("alice")[1]
        site.channel = site.channel_of([site.token])
        yield site


def test_web_answers_what_is_under_way_and_closes_with_1012(site):
    async def scene():
        async with Client(site.url(), site.token) as alice:
            await alice.subscribe(site.channel)
            await alice.post(site.channel, "먼저", client_id="first")
            for number in range(500):
                frame = {"op": "send", "channel": site.channel, "client_id": f"m{number}", "text": "말"}
                await alice.say(frame)
                if number == 250:
                    site.webs[0].handle.send_signal(signal.SIGTERM)
            code = None
            answered, delivered = {}, set()
            while code is None:
                try:
                    frame = await alice.next()
                except Exception:
                    code = alice.socket.close_code
                    break
                if frame["op"] in ("ack", "nack"):
                    answered[frame["client_id"]] = frame["op"]
                if frame["op"] == "message":
                    delivered.add(frame["client_id"])
            return code, answered, delivered

    code, answered, delivered = asyncio.run(scene())
    assert code == 1012
    assert site.webs[0].handle.wait(20) == 0
    acknowledged = {client_id for client_id, op in answered.items() if op == "ack"}
    assert acknowledged
    site.webs[0].start()
    site.wait_until_ready()
    wait_for_archive(site, len(acknowledged) + 1)
    stored = {message["client_id"] for message in site.stored(site.token, site.channel)}
    assert acknowledged <= stored
    # Whatever was neither acknowledged nor refused was not read any more: the client repeats it.
    assert not {client_id for client_id, op in answered.items() if op == "nack"} & stored


def test_web_that_is_to_leave_says_so_and_serves_on_until_a_second_signal(tmp_path):
    with Site(tmp_path, workers=0, LEAVE_SECONDS="600") as site:
        token = site.sign_up("alice")[1]
        channel = site.channel_of([token])

        async def scene() -> int:
            async with Client(site.url(), token) as alice:
                await alice.subscribe(channel)
                site.webs[0].handle.send_signal(signal.SIGTERM)
                await until_leaving(site)
                assert httpx.get(f"{site.url()}/healthz").status_code == 200
                assert (await alice.post(channel))["op"] == "ack"
                async with Client(site.url(), token) as late:
                    await late.subscribe(channel)
                    assert (await late.post(channel))["op"] == "ack"
                site.webs[0].handle.send_signal(signal.SIGTERM)
                return await alice.closing()

        assert asyncio.run(scene()) == 1012
        assert site.webs[0].handle.wait(60) == 0


async def until_leaving(site: Site) -> None:
    """A signal is heeded a moment after it was sent."""
    deadline = time.monotonic() + 60
    while (answer := httpx.get(f"{site.url()}/readyz", timeout=20)).status_code == 200:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    assert (answer.status_code, answer.json()["code"]) == (503, "leaving")


def wait_for_archive(site: Site, count: int) -> None:
    for _ in range(100):
        if len(site.stored(site.token, site.channel)) >= count:
            return
        time.sleep(0.2)


def wait_until_started(worker, times: int) -> None:
    """Before its handler stands, a signal ends it like any process."""
    deadline = time.monotonic() + 60
    while worker.log.read_text().count("worker: started") < times:
        assert time.monotonic() < deadline, worker.log.read_text()
        time.sleep(0.1)


def test_worker_commits_and_ends_with_status_0(site):
    with site.api(site.token) as api:
        for number in range(20):
            body = {"client_id": f"m{number}", "text": "말"}
            assert api.post(f"channels/{site.channel}/messages/", json=body).status_code == 201
    wait_for_archive(site, 20)
    worker = site.workers[0]
    assert worker.end(signal.SIGTERM) == 0
    worker.start()
    wait_until_started(worker, 2)
    time.sleep(2)  # it would archive again in that time
    assert worker.end(signal.SIGTERM) == 0
    last = worker.log.read_text().splitlines()[-1]
    assert "archived 0, repeats 0, dead letters 0" in last


def test_worker_ends_however_many_signals_come(site):
    """A supervisor may ask twice in a row: the second signal interrupts the handler of the first."""
    worker = site.workers[0]
    for times in range(1, 4):
        wait_until_started(worker, times)
        for _ in range(200):
            worker.handle.send_signal(signal.SIGTERM)
        assert worker.handle.wait(20) == 0
        if times < 3:
            worker.start()
