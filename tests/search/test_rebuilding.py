"""The search index anew from the store, also while the worker goes on."""

import pytest
from django.core.management import CommandError, call_command

from chat.pipeline.events import Position
from chat.pipeline.parts import message_store, search_index
from chat.search import rebuilding
from chat.search.ports import Sought
from chat.search.rebuilding import rebuild
from chat.search.words import parse
from tests.search.test_indexing import Archive, Edited, Indexing, append, change, drain, message, numbers


def test_everything_stored_is_findable_again_as_it_reads_today(log, store, index, monkeypatch):
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    sent = [message(number, "회비") for number in range(1, 6)]
    append(log, *sent, change(Edited, sent[1], text="송금"))
    drain(Archive(log, store), 6)
    steps = list(rebuild(store, index, [7, 8]))
    assert (numbers(index, "회비"), numbers(index, "송금")) == ([5, 4, 3, 1], [2])
    assert [looked_at for _, looked_at in steps] == [2, 4, 5, 5]
    parts = [part for part, _ in steps]
    assert parts == sorted(parts)
    assert parts[-1] == 1
    assert list(index.reached()) == [store.find([sent[0].id])[sent[0].id][1].partition]


def test_what_the_worker_knows_better_stays(log, store, index, monkeypatch):
    """An edit comes between the look at the store and the write into the index."""
    sent = message(1, "회비")
    append(log, sent)
    drain(Archive(log, store), 1)
    look = rebuilding.present_entries

    def interrupted(*arguments):
        entries = look(*arguments)
        append(log, change(Edited, sent, text="송금"))
        drain(Archive(log, store), 1)
        drain(Indexing(log, store, index), 2)
        return entries

    monkeypatch.setattr(rebuilding, "present_entries", interrupted)
    list(rebuild(store, index, [7]))
    assert (numbers(index, "회비"), numbers(index, "송금")) == ([], [1])


def test_twice_changes_nothing(log, store, index):
    append(log, message(1, "회비"), message(2, "회비"))
    drain(Archive(log, store), 2)
    for _ in range(2):
        list(rebuild(store, index, [7]))
        assert numbers(index, "회비") == [2, 1]


def test_the_command_finds_what_the_index_lost(as_alice, channel, talk, capsys):
    sent = talk.say(as_alice, channel, "회비 냈어요")
    search_index().index([], gone=[sent["id"]])
    call_command("rebuild_search", channel=channel.pk)
    sought = Sought([(gram,) for gram in parse("회비").grams])
    assert search_index().search([channel.pk], sought, before=None, limit=9).candidates
    out, err = capsys.readouterr()
    assert "1 messages of 1 channels" in out
    assert "100%" in err
    assert message_store().find([sent["id"]])


@pytest.mark.django_db
def test_an_unknown_channel_is_refused():
    with pytest.raises(CommandError, match="no open channel 99"):
        call_command("rebuild_search", channel=99)


def test_positions_are_in_order_as_places():
    from chat.search.ports import place_of

    ordered = [Position(5, 1, 0), Position(5, 2, 0), Position(6, 0, 3), Position(2**41, 2**30, 11)]
    assert sorted(ordered, key=place_of) == ordered
    assert place_of(Position(2**42 - 1, 2**39, 4095)) < 2**63
