"""The archive: one reader of the log that writes every message and every slip into the store."""

import logging
import time
from dataclasses import dataclass

from chat.meters import SECONDS, Counter, Distribution
from chat.pipeline.events import MESSAGE_PREFIX, SYSTEM_PREFIX, Position, TalkEvent, decode
from chat.pipeline.ports import (
    EventLog,
    LogReader,
    LogUnavailable,
    MessageStore,
    Record,
    StoreUnavailable,
    Unstorable,
)

logger = logging.getLogger(__name__)
GROUP = "archive"
BATCH = 10_000  # each costs a durable write and a commit, whatever its size
READ_SECONDS = 0.5
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 5.0

archived_total = Counter("messenger_archived_messages_total", "Messages and slips written into the store.")
repeats_total = Counter("messenger_archive_repeats_total", "Messages that were in the store already.")
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


class Archive:
    """Read, write, then commit the cursor: at least once, and the store makes a repeat harmless.

    A record that can never be stored goes to the dead letters with its error, and the partition goes on.
    While log or store are away it waits and tries the same batch again; nothing is skipped.
    """

    def __init__(self, log: EventLog, store: MessageStore) -> None:
        self.archived = Archived()
        self._log = log
        self._store = store
        self._reader: LogReader | None = None
        self.stopping = False

    def stop(self) -> None:
        """Finish the batch under way, commit, and return from `run`. Safe in a signal handler, also when a
        second signal interrupts the first: it takes no lock."""
        self.stopping = True

    def run(self) -> None:
        """Archive until `stop`."""
        while not self.stopping:
            self.step(READ_SECONDS)
        if self._reader is not None:
            self._reader.close()

    def step(self, timeout_seconds: float) -> int:
        """Archive one batch; returns how many records it had. Returns 0 early when told to stop."""
        records = self._insist(lambda: self._read(timeout_seconds))
        if not records:
            return 0
        began = time.monotonic()
        if self._insist(lambda: self._write(records)) is None:
            return 0  # stopped while the store was away: not committed, so the next worker reads it again
        self._insist(self._reader.commit)
        batch_records.observe(len(records))
        batch_seconds.observe(time.monotonic() - began)
        return len(records)

    def _read(self, timeout_seconds: float) -> list[Record]:
        if self._reader is None:
            self._reader = self._log.join(GROUP)
        return self._reader.read(BATCH, timeout_seconds)

    def _insist(self, action):
        """The action's answer; repeated with growing pauses while a part is away, None when told to stop."""
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                return action()
            except (LogUnavailable, StoreUnavailable) as error:
                waits_total.add()
                logger.warning("archive: waiting (%s)", error)
            until = time.monotonic() + wait
            while time.monotonic() < until:
                if self.stopping:
                    return None
                time.sleep(0.05)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    def _write(self, records: list[Record]) -> int:
        messages = []
        reached: dict[int, Position] = {}
        for record in records:
            reached[record.position.partition] = record.position
            event = self._talk(record)
            if event is not None:
                messages.append((event, record))
        self._store_all(messages)
        self._store.write([], reached.values())
        return len(records)

    def _talk(self, record: Record) -> TalkEvent | None:
        """The record's event if it is to be stored: nearly all are messages, so they are asked for first."""
        is_message = record.payload.startswith(MESSAGE_PREFIX)
        if not is_message and not record.payload.startswith(SYSTEM_PREFIX):
            return None
        try:
            event = decode(record.payload)
        except ValueError as error:
            self._bury(record, f"unreadable: {type(error).__name__}")
            return None
        return event if is_message or event.slip is not None else None

    def _store_all(self, messages: list[tuple[TalkEvent, Record]]) -> None:
        """Store them; when one cannot be, halve until it stands alone, so that only that one is buried."""
        if not messages:
            return
        try:
            new = self._store.write([(message, record.position) for message, record in messages], [])
        except Unstorable as error:
            if len(messages) == 1:
                self._bury(messages[0][1], str(error))
                return
            middle = len(messages) // 2
            self._store_all(messages[:middle])
            self._store_all(messages[middle:])
        else:
            self.archived.messages += new
            archived_total.add(new)
            self.archived.repeats += len(messages) - new
            repeats_total.add(len(messages) - new)

    def _bury(self, record: Record, error: str) -> None:
        logger.error("archive: record %s went to the dead letters (%s)", record.position, error)
        self._reader.dead_letter(record, error)
        self.archived.dead_letters += 1
        dead_letters_total.add()
