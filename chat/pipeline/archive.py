"""The archive: one reader of the log that writes every message and every slip into the store."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from chat.meters import SECONDS, Counter, Distribution
from chat.pipeline.events import (
    CONTROL_PREFIXES,
    Change,
    ChangeEvent,
    Position,
    SystemEvent,
    TalkEvent,
    decode,
)
from chat.pipeline.following import Follower
from chat.pipeline.ports import EventLog, MessageStore, Record, Unstorable

logger = logging.getLogger(__name__)

archived_total = Counter("messenger_archived_messages_total", "Messages and slips written into the store.")
repeats_total = Counter("messenger_archive_repeats_total", "Messages that were in the store already.")
changes_total = Counter(
    "messenger_archived_changes_total", "Edits, deletions, reactions, answers and pins that were folded in."
)
dead_letters_total = Counter("messenger_dead_letters_total", "Records that could not be stored.")
waits_total = Counter(
    "messenger_archive_waits_total", "Times the archive waited for a log or store that was away."
)
batch_records = Distribution(
    "messenger_archive_batch_records",
    "Records of the log that were archived together.",
    (1, 4, 16, 64, 256, 1_024, 4_096, 10_000),
)
batch_seconds = Distribution(
    "messenger_archive_batch_seconds",
    "From having read a batch until the cursor behind it is committed.",
    SECONDS,
)


@dataclass
class Archived:
    """What this worker did since it began. Slips count as messages."""

    messages: int = 0
    repeats: int = 0
    dead_letters: int = 0


class Archive(Follower):
    """Writes batches into the store, which makes a repeat harmless.

    A record that can never be stored goes to the dead letters with its error, and the partition goes on.
    """

    group, batch = "archive", 10_000
    crowd = 1_000  # so many at once, and the log grows faster than batches of one end
    crowded_seconds = 1.0

    def __init__(
        self,
        log: EventLog,
        store: MessageStore,
        heed: Callable[[list[ChangeEvent]], None] = lambda changes: None,
    ) -> None:
        """`heed` is given all changes after they are stored and before the cursor moves: at least once each.
        It may raise StoreUnavailable to be asked again."""
        super().__init__(log)
        self.archived = Archived()
        self._store = store
        self._heed = heed
        self._crowded_until = 0.0

    @property
    def is_crowded(self) -> bool:
        """Whether much waited for it lately: what shares its store may wait. From any thread."""
        return time.monotonic() < self._crowded_until

    def waited(self) -> None:
        waits_total.add()

    def took(self, records: int, seconds: float) -> None:
        batch_records.observe(records)
        batch_seconds.observe(seconds)
        if records >= self.crowd:
            self._crowded_until = time.monotonic() + self.crowded_seconds

    def take(self, records: list[Record]) -> None:
        messages, changes = [], []
        reached: dict[int, Position] = {}
        for record in records:
            reached[record.position.partition] = record.position
            event = self._stored(record)
            if event is not None:
                (changes if isinstance(event, Change) else messages).append((event, record))
        self._store_all(messages, self._write_messages)
        self._store_all(changes, self._write_changes)
        self._store.write([], reached.values())

    def _stored(self, record: Record) -> TalkEvent | ChangeEvent | None:
        """The record's event if it is to be stored."""
        if record.payload.startswith(CONTROL_PREFIXES):
            return None
        try:
            event = decode(record.payload)
        except ValueError as error:
            self._bury(record, f"unreadable: {type(error).__name__}")
            return None
        return None if isinstance(event, SystemEvent) and event.slip is None else event

    def _store_all(self, stored: list[tuple[TalkEvent | ChangeEvent, Record]], write: Callable) -> None:
        """Store them; when one cannot be, halve until it stands alone, so that only that one is buried."""
        if not stored:
            return
        try:
            write([(event, record.position) for event, record in stored])
        except Unstorable as error:
            if len(stored) == 1:
                self._bury(stored[0][1], str(error))
                return
            middle = len(stored) // 2
            self._store_all(stored[:middle], write)
            self._store_all(stored[middle:], write)

    def _write_messages(self, messages: list[tuple[TalkEvent, Position]]) -> None:
        new = self._store.write(messages, [])
        self.archived.messages += new
        archived_total.add(new)
        self.archived.repeats += len(messages) - new
        repeats_total.add(len(messages) - new)

    def _write_changes(self, changes: list[tuple[ChangeEvent, Position]]) -> None:
        self._store.write([], [], changes)
        self._heed([event for event, _ in changes])
        changes_total.add(len(changes))

    def _bury(self, record: Record, error: str) -> None:
        logger.error("archive: record %s went to the dead letters (%s)", record.position, error)
        self._reader.dead_letter(record, error)
        self.archived.dead_letters += 1
        dead_letters_total.add()
