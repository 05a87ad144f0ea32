"""Store and search index anew from the log: as before, whatever happened to them."""

import pytest
from django.core.management import CommandError, call_command

from chat.pipeline import parts, rebuilding, replaying
from chat.pipeline.archive import Archive
from chat.pipeline.events import (
    ORIGIN,
    Answered,
    AttachedFile,
    Card,
    Deleted,
    Edited,
    Pinned,
    Position,
    Reacted,
)
from chat.pipeline.rebuilding import CannotRebuild, rebuild
from chat.search.indexing import Indexing
from tests.pipeline.test_archive import append, slip
from tests.pipeline.test_event_log import append_all
from tests.search.test_indexing import ALICE, change, drain, message, numbers

WORDS = ("회비", "보냈어요", "냈어요", "관악산", "지울", "단풍")
END = Position(2**40, 0, 0)


def follow_once(log, store, index, count: int) -> None:
    for follower in (Archive(log, store), Indexing(log, store, index)):
        drain(follower, count)
        follower.stop()
        follower.run()


def fill(log) -> int:
    """A talk with everything that a store folds; returns how many records it is."""
    poll = Card("poll", "어디로 갈까요", ["북한산", "관악산"])
    photo = AttachedFile("f" * 32, "단풍.jpg", "image/jpeg", 100)
    sent = [
        message(1, "회비 냈어요"),
        message(2, "", card=poll),
        message(3, "사진", attachments=[photo]),
        message(4, "지울 글"),
    ]
    changes = [
        change(Edited, sent[0], text="회비 보냈어요"),
        change(Answered, sent[1], choices=[1]),
        change(Reacted, sent[2], emoji="👍", on=True),
        change(Pinned, sent[2], on=True),
        change(Deleted, sent[3]),
    ]
    append(log, *sent, slip(1), *changes, sent[0])
    append_all(log, [(7, b"no event")])
    return len(sent) + 1 + len(changes) + 2


def seen(store, index) -> dict:
    """Everything that pages and search show of the channel."""
    page = store.page(7, before=None, after=None, limit=50)
    return {
        "history": page,
        "changes": store.changes([event.id for event, _ in page]),
        "notices": store.notices(7, 9),
        "polls": store.cards(7, "poll", before=None, limit=9),
        "unread": store.count_between([(7, ORIGIN, END)], besides=0, most=99),
        "unread by alice": store.count_between([(7, page[-1][1], END)], besides=ALICE.id, most=99),
        "reached": store.all_reached(),
        "found": {
            word: numbers(index, word) for word in ("회비", "보냈어요", "냈어요", "관악산", "지울", "단풍")
        },
        "indexed": index.reached(),
    }


@pytest.fixture
def before(log, store, index) -> dict:
    """What is seen of a whole store."""
    follow_once(log, store, index, fill(log))
    whole = seen(store, index)
    for changes in whole["changes"].values():
        changes.version = 0  # how often it was written: the store's own
    return whole


def damage(store, index) -> None:
    """All is gone but one message that nobody sent."""
    wrong = store.begin_anew()
    wrong.write([(message(99, "falsch"), Position(5, 5, 0))], [])
    store.become(wrong)
    index.become(index.begin_anew())


def all_of(log, archived, store, index, **options) -> list[tuple[float, int]]:
    return list(rebuild(log, archived, store, index, heed=lambda changes: None, **options))


def assert_as_before(store, index, before: dict) -> None:
    now = seen(store, index)
    for changes in now["changes"].values():
        changes.version = 0
    assert now == before


def test_history_changes_unread_and_search_are_as_before(log, archived, store, index, before):
    damage(store, index)
    assert [event.text for event, _ in store.page(7, before=None, after=None, limit=9)] == ["falsch"]
    steps = all_of(log, archived, store, index)
    assert_as_before(store, index, before)
    assert [part for part, _ in steps] == sorted(part for part, _ in steps)
    assert steps[-1][0] == 1
    assert [entry for entry, _ in before["found"].items() if before["found"][entry]]
    all_of(log, archived, store, index)
    assert_as_before(store, index, before)


