"""A tail that follows only what somebody needs, over a real topic with many partitions."""

import asyncio
import uuid

import pytest
from django.conf import settings

from chat.pipeline import demand as demand_module
from chat.pipeline.demand import Demand
from chat.pipeline.events import CONTROL_CHANNEL, AccessEvent
from chat.pipeline.kafka import KafkaLog
from chat.pipeline.recent import Recent
from chat.pipeline.tail import Tail
from tests.pipeline.test_archive import append, message

PARTITIONS = 16
PATIENCE_SECONDS = 30


@pytest.fixture
def log():
    if not settings.KAFKA_BOOTSTRAP_SERVERS:
        pytest.skip("a file has no partitions: Kafka is not set (make stack)")
    topic = f"test.{uuid.uuid4().hex}"
    opened = KafkaLog(servers=settings.KAFKA_BOOTSTRAP_SERVERS, topic=topic, partitions=PARTITIONS)
    yield opened
    opened.close()


class Following:
    """A tail with its demand on the running loop, and what it delivered: (channel, id), in order."""

    def __init__(self, log: KafkaLog) -> None:
        self.delivered: list[tuple[int, int]] = []
        self.forgotten: list[int] = []
        loop = asyncio.get_running_loop()
        self.tail = Tail(log, Recent(), loop, self._deliver, lambda: None, everything=False)
        self.demand = Demand(self.tail, self._forget)

    async def __aenter__(self) -> "Following":
        self.tail.start()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.tail.ready.wait()
        partition_of = self.tail.partition_of
        control = partition_of(CONTROL_CHANNEL)
        self.here = next(one for one in range(1, 999) if partition_of(one) != control)
        self.elsewhere = next(
            one for one in range(1, 999) if partition_of(one) not in (control, partition_of(self.here))
        )
        return self

    async def __aexit__(self, *_) -> None:
        await asyncio.to_thread(self.tail.stop)

    def _deliver(self, channel_id: int, event: bytes, position) -> None:
        self.delivered.append((channel_id, int(event.split(b'"id":"')[1][:32], 16)))

    def _forget(self, is_forgotten) -> None:
        self.forgotten += [one for one in (self.here, self.elsewhere, CONTROL_CHANNEL) if is_forgotten(one)]

    async def hears(self, channel_id: int, number: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (channel_id, number) not in self.delivered:
                await asyncio.sleep(0.01)

    def held(self, channel_id: int) -> list[int]:
        return [int(event.split(b'"id":"')[1][:32], 16) for event, _ in self.tail.recent.of(channel_id)]


async def say(log: KafkaLog, channel_id: int, *numbers: int) -> None:
    events = [message(number, channel_id) for number in numbers]
    await asyncio.to_thread(append, log, *events)


async def revoke(log: KafkaLog, following: Following, number: int) -> None:
    """Something on the control channel: when it came, everything before it came or never will."""
    gone = AccessEvent(CONTROL_CHANNEL, f"{number:032x}", user=3)
    await asyncio.to_thread(append, log, gone)
    await following.hears(CONTROL_CHANNEL, number)


def test_only_what_somebody_asked_for_comes_and_the_control_channel_always(log):
    async def scene() -> None:
        async with Following(log) as following:
            here, elsewhere = following.here, following.elsewhere
            await say(log, here, 1, 2)
            await revoke(log, following, 99)
            assert following.delivered == [(CONTROL_CHANNEL, 99)]
            assert not following.demand.is_followed(here)

            assert await following.demand.follow(here)
            assert following.demand.is_followed(here)
            assert following.held(here) == [1, 2]
            await say(log, elsewhere, 3)
            await say(log, here, 4)
            await following.hears(here, 4)
            await revoke(log, following, 98)
            assert [one for one in following.delivered if one[0] == elsewhere] == []
            assert following.demand.count() == 1

    asyncio.run(scene())


def test_what_nobody_needs_is_left_and_comes_back_whole(log, monkeypatch):
    async def scene() -> None:
        async with Following(log) as following:
            here, elsewhere = following.here, following.elsewhere
            await say(log, here, *range(10))
            for channel_id in (here, elsewhere):
                assert await following.demand.follow(channel_id)
            following.demand.leave_unneeded([])
            assert following.demand.is_followed(here)  # asked for just now

            assert await following.demand.follow(CONTROL_CHANNEL)
            monkeypatch.setattr(demand_module, "KEPT_SECONDS", -1.0)
            following.demand.leave_unneeded([elsewhere])
            assert following.demand.is_followed(elsewhere)
            assert not following.demand.is_followed(here)
            assert following.forgotten == [here]
            await revoke(log, following, 99)
            await say(log, here, 10, 11)
            await revoke(log, following, 98)
            assert (here, 10) not in following.delivered

            assert await following.demand.follow(here)
            assert following.held(here) == list(range(12))
            assert following.tail.delivery_seconds < 1  # what was read again is no delay

    asyncio.run(scene())


def test_while_the_log_is_away_nobody_is_told_that_a_channel_is_followed(log, monkeypatch):
    async def scene() -> None:
        async with Following(log) as following:
            await asyncio.to_thread(following.tail.stop)  # as far as anybody can tell, the log is silent
            monkeypatch.setattr(demand_module, "LONGEST_WAIT_SECONDS", 0.1)
            assert not await following.demand.follow(following.here)
            assert not following.demand.is_followed(following.here)

    asyncio.run(scene())
