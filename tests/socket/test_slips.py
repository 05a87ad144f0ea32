"""Slips over the socket: carried by the worker, live and once, and in the history afterwards."""

import asyncio
import time

from tests.slips import receipt, record


def test_a_slip_comes_live_once_and_stands_in_the_history(site, connect, channel):
    first, second = receipt(channel, 1), receipt(channel, 2, actor="장미경")

    async def scene() -> list[dict]:
        async with connect("bob") as bob, connect("alice", 0) as alice:
            await bob.subscribe(channel)
            await alice.post(channel, "먼저")
            await bob.hear("message")
            await asyncio.to_thread(record, site, first)
            heard = [await bob.hear("system")]
            await asyncio.to_thread(record, site, first, second)
            heard.append(await bob.hear("system"))
            await alice.post(channel, "나중")
            await bob.hear("message")
            assert await bob.silence() == []
            return heard

    heard = asyncio.run(scene())
    assert [(one["kind"], one["slip"]) for one in heard] == [("receipt", one.slip) for one in (first, second)]
    until = time.monotonic() + 20
    while len(stored := site.stored(site.people["bob"][1], channel)) < 4 and time.monotonic() < until:
        time.sleep(0.2)
    assert [one["kind"] for one in stored] == ["message", "receipt", "receipt", "message"]
    assert [one["position"] for one in stored[1:3]] == [one["position"] for one in heard]


def test_a_returning_socket_resumes_over_slips(site, connect, channel):
    async def scene() -> None:
        async with connect("bob") as bob:
            since = (await bob.subscribe(channel))["position"]
        await asyncio.to_thread(record, site, receipt(channel, 1))
        async with connect("bob") as bob:
            await bob.subscribe(channel, since)
            slip = await bob.hear("system", "gap")
            assert slip["id"] == receipt(channel, 1).id
        async with connect("bob") as bob:
            await bob.subscribe(channel, slip["position"])
            assert await bob.silence() == []

    asyncio.run(scene())
