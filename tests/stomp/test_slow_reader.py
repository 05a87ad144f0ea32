"""Who reads slowly over STOMP falls behind alone, and gets everything in order, or a hole with a name."""

import asyncio

import websockets

from tests.socket.client import Client as MainClient
from tests.socket.test_slow_reader import MESSAGES, post_all
from tests.stomp.client import Client


def test_slow_reader_misses_nothing_silently(site, channel):
    async def scene():
        slow = Client(site.url(), site.people["bob"][1])
        slow.socket = await websockets.connect(slow.address, compression=None, max_size=None, max_queue=1)
        await slow.connect(passcode=slow.token)
        await slow.subscribe(channel)
        async with MainClient(site.url(), site.people["alice"][1]) as alice:
            await alice.subscribe(channel)
            posting = asyncio.create_task(post_all(alice, channel))
            quick = [await alice.hear("message") for _ in range(MESSAGES)]
            await posting
        covered, holes = 0, 0
        while covered < MESSAGES:
            frame = await slow.hear_said()
            assert frame.headers["subscription"] == "sub-0"
            if frame.headers["op"] == "gap":
                gap = frame.json
                inside = [m for m in quick if gap["after"] < m["position"] < gap["before"]]
                assert inside == quick[covered : covered + len(inside)]
                assert frame.headers["message-id"] == f"gap-{gap['before']}"
                covered += len(inside)
                holes += 1
            else:
                assert frame.json == quick[covered]
                covered += 1
        await slow.socket.close()
        assert holes, "25 MB fitted somewhere: this test no longer tests a hole"

    asyncio.run(scene())
