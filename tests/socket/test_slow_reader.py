"""Who reads slowly falls behind alone, and gets everything in order, or a hole with a name."""

import asyncio

import websockets

from tests.socket.client import Client

MESSAGES = 3_500
TEXT = "느리게 읽는 사람 " * 300  # some 7 KB each, 25 MB in all: more than ring, limit and kernel hold


def test_slow_reader_misses_nothing_silently_and_delays_nobody(site, connect, channel):
    async def scene():
        slow = Client(site.url(), site.people["bob"][1])
        slow.socket = await websockets.connect(
            slow.address, additional_headers=slow.headers, compression=None, max_size=None, max_queue=1
        )
        await slow.subscribe(channel)
        async with connect("alice", 0) as alice:
            await alice.subscribe(channel)
            posting = asyncio.create_task(post_all(alice, channel))
            quick = [await alice.hear("message") for _ in range(MESSAGES)]
            await posting
        covered, heard, holes = 0, 0, []
        while covered < MESSAGES:
            frame = await slow.hear("message", "gap")
            if frame["op"] == "gap":
                assert frame["after"] == (quick[covered - 1]["position"] if covered else frame["after"])
                inside = [m for m in quick if frame["after"] < m["position"] < frame["before"]]
                assert inside == quick[covered : covered + len(inside)]
                covered += len(inside)
                holes.append(len(inside))
            else:
                assert frame == quick[covered]
                covered += 1
                heard += 1
        await slow.socket.close()
        assert heard + sum(holes) == MESSAGES
        assert holes, "25 MB fitted somewhere: this test no longer tests a hole"

    asyncio.run(scene())


async def post_all(client: Client, channel: int) -> None:
    for number in range(MESSAGES):
        frame = {"op": "send", "channel": channel, "client_id": f"slow{number}", "text": f"{number} {TEXT}"}
        await client.say(frame)
        if number % 10 == 0:
            await asyncio.sleep(0.005)
