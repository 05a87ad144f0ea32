"""Heart-beats as agreed, and what silence costs: the sweep with a clock, then a real connection."""

import asyncio

import pytest

from chat.stomp import heartbeats
from chat.stomp.heartbeats import Heartbeats, agree
from tests.pipeline.test_live_channel import Clock
from tests.stomp.client import Client


class Beaten:
    """A socket that notes what happens to it and when."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.heard_at = clock.now
        self.beats: list[float] = []
        self.silent_at: float | None = None

    def beat(self) -> None:
        self.beats.append(self.clock.now)

    def fall_silent(self) -> None:
        self.silent_at = self.clock.now


@pytest.mark.parametrize(
    ("wish", "agreed"),
    [
        ("0,0", (0, 0)),
        ("10000,10000", (10, 10)),
        ("1,1", (10, 10)),
        ("0,20000", (20, 0)),
        ("60000,0", (0, 60)),
        ("999999999,0", (0, 999_999.999)),
    ],
)
def test_the_longer_wish_counts(wish, agreed):
    assert agree(wish) == agreed


@pytest.mark.parametrize("wish", ["", "1", "1,2,3", "-1,0", "a,b", "1.5,0", "9999999999,0", "٣,0"])
def test_what_is_no_wish_is_refused(wish):
    with pytest.raises(ValueError):
        agree(wish)


def test_beats_are_never_late_and_silence_ends_after_twice_the_time():
    clock = Clock()
    beats = Heartbeats(clock)
    talking, silent, waiting = Beaten(clock), Beaten(clock), Beaten(clock)
    for socket in (talking, silent, waiting):
        beats.expect_connect(socket)
    assert len(clock.timers) == 1
    beats.begin(talking, 10, 10)
    beats.begin(silent, 0, 10)
    for _ in range(600):
        clock.pass_time(0.1)
        talking.heard_at = clock.now
    assert max(b - a for a, b in zip([0, *talking.beats], talking.beats, strict=False)) <= 10
    assert len(talking.beats) <= 7
    assert talking.silent_at is None
    assert silent.beats == []
    assert 20 < silent.silent_at <= 20 + 2 * heartbeats.SWEEP_SECONDS
    assert 10 < waiting.silent_at <= 10 + 2 * heartbeats.SWEEP_SECONDS
    beats.end(talking)
    clock.pass_time(heartbeats.SWEEP_SECONDS)
    assert clock.timers == []


def test_beats_of_a_real_connection(site):
    """Three clients for half a minute: one that beats, one that falls silent, one that never says CONNECT."""
    token = site.people["bob"][1]

    async def beating() -> int:
        async with Client(site.url()) as client:
            await client.connect(passcode=token, heart_beat="10000,10000")
            for _ in range(26):
                await client.socket.send("\n")
                await asyncio.sleep(1)
            await client.silence()
            return client.beats

    async def ending(*connect: str) -> tuple[str, str, int, float]:
        async with Client(site.url()) as client:
            for wish in connect:
                await client.connect(passcode=token, heart_beat=wish)
            began = asyncio.get_running_loop().time()
            error, code = await client.ending(patience_seconds=30)
            return error.command, error.headers["code"], code, asyncio.get_running_loop().time() - began

    async def scene():
        return await asyncio.gather(beating(), ending("10000,0"), ending())

    beats, silent, unconnected = asyncio.run(scene())
    assert beats in (2, 3)
    assert silent[:3] == unconnected[:3] == ("ERROR", "idle", 4408)
    assert 20 < silent[3] < 24
    assert 10 < unconnected[3] < 14
