"""More than the process bears is refused with a time to come back, and nothing that was accepted is lost."""

import asyncio
import json
import socket as sockets
import time

import httpx
import pytest
import websockets
from django.conf import settings

from tests.outages import log_away
from tests.site import Site
from tests.socket.client import Client

MOST_UNDER_WAY = 10_000  # chat/sockets/intake.py
PER_FRAME = 400


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    """A site with its limits on; alice and bob in one channel."""
    with Site(tmp_path_factory.mktemp("limited"), workers=0, RATE_LIMITS="on") as site:
        site.people = {name: site.sign_up(name) for name in ("alice", "bob")}
        site.channel = site.channel_of([token for _, token in site.people.values()])
        yield site


def sends(channel: int, count: int, name: str) -> list[str]:
    """Frames with so many messages in all."""
    lines = [
        json.dumps({"op": "send", "channel": channel, "client_id": f"{name}{number}", "text": "말"})
        for number in range(count)
    ]
    return ["\n".join(lines[start : start + PER_FRAME]) for start in range(0, count, PER_FRAME)]


def post_until_refused(api, channel: int):
    """The first refusal of at most 40 posts, fewer than an untouched allowance holds."""
    for number in range(40):
        answer = api.post(
            f"channels/{channel}/messages/",
            json={"client_id": f"h{number}", "text": "말"},
            headers={"Accept-Language": "ko"},
        )
        if answer.status_code != 201:
            break
    return answer


def test_a_person_has_one_allowance_over_all_sockets_and_http(limited):
    async def scene():
        token = limited.people["alice"][1]
        async with Client(limited.url(), token) as here, Client(limited.url(), token) as there:
            for number, client in enumerate((here, there)):
                await client.socket.send(sends(limited.channel, 50, f"s{number}-")[0])
            answers = [await client.hear("ack", "nack") for client in (here, there) for _ in range(50)]
            assert 60 <= [answer["op"] for answer in answers].count("ack") <= 70
            with limited.api(token) as api:
                refused = post_until_refused(api, limited.channel)
                assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
                assert "한꺼번에" in refused.json()["detail"]
                await asyncio.sleep(int(refused.headers["Retry-After"]))
                body = {"client_id": "later", "text": "말"}
                assert api.post(f"channels/{limited.channel}/messages/", json=body).status_code == 201
        async with Client(limited.url(), limited.people["bob"][1]) as bob:
            assert (await bob.post(limited.channel))["op"] == "ack"

    asyncio.run(scene())


@pytest.mark.skipif(
    bool(settings.KAFKA_BOOTSTRAP_SERVERS), reason="embedded: the file's lock makes the log slow and not dead"
)
def test_beyond_what_may_be_under_way_it_says_overloaded_and_recovers(site, connect, channel):
    async def scene():
        async with connect("alice") as alice, connect("bob") as bob:
            await bob.subscribe(channel)
            count = MOST_UNDER_WAY + 800
            with log_away(site, None), site.api(site.people["bob"][1]) as api:
                for frame in sends(channel, count, "over"):
                    await alice.socket.send(frame)
                await alice.hear("nack")
                body = {"client_id": "during", "text": "말"}
                over_http = api.post(f"channels/{channel}/messages/", json=body)
                assert site_is_alive(site)
            answers = [await alice.hear("ack", "nack") for _ in range(count - 1)]
            refused = [answer for answer in answers if answer["op"] == "nack"]
            assert {answer["code"] for answer in refused} == {"overloaded"}
            waits = [answer["retry_after_ms"] for answer in refused]
            assert 1_000 <= min(waits) < max(waits) <= 7_500
            assert (over_http.status_code, over_http.json()["code"]) == (503, "overloaded")
            assert 1 <= int(over_http.headers["Retry-After"]) <= 8
            acknowledged = {answer["id"] for answer in answers if answer["op"] == "ack"}
            assert 0 < len(acknowledged) <= MOST_UNDER_WAY
            assert {(await bob.hear("message"))["id"] for _ in acknowledged} == acknowledged
            assert (await alice.post(channel))["op"] == "ack"

    asyncio.run(scene())


def site_is_alive(site: Site) -> bool:
    return httpx.get(f"{site.url()}/healthz").status_code == 200


def test_who_reads_no_answers_is_not_read_from_and_costs_bounded_memory(site, channel):
    async def scene():
        wire = sockets.socket()
        wire.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 16 * 1024)
        wire.connect(("127.0.0.1", site.ports[-1]))
        wire.setblocking(False)
        asking = await websockets.connect(
            f"ws://127.0.0.1:{site.ports[-1]}/ws/",
            sock=wire,
            additional_headers={"Authorization": f"Bearer {site.people['bob'][1]}"},
            compression=None,
            max_queue=1,
            max_size=None,
            ping_interval=None,
        )
        before = site.webs[-1].resident_kilobytes()
        question = "\n".join(['{"op":"unsubscribe","channel":1}'] * 1_000)
        asked, stuck = 0, False
        until = time.monotonic() + 30
        while not stuck and time.monotonic() < until:
            try:
                await asyncio.wait_for(asking.send(question), 3)
                asked += 1_000
            except TimeoutError:
                stuck = True
        assert stuck, "the server read on for ever"
        assert site.webs[-1].resident_kilobytes() - before < 40_000
        answered = 0
        while answered < asked:
            answered += (await asyncio.wait_for(asking.recv(), 20)).count("unsubscribed")
        await asking.close()

    asyncio.run(scene())
