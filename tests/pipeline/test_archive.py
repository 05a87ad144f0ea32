"""The archive: every message into the store once, whatever is repeated, refused or away."""

import pytest

from chat.pipeline import archive as archiving
from chat.pipeline.archive import Archive
from chat.pipeline.events import Author, MessageEvent, SystemEvent, encode, slip_id
from chat.pipeline.ports import MessageStore, StoreUnavailable, Unstorable
from tests.pipeline.test_event_log import append_all


def message(number: int, channel: int = 7) -> MessageEvent:
    return MessageEvent(
        channel=channel,
        id=f"{number:032x}",
        author=Author(3, "앨리스"),
        text=f"글 {number}",
        client_id=f"c{number}",
        sent_at=1_766_300_000_000,
    )


def slip(number: int, channel: int = 7) -> SystemEvent:
    return SystemEvent(
        channel=channel,
        id=slip_id(f"receipt:{number}:1"),
        kind="receipt",
        sent_at=1_766_300_000_000,
        slip={"wallet_name": "등산 회비", "amount": number},
    )


def append(log, *events) -> list:
    return append_all(log, [(event.channel, encode(event)) for event in events])


def drain(archive: Archive, count: int) -> None:
    """Archive until so many records were read."""
    for _ in range(60):
        count -= archive.step(0.5)
        if count <= 0:
            return
    pytest.fail("the archive did not read everything")


class Moody(MessageStore):
    """A real store with a fault in front of it: what `fault(messages)` raises happens instead of a write."""

    def __init__(self, store: MessageStore, fault) -> None:
        self._store, self._fault = store, fault

    def write(self, messages, reached, changes=()):
        messages = list(messages)
        self._fault(messages)
        return self._store.write(messages, reached, changes)

    def page(self, *arguments, **options):
        return self._store.page(*arguments, **options)

    def find(self, *arguments):
        return self._store.find(*arguments)

    def changes(self, *arguments):
        return self._store.changes(*arguments)

    def notices(self, *arguments):
        return self._store.notices(*arguments)

    def cards(self, *arguments, **options):
        return self._store.cards(*arguments, **options)

    def count_between(self, *arguments, **options):
        return self._store.count_between(*arguments, **options)

    def all_reached(self):
        return self._store.all_reached()

    def close(self) -> None:
        self._store.close()


def texts(store, channel: int = 7) -> list[str]:
    return [event.text for event, _ in store.page(channel, before=None, after=None, limit=99)][::-1]


def test_messages_are_stored_with_their_positions_and_other_events_are_not(log, store):
    joined = SystemEvent(channel=7, id="f" * 32, kind="joined", sent_at=1, user=3, username="앨리스")
    first, _, last = append(log, message(1), joined, message(2))
    archive = Archive(log, store)
    drain(archive, 3)
    assert texts(store) == ["글 1", "글 2"]
    assert [at for _, at in store.page(7, before=None, after=None, limit=9)] == [last, first]
    assert store.reached(last.partition) == last


def test_reached_covers_events_that_are_no_messages(log, store):
    (at,) = append(log, SystemEvent(channel=7, id="f" * 32, kind="changed", sent_at=1))
    drain(Archive(log, store), 1)
    assert store.reached(at.partition) == at


def test_slips_are_stored_between_the_messages_once(log, store):
    talk = [message(1), slip(2), message(3)]
    positions = append(log, *talk, slip(2))
    archive = Archive(log, store)
    drain(archive, 4)
    assert store.page(7, before=None, after=None, limit=9)[::-1] == list(
        zip(talk, positions[:3], strict=True)
    )
    assert (archive.archived.messages, archive.archived.repeats) == (3, 1)


def test_unreadable_slip_goes_to_the_dead_letters(log, store):
    broken = encode(slip(2))[:-1]
    append_all(log, [(7, encode(slip(1))), (7, broken), (7, encode(slip(3)))])
    drain(Archive(log, store), 3)
    assert [event for event, _ in store.page(7, before=None, after=None, limit=9)] == [slip(3), slip(1)]
    assert [payload for payload, _ in log.dead_letters()] == [broken]


