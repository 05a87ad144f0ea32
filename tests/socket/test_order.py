"""Mutes and slow mode hold on every entrance of every process from the moment the log tells of them."""

import asyncio
import time
import uuid

import pytest

PATIENCE_SECONDS = 10


def administer(site, method: str, path: str, **body):
    """alice does something over HTTP."""
    with site.api(site.people["alice"][1]) as api:
        answer = getattr(api, method)(path, **({"json": body} if method != "delete" else {}))
    assert answer.status_code in (200, 201, 204), answer.text
    return answer


def mute(site, channel: int, **body):
    bob_id = site.people["bob"][0]
    return administer(site, "post", f"channels/{channel}/members/{bob_id}/mute/", **body)


def lift_mute(site, channel: int):
    bob_id = site.people["bob"][0]
    return administer(site, "delete", f"channels/{channel}/members/{bob_id}/mute/")


def slow_down(site, channel: int, seconds: int):
    return administer(site, "patch", f"channels/{channel}/", slow_seconds=seconds)


def post(
    site, channel: int, name: str, *, twin: bool = False, client_id: str | None = None, number: int = -1
):
    """Through the lane, or through Django and DRF."""
    message = {"client_id": client_id or uuid.uuid4().hex, "text": "글"}
    with site.api(site.people[name][1], number) as api:
        return api.post(f"channels/{channel}/messages/" + ("?format=json" if twin else ""), json=message)


async def hear_system(client, kind: str) -> dict:
    while True:
        frame = await client.hear("system")
        if frame["kind"] == kind:
            return frame


@pytest.mark.parametrize("number", [0, -1])
def test_muted_member_is_refused_from_that_event_on_and_reads_on(site, connect, channel, number):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob", number) as bob:
            for client in (alice, bob):
                await client.subscribe(channel)
            assert (await bob.post(channel, "아직"))["op"] == "ack"  # the role is known from here on
            await asyncio.to_thread(mute, site, channel, seconds=600)
            told = await hear_system(bob, "muted")
            refused = await bob.post(channel, "이제는")
            assert (refused["op"], refused["code"], refused["until"]) == ("nack", "muted", told["until"])
            assert told["until"] > time.time() * 1000 + 590_000
            await alice.post(channel, "들리나요")
            assert [(await bob.hear("message"))["text"] for _ in range(2)] == ["아직", "들리나요"]
            await asyncio.to_thread(lift_mute, site, channel)
            assert (await hear_system(bob, "muted"))["until"] == 0
            assert (await bob.post(channel, "다시"))["op"] == "ack"

    asyncio.run(scene())


def test_who_was_muted_before_connecting_is_refused_too(site, connect, channel):
    mute(site, channel)

    async def scene():
        async with connect("bob") as bob:
            await bob.subscribe(channel)
            assert (await bob.post(channel))["code"] == "muted"

    asyncio.run(scene())


def test_muted_member_edits_nothing_over_the_socket_but_takes_back(site, connect, channel):
    async def scene():
        async with connect("bob") as bob:
            await bob.subscribe(channel)
            said = await bob.post(channel, "내 글")
            await asyncio.to_thread(mute, site, channel, seconds=600)
            await hear_system(bob, "muted")
            edit = {
                "op": "edit",
                "channel": channel,
                "message": said["id"],
                "client_id": "e",
                "text": "고친 글",
            }
            await bob.say(edit)
            refused = await bob.hear("ack", "nack")
            assert (refused["op"], refused["code"]) == ("nack", "muted")
            assert refused["until"] > time.time() * 1000
            await bob.say({"op": "delete", "channel": channel, "message": said["id"], "client_id": "d"})
            assert (await bob.hear("ack", "nack"))["op"] == "ack"

    asyncio.run(scene())


