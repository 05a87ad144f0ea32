"""The two ports of the pipeline: EventLog and MessageStore. Their adapters are one file per technology.

`event_log()` and `message_store()` in chat/pipeline/parts.py build the ones that the settings name.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

import msgspec

from chat.pipeline.changes import Changes
from chat.pipeline.events import ChangeEvent, Position, TalkEvent


class LogUnavailable(Exception):
    """The log did not confirm an append in time or refused it. The event may or may not be in the log:
    repeat it with the same id. Temporary."""


class LogFull(LogUnavailable):
    """Too many appends are under way; nothing was appended. Temporary."""


class StoreUnavailable(Exception):
    """The message store cannot be reached. Temporary."""


class Unstorable(Exception):
    """This record can never be stored; repeating will not help."""


class Record(msgspec.Struct, gc=False):
    """One event as it stands in the log."""

    channel_id: int
    payload: bytes
    position: Position


# Called exactly once, from a thread of the adapter, with the position or with the error.
Done = Callable[[Position | None, LogUnavailable | None], None]


class LogReader(ABC):
    """A cursor in the log. Used by one thread."""

    @abstractmethod
    def read(self, most: int, timeout_seconds: float) -> list[Record]:
        """The next records in log order, at once when there are any, else after at most the timeout: [].

        Raises LogUnavailable while the log cannot be reached; the cursor stays where it was.
        """

    @abstractmethod
    def behind(self, partition: int | None = None) -> bool:
        """Whether something is still unread that stood in the log, or in this partition, when this reader
        began to read it."""

    @abstractmethod
    def begin(self, partition: int) -> None:
        """Read this partition too, from the reader's `rewind` before its end. Only for readers without a
        group. Raises LogUnavailable; then nothing changed."""

    @abstractmethod
    def leave(self, partition: int) -> None:
        """Read this partition no more; `begin` begins anew."""

    @abstractmethod
    def partition_of(self, channel_id: int) -> int:
        """The partition that the events of this channel are appended to."""

    @abstractmethod
    def commit(self) -> None:
        """Remember durably that everything read so far was dealt with. Only for readers of a group."""

    @abstractmethod
    def dead_letter(self, record: Record, error: str) -> None:
        """Keep a record that cannot be stored, with its error, for an operator. Durable on return."""

    @abstractmethod
    def close(self) -> None:
        """Give the cursor back. What was read and not committed is read again by the next reader."""


class LogUpkeep(ABC):
    """What an operator does with a log, beside those who use it. Each raises LogUnavailable."""

    @abstractmethod
    def kept(self) -> dict[int, range]:
        """The offsets that each partition holds now. Offsets begin at 0 and have no holes, so one that begins
        later has lost what stood before."""

    @abstractmethod
    def committed(self, group: str) -> dict[int, int]:
        """The next offset that this group has to read, of the partitions where it has committed."""

    @abstractmethod
    def is_joined(self, group: str) -> bool:
        """Whether a reader of this group is at work in any process. On Kafka one that was killed counts for
        some seconds more."""

    @abstractmethod
    def forget(self, before: dict[int, int]) -> None:
        """Remove for good what stands before these offsets. What follows keeps its positions."""


class EventLog(ABC):
    """An append-only log of events, ordered within a channel.

    Guarantee: what `done` confirmed with a position survives kill -9 of every process and is read by every
    reader, at least once, in one order within its channel.
    """

    @abstractmethod
    def append(self, channel_id: int, payload: bytes, done: Done) -> None:
        """Append without blocking; `done` says what became of it. Raises LogFull at once when too much waits.

        Two calls append twice: whoever repeats keeps the event's id, and readers drop the repeat.
        """

    @abstractmethod
    def follow(self, rewind: int, *, everything: bool = True) -> LogReader:
        """A reader without a group that begins about `rewind` records before the end of each partition: of
        all of them, or only of the one with the control channel until it is told to `begin` others."""

    @abstractmethod
    def join(self, group: str) -> LogReader:
        """A reader that shares the log with the others of its group and goes on after the last commit."""

    @abstractmethod
    def dead_letters(self) -> list[tuple[bytes, str]]:
        """All records that could not be stored, with their errors, oldest first: for operators and tests."""

    @abstractmethod
    def upkeep(self) -> LogUpkeep:
        """What an operator does with this log."""

    @abstractmethod
    def close(self) -> None:
        """Confirm or refuse what is under way, then let go of the log."""


class Renewable(ABC):
    """What is folded from the log, the store and the search index: made anew beside, then put in place."""

    @abstractmethod
    def begin_anew(self) -> "Renewable":
        """An empty one beside this one. What an interrupted attempt left there is thrown away."""

    @abstractmethod
    def become(self, fresh: "Renewable") -> None:
        """Hold what `fresh`, made by `begin_anew`, holds, in every process; until then they read what was
        there. `fresh` is used up. Nobody else may write meanwhile: it would be lost."""

    @abstractmethod
    def count(self) -> int:
        """How many messages it holds."""


# A channel, and two of its positions.
Bounds = tuple[int, Position, Position]


class MessageStore(ABC):
    """Where messages, and system events with a slip, are read back from: one order, one kind of page for
    both. Only the archive worker writes."""

    @abstractmethod
    def write(
        self,
        messages: Iterable[tuple[TalkEvent, Position]],
        reached: Iterable[Position],
        changes: Iterable[tuple[ChangeEvent, Position]] = (),
    ) -> int:
        """Store messages, fold changes in, durably, and note how far each partition of the log is archived.

        A message that is there already (same id) stays as it is, with its first position, and a change that
        was folded before alters nothing: a second call changes nothing. A change may come before its message.
        `reached` holds the last position of each partition in this batch. Returns how many messages were
        new. Raises StoreUnavailable, or Unstorable for one that can never be stored.
        """

    @abstractmethod
    def page(
        self, channel_id: int, *, before: Position | None, after: Position | None, limit: int
    ) -> list[tuple[TalkEvent, Position]]:
        """At most `limit` messages strictly between the bounds: the oldest in order when `after`
        is given, else the newest, newest first. Costs the same on every page. Raises StoreUnavailable."""

    @abstractmethod
    def find(self, message_ids: list[str]) -> dict[str, tuple[TalkEvent, Position]]:
        """The stored ones of these messages, by id. Raises StoreUnavailable."""

    def latest(self, channel_ids: list[int]) -> dict[int, tuple[TalkEvent, Position]]:
        """The last stored message of each of these channels that has one. Raises StoreUnavailable."""
        pages = {channel: self.page(channel, before=None, after=None, limit=1) for channel in channel_ids}
        return {channel: page[0] for channel, page in pages.items() if page}

    @abstractmethod
    def changes(self, message_ids: list[str]) -> dict[str, Changes]:
        """What became of these messages, by id; nothing of those that nobody changed. Raises
        StoreUnavailable."""

    @abstractmethod
    def notices(self, channel_id: int, limit: int) -> list[str]:
        """Ids of the channel's notices, the one pinned last first. Raises StoreUnavailable."""

    @abstractmethod
    def cards(
        self, channel_id: int, kind: str, *, before: Position | None, limit: int
    ) -> list[tuple[TalkEvent, Position]]:
        """The channel's messages with a card of this kind (poll, event), newest first. Raises
        StoreUnavailable."""

    @abstractmethod
    def count_between(self, bounds: list[Bounds], *, besides: int, most: int) -> dict[int, int]:
        """How many messages and slips stand in each of these channels behind the first position and not
        behind the second, without those that this person (an id) wrote and without the lines of who came and
        went (PEOPLE_KINDS); stops counting at `most`. One question for all. Raises StoreUnavailable."""

    @abstractmethod
    def all_reached(self) -> dict[int, Position]:
        """How far each partition of the log is archived, where anything is. Raises StoreUnavailable."""

    def reached(self, partition: int) -> Position | None:
        """How far this one is archived. Raises StoreUnavailable."""
        return self.all_reached().get(partition)

    @abstractmethod
    def close(self) -> None:
        """Let go of the store."""
