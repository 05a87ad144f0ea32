"""What search tells apart, what was asked for, and where it stands."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.search.words import MOST_GRAMS, fold, grams, needed_grams, parse, places

DECOMPOSED = normalize("NFD", "회비를 냈어요")


def test_grams_are_up_to_three_letters_of_a_word_and_where_words_meet():
    assert grams("회비 냈어요") == {*"회비냈어요", "회비", "냈어", "어요", "냈어요", "비·냈"}
    assert grams("a😀b") == {"a", "😀", "b", "a·😀", "😀·b"}


def test_words_are_asked_for_by_their_longest_grams_alone():
    assert needed_grams("회비를요") == {"회비를", "비를요"}
    assert needed_grams("회비") == {"회비"}
    assert needed_grams("네") == {"네"}
    assert needed_grams("?!") == set()


def test_phrases_are_asked_for_by_where_their_words_meet_too():
    assert needed_grams("내일 회비를") == {"내일", "일·회", "회비를"}
    assert needed_grams("네 네") == {"네·네"}


def test_long_query_asks_for_a_part_of_its_grams():
    query = parse("가나다라마바사아자차카타파하" * 7)
    assert len(query.grams) == MOST_GRAMS
    assert set(query.grams) <= grams(query.words[0])
    assert not query.fits(query.words[0][1:])


def test_of_a_long_query_each_word_is_asked_for():
    assert set(parse("가나다라마바사아자차카 회비 송금").grams) >= {"회비", "송금"}


def test_case_and_composition_do_not_matter():
    assert fold("Straße") == "strasse"
    assert fold(DECOMPOSED) == "회비를 냈어요"


@pytest.mark.parametrize(
    ("text", "words", "authors"),
    [
        ("회비 내요", ["회비", "내요"], []),
        ('"회비 내요" 네', ["회비 내요", "네"], []),
        ('"회비 내', ["회비 내"], []),
        ("from:@박민준 회비", ["회비"], ["박민준"]),
        ('FROM:"Kim Lee"', [], ["Kim Lee"]),
        ("from: 회비", ["from:", "회비"], []),
        ("회비 회비", ["회비"], []),
        ('a" OR "b', ["a", "or", "b"], []),
        ("“회비 내요”", ["회비 내요"], []),
        ("a\0b", ["a", "b"], []),
        ("", [], []),
        ('""', [], []),
        ("\ud800회", ["?회"], []),
    ],
)
def test_query_is_words_phrases_and_authors(text, words, authors):
    query = parse(text)
    assert (query.words, query.authors) == (words, authors)


def test_places_are_code_points_of_the_text_as_written():
    assert places("😀 회비와 회비", ["회비"]) == [(2, 4), (6, 8)]
    assert places("Straße", ["strasse"]) == [(0, 6)]
    assert places("aaaa", ["aa"]) == [(0, 4)]
    text = f"x{DECOMPOSED}"
    ((start, end),) = places(text, ["회비"])
    assert normalize("NFC", text[start:end]) == "회비"


@given(st.text(max_size=40), st.integers(0, 39), st.integers(1, 10))
def test_whatever_stands_in_a_text_is_found_by_its_grams_and_highlighted(text, start, length):
    text = normalize("NFC", text)
    part = fold(text[start : start + length])
    if not part or part not in fold(text):
        return
    assert needed_grams(part) <= grams(fold(text))
    assert places(text, [part])
    for begin, end in places(text, [part]):
        assert part in fold(text[begin:end]) or len(part) > end - begin


@given(st.text(max_size=40), st.text(min_size=1, max_size=5))
def test_any_text_is_a_query_and_any_text_is_searched(text, word):
    query = parse(text)
    assert all(gram for gram in query.grams)
    for begin, end in places(text, [fold(word)]):
        assert 0 <= begin < end <= len(text)
