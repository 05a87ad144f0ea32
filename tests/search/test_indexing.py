"""The reader of the log that keeps the search index: repeats, disorder, edits and deletions."""

import time
from threading import Thread

import pytest

from chat.pipeline.archive import Archive
from chat.pipeline.events import (
    AttachedFile,
    Author,
    Card,
    Deleted,
    Edited,
    MessageEvent,
    Reacted,
    SystemEvent,
    change_id,
)
from chat.pipeline.following import Follower
from chat.pipeline.ports import StoreUnavailable
from chat.search import indexing
from chat.search.indexing import Indexing
from chat.search.ports import Sought
from chat.search.words import parse
from tests.pipeline.test_archive import append
from tests.pipeline.test_event_log import append_all

ALICE = Author(3, "앨리스")


def message(number: int, text: str, **more) -> MessageEvent:
    return MessageEvent(7, f"{number:032x}", ALICE, text, f"c{number}", 1_766_300_000_000, **more)


def change(kind, target: MessageEvent, number: int = 1, **more):
    key = change_id(ALICE.id, target.id, f"{kind.__name__}{number}")
    return kind(7, key, target.id, ALICE, f"x{number}", 1_766_300_000_001, **more)


def drain(follower: Follower, count: int) -> None:
    for _ in range(60):
        count -= follower.step(0.5)
        if count <= 0:
            return
    pytest.fail("not everything was read")


def numbers(index, text: str) -> list[int]:
    sought = Sought([(gram,) for gram in parse(text).grams])
    return [int(key, 16) for _, key in index.search([7], sought, before=None, limit=50).candidates]


def follow(log, store, index, count: int) -> None:
    drain(Archive(log, store), count)
    drain(Indexing(log, store, index), count)


def test_messages_are_found_by_text_files_and_cards(log, store, index):
    photo = AttachedFile("f" * 32, "단풍.jpg", "image/jpeg", 100)
    poll = Card("poll", "어디로 갈까요", ["북한산", "관악산"])
    append(
        log,
        message(1, "회비 냈어요"),
        message(2, "", attachments=[photo]),
        message(3, "", card=poll),
        SystemEvent(channel=7, id="e" * 32, kind="joined", sent_at=1, user=3, username="앨리스"),
    )
    follow(log, store, index, 4)
    assert numbers(index, "회비") == [1]
    assert numbers(index, "단풍.jpg") == [2]
    assert numbers(index, "관악산") == [3]
    assert numbers(index, "앨리스") == []


def test_it_need_not_wait_for_the_archive_but_behind_an_edit(log, store, index):
    sent = message(1, "회비")
    append(log, sent)
    indexing = Indexing(log, store, index)
    drain(indexing, 1)
    assert numbers(index, "회비") == [1]
    append(log, change(Edited, sent, text="송금"))
    records = indexing._read(5) or indexing._read(5)
    with pytest.raises(StoreUnavailable):
        indexing.take(records)
    drain(Archive(log, store), 2)
    indexing.take(records)
    assert (numbers(index, "회비"), numbers(index, "송금")) == ([], [1])


def found_within(index, text: str, seconds: float) -> list[int]:
    until = time.monotonic() + seconds
    while not (found := numbers(index, text)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def test_while_a_crowd_waits_for_the_archive_it_rests(log, store, index):
    archive = Archive(log, store)
    archive.crowd, archive.crowded_seconds = 2, 600
    append(log, message(1, "회비"), message(2, "송금"))
    drain(archive, 2)
    assert archive.is_crowded
    indexing = Indexing(log, store, index, lambda: archive.is_crowded)
    follower = Thread(target=indexing.run)
    follower.start()
    try:
        assert found_within(index, "송금", 30) == [2]
        append(log, message(3, "모임"))
        assert found_within(index, "모임", 1.5) == []
        archive.crowd, archive.crowded_seconds = 1, 0
        drain(archive, 1)
        assert not archive.is_crowded
        assert found_within(index, "모임", 30) == [3]
    finally:
        indexing.stop()
        follower.join()


def test_edit_keeps_what_the_message_holds_besides(log, store, index):
    sent = message(1, "회비", attachments=[AttachedFile("f" * 32, "단풍.jpg", "image/jpeg", 100)])
    append(log, sent, change(Edited, sent, text="송금"))
    follow(log, store, index, 2)
    assert numbers(index, "송금 단풍") == [1]


def test_redelivery_changes_nothing(log, open_log, store, index):
    first, second, third = message(1, "회비"), message(2, "회비"), message(3, "회비")
    append(log, first, second, change(Edited, first, text="송금"), third, change(Deleted, second))
    drain(Archive(log, store), 5)
    interrupted = Indexing(open_log(), store, index)
    interrupted.take(interrupted._read(5) or interrupted._read(5))  # then killed before the commit
    interrupted._reader.close()
    drain(Indexing(open_log(), store, index), 5)
    assert (numbers(index, "회비"), numbers(index, "송금")) == ([3], [1])


def test_a_worker_that_lags_brings_no_old_text_back(log, open_log, store, index):
    sent = message(1, "회비")
    append(log, sent, change(Edited, sent, text="송금"))
    lagging = Indexing(open_log(), store, index)
    records = lagging._read(5) or lagging._read(5)
    lagging._reader.close()  # the log took its partitions away and gave them to the next
    follow(log, store, index, 2)
    lagging.take(records[:1])
    assert (numbers(index, "회비"), numbers(index, "송금")) == ([], [1])


def test_change_before_its_message_is_harmless(log, store, index):
    sent = message(1, "회비")
    append(
        log,
        change(Edited, sent, text="송금"),
        change(Deleted, message(2, "")),
        change(Reacted, sent, emoji="👍", on=True),
    )
    follow(log, store, index, 3)
    append(log, sent)
    follow(log, store, index, 1)
    assert (numbers(index, "회비"), numbers(index, "송금")) == ([], [1])


def test_unreadable_records_are_passed_over(log, store, index):
    append_all(log, [(7, b'{"op":"message","channel":')])
    append(log, message(1, "회비"))
    drain(Indexing(log, store, index), 2)
    assert numbers(index, "회비") == [1]


def test_reached_covers_events_that_are_no_messages(log, store, index):
    (at,) = append(log, SystemEvent(channel=7, id="f" * 32, kind="changed", sent_at=1))
    drain(Indexing(log, store, index), 1)
    assert index.reached() == {at.partition: at}


def test_its_cursor_is_its_own(log, open_log, store, index):
    append(log, message(1, "회비"))
    drain(Archive(open_log(), store), 1)
    drain(Indexing(open_log(), store, index), 1)
    assert numbers(index, "회비") == [1]


def test_behind_a_backlog_it_leaves_half_of_the_time_to_the_archive(log, store, index, monkeypatch):
    rests = []
    monkeypatch.setattr(Indexing, "batch", 2)
    monkeypatch.setattr(indexing, "sleep", rests.append)
    append(log, *[message(number, "회비") for number in range(5)])
    drain(Indexing(log, store, index), 5)
    assert 1 <= len(rests) <= 2
    assert all(0 < rest <= indexing.LONGEST_REST_SECONDS for rest in rests)
