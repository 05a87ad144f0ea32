"""The contract of LogUpkeep. The same tests hold the embedded log and Kafka."""

import time

import pytest

from tests.pipeline.test_archive import append, message

GROUP = "archive"


def test_a_log_keeps_what_was_appended_from_the_first(log):
    positions = append(log, *(message(number) for number in range(3)))
    kept = log.upkeep().kept()
    assert kept[positions[0].partition] == range(3)
    assert sum(map(len, kept.values())) == 3


def test_what_is_forgotten_is_gone_and_the_rest_keeps_its_positions(log):
    positions = append(log, *(message(number) for number in range(5)))
    partition = positions[0].partition
    log.upkeep().forget({partition: 3})
    assert log.upkeep().kept()[partition] == range(3, 5)
    (later,) = append(log, message(9))
    assert (later.partition, later.offset) == (partition, 5)
    assert later > positions[-1]


def test_the_log_goes_on_behind_the_last_also_when_all_is_forgotten(log):
    positions = append(log, message(1), message(2))
    log.upkeep().forget({positions[0].partition: 2})
    (later,) = append(log, message(3))
    assert later.offset == 2


def test_what_a_group_committed(log):
    positions = append(log, message(1), message(2))
    upkeep = log.upkeep()
    assert upkeep.committed(GROUP) == {}
    reader = log.join(GROUP)
    for _ in range(60):
        if reader.read(10, 0.5):
            break
    reader.commit()
    assert upkeep.committed(GROUP) == {positions[0].partition: 2}
    reader.close()


@pytest.mark.parametrize("others", [1, 2])
def test_whether_a_reader_of_the_group_is_at_work(log, open_log, others):
    append(log, message(1))
    upkeep = log.upkeep()
    assert not upkeep.is_joined(GROUP)
    readers = [open_log().join(GROUP) for _ in range(others)]
    for _ in range(200):
        for reader in readers:
            reader.read(10, 0.05)
        if upkeep.is_joined(GROUP):
            break
    assert upkeep.is_joined(GROUP)
    for reader in readers:
        reader.close()
    patience = time.monotonic() + 30  # Kafka may take one that left amid its joining for alive a while
    while upkeep.is_joined(GROUP):
        assert time.monotonic() < patience
        time.sleep(0.1)
