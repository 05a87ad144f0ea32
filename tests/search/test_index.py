"""The contract of SearchIndex. The same tests hold the embedded index and MongoDB."""

import pytest

from chat.pipeline.events import Position
from chat.search import mongo
from chat.search.ports import Entry, Found, SearchIndex, Sought, author_gram
from chat.search.words import fold, parse

ALICE, BOB = 3, 4


def entry(number: int, text: str, *, channel: int = 7, author: int = ALICE, version: str = "") -> Entry:
    position = Position(1_766_300_000_000 + number // 3, number, 5)
    return Entry(f"{channel:016x}{number:016x}", channel, author, position, fold(text), version)


def ask(index, text: str, *, channels=(7,), authors=(), before=None, limit=50) -> Found:
    sought = Sought([(gram,) for gram in parse(text).grams], parse(text).words)
    if authors:
        sought.grams.append(tuple(author_gram(one) for one in authors))
    return index.search(list(channels), sought, before=before, limit=limit)


def numbers(index, text: str, **options) -> list[int]:
    return [int(message[16:], 16) for _, message in ask(index, text, **options).candidates]


def test_newest_come_first(index):
    index.index([entry(1, "회비 냈어요"), entry(3, "회비는요?"), entry(2, "회의 비용")])
    assert numbers(index, "회비") == [3, 1]


def test_word_is_found_inside_a_longer_one_and_by_one_letter(index):
    index.index([entry(1, "등산회비를 냈다"), entry(2, "네")])
    assert numbers(index, "회비") == [1]
    assert numbers(index, "를") == [1]
    assert numbers(index, "네") == [2]


def test_all_words_have_to_be_there(index):
    index.index([entry(1, "회비 송금"), entry(2, "회비"), entry(3, "송금")])
    assert numbers(index, "송금 회비") == [1]


def test_english_digits_and_emoji_are_found(index):
    index.index([entry(1, "Hello World 2026"), entry(2, "좋아요 😀")])
    assert numbers(index, "ELLO") == [1]
    assert numbers(index, "202") == [1]
    assert numbers(index, "😀") == [2]
    assert numbers(index, "없음") == []


@pytest.mark.parametrize(
    "query", ['NEAR("a" b)', "a* OR b", "a) (b", "-a ^b", ".* $a {b}", "a'; DROP b --", "a\x01b"]
)
def test_operators_of_the_databases_are_only_letters(index, query):
    index.index([entry(1, "near drop or a b"), entry(2, "zz")])
    assert numbers(index, query) in ([1], [])
    assert numbers(index, "zz") == [2]


def test_pairs_that_do_not_touch_are_no_match(index):
    index.index([entry(1, "가나다라"), entry(2, "가나 나다 다라"), entry(3, "나다라 가나")])
    assert numbers(index, "가나다라") == [1]
    assert numbers(index, '"나다라 가나"') == [3]
    assert numbers(index, '"다라 가나." .*') == []


def test_channels_are_apart(index):
    index.index([entry(1, "회비"), entry(2, "회비", channel=8), entry(3, "회비", channel=78)])
    assert numbers(index, "회비") == [1]
    assert numbers(index, "회비", channels=(7, 8)) == [2, 1]
    assert numbers(index, "회비", channels=()) == []


def test_many_channels_are_searched_as_one(index):
    index.index([entry(number, "회비", channel=number) for number in range(1, 251)])
    channels = list(range(1, 251))
    seen, before = [], None
    while True:
        found = ask(index, "회비", channels=channels, before=before, limit=30)
        seen += [int(message[16:], 16) for _, message in found.candidates]
        before = found.more_before
        if before is None:
            break
    assert seen == list(range(250, 0, -1))


def test_a_choice_of_people_is_found_in_many_channels(index):
    authors = range(1, 21)
    index.index([entry(number, "회비", channel=number, author=number % 40) for number in range(1, 121)])
    found = ask(index, "회비", channels=range(1, 121), authors=authors, limit=200)
    assert [int(message[16:], 16) for _, message in found.candidates] == [
        number for number in range(120, 0, -1) if number % 40 in authors
    ]


def test_what_lies_behind_many_that_do_not_fit_is_found(index):
    """Each word alone stands in hundreds of newer messages."""
    index.index([entry(number, "회비 송금") for number in range(1, 101)])
    index.index([entry(number, "송금" if number % 2 else "회비") for number in range(101, 900)])
    seen, before = [], None
    while True:
        found = ask(index, "송금 회비", before=before, limit=30)
        seen += [int(message[16:], 16) for _, message in found.candidates]
        before = found.more_before
        if before is None:
            break
    assert seen == list(range(100, 0, -1))


def test_pages_meet_without_hole_or_repeat(index):
    index.index([entry(number, "회비" if number % 2 else "회의") for number in range(25)])
    seen, before = [], None
    while True:
        found = ask(index, "회비", before=before, limit=5)
        seen += [int(message[16:], 16) for _, message in found.candidates]
        before = found.more_before
        if before is None:
            break
    assert seen == list(range(23, 0, -2))


def test_authors_are_found(index):
    index.index([entry(1, "회비"), entry(2, "회비", author=BOB), entry(3, "회의", author=BOB)])
    assert numbers(index, "회비", authors=(BOB,)) == [2]
    assert numbers(index, "", authors=(BOB,)) == [3, 2]
    assert numbers(index, "회비", authors=(ALICE, BOB)) == [2, 1]


def test_repeat_changes_nothing(index):
    index.index([entry(1, "회비"), entry(1, "회비")])
    index.index([entry(1, "회비")])
    assert numbers(index, "회비") == [1]


def test_repeat_with_another_position_keeps_the_first_place(index):
    index.index([entry(1, "회비"), entry(2, "회비")])
    again = entry(1, "회비")
    again.position = Position(1_766_300_009_999, 99, 5)
    index.index([again])
    assert numbers(index, "회비") == [2, 1]


def test_newer_version_replaces_and_keeps_its_place(index):
    index.index([entry(1, "회비"), entry(2, "송금")])
    index.index([entry(1, "송금", version="05")])
    assert numbers(index, "송금") == [2, 1]
    assert numbers(index, "회비") == []


def test_older_version_never_comes_back(index):
    index.index([entry(1, "송금", version="05")])
    index.index([entry(1, "회비"), entry(1, "회의", version="04")])
    assert numbers(index, "송금") == [1]
    assert numbers(index, "회") == []


def test_the_newest_version_of_one_call_counts(index):
    index.index([entry(1, "하나"), entry(1, "셋", version="03"), entry(1, "둘", version="02")])
    assert numbers(index, "셋") == [1]
    assert numbers(index, "둘") == []


def test_what_is_gone_is_not_found_and_going_twice_is_harmless(index):
    index.index([entry(1, "회비"), entry(2, "회비")])
    index.index([], gone=[entry(1, "").id, "f" * 32])
    index.index([entry(3, "회비")], gone=[entry(1, "").id, entry(3, "").id])
    assert numbers(index, "회비") == [2]


def test_two_messages_of_one_place_are_both_found(index):
    one, other = entry(1, "회비"), entry(2, "회비")
    other.position = Position(one.position.appended_at_ms, one.position.offset + 2**21, 5)
    index.index([one, other])
    assert sorted(numbers(index, "회비")) == [1, 2]


def test_reached_only_goes_forward(index):
    early, late = Position(5, 5, 2), Position(6, 1, 2)
    assert index.reached() == {}
    index.index([], reached=[late, Position(1, 1, 0)])
    index.index([], reached=[early])
    assert index.reached() == {2: late, 0: Position(1, 1, 0)}


def test_one_call_looks_at_a_bounded_part_and_says_where_to_go_on(index, monkeypatch):
    """Two frequent grams that hardly meet: no query may walk the whole channel in one go."""
    monkeypatch.setattr(mongo, "MOST_LOOKED_AT", 10)
    monkeypatch.setattr(mongo, "SAMPLE", 5)
    index.index([entry(number, "회비" if number % 2 else "송금") for number in range(1, 60)])
    index.index([entry(0, "회비 송금")])
    seen, before = [], None
    for _ in range(60):
        found = ask(index, "회비 송금", before=before)
        seen += [int(message[16:], 16) for _, message in found.candidates]
        before = found.more_before
        if before is None:
            break
    assert before is None
    assert seen == [0]


class Shortsighted(SearchIndex):
    """Holds (channel, place) and looks at two of them in one call, as a bounded search does."""

    def __init__(self, *held: tuple[int, int]) -> None:
        self._held = held

    def _search(self, channel_ids, sought, before, limit) -> Found:
        below = [
            one[1] for one in self._held if one[0] in channel_ids and (before is None or one[1] < before)
        ]
        looked_at = sorted(below, reverse=True)[:2]
        more = looked_at[-1] if len(below) > 2 else None
        return Found([(place, f"m{place}") for place in looked_at if place % 10 == 0], more)

    def index(self, entries, gone=(), reached=()) -> None:
        raise NotImplementedError

    def reached(self):
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def test_parts_that_end_early_leave_no_hole_between_them():
    """The first hundred channels end at 95, the others go down to 20: what lies between is not skipped."""
    index = Shortsighted((1, 99), (1, 95), (1, 50), (1, 10), (101, 40), (101, 20))
    seen, before = [], None
    for _ in range(9):
        found = index.search([*range(1, 102)], Sought([("회",)]), before=before, limit=5)
        seen += [place for place, _ in found.candidates]
        before = found.more_before
        if before is None:
            break
    assert seen == [50, 40, 20, 10]
