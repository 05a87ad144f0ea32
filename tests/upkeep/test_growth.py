"""More partitions of the log: a channel's order and positions go on over it."""

import uuid

import pytest
from django.conf import settings

from chat.pipeline import retention
from chat.pipeline.kafka import KafkaLog
from chat.pipeline.rebuilding import rebuild
from tests.pipeline.test_archive import append, message
from tests.upkeep.test_rebuilding import follow_once

CHANNELS = range(1, 9)


@pytest.fixture
def logs():
    """The log before, with 2 partitions, and the one after, with 7."""
    if not settings.KAFKA_BOOTSTRAP_SERVERS:
        pytest.skip("a file has no partitions: Kafka is not set (make stack)")
    name = f"test.{uuid.uuid4().hex}"
    options = {"servers": settings.KAFKA_BOOTSTRAP_SERVERS}
    before, after = (KafkaLog(**options, topic=f"{name}.{n}", partitions=n) for n in (2, 7))
    yield before, after
    before.close()
    after.close()


def partitions_of(log: KafkaLog) -> dict[int, int]:
    reader = log.follow(0)
    found = {channel: reader.partition_of(channel) for channel in CHANNELS}
    reader.close()
    return found


def say(log: KafkaLog, numbers: range) -> list:
    """These messages of every channel, in order."""
    return append(log, *(message(c * 100 + number, c) for number in numbers for c in CHANNELS))


def history(store) -> dict[int, list]:
    return {channel: store.page(channel, before=None, after=None, limit=99)[::-1] for channel in CHANNELS}


def test_every_channel_keeps_its_order_and_everything_over_a_topic_with_more_partitions(
    logs, archived, store, index
):
    before, after = logs
    say(before, range(5))
    follow_once(before, store, index, 5 * len(CHANNELS))
    assert retention.unread(before) == 0
    retention.put_into_archive(before, archived)

    say(after, range(5, 10))
    assert partitions_of(before) != partitions_of(after)
    assert len(set(partitions_of(after).values())) > 2
    assert retention.unread(after) == 5 * len(CHANNELS)
    follow_once(after, store, index, 5 * len(CHANNELS))

    told = history(store)
    for channel, page in told.items():
        assert [int(event.id, 16) - channel * 100 for event, _ in page] == list(range(10))
    list(rebuild(after, archived, store, index, heed=lambda changes: None))
    assert history(store) == told
