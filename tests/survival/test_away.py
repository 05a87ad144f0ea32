"""A part is away: what needs it refuses honestly, everything else goes on, and nothing pretends."""

import asyncio
import time
import uuid

import pytest
from django.conf import settings

from tests.outages import log_away, store_away
from tests.site import Site
from tests.socket.client import Client


@pytest.fixture
def site(tmp_path):
    with Site(tmp_path) as site:
        site.token = site.sign_up("alice")[1]
        site.channel = site.channel_of([site.token])
        yield site


async def post_until_acknowledged(client: Client, channel: int, client_id: str) -> dict:
    for _ in range(30):
        answer = await client.post(channel, "다시", client_id=client_id)
        if answer["op"] == "ack":
            return answer
        await asyncio.sleep(answer["retry_after_ms"] / 1000)
    pytest.fail("never acknowledged")


def test_log_away_is_a_nack_with_a_time_and_later_the_same_message(site, switch):
    async def scene():
        async with Client(site.url(), site.token) as alice:
            await alice.subscribe(site.channel)
            await alice.post(site.channel, "먼저")
            await alice.hear("message")
            with log_away(site, switch):
                alice_patience, answer = time.monotonic(), None
                await alice.say({"op": "send", "channel": site.channel, "client_id": "late", "text": "다시"})
                while answer is None and time.monotonic() < alice_patience + 30:
                    try:
                        answer = await alice.hear("ack", "nack")
                    except TimeoutError:
                        continue
                assert answer["op"] == "nack", answer
                assert answer["code"] == "log_unavailable"
                assert answer["retry_after_ms"] > 0
                await alice.say({"op": "ping"})
                await alice.hear("pong")
            ack = await post_until_acknowledged(alice, site.channel, "late")
            heard = await alice.hear("message")
            assert heard["id"] == ack["id"]
            assert [frame for frame in await alice.silence() if frame["op"] == "message"] == []

    asyncio.run(scene())


def test_log_away_is_503_over_http_and_pages_go_on(site, switch):
    with site.api(site.token) as api, log_away(site, switch):
        body = {"client_id": str(uuid.uuid4()), "text": "안녕"}
        answer = api.post(f"channels/{site.channel}/messages/", json=body, timeout=30)
        assert answer.status_code == 503, answer.text
        assert answer.json()["code"] == "log_unavailable"
        assert int(answer.headers["Retry-After"]) > 0
        assert api.get("channels/").status_code == 200


def test_store_away_talking_goes_on_history_says_so_and_the_worker_catches_up(site, switch):
    async def scene():
        async with Client(site.url(), site.token) as alice:
            await alice.subscribe(site.channel)
            first = await alice.post(site.channel, "먼저")
            with site.api(site.token) as api:
                while [first["id"]] != [m["id"] for m in site.stored(site.token, site.channel)]:
                    await asyncio.sleep(0.1)
                with store_away(site, switch):
                    said = [first["id"]]
                    for number in range(5):
                        said.append((await alice.post(site.channel, f"그동안 {number}"))["id"])
                    assert [(await alice.hear("message"))["id"] for _ in range(6)] == said
                    answer = await asyncio.to_thread(
                        api.get, f"channels/{site.channel}/messages/", timeout=30
                    )
                    assert answer.status_code == 503, answer.text
                    assert answer.json()["code"] == "store_unavailable"
                    assert int(answer.headers["Retry-After"]) > 0
                deadline = time.monotonic() + 40
                while time.monotonic() < deadline:
                    answer = await asyncio.to_thread(
                        api.get, f"channels/{site.channel}/messages/", timeout=30
                    )
                    if answer.is_success and len(answer.json()["results"]) == 6:
                        break
                    await asyncio.sleep(0.3)
                assert [m["id"] for m in answer.json()["results"]] == said[::-1]

    asyncio.run(scene())


def test_redis_away_talking_goes_on(site, switch):
    if not settings.REDIS_URL:
        # Embedded there is no Redis at all: that is what this asserts.
        assert settings.CACHES["default"]["BACKEND"].endswith("LocalCache")
        return
    switch("kill", "redis")

    async def scene():
        async with Client(site.url(), site.token) as alice:
            await alice.subscribe(site.channel)
            assert (await alice.post(site.channel))["op"] == "ack"
            await alice.hear("message")

    asyncio.run(scene())
    with site.api(site.token) as api:
        body = {"client_id": str(uuid.uuid4()), "text": "안녕"}
        assert api.post(f"channels/{site.channel}/messages/", json=body).status_code == 201
        assert api.get("channels/").status_code == 200
    site.sign_up("bob")


def test_database_away_who_talks_goes_on_talking(site, switch):
    if not settings.DATABASE_URL:
        # Embedded the database is a file that every process opens by itself: it cannot be away alone.
        assert settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
        return
    other = site.channel_of([site.token])

    async def scene():
        async with Client(site.url(), site.token) as alice:
            await alice.subscribe(site.channel)
            switch("kill", "mariadb")
            assert (await alice.post(site.channel))["op"] == "ack"
            assert (await alice.subscribe(other))["code"] == "database_unavailable"
            refused = await alice.post(other)
            assert (refused["op"], refused["code"]) == ("nack", "database_unavailable")
            async with Client(site.url(), site.token) as late:
                assert await late.closing() == 1013
            switch("start", "mariadb")
            await asyncio.sleep(refused["retry_after_ms"] / 1000)
            assert (await alice.post(other))["op"] == "ack"

    asyncio.run(scene())
