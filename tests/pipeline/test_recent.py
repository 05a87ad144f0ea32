"""What a web process remembers of the log."""

from chat.pipeline import recent
from chat.pipeline.events import ORIGIN, Position, encode, with_position
from chat.pipeline.recent import Recent, SeenEvents, event_id_of
from tests.pipeline.test_archive import message


def at(number: int, partition: int = 0) -> Position:
    return Position(1_000, number, partition)


def test_first_place_of_an_event_counts_whoever_hears_of_it_first():
    seen = SeenEvents()
    assert seen.add(b"a", at(5))
    assert seen.add(b"a", at(5))
    assert not seen.add(b"a", at(6))
    assert seen.add(b"a", at(4))
    assert not seen.add(b"a", at(5))
    assert seen.get(b"a") == at(4)


def test_memory_is_bounded_and_holds_at_least_the_last_half(monkeypatch):
    monkeypatch.setattr(recent, "REMEMBERED", 100)
    seen = SeenEvents()
    for number in range(1_000):
        seen.add(b"%d" % number, at(number))
        for back in range(min(number, 49)):
            assert seen.get(b"%d" % (number - back)) == at(number - back)
    assert sum(seen.get(b"%d" % number) is not None for number in range(1_000)) <= 100


def test_floor_follows_what_leaves_and_head_what_comes(monkeypatch):
    monkeypatch.setattr(recent, "RECENT", 3)
    held = Recent()
    assert (held.floor(0), held.head(0)) == (ORIGIN, ORIGIN)
    held.add(7, b"a", at(10))
    assert held.floor(0) == at(9)
    for number in range(11, 15):
        held.add(7 + number % 2, b"%d" % number, at(number))
    assert (held.floor(0), held.head(0)) == (at(11), at(14))
    assert held.of(7) == [(b"12", at(12)), (b"14", at(14))]
    assert held.floor(1) == ORIGIN


def test_log_that_began_under_our_eyes_has_no_floor():
    held = Recent()
    held.add(7, b"a", at(0))
    assert held.floor(0) == ORIGIN


def test_event_is_found_by_its_id():
    held = Recent()
    for number in range(5):
        payload = encode(message(number))
        held.seen.add(event_id_of(payload), at(number))
        held.add(7, with_position(payload, at(number)), at(number))
    wanted = message(3)
    assert event_id_of(encode(wanted)) == wanted.id.encode()
    assert held.find(wanted.id.encode()) == (with_position(encode(wanted), at(3)), at(3))
    assert held.find(b"f" * 32) is None


def test_event_is_ahead_from_its_confirmation_until_the_tail_read_it():
    held = Recent()
    payload = encode(message(3))
    event_id = event_id_of(payload)
    assert not held.is_ahead(event_id)
    held.seen.add(event_id, at(3))
    assert held.is_ahead(event_id)
    held.add(7, b"before it", at(2))
    assert held.is_ahead(event_id)
    held.add(7, payload, at(3))
    assert not held.is_ahead(event_id)
    assert held.find(event_id) == (payload, at(3))
