"""The contract of MessageStore. The same tests hold the embedded store and MongoDB."""

import pytest

from chat.pipeline.events import Author, MessageEvent, Position, SystemEvent, slip_id
from chat.pipeline.ports import StoreUnavailable, Unstorable


def message(number: int, channel: int = 7) -> tuple[MessageEvent, Position]:
    event = MessageEvent(
        channel=channel,
        id=f"{channel:016x}{number:016x}",
        author=Author(3, "앨리스"),
        text=f"글 {number} 😀",
        client_id=f"client-{number}",
        sent_at=1_766_300_000_000 + number,
        reply_to=f"{number:032x}" if number % 2 else None,
    )
    return event, Position(1_766_300_000_000 + number // 3, number, 5)


def slip(number: int, channel: int = 7) -> tuple[SystemEvent, Position]:
    """A receipt, as wallets write them."""
    event = SystemEvent(
        channel=channel,
        id=slip_id(f"receipt:{number}:{channel}"),
        kind="receipt",
        sent_at=1_766_300_000_000 + number,
        slip={
            "wallet_name": "등산 회비",
            "amount": -(10**13) + number,
            "actor": {"id": 3, "username": "앨리스"},
            "memo": "",
            "dues_plan": None,
            "people": ["$a", "b.c", {"$set": 1}],
        },
    )
    return event, Position(1_766_300_000_000 + number // 3, number, 5)


def numbers(page) -> list[int]:
    return [position.offset for _, position in page]


def test_page_gives_back_what_was_written(store):
    assert store.write([message(1), message(2)], []) == 2
    assert store.page(7, before=None, after=None, limit=10) == [message(2), message(1)]


def test_repeated_write_changes_nothing(store):
    store.write([message(number) for number in range(10)], [])
    assert store.write([message(number) for number in range(5, 15)], []) == 5
    assert numbers(store.page(7, before=None, after=None, limit=99)) == list(range(14, -1, -1))


def test_repeat_with_another_position_keeps_the_first(store):
    event, position = message(1)
    store.write([(event, position)], [])
    assert store.write([(event, Position(position.appended_at_ms + 9, 99, 5))], []) == 0
    assert store.page(7, before=None, after=None, limit=9) == [(event, position)]


def test_pages_backwards_and_forwards_meet_without_hole_or_repeat(store):
    store.write([message(number) for number in range(25)], [])
    seen, before = [], None
    while page := store.page(7, before=before, after=None, limit=10):
        seen += numbers(page)
        before = page[-1][1]
    assert seen == list(range(24, -1, -1))
    seen, after = [], Position(0, 0, 0)
    while page := store.page(7, before=None, after=after, limit=10):
        seen += numbers(page)
        after = page[-1][1]
    assert seen == list(range(25))


def test_bounds_are_exclusive(store):
    store.write([message(number) for number in range(10)], [])
    page = store.page(7, before=message(6)[1], after=message(2)[1], limit=99)
    assert numbers(page) == [3, 4, 5]


def test_channels_are_apart(store):
    store.write([message(1, channel=7), message(2, channel=8)], [])
    assert numbers(store.page(8, before=None, after=None, limit=9)) == [2]
    assert store.page(9, before=None, after=None, limit=9) == []


def test_find_returns_only_what_is_there(store):
    store.write([message(1), message(2)], [])
    wanted = [message(1)[0].id, "f" * 32]
    assert store.find(wanted) == {message(1)[0].id: message(1)}
    assert store.find([]) == {}


def test_latest_of_each_channel(store):
    store.write([message(1), message(2), message(3, channel=8)], [])
    assert store.latest([7, 8, 9]) == {7: message(2), 8: message(3, channel=8)}


def test_reached_only_goes_forward(store):
    early, late = Position(5, 5, 2), Position(6, 1, 2)
    assert store.reached(2) is None
    store.write([], [late])
    store.write([], [early])
    assert store.reached(2) == late
    assert store.reached(3) is None


def test_slips_stand_among_the_messages_in_the_logs_order(store):
    talk = [message(1), slip(2), message(3), slip(4), slip(5)]
    assert store.write(talk, []) == 5
    assert store.page(7, before=None, after=None, limit=9) == talk[::-1]
    assert store.page(7, before=None, after=talk[1][1], limit=2) == talk[2:4]
    assert store.latest([7]) == {7: talk[-1]}
    assert store.find([talk[1][0].id]) == {talk[1][0].id: talk[1]}


def test_repeated_slip_keeps_its_first_place(store):
    event, position = slip(1)
    store.write([(event, position), message(2)], [])
    assert store.write([(event, Position(position.appended_at_ms + 9, 99, 5))], []) == 0
    assert numbers(store.page(7, before=None, after=None, limit=9)) == [2, 1]


def test_slip_that_cannot_be_stored_is_refused_for_good(store):
    """A number beyond 64 bits: a store either keeps it or says that repeating will not help."""
    event, position = slip(1)
    event.slip["amount"] = 2**80
    try:
        store.write([(event, position)], [])
    except Unstorable:
        assert store.page(7, before=None, after=None, limit=9) == []
    except StoreUnavailable:
        pytest.fail("the archive would repeat this for ever")
    else:
        assert store.page(7, before=None, after=None, limit=9) == [(event, position)]
