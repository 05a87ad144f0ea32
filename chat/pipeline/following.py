"""A reader of the log that does something with every record: the archive, the search index.

Each has a cursor and a group of its own, so that none waits for another.
"""

import logging
import time
from abc import ABC, abstractmethod

from chat.pipeline.ports import EventLog, LogReader, LogUnavailable, Record, StoreUnavailable

logger = logging.getLogger(__name__)
READ_SECONDS = 0.5
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 5.0


class Follower(ABC):
    """Read, take in, then commit the cursor: at least once, so `take` bears a repeat.

    While the log or what `take` writes to is away it waits and tries the same batch again; nothing is
    skipped.
    """

    group: str  # whose cursor it moves
    batch: int  # records at most at once: each batch costs a durable write and a commit, whatever its size

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._reader: LogReader | None = None
        self.stopping = False

    @abstractmethod
    def take(self, records: list[Record]) -> None:
        """Deal with these records, durably. Raises StoreUnavailable to be asked again with the same."""

    @abstractmethod
    def waited(self) -> None:
        """Called each time before it waits for a part that is away."""

    @abstractmethod
    def took(self, records: int, seconds: float) -> None:
        """Called when a batch is committed, with the time from having read it."""

    def stop(self) -> None:
        """Finish the batch under way, commit, and return from `run`. Safe in a signal handler, also when a
        second signal interrupts the first: it takes no lock."""
        self.stopping = True

    def run(self) -> None:
        """Follow until `stop`. Whatever it raises, the next `run` goes on after the last commit."""
        try:
            while not self.stopping:
                self.step(READ_SECONDS)
        finally:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def step(self, timeout_seconds: float) -> int:
        """Deal with one batch; returns how many records it had. Returns 0 early when told to stop."""
        records = self._insist(lambda: self._read(timeout_seconds))
        if not records:
            return 0
        began = time.monotonic()
        if self._insist(lambda: self._take(records)) is None:
            return 0  # stopped while a part was away: not committed, so the next worker reads it again
        self._insist(self._reader.commit)
        self.took(len(records), time.monotonic() - began)
        return len(records)

    def _read(self, timeout_seconds: float) -> list[Record]:
        if self._reader is None:
            self._reader = self._log.join(self.group)
        return self._reader.read(self.batch, timeout_seconds)

    def _take(self, records: list[Record]) -> int:
        self.take(records)
        return len(records)

    def _insist(self, action):
        """The action's answer; repeated with growing pauses while a part is away, None when told to stop."""
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                return action()
            except (LogUnavailable, StoreUnavailable) as error:
                self.waited()
                logger.warning("%s: waiting (%s)", self.group, error)
            until = time.monotonic() + wait
            while time.monotonic() < until:
                if self.stopping:
                    return None
                time.sleep(0.05)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)


def keep_following(follower: Follower) -> None:
    """`run` it until it is told to stop, in a thread beside others: a mistake in it must not end them."""
    while not follower.stopping:
        try:
            follower.run()
        except Exception:
            logger.exception("%s: failed", follower.group)
            time.sleep(LONGEST_WAIT_SECONDS)
