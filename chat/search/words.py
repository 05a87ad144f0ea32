"""Words as search sees them: what two spellings have in common, the n-grams that find them, what was asked
for, and where it stands in a text. Knows no Django.

Korean writes its particles onto the word ("회비를"), so a word is found wherever its letters stand, inside a
longer word too. Grams are one, two and three neighbouring letters within a word, and the two letters where
words meet: a query asks for the longest that it has, because these are rare.
"""

import re
from collections.abc import Iterator
from itertools import chain, pairwise, zip_longest
from unicodedata import combining, is_normalized, normalize

import msgspec

LONGEST = 100
LONGEST_GRAM = 3
MOST_GRAMS = 6  # of a query; each is one more list to look into
# Letters and digits of all scripts in a run; symbols such as emoji stand alone.
_RUNS = re.compile(r"[^\W_]+|[\u2190-\u2bff\U0001f000-\U0001faff]")
_PARTS = re.compile(r'(?i:from:)@?(?:"([^"]+)"|([^\s"]+))|"([^"]*)"?|([^\s"]+)')
# Keyboards curl quotes; no message holds a null character, which databases do not look for.
_TYPED = str.maketrans("“”„\0", '""" ')
_HANGUL_VOWELS_AND_ENDS = range(0x1160, 0x1200)  # what follows the first letter of a decomposed syllable


class Query(msgspec.Struct):
    """What was asked for: words and phrases (folded) that all have to be there, and who wrote it (names, one
    of which has to fit)."""

    words: list[str]
    authors: list[str]

    @property
    def grams(self) -> list[str]:
        """All of these stand in whatever holds the words. Enough of a long query to find few candidates,
        from each word in turn."""
        in_turn = chain.from_iterable(zip_longest(*(sorted(needed_grams(word)) for word in self.words)))
        return list(dict.fromkeys(filter(None, in_turn)))[:MOST_GRAMS]

    def fits(self, folded: str) -> bool:
        """Whether all words stand in this text."""
        return all(word in folded for word in self.words)


def fold(text: str) -> str:
    """The text without what search does not tell apart: case, and composed from decomposed letters."""
    return normalize("NFC", text).casefold()


def grams(folded: str) -> set[str]:
    """All grams of a folded text."""
    runs, found = _RUNS.findall(folded), set()
    for run in runs:
        found.update(run)
        found.update(map(str.__add__, run, run[1:]))
        found.update(run[at : at + LONGEST_GRAM] for at in range(len(run) - LONGEST_GRAM + 1))
    found.update(_meetings(runs))
    return found


def needed_grams(word: str) -> set[str]:
    """The fewest grams that tell whether a folded word may stand in a text; none for punctuation alone."""
    runs = _RUNS.findall(word)
    needed = set(_meetings(runs))
    for run in runs:
        if len(run) > 1 or len(runs) == 1:
            length = min(len(run), LONGEST_GRAM)
            needed.update(run[at : at + length] for at in range(len(run) - length + 1))
    return needed


def _meetings(runs: list[str]) -> Iterator[str]:
    """Of two words in a row the last letter and the first, so that a phrase of frequent words is rare. The
    dot is no letter."""
    return (f"{one[-1]}·{following[0]}" for one, following in pairwise(runs))


def parse(text: str) -> Query:
    """The query in this text: words, "phrases", from:@name. Any text is a query, if perhaps an empty one."""
    sound = text.encode(errors="replace").decode()  # half a surrogate pair is no text
    sound = sound.translate(_TYPED)
    words, authors = [], []
    for quoted_author, author, phrase, word in _PARTS.findall(sound):
        if quoted_author or author:
            authors.append(quoted_author or author)
        elif phrase.strip() or word:
            words.append(fold(phrase.strip() or word))
    return Query(list(dict.fromkeys(words)), authors)


def places(text: str, words: list[str]) -> list[tuple[int, int]]:
    """Where the words stand in the text as it is written: [start, end) in code points, in order and apart."""
    folded, origins = _folded_with_origins(text)
    found = []
    for word in words:
        at = folded.find(word)
        while at >= 0:
            end = at + len(word)
            found.append((origins[at][0], origins[end - 1][1]))
            at = folded.find(word, end)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _folded_with_origins(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its letters the code points that it was made of."""
    folded, origins = [], []
    for start, end in _letters(text):
        letter = fold(text[start:end])
        folded.append(letter)
        origins += [(start, end)] * len(letter)
    return "".join(folded), origins


def _letters(text: str) -> list[tuple[int, int]]:
    """The letters of a text with what belongs to each."""
    if is_normalized("NFC", text):
        return [(at, at + 1) for at in range(len(text))]
    starts = [
        at
        for at, letter in enumerate(text)
        if at == 0 or not (combining(letter) or ord(letter) in _HANGUL_VOWELS_AND_ENDS)
    ]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))
