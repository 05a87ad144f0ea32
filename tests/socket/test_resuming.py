"""After any close a client comes back with `since` and misses nothing; a hole is never silent."""

import asyncio
import signal
import time
import uuid
from pathlib import Path

from django.conf import settings

from chat.pipeline.embedded import SqliteLog
from chat.pipeline.events import SystemEvent, encode
from chat.pipeline.kafka import KafkaLog
from chat.pipeline.tail import REWIND
from tests.pipeline.test_event_log import append_all


def test_what_was_missed_comes_first_then_live(connect, channel):
    async def scene():
        async with connect("alice", 0) as alice:
            await alice.subscribe(channel)
            async with connect("bob") as bob:
                await bob.subscribe(channel)
                await alice.post(channel, "본 것")
                since = (await bob.hear("message"))["position"]
            for number in range(3):
                await alice.post(channel, f"놓친 것 {number}")
                await alice.hear("message")
            async with connect("bob") as bob:
                await bob.subscribe(channel, since)
                await alice.post(channel, "새 것")
                texts = [(await bob.hear("message"))["text"] for _ in range(4)]
                assert texts == ["놓친 것 0", "놓친 것 1", "놓친 것 2", "새 것"]

    asyncio.run(scene())


def test_position_of_subscribed_is_a_since_that_misses_nothing(connect, channel):
    async def scene():
        async with connect("alice", 0) as alice:
            async with connect("bob") as bob:
                position = (await bob.subscribe(channel))["position"]
            await alice.post(channel, "나중")
            async with connect("bob") as bob:
                await bob.subscribe(channel, position)
                assert (await bob.hear("message"))["text"] == "나중"

    asyncio.run(scene())


def test_subscribing_again_repeats_nothing(connect, channel):
    async def scene():
        async with connect("alice") as alice:
            await alice.subscribe(channel)
            await alice.post(channel)
            position = (await alice.hear("message"))["position"]
            await alice.subscribe(channel, position)
            assert await alice.silence() == []

    asyncio.run(scene())


def test_older_than_what_is_held_is_a_gap_that_history_fills(site, connect, channel):
    """A position before everything: the socket names the hole, history has it."""

    async def scene():
        async with connect("bob") as bob:
            ids = [(await bob.post(channel, f"{number}"))["id"] for number in range(3)]
            await bob.subscribe(channel, "0" * 23 + "1")
            first = await bob.hear("gap", "message")
            if first["op"] == "message":
                return [first["id"], *[(await bob.hear("message"))["id"] for _ in range(2)]], ids
            seen = await asyncio.to_thread(page, first)
            return seen + [frame["id"] for frame in await bob.silence() if frame["op"] == "message"], ids

    def page(gap: dict) -> list[str]:
        with site.api(site.people["bob"][1]) as api:
            for _ in range(40):
                answer = api.get(
                    f"channels/{channel}/messages/", params={"after": gap["after"], "before": gap["before"]}
                )
                if answer.status_code == 200:
                    return [message["id"] for message in answer.json()["results"]]
                time.sleep(float(answer.headers["Retry-After"]))
        raise AssertionError("history never caught up")

    seen, ids = asyncio.run(scene())
    assert seen == ids


def test_malformed_since_is_refused(connect, channel):
    async def scene():
        async with connect("bob") as bob:
            answer = await bob.subscribe(channel, "yesterday")
            assert (answer["op"], answer["code"]) == ("error", "position_malformed")

    asyncio.run(scene())


def bury(site, channel: int) -> None:
    """Append more than the tail reads again at its start."""
    if settings.KAFKA_BOOTSTRAP_SERVERS:
        log = KafkaLog(servers=settings.KAFKA_BOOTSTRAP_SERVERS, topic=site.environment["KAFKA_TOPIC"])
    else:
        log = SqliteLog(path=Path(site.environment["DATA_DIR"]) / "log.sqlite3")
    for _ in range(3):
        events = [
            SystemEvent(channel=channel, id=uuid.uuid4().hex, kind="changed", sent_at=0)
            for _ in range(REWIND // 2)
        ]
        append_all(log, [(channel, encode(event)) for event in events])
    log.close()


def test_what_is_repeated_after_an_outage_is_found_in_the_store(site, connect, channel):
    """The process that took it is gone, and it lies before what the new one reads again."""

    async def first_time():
        async with connect("bob") as bob:
            position = (await bob.subscribe(channel))["position"]
            return position, await bob.post(channel, "한 번만", client_id="unsure")

    async def again(position):
        async with connect("alice", 0) as alice, connect("bob") as bob:
            await alice.subscribe(channel)
            await bob.subscribe(channel, position)
            return await bob.post(channel, "한 번만", client_id="unsure"), await alice.silence()

    position, first = asyncio.run(first_time())
    bury(site, channel)
    for web in site.webs:
        web.end(signal.SIGKILL)
        web.start()
    site.wait_until_ready()
    while first["id"] not in [message["id"] for message in site.stored(site.people["bob"][1], channel)]:
        time.sleep(0.1)
    second, heard = asyncio.run(again(position))
    assert second == first
    assert heard == []
