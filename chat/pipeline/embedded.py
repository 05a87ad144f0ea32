"""The event log without a server: one SQLite file, written by group commit.

What it cannot do: every process has to see the same local disk, and all channels share one writer at a
time. A system check says so. What it does do: survive kill -9 of any process with every confirmed event.
"""

import sqlite3
import threading
import time
from collections import deque
from pathlib import Path

from chat.pipeline.embedded_upkeep import SqliteUpkeep, mark_joined
from chat.pipeline.events import Position, now_ms
from chat.pipeline.ports import Done, EventLog, LogFull, LogReader, LogUnavailable, LogUpkeep, Record

MAX_WAITING = 20_000
MAX_BATCH = 4_000
BUSY_TIMEOUT_SECONDS = 5
POLL_SECONDS = 0.02  # how soon an append of another process is seen; this process's own wake at once

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    offset INTEGER PRIMARY KEY, channel_id INTEGER NOT NULL,
    appended_at_ms INTEGER NOT NULL, payload BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS cursors (name TEXT PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead_letters (
    offset INTEGER PRIMARY KEY, error TEXT NOT NULL, payload BLOB NOT NULL
);
"""


def connect(path: Path, schema: str) -> sqlite3.Connection:
    """A connection whose commits are on the disk when they return. Raises sqlite3.Error.

    Turning a new file to write-ahead logging fails at once when two processes do it in the same moment,
    whatever the busy timeout: then the loser tries again.
    """
    patience = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.executescript(schema)
        except sqlite3.Error:
            connection.close()
            if time.monotonic() > patience:
                raise
            time.sleep(0.01)
        else:
            return connection


class SqliteLog(EventLog):
    """The embedded log: partition 0 of one file. One thread commits whatever waits in one transaction."""

    def __init__(self, *, path: Path) -> None:
        self.path = path
        self._waiting: deque[tuple[int, bytes, Done]] = deque()
        self._news = threading.Condition()
        self._readable = threading.Condition()
        self._writer: threading.Thread | None = None
        self._closing = False

    def append(self, channel_id: int, payload: bytes, done: Done) -> None:
        with self._news:
            if self._closing:
                raise LogUnavailable("the log is closed")
            if len(self._waiting) >= MAX_WAITING:
                raise LogFull(f"{MAX_WAITING} appends are waiting")
            self._waiting.append((channel_id, payload, done))
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="log-writer", daemon=True)
                self._writer.start()
            self._news.notify()

    def follow(self, rewind: int, *, everything: bool = True) -> LogReader:
        return SqliteLogReader(self, rewind=rewind)

    def join(self, group: str) -> LogReader:
        return SqliteLogReader(self, group=group)

    def dead_letters(self) -> list[tuple[bytes, str]]:
        connection = connect(self.path, SCHEMA)
        rows = connection.execute("SELECT payload, error FROM dead_letters ORDER BY offset").fetchall()
        connection.close()
        return rows

    def upkeep(self) -> LogUpkeep:
        return SqliteUpkeep(self.path, lambda: connect(self.path, SCHEMA))

    def close(self) -> None:
        with self._news:
            self._closing = True
            self._news.notify()
        if self._writer is not None:
            self._writer.join()

    def _write(self) -> None:
        connection = None
        while batch := self._next_batch():
            try:
                connection = connection or connect(self.path, SCHEMA)
                positions = self._commit(connection, batch)
            except sqlite3.Error as error:
                if connection is not None and connection.in_transaction:
                    connection.rollback()
                failure = LogUnavailable(f"the log file refused: {error}")
                for _, _, done in batch:
                    done(None, failure)
            else:
                for (_, _, done), position in zip(batch, positions, strict=True):
                    done(position, None)
                with self._readable:
                    self._readable.notify_all()
        if connection is not None:
            connection.close()

    def _next_batch(self) -> list[tuple[int, bytes, Done]]:
        """Everything that waits; [] when the log closes and nothing waits any more."""
        with self._news:
            while not self._waiting and not self._closing:
                self._news.wait()
            most = min(len(self._waiting), MAX_BATCH)
            return [self._waiting.popleft() for _ in range(most)]

    @staticmethod
    def _commit(connection: sqlite3.Connection, batch: list[tuple[int, bytes, Done]]) -> list[Position]:
        connection.execute("BEGIN IMMEDIATE")
        last = connection.execute("SELECT offset, appended_at_ms FROM events ORDER BY offset DESC LIMIT 1")
        offset, appended_at_ms = last.fetchone() or (-1, 0)
        appended_at_ms = max(
            appended_at_ms, now_ms()
        )  # a clock that steps back must not turn the order round
        positions = [Position(appended_at_ms, offset + 1 + index, 0) for index in range(len(batch))]
        connection.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?)",
            [
                (position.offset, channel_id, appended_at_ms, payload)
                for (channel_id, payload, _), position in zip(batch, positions, strict=True)
            ],
        )
        connection.execute("COMMIT")
        return positions

    def wait_for_append(self, timeout_seconds: float) -> None:
        """Return when this process appended something, or after the timeout."""
        with self._readable:
            self._readable.wait(timeout_seconds)


class SqliteLogReader(LogReader):
    """A cursor in the file. Readers of one group do not divide the work: each reads everything, and the
    commit keeps the furthest cursor, so a second worker is a repeat that the store ignores."""

    def __init__(self, log: SqliteLog, *, rewind: int = 0, group: str | None = None) -> None:
        self._log = log
        self._group = group
        self._mark = mark_joined(log.path, group) if group else None
        try:
            self._connection = connect(log.path, SCHEMA)
            self._end = self._connection.execute("SELECT coalesce(max(offset), -1) FROM events").fetchone()[0]
            if group is None:
                self._offset = max(-1, self._end - rewind)
            else:
                kept = self._connection.execute(
                    "SELECT offset FROM cursors WHERE name = ?", (group,)
                ).fetchone()
                self._offset = kept[0] if kept else -1
        except sqlite3.Error as error:
            raise LogUnavailable(f"the log file refused: {error}") from error

    def read(self, most: int, timeout_seconds: float) -> list[Record]:
        deadline = time.monotonic() + timeout_seconds
        while True:
            rows = self._rows(most)
            left = deadline - time.monotonic()
            if rows or left <= 0:
                return rows
            self._log.wait_for_append(min(left, POLL_SECONDS))

    def _rows(self, most: int) -> list[Record]:
        try:
            rows = self._connection.execute(
                "SELECT offset, channel_id, appended_at_ms, payload FROM events"
                " WHERE offset > ? ORDER BY offset LIMIT ?",
                (self._offset, most),
            ).fetchall()
        except sqlite3.Error as error:
            raise LogUnavailable(f"the log file refused: {error}") from error
        if rows:
            self._offset = rows[-1][0]
        return [Record(channel, payload, Position(at, offset, 0)) for offset, channel, at, payload in rows]

    def behind(self, partition: int | None = None) -> bool:
        return self._offset < self._end

    def begin(self, partition: int) -> None:
        """The only partition has the control channel: it is read from the start."""

    def leave(self, partition: int) -> None:
        """See `begin`."""

    def partition_of(self, channel_id: int) -> int:
        return 0

    def commit(self) -> None:
        self._execute(
            "INSERT INTO cursors VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET offset = max(offset, excluded.offset)",
            (self._group, self._offset),
        )

    def dead_letter(self, record: Record, error: str) -> None:
        self._execute(
            "INSERT OR IGNORE INTO dead_letters VALUES (?, ?, ?)",
            (record.position.offset, error, record.payload),
        )

    def _execute(self, statement: str, values: tuple) -> None:
        try:
            self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise LogUnavailable(f"the log file refused: {error}") from error

    def close(self) -> None:
        self._connection.close()
        if self._mark is not None:
            self._mark.close()