def test_until_the_end_the_old_store_is_read_and_an_interrupted_one_begins_again(
    log, archived, store, index, before, monkeypatch
):
    damage(store, index)
    monkeypatch.setattr(replaying, "BATCH", 2)
    under_way = rebuild(log, archived, store, index, heed=lambda changes: None)
    assert 0 < next(under_way)[0] < 1
    assert store.count() == 1
    under_way.close()
    assert store.count() == 1
    all_of(log, archived, store, index)
    assert_as_before(store, index, before)


def test_what_is_sent_meanwhile_is_the_next_workers(log, archived, store, index, before):
    damage(store, index)
    for part, _ in rebuild(log, archived, store, index, heed=lambda changes: None):
        if part < 1:
            append(log, message(20, "meanwhile"))
    follow_once(log, store, index, 1)
    assert len(store.page(7, before=None, after=None, limit=50)) == len(before["history"]) + 1


def test_what_deleted_messages_left_is_heeded_again(log, archived, store, index, before):
    heeded = []
    list(rebuild(log, archived, store, index, heed=heeded.extend))
    assert [event.message for event in heeded if isinstance(event, Deleted)] == [message(4, "").id]


@pytest.mark.usefixtures("before")
def test_it_refuses_beside_a_worker(log, archived, store, index, monkeypatch):
    monkeypatch.setattr(rebuilding, "LEAVING_SECONDS", 0)
    for follower in (Archive(log, store), Indexing(log, store, index)):
        append(log, message(30, "회비"))
        drain(follower, 1)
        with pytest.raises(CannotRebuild, match="A worker runs"):
            next(rebuild(log, archived, store, index, heed=lambda changes: None))  # before it does anything
        follower.stop()
        follower.run()
    monkeypatch.undo()
    all_of(log, archived, store, index)


def test_a_log_without_its_beginning_is_refused_unless_the_archive_has_it(
    log, archived, store, index, before
):
    partition, kept = next((number, kept) for number, kept in log.upkeep().kept().items() if kept)
    archived.add(replaying.everything_in(log))
    log.upkeep().forget({partition: kept.stop - 1})
    moved = archived.folder.rename(archived.folder.with_name("elsewhere"))
    with pytest.raises(CannotRebuild, match="no longer has its beginning"):
        all_of(log, archived, store, index)
    assert_as_before(store, index, before)
    moved.rename(archived.folder)
    damage(store, index)
    all_of(log, archived, store, index)
    assert_as_before(store, index, before)


def test_a_log_that_was_lost_does_not_take_the_store_along(open_log, archived, store, index, log, before):
    earlier, position = message(40, "before the log was lost"), Position(4, 4, 0)
    store.write([(earlier, position)], [])
    with pytest.raises(CannotRebuild, match="does not go back"):
        all_of(log, archived, store, index)
    assert store.find([earlier.id])
    all_of(log, archived, store, index, incomplete=True)
    assert_as_before(store, index, before)


@pytest.fixture
def site(db, open_log, store, index, settings, tmp_path, monkeypatch):
    """Commands find the log, the store and the index of this test, and close what they opened of them."""

    def opened(part):
        return type(part)(uri=part._uri) if settings.MONGODB_URI else type(part)(path=part.path)

    for name, part in (
        ("EVENT_LOG", open_log()),
        ("MESSAGE_STORE", opened(store)),
        ("SEARCH_INDEX", opened(index)),
    ):
        monkeypatch.setitem(parts._parts, name, part)
    settings.LOG_ARCHIVE = tmp_path / "log-archive"


def test_the_command_draws_a_bar_and_says_what_it_made(before, store, index, site, capsys):
    damage(store, index)
    call_command("worker", rebuild=True)
    out, err = capsys.readouterr()
    assert f"{len(before['history'])} messages from " in out
    assert "100%" in err
    assert_as_before(store, index, before)


@pytest.mark.usefixtures("before", "site")
def test_the_command_says_why_not(store):
    store.write([(message(40, "before the log was lost"), Position(4, 4, 0))], [])
    with pytest.raises(CommandError, match="does not go back"):
        call_command("worker", rebuild=True)
