"""The contract of EventLog. The same tests hold the embedded log and Kafka."""

import threading

import pytest
from django.conf import settings

from chat.pipeline.events import Position
from chat.pipeline.kafka import KafkaLog
from chat.pipeline.kafka_upkeep import group_id
from chat.pipeline.ports import LogUnavailable

PATIENCE_SECONDS = 20


def append_all(log, events: list[tuple[int, bytes]]) -> list[Position]:
    """Append and wait; the positions in the order of the calls."""
    positions: list = [None] * len(events)
    waiting = threading.Semaphore(0)

    def note(index, position, error):
        positions[index] = position or error
        waiting.release()

    for index, (channel, payload) in enumerate(events):
        log.append(channel, payload, lambda position, error, index=index: note(index, position, error))
    for _ in events:
        assert waiting.acquire(timeout=PATIENCE_SECONDS)
    assert all(isinstance(position, Position) for position in positions), positions
    return positions


def read_all(reader, count: int) -> list:
    records = []
    for _ in range(200):
        records += reader.read(1000, 0.2)
        if len(records) >= count:
            break
    return records


def test_reader_sees_events_in_order_with_the_positions_that_were_confirmed(log):
    positions = append_all(log, [(7, b"event %d" % number) for number in range(500)])
    reader = log.join("readers")
    records = read_all(reader, 500)
    reader.close()
    assert [record.payload for record in records] == [b"event %d" % number for number in range(500)]
    assert [record.position for record in records] == positions
    assert positions == sorted(positions)
    assert {record.channel_id for record in records} == {7}


def test_order_holds_within_each_channel(log):
    append_all(log, [(number % 5, b"%d" % number) for number in range(300)])
    reader = log.join("readers")
    records = read_all(reader, 300)
    reader.close()
    for channel in range(5):
        numbers = [int(record.payload) for record in records if record.channel_id == channel]
        assert numbers == list(range(channel, 300, 5))


def test_text_of_a_position_sorts_like_the_position(log):
    positions = append_all(log, [(1, b"x")] * 50)
    texts = [str(position) for position in positions]
    assert texts == sorted(texts)
    assert [Position.parse(text) for text in texts] == positions


def test_group_goes_on_after_its_last_commit(open_log):
    append_all(open_log(), [(3, b"%d" % number) for number in range(20)])
    first = open_log().join("archive")
    assert len(read_all(first, 20)) == 20
    first.commit()
    first.close()
    append_all(open_log(), [(3, b"later")])
    second = open_log().join("archive")
    assert [record.payload for record in read_all(second, 1)] == [b"later"]
    second.close()


def test_what_was_not_committed_is_read_again(open_log):
    append_all(open_log(), [(3, b"one"), (3, b"two")])
    first = open_log().join("archive")
    assert len(read_all(first, 2)) == 2
    first.close()
    second = open_log().join("archive")
    assert [record.payload for record in read_all(second, 2)] == [b"one", b"two"]
    second.close()


def test_follower_rewinds_and_then_sees_what_comes(open_log):
    append_all(open_log(), [(9, b"%d" % number) for number in range(30)])
    follower = open_log().follow(5)
    assert follower.behind()
    assert [int(record.payload) for record in read_all(follower, 5)] == [25, 26, 27, 28, 29]
    assert not follower.behind()
    append_all(open_log(), [(9, b"30")])
    assert [record.payload for record in read_all(follower, 1)] == [b"30"]
    follower.close()


def test_follower_of_an_empty_log_is_not_behind(log):
    follower = log.follow(100)
    assert not follower.behind()
    assert follower.read(10, 0.1) == []
    follower.close()


def test_partition_of_a_channel_is_where_its_events_are(log):
    positions = append_all(log, [(channel, b"x") for channel in range(1, 60)])
    follower = log.follow(1000)
    assert [follower.partition_of(channel) for channel in range(1, 60)] == [p.partition for p in positions]
    follower.close()


def test_two_processes_append_to_one_order(open_log):
    logs = [open_log(), open_log()]
    writers = [
        threading.Thread(target=append_all, args=(log, [(4, b"%d" % number) for number in range(200)]))
        for log in logs
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    seen = []
    for _ in range(2):
        follower = open_log().follow(1000)
        seen.append([(record.position, record.payload) for record in read_all(follower, 400)])
        follower.close()
    assert len(seen[0]) == 400
    assert seen[0] == seen[1]
    assert [position for position, _ in seen[0]] == sorted(position for position, _ in seen[0])


def test_closed_log_refuses(log):
    append_all(log, [(1, b"x")])
    log.close()
    with pytest.raises(LogUnavailable):
        log.append(1, b"y", lambda *_: None)


def test_close_confirms_what_is_under_way(log, open_log):
    confirmed = []
    for number in range(200):
        log.append(1, b"%d" % number, lambda position, error: confirmed.append(position))
    log.close()
    assert len(confirmed) == 200
    assert None not in confirmed
    reader = open_log().join("readers")
    assert len(read_all(reader, 200)) == 200
    reader.close()


def test_dead_letter_is_kept(log):
    append_all(log, [(1, b"poison")])
    reader = log.join("archive")
    (record,) = read_all(reader, 1)
    reader.dead_letter(record, "cannot be stored")
    assert log.dead_letters() == [(b"poison", "cannot be stored")]
    reader.close()


@pytest.mark.skipif(not settings.KAFKA_BOOTSTRAP_SERVERS, reason="an embedded log is the site's own file")
def test_workers_of_two_sites_on_one_cluster_are_in_no_group_together(log):
    """A group waits for each of its members before anybody in it reads on, six seconds for a dead one."""
    from confluent_kafka.admin import AdminClient

    sites = [log, KafkaLog(servers=log.servers, topic=f"{log.topic}.of-another-site")]
    for site in sites:
        append_all(site, [(3, b"event")])
    readers = [site.join("archive") for site in sites]
    assert [len(read_all(reader, 1)) for reader in readers] == [1, 1]
    cluster = AdminClient({"bootstrap.servers": log.servers})
    for site in sites:
        name = group_id(site.topic, "archive")
        group = cluster.describe_consumer_groups([name])[name].result(PATIENCE_SECONDS)
        (member,) = group.members
        assert {place.topic for place in member.assignment.topic_partitions} == {site.topic}
    for reader in readers:
        reader.close()
    sites[1].close()
