"""The log in files, and what the log forgets behind them."""

import pytest

from chat.pipeline import retention
from chat.pipeline.archive import Archive
from chat.pipeline.events import Position
from chat.pipeline.log_archive import BadArchive
from chat.pipeline.ports import Record
from chat.search.indexing import Indexing
from tests.pipeline.test_archive import append, message
from tests.pipeline.test_event_log import append_all
from tests.search.test_indexing import drain


def record(offset: int, payload: bytes = b"{}", partition: int = 0) -> Record:
    return Record(7, payload, Position(1_766_300_000_000 + offset, offset, partition))


def test_what_was_added_is_read_back_byte_by_byte(archived):
    said = [record(0, "회비".encode()), record(1, b"\n\x00 no event\n"), record(2, b"")]
    assert archived.add(said) == 3
    assert archived.add([record(3), record(0, b"x", partition=5)]) == 2
    assert list(archived.records()) == [*said, record(3), record(0, b"x", partition=5)]
    assert archived.count() == 5
    assert archived.reached() == {0: record(3).position, 5: record(0, partition=5).position}


def test_what_it_holds_is_not_added_again(archived):
    archived.add([record(0), record(1)])
    assert archived.add([record(0), record(1)]) == 0
    assert archived.add([record(1), record(2)]) == 1
    assert [one.position.offset for one in archived.records()] == [0, 1, 2]


def test_a_part_that_was_not_finished_is_written_anew(archived):
    def dying():
        yield record(0)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archived.add(dying())
    assert list(archived.records()) == []
    assert archived.add([record(0), record(1)]) == 2
    assert archived.count() == 2


def test_a_hole_is_refused_and_a_log_that_begins_again_is_none(archived):
    archived.add([record(0), record(1)])
    with pytest.raises(BadArchive, match="lost events between"):
        archived.add([record(2), record(4)])
    assert archived.count() == 2
    began_again = Record(7, b"{}", Position(1_766_300_009_000, 0, 0))
    assert archived.add([record(2), began_again]) == 2


def test_a_damaged_or_missing_part_is_named(archived):
    archived.add([record(0)])
    archived.add([record(1)])
    path = archived.folder / "000002.records.gz"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(BadArchive, match=r"000002.records.gz is damaged"):
        list(archived.records())
    (archived.folder / "000001.json").unlink()
    with pytest.raises(BadArchive, match="part 1 is missing"):
        list(archived.records())


def test_the_log_goes_into_the_archive_once(log, archived):
    append(log, message(1), message(2))
    append_all(log, [(7, b"no event")])
    assert retention.put_into_archive(log, archived) == 3
    assert retention.put_into_archive(log, archived) == 0
    append(log, message(3))
    assert retention.put_into_archive(log, archived) == 1
    assert [one.payload for one in archived.records()][2] == b"no event"


@pytest.fixture
def tomorrow(monkeypatch):
    """All events are a day old."""
    now = retention.now_ms()
    monkeypatch.setattr(retention, "now_ms", lambda: now + 2 * retention.DAY_MS)


@pytest.mark.usefixtures("tomorrow")
def test_old_events_are_forgotten_once_archived_and_read_by_everybody(log, store, index, archived):
    positions = append(log, message(1), message(2))
    partition = positions[0].partition
    assert retention.forget_old(log, archived, 1) == 0  # not archived
    retention.put_into_archive(log, archived)
    assert retention.forget_old(log, archived, 1) == 0  # read by nobody
    archive = Archive(log, store)
    drain(archive, 2)
    archive.stop()
    archive.run()
    assert retention.forget_old(log, archived, 1) == 0  # the search index has not read them
    indexing = Indexing(log, store, index)
    drain(indexing, 2)
    indexing.stop()
    indexing.run()
    append(log, message(3))
    assert retention.forget_old(log, archived, 1) == 2
    assert log.upkeep().kept()[partition] == range(2, 3)


def test_young_events_stay(log, store, index, archived):
    append(log, message(1), message(2))
    for follower in (Archive(log, store), Indexing(log, store, index)):
        drain(follower, 2)
        follower.stop()
        follower.run()
    retention.put_into_archive(log, archived)
    assert retention.forget_old(log, archived, 1) == 0
