"""Posting over HTTP on a running site: the lean lane and its twin (chosen by any query) say the same, and
what the lane remembers of people dies with the right."""

import asyncio
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from django.conf import settings

from tests.outages import log_away
from tests.socket.client import Client

GOOD = {"client_id": "c", "text": "안녕하세요"}


def post(api, channel, body, *, twin=False, **more):
    """Through the lane, or through Django and DRF."""
    url = f"channels/{channel}/messages/" + ("?format=json" if twin else "")
    content = {"json": body} if isinstance(body, dict) else {"content": body}
    headers = {"Content-Type": "application/json", "Accept-Language": "en", **more.pop("headers", {})}
    return api.post(url, headers=headers, **content)


def both(site, name, channel, body, **more):
    with site.api(site.people[name][1] if name else None) as api:
        return [post(api, channel, body, twin=twin, **more) for twin in (False, True)]


def seen(answer) -> tuple:
    """What a client can rely on."""
    return answer.status_code, answer.headers["Content-Type"], answer.json()


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("charlie", GOOD, 404, "not_found"),
        (None, GOOD, 401, "not_authenticated"),
        ("bob", {**GOOD, "text": " "}, 400, "text_empty"),
        ("bob", {**GOOD, "text": "가" * 4_001}, 400, "text_too_long"),
        ("bob", {**GOOD, "text": "\x07"}, 400, "control_characters"),
        ("bob", {**GOOD, "client_id": "ä"}, 400, "client_id_malformed"),
        ("bob", {**GOOD, "reply_to": "x"}, 400, "reply_to_malformed"),
        ("bob", {"text": "no id"}, 400, "validation_failed"),
        ("bob", b"{", 400, "malformed"),
        ("bob", b"[" * 5_000, 400, "malformed"),
    ],
)
def test_lane_and_twin_refuse_alike(site, channel, name, body, status, code):
    lane, twin = both(site, name, channel, body)
    assert seen(lane) == seen(twin)
    assert (lane.status_code, lane.json()["code"]) == (status, code)


def test_lane_and_twin_answer_alike(site, channel):
    body = {"client_id": str(uuid.uuid4()), "text": "한 번만", "reply_to": None}
    lane, twin = both(site, "bob", channel, body)
    assert (lane.status_code, twin.status_code) == (201, 200)
    assert lane.json() == twin.json()
    assert lane.headers["Content-Type"] == twin.headers["Content-Type"]
    for protection in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"):
        assert lane.headers[protection] == twin.headers[protection]


def test_foreign_host_is_refused(site, channel):
    for answer in both(site, "bob", channel, GOOD, headers={"Host": "evil.example"}):
        assert answer.status_code == 400


def test_what_is_too_large_is_the_twins_to_refuse(site, channel):
    lane, twin = both(site, "bob", channel, {**GOOD, "text": "x" * 3_000_000})
    assert lane.status_code == twin.status_code == 413


def test_a_repeat_is_200_and_the_first_message_however_many_come_at_once(site, channel):
    body = {"client_id": str(uuid.uuid4()), "text": "처음"}
    # Embedded, the log is held meanwhile, so that all of them wait for one append.
    held = nullcontext() if settings.KAFKA_BOOTSTRAP_SERVERS else log_away(site, None)
    with site.api(site.people["bob"][1]) as api, ThreadPoolExecutor(16) as threads:
        with held:
            asked = [threads.submit(post, api, channel, body) for _ in range(16)]
            time.sleep(0.5)
        answers = [one.result() for one in asked]
        late = post(api, channel, {**body, "text": "나중"})
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201]
    assert len({answer.json()["position"] for answer in [*answers, late]}) == 1
    assert (late.status_code, late.json()["text"]) == (200, "처음")


def test_kicked_and_logged_out_are_refused_at_once(site, channel):
    async def scene():
        name = f"p{uuid.uuid4().hex[:8]}"
        user_id, token = site.sign_up(name)
        with site.api(token) as api, site.api(site.people["alice"][1]) as alice:
            api.post(f"channels/{channel}/join/", json={})
            assert post(api, channel, {**GOOD, "client_id": name}).status_code == 201
            # Whoever hears of the kick on this process knows that the lane has heard of it.
            async with Client(site.url(), token) as socket:
                await socket.subscribe(channel)
                assert alice.delete(f"channels/{channel}/members/{user_id}/").status_code == 204
                await socket.hear("removed")
                assert post(api, channel, {**GOOD, "client_id": f"{name}2"}).status_code == 404
                api.post("accounts/logout/")
                assert await socket.closing() == 4401
                assert post(api, channel, {**GOOD, "client_id": f"{name}3"}).status_code == 401

    asyncio.run(scene())


def test_posted_reaches_the_socket_and_its_author_is_whoever_holds_the_token(site, channel):
    async def scene():
        async with Client(site.url(-1), site.people["alice"][1]) as alice:
            await alice.subscribe(channel)
            with site.api(site.people["bob"][1]) as api:
                posted = post(
                    api, channel, {"client_id": "x1", "text": "들려요?", "author": {"id": 1}}
                ).json()
            heard = await alice.hear("message")
            assert (heard["id"], heard["text"]) == (posted["id"], "들려요?")
            assert heard["author"]["username"] == "bob"

    asyncio.run(scene())
