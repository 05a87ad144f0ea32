"""The port of the search index. Its adapters are one file per technology; `search_index()` in
chat/pipeline/parts.py builds the one that the settings name."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

import msgspec

from chat.pipeline.events import Position
from chat.pipeline.ports import StoreUnavailable
from chat.search.words import grams

CHANNELS_AT_ONCE = 100
_TIE_BITS = 21


class SearchUnavailable(StoreUnavailable):
    """The search index cannot be reached. Temporary."""


class Entry(msgspec.Struct):
    """What is findable of one message: `words` is everything it says, folded. `version` is the text form of
    the position of the edit that made it so, empty for a message as it was sent."""

    id: str
    channel: int
    author: int
    position: Position
    words: str
    version: str = ""

    @property
    def grams(self) -> set[str]:
        """What it is found by."""
        return grams(self.words) | {author_gram(self.author)}


class Sought(msgspec.Struct):
    """What a message has to have: of each tuple in `grams` one at least, and all of `words` (folded) in what
    it says. The grams find candidates; the words tell pairs that touch from pairs that do not."""

    grams: list[tuple[str, ...]]
    words: list[str] = []


class Found(msgspec.Struct):
    """Candidates as (place, message id), newest first. `more_before`: further ones may lie before this place;
    None when there are none."""

    candidates: list[tuple[int, str]]
    more_before: int | None


def author_gram(author_id: int) -> str:
    """What messages of this person are found by; no text has it, for the dot is no letter."""
    return f"·{author_id}"


def place_of(position: Position) -> int:
    """A position as one number of 63 bits in nearly the same order: the append time, then the low bits of the
    offset. Two messages of one millisecond in different partitions may share it, one pair in two million."""
    tie = (position.offset + position.partition * 174_763) % (1 << _TIE_BITS)
    return position.appended_at_ms << _TIE_BITS | tie


class SearchIndex(ABC):
    """Which messages may hold some words. It knows what it was told, so it may be behind the store and name
    messages that have changed since: whoever asks looks at the present text."""

    @abstractmethod
    def index(
        self, entries: Iterable[Entry], gone: Iterable[str] = (), reached: Iterable[Position] = ()
    ) -> None:
        """Make these findable, durably, forget the messages `gone` (ids), and note how far each partition of
        the log is indexed.

        A repeat changes nothing; a newer version of an entry replaces an older one and keeps its place, and
        never the other way round. Raises SearchUnavailable.
        """

    def search(self, channel_ids: list[int], sought: Sought, *, before: int | None, limit: int) -> Found:
        """At most `limit` messages of these channels below the place `before` that have what is sought,
        newest first.

        One call looks at a bounded part of the index: it may return fewer, even none, and say where to go
        on. Raises SearchUnavailable.
        """
        # Databases look through one list for each channel and each gram of a choice.
        at_once = max(1, CHANNELS_AT_ONCE // max(map(len, sought.grams)))
        parts = [
            self._search(channel_ids[at : at + at_once], sought, before, limit)
            for at in range(0, len(channel_ids), at_once)
        ]
        # A part may have more anywhere below its bound: what lies there is left for the next call.
        bounds = [part.more_before for part in parts if part.more_before is not None]
        bound = max(bounds, default=0)
        candidates = sorted((one for part in parts for one in part.candidates), reverse=True)
        safe = [one for one in candidates if one[0] >= bound]
        if len(safe) > limit:
            return Found(safe[:limit], safe[limit - 1][0])
        return Found(safe, bound or None)

    @abstractmethod
    def _search(self, channel_ids: list[int], sought: Sought, before: int | None, limit: int) -> Found:
        """`search` for at most CHANNELS_AT_ONCE channels. A part that stopped at `limit` says so by
        `more_before`, which is the place of its last candidate."""

    @abstractmethod
    def reached(self) -> dict[int, Position]:
        """How far each partition of the log is indexed. Raises SearchUnavailable."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the index."""