def test_redelivery_stores_nothing_twice(log, open_log, store):
    append(log, message(1), message(2))
    interrupted = Archive(open_log(), store)
    interrupted.take(interrupted._read(5) or interrupted._read(5))  # written, then killed before the commit
    interrupted._reader.close()
    again = Archive(open_log(), store)
    drain(again, 2)
    assert texts(store) == ["글 1", "글 2"]
    assert (again.archived.messages, again.archived.repeats) == (0, 2)


def test_repeated_message_keeps_its_first_place(log, store):
    append(log, message(1), message(2), message(1))
    drain(Archive(log, store), 3)
    assert texts(store) == ["글 1", "글 2"]


def test_next_worker_goes_on_where_the_last_one_committed(log, open_log, store):
    append(log, message(1))
    first = Archive(open_log(), store)
    drain(first, 1)
    first._reader.close()
    append(log, message(2))
    second = Archive(open_log(), store)
    drain(second, 1)
    assert second.archived.repeats == 0
    assert texts(store) == ["글 1", "글 2"]


def test_unreadable_record_goes_to_the_dead_letters_and_the_rest_goes_on(log, store):
    append_all(log, [(7, encode(message(1))), (7, b'{"op":"message","channel":'), (7, encode(message(2)))])
    archive = Archive(log, store)
    drain(archive, 3)
    assert texts(store) == ["글 1", "글 2"]
    ((payload, error),) = log.dead_letters()
    assert payload == b'{"op":"message","channel":'
    assert error.startswith("unreadable")


def test_only_the_unstorable_message_is_buried(log, store):
    append(log, *[message(number) for number in range(9)])

    def fault(messages):
        if any(event.text == "글 4" for event, _ in messages):
            raise Unstorable("too odd")

    archive = Archive(log, Moody(store, fault))
    drain(archive, 9)
    assert texts(store) == [f"글 {number}" for number in range(9) if number != 4]
    assert log.dead_letters() == [(encode(message(4)), "too odd")]
    assert archive.archived.dead_letters == 1


def test_store_that_is_away_loses_nothing(log, store):
    append(log, message(1), message(2))
    left = [2]

    def fault(_):
        if left[0]:
            left[0] -= 1
            raise StoreUnavailable("away")

    drain(Archive(log, Moody(store, fault)), 2)
    assert texts(store) == ["글 1", "글 2"]


def test_stopped_while_the_store_is_away_commits_nothing(log, open_log, store):
    append(log, message(1))
    archive = None

    def fault(_):
        archive.stop()
        raise StoreUnavailable("away")

    archive = Archive(open_log(), Moody(store, fault))
    archive.run()
    assert texts(store) == []
    drain(Archive(open_log(), store), 1)
    assert texts(store) == ["글 1"]


def test_what_was_archived_is_counted(log, store):
    counters = (archiving.archived_total, archiving.repeats_total, archiving.dead_letters_total)
    before = [counter.values[""] for counter in counters]
    records, batches = archiving.batch_records.sum, sum(archiving.batch_seconds.counts)
    append(log, *[message(number) for number in range(5)], message(0))
    append_all(log, [(7, b'{"op":"message","channel":')])
    drain(Archive(log, store), 7)
    assert [counter.values[""] - was for counter, was in zip(counters, before, strict=True)] == [5, 1, 1]
    assert archiving.batch_records.sum == records + 7
    assert sum(archiving.batch_seconds.counts) > batches


def test_each_wait_for_a_store_that_is_away_is_counted(log, store):
    append(log, message(1))
    faults = [StoreUnavailable("away"), StoreUnavailable("away")]

    def fault(_):
        if faults:
            raise faults.pop()

    before = archiving.waits_total.values[""]
    drain(Archive(log, Moody(store, fault)), 1)
    assert archiving.waits_total.values[""] == before + 2