def test_a_repeat_of_what_was_said_before_the_mute_is_acknowledged(site, connect, channel):
    async def scene():
        async with connect("bob") as bob:
            await bob.subscribe(channel)
            client_id = str(uuid.uuid4())
            first = await bob.post(channel, client_id=client_id)
            await asyncio.to_thread(mute, site, channel, seconds=600)
            await hear_system(bob, "muted")
            assert await bob.post(channel, client_id=client_id) == first

    asyncio.run(scene())


def test_lane_and_twin_refuse_the_muted_alike(site, channel):
    assert post(site, channel, "bob").status_code == 201
    mute(site, channel, seconds=600)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while post(site, channel, "bob").status_code == 201:
        assert time.monotonic() < deadline, "the lane never heard of it"
    lane, twin = post(site, channel, "bob"), post(site, channel, "bob", twin=True)
    assert (lane.status_code, lane.json()["code"]) == (403, "muted")
    assert lane.json() == twin.json()
    assert lane.json()["until"].endswith("Z")


@pytest.mark.parametrize("number", [0, -1])
def test_slow_mode_holds_members_back_and_not_admins(site, connect, channel, number):
    async def scene():
        async with connect("alice", 0) as alice, connect("bob", number) as bob:
            for client in (alice, bob):
                await client.subscribe(channel)
                assert (await client.post(channel))["op"] == "ack"
            await asyncio.to_thread(slow_down, site, channel, 30)
            assert (await hear_system(bob, "changed"))["slow_seconds"] == 30
            client_id = str(uuid.uuid4())
            first = await bob.post(channel, client_id=client_id)
            assert first["op"] == "ack"
            refused = await bob.post(channel)
            assert (refused["op"], refused["code"]) == ("nack", "slow_mode")
            assert 25_000 < refused["retry_after_ms"] <= 30_001
            assert (
                await bob.post(channel, client_id=client_id) == first
            )  # the same one again is no second one
            await hear_system(alice, "changed")
            assert [(await alice.post(channel))["op"] for _ in range(3)] == ["ack"] * 3
            await asyncio.to_thread(slow_down, site, channel, 0)
            await hear_system(bob, "changed")
            assert (await bob.post(channel))["op"] == "ack"

    asyncio.run(scene())


def test_one_turn_counts_on_all_entrances_and_in_all_processes(site, connect, channel):
    slow_down(site, channel, 60)

    async def scene():
        async with connect("bob", 0) as bob, connect("alice") as alice:
            for client in (alice, bob):
                await client.subscribe(channel)
            assert (await bob.post(channel))["op"] == "ack"
            await alice.hear("message")  # the last process has it too
            for twin in (False, True):
                answer = await asyncio.to_thread(post, site, channel, "bob", twin=twin)
                assert (answer.status_code, answer.json()["code"]) == (429, "slow_mode")
                assert 50 < int(answer.headers["Retry-After"]) <= 60
            async with connect("bob") as elsewhere:
                await elsewhere.subscribe(channel)
                assert (await elsewhere.post(channel))["code"] == "slow_mode"

    asyncio.run(scene())


def test_a_message_that_breaks_a_rule_takes_no_turn(site, connect, channel):
    slow_down(site, channel, 60)

    async def scene():
        async with connect("bob") as bob:
            await bob.subscribe(channel)
            assert (await bob.post(channel, " "))["code"] == "text_empty"
            assert (await bob.post(channel, "글"))["op"] == "ack"

    asyncio.run(scene())


def test_who_came_and_went_is_stored_and_paged_like_any_line(site, channel):
    bob_id = site.people["bob"][0]
    administer(site, "post", f"channels/{channel}/bans/", user_id=bob_id)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with site.api(site.people["alice"][1]) as api:
            page = api.get(f"channels/{channel}/messages/").json()["results"]
        if len(page) == 2:
            break
        assert time.monotonic() < deadline, page
        time.sleep(0.1)
    assert [(one["kind"], one["slip"]["username"]) for one in page] == [("removed", "bob"), ("joined", "bob")]
    assert page[0]["author"]["id"] is None
    assert "bob" in page[0]["text"]
