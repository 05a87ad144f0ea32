"""With the limits on: too many messages are refused with a time, a flood of frames ends the socket."""

import asyncio

import pytest

from tests.site import Site
from tests.socket.client import Client


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("limited"), workers=0) as site:
        site.environment["RATE_LIMITS"] = "on"
        site.token = site.sign_up("alice")[1]
        site.channel = site.channel_of([site.token])
        site.webs[0].environment["RATE_LIMITS"] = "on"
        site.webs[0].end(15)
        site.webs[0].start()
        site.wait_until_ready()
        yield site


def test_too_many_messages_are_refused_with_a_time(limited):
    async def scene():
        async with Client(limited.url(), limited.token) as alice:
            send = {"op": "send", "channel": limited.channel, "text": "말"}
            await alice.say(*({**send, "client_id": f"m{number}"} for number in range(100)))
            answers = [await alice.hear("ack", "nack") for _ in range(100)]
            refused = [answer for answer in answers if answer["op"] == "nack"]
            assert {answer["code"] for answer in refused} == {"rate_limited"}
            assert 30 < len(refused) <= 40
            await asyncio.sleep(max(answer["retry_after_ms"] for answer in refused) / 1000)
            assert (await alice.post(limited.channel))["op"] == "ack"

    asyncio.run(scene())


def test_flood_of_frames_is_4429(limited):
    async def scene():
        async with Client(limited.url(), limited.token) as alice:
            await alice.socket.send("\n".join(['{"op":"ping"}'] * 2_000))
            return await alice.closing()

    assert asyncio.run(scene()) == 4429


def test_flood_over_http_is_429_with_retry_after(limited):
    with limited.api(limited.token) as api:
        for number in range(700):
            body = {"client_id": f"http-{number}", "text": "말"}
            answer = api.post(f"channels/{limited.channel}/messages/", json=body)
            if answer.status_code == 429:
                break
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_requests"
    assert int(answer.headers["Retry-After"]) > 0
