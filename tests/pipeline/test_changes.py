"""Folding edits, deletions, reactions, answers and pins: any order, any number of times, the same result; in
memory and in the store that the environment names."""

import threading

from hypothesis import given, settings
from hypothesis import strategies as st

from chat.pipeline.changes import Changes, fold_all
from chat.pipeline.events import (
    Answered,
    Author,
    Card,
    Deleted,
    Edited,
    MessageEvent,
    Pinned,
    Position,
    Reacted,
)

MESSAGE = "a" * 32
EMOJI = ("👍", "🎉")


def event(kind, number: int, person: int, payload: int, message: str = MESSAGE):
    common = {
        "channel": 7,
        "id": f"{number:032x}",
        "message": message,
        "author": Author(person, f"사람{person}"),
        "client_id": f"c{number}",
        "sent_at": 1_766_300_000_000 + number,
    }
    match kind:
        case "edited":
            return Edited(**common, text=f"글 {payload}")
        case "deleted":
            return Deleted(**common)
        case "reacted":
            return Reacted(**common, emoji=EMOJI[payload % 2], on=payload % 3 > 0)
        case "answered":
            return Answered(**common, choices=list(range(payload % 3)))
        case "pinned":
            return Pinned(**common, on=payload % 2 == 0)


def at(number: int) -> Position:
    return Position(1_766_300_000_000 + number // 3, number, 0)


KINDS = st.sampled_from(["edited", "deleted", "reacted", "answered", "pinned"])
HAPPENED = st.lists(st.tuples(KINDS, st.integers(1, 3), st.integers(0, 5)), max_size=12)


def told(happened) -> list:
    """The events with their places in the log."""
    return [(event(kind, n, person, payload), at(n)) for n, (kind, person, payload) in enumerate(happened)]


def folded(events) -> Changes:
    changes = Changes(MESSAGE, 7)
    for one, position in events:
        changes.fold(one, position)
    return changes


@given(HAPPENED, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_any_order_and_any_repetition_fold_to_the_same(happened, random):
    events = told(happened)
    shuffled = [*events, *random.choices(events, k=5)] if events else []
    random.shuffle(shuffled)
    assert folded(shuffled) == folded(events)


@given(HAPPENED)
@settings(max_examples=200, deadline=None)
def test_the_last_word_of_the_log_counts(happened):
    events = told(happened)
    changes = folded(events)
    edits = [one for one, _ in events if isinstance(one, Edited)]
    assert (changes.edit.text if changes.edit else None) == (edits[-1].text if edits else None)
    assert (changes.deletion is not None) == any(isinstance(one, Deleted) for one, _ in events)
    for emoji in EMOJI:
        last = {one.author.id: one.on for one, _ in events if isinstance(one, Reacted) and one.emoji == emoji}
        assert set(changes.reacted.get(emoji, [])) == {person for person, on in last.items() if on}
    answers = {one.author.id: one.choices for one, _ in events if isinstance(one, Answered)}
    assert changes.answered == {person: choices for person, choices in answers.items() if choices}
    pins = [one.on for one, _ in events if isinstance(one, Pinned)]
    assert changes.is_notice == (bool(pins) and pins[-1] and changes.deletion is None)


def test_an_event_of_another_channel_changes_nothing():
    first, position = event("edited", 1, 1, 1), at(1)
    known = {MESSAGE: folded([(first, position)])}
    foreign = event("deleted", 2, 1, 0)
    foreign.channel = 8
    assert fold_all(known, [(foreign, at(2))]) == []


def test_reactions_stand_in_the_order_of_the_log():
    events = [(event("reacted", n, person, 1 if n else 2), at(n)) for n, person in enumerate((3, 1, 2))]
    assert list(folded(events).reacted.items()) == [("👍", [3]), ("🎉", [1, 2])]


@given(happened=HAPPENED, random=st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_store_folds_like_memory(store_of_the_module, happened, random):
    store, number = store_of_the_module
    message = f"{next(number):032x}"
    events = [(event(k, n, p, x, message), at(n)) for n, (k, p, x) in enumerate(happened)]
    shuffled = [*events, *random.choices(events, k=3)] if events else []
    random.shuffle(shuffled)
    middle = len(shuffled) // 2
    for batch in (shuffled[:middle], shuffled[middle:], shuffled[:middle]):
        store.write([], [], batch)
    stored = store.changes([message]).get(message)
    expected = Changes(message, 7)
    for one, position in events:
        expected.fold(one, position)
    if stored is not None:
        stored.version = 0
    assert stored == (expected if events else None)


def test_two_workers_that_fold_at_once_lose_nothing(store):
    """As after a rebalance, when the last owner of a partition still writes."""
    batches = [[(event("reacted", 100 * w + n, 100 * w + n, 2), at(n))] for w in range(4) for n in range(10)]
    workers = [
        threading.Thread(
            target=lambda part: [store.write([], [], one) for one in part], args=(batches[w::4],)
        )
        for w in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(store.changes([MESSAGE])[MESSAGE].reacted["👍"]) == 40


def test_notices_of_a_channel_last_pinned_first_without_deleted_ones(store):
    ids = [f"{number:032x}" for number in range(4)]
    pinned = [(event("pinned", n, 1, 0, ids[n]), at(n)) for n in (2, 0, 1, 3)]
    store.write([], [], pinned)
    store.write(
        [], [], [(event("deleted", 10, 1, 0, ids[1]), at(10)), (event("pinned", 11, 1, 1, ids[3]), at(11))]
    )
    assert store.notices(7, 10) == [ids[2], ids[0]]
    assert store.notices(7, 1) == [ids[2]]
    assert store.notices(8, 10) == []


def poll(number: int, kind: str = "poll"):
    message = MessageEvent(
        channel=7,
        id=f"{number:032x}",
        author=Author(number % 2, "앨리스"),
        text="어디로 갈까요",
        client_id=f"c{number}",
        sent_at=1,
        mentions=[Author(4, "밥")],
        card=Card(kind, "어디로 갈까요", ["산", "바다"]) if kind else None,
    )
    return message, at(number)


def test_cards_of_a_kind_newest_first(store):
    talk = [poll(n, kind) for n, kind in enumerate(["poll", "event", "", "poll", "poll"])]
    store.write(talk, [])
    store.write(talk, [])
    assert store.cards(7, "poll", before=None, limit=2) == [talk[4], talk[3]]
    assert store.cards(7, "poll", before=talk[3][1], limit=9) == [talk[0]]
    assert store.cards(7, "event", before=None, limit=9) == [talk[1]]
    assert store.cards(8, "poll", before=None, limit=9) == []
    assert store.page(7, before=None, after=None, limit=9) == talk[::-1]


def test_counting_between_positions_leaves_out_what_one_wrote_oneself(store):
    talk = [poll(n, "") for n in range(10)]
    store.write(talk, [])
    end = talk[9][1]

    def count(after, upto=end, *, channel=7, besides=99, most=100) -> int:
        return store.count_between([(channel, after, upto)], besides=besides, most=most)[channel]

    assert count(talk[3][1]) == 6
    assert count(talk[3][1], besides=1) == 3
    assert count(talk[3][1], most=4) == 4
    assert count(talk[3][1], talk[5][1]) == 2
    assert count(end) == 0
    assert count(talk[0][1], channel=8) == 0
    both = [(8, talk[0][1], end), (7, talk[3][1], end)]
    assert store.count_between(both, besides=99, most=100) == {8: 0, 7: 6}
    assert store.count_between([], besides=99, most=100) == {}
