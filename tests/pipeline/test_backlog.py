"""The age of the oldest event that waits for the archive, or for the search index."""

import pytest

from chat.pipeline import backlog
from chat.pipeline.archive import Archive
from chat.pipeline.backlog import Backlog
from chat.pipeline.events import Position, now_ms
from chat.pipeline.ports import Record, StoreUnavailable
from tests.pipeline.test_archive import append, drain, message

OFFSETS = 1_000_000_000  # so that offsets grow with time


def at(age_seconds: float, partition: int = 0) -> Position:
    """The position of an event that was appended so long ago."""
    return Position(now_ms() - int(age_seconds * 1000), int(OFFSETS - age_seconds * 10), partition)


def records(*positions: Position) -> list[Record]:
    return [Record(7, b"{}", position) for position in positions]


@pytest.fixture
def waiting(store) -> Backlog:
    return Backlog(store.reached)


def seconds(expected: float):
    return pytest.approx(expected, abs=1.2)


def test_nothing_waits_where_nothing_was_read(waiting):
    assert waiting.age_seconds() == 0


def test_what_was_never_archived_is_as_old_as_its_first_event(waiting):
    waiting.note(records(at(90), at(60), at(5)))
    assert waiting.age_seconds() == seconds(90)


def test_only_what_is_beyond_the_archive_counts(waiting, store):
    positions = [at(90), at(60), at(5)]
    waiting.note(records(*positions))
    store.write([], [positions[0]])
    assert waiting.age_seconds() == seconds(60)
    store.write([], [positions[1]])
    assert waiting.age_seconds() == seconds(5)
    store.write([], [positions[2]])
    assert waiting.age_seconds() == 0
    waiting.note(records(at(0.5)))
    assert waiting.age_seconds() == seconds(0.5)


def test_a_quiet_night_before_the_event_does_not_count(waiting, store):
    evening = at(30_000)
    waiting.note(records(evening))
    store.write([], [evening])
    waiting.note(records(at(2)))
    assert waiting.age_seconds() == seconds(2)


def test_the_slowest_partition_counts(waiting, store):
    waiting.note(records(at(50, partition=1), at(40, partition=2), at(3, partition=1)))
    assert waiting.age_seconds() == seconds(50)
    store.write([], [at(0, partition=1)])
    assert waiting.age_seconds() == seconds(40)


def test_the_archive_in_the_middle_of_a_busy_second(waiting, store):
    busy = [Position(now_ms() - 20_000 + step, OFFSETS + step, 0) for step in range(900)]
    waiting.note(records(*busy))
    store.write([], [busy[400]])
    assert waiting.age_seconds() == seconds(20)
    store.write([], [busy[-1]])
    assert waiting.age_seconds() == 0


class Away:
    """A store that cannot be reached."""

    def reached(self, partition: int):
        raise StoreUnavailable


def test_while_the_store_is_away_what_waits_grows_older(store):
    stores = [store]
    waiting = Backlog(lambda partition: stores[-1].reached(partition))
    first = at(60)
    waiting.note(records(first, at(30)))
    store.write([], [first])
    assert waiting.age_seconds() == seconds(30)
    stores.append(Away())
    assert waiting.age_seconds() == seconds(30)
    waiting.note(records(at(1)))
    assert waiting.age_seconds() == seconds(30)


def test_what_was_archived_stays_so_while_the_store_is_away(store):
    stores = [store]
    waiting = Backlog(lambda partition: stores[-1].reached(partition))
    evening = at(60)
    waiting.note(records(evening))
    store.write([], [evening])
    assert waiting.age_seconds() == 0
    stores.append(Away())
    assert waiting.age_seconds() == 0


def test_memory_is_bounded(waiting, store, monkeypatch):
    monkeypatch.setattr(backlog, "MOST_STRETCHES", 3)
    positions = [at(age) for age in range(100, 0, -10)]
    waiting.note(records(*positions))
    assert sum(map(len, waiting._partitions.values())) == 3
    assert waiting.age_seconds() == seconds(100)
    store.write([], [positions[-1]])
    assert waiting.age_seconds() == 0


def test_of_a_real_log_and_a_real_archive(log, store, waiting):
    append(log, *[message(number) for number in range(20)])
    reader = log.follow(1_000)
    seen = 0
    while seen < 20:
        read = reader.read(100, 1)
        waiting.note(read)
        seen += len(read)
    reader.close()
    assert waiting.age_seconds() > 0
    archive = Archive(log, store)
    drain(archive, 20)
    assert waiting.age_seconds() == 0
