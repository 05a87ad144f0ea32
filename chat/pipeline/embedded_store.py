"""The message store without a server: one SQLite file beside the embedded log."""

import json
import sqlite3
from collections import deque
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

from chat.pipeline.embedded import connect
from chat.pipeline.events import Position, TalkEvent, decode, encode
from chat.pipeline.ports import MessageStore, StoreUnavailable

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, channel_id INTEGER NOT NULL, position TEXT NOT NULL, event BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_in_order ON messages (channel_id, position);
CREATE TABLE IF NOT EXISTS reached (partition INTEGER PRIMARY KEY, position TEXT NOT NULL);
"""
BACKWARDS = """
SELECT event, position FROM messages WHERE channel_id = ? AND position > ? AND position < ?
ORDER BY position DESC LIMIT ?
"""
FORWARDS = BACKWARDS.replace("DESC", "ASC")
FIRST, LAST = "", "g"  # below and above every position: positions are hexadecimal


class SqliteStore(MessageStore):
    """The embedded store. Commits are on the disk when they return; any thread may use it."""

    def __init__(self, *, path: Path) -> None:
        self.path = path
        self._idle: deque[sqlite3.Connection] = deque()

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return connect(self.path, SCHEMA)

    @contextmanager
    def _connection(self):
        """One that no other thread uses meanwhile: request threads come and go, connections stay."""
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._idle.append(connection)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the message file refused: {error}") from error

    def write(self, messages: Iterable[tuple[TalkEvent, Position]], reached: Iterable[Position]) -> int:
        rows = [(m.id, m.channel, str(position), encode(m)) for m, position in messages]
        with self._connection() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            before = connection.total_changes
            connection.executemany("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?)", rows)
            new = connection.total_changes - before
            connection.executemany(
                "INSERT INTO reached VALUES (?, ?)"
                " ON CONFLICT (partition) DO UPDATE SET position = max(position, excluded.position)",
                [(position.partition, str(position)) for position in reached],
            )
        return new

    def page(
        self, channel_id: int, *, before: Position | None, after: Position | None, limit: int
    ) -> list[tuple[TalkEvent, Position]]:
        query = FORWARDS if after else BACKWARDS
        with self._connection() as connection:
            bounds = (str(after) if after else FIRST, str(before) if before else LAST)
            rows = connection.execute(query, (channel_id, *bounds, limit)).fetchall()
        return [(decode(event), Position.parse(position)) for event, position in rows]

    def find(self, message_ids: list[str]) -> dict[str, tuple[TalkEvent, Position]]:
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT id, event, position FROM messages WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(message_ids),),
            ).fetchall()
        return {key: (decode(event), Position.parse(position)) for key, event, position in rows}

    def reached(self, partition: int) -> Position | None:
        with self._connection() as connection:
            row = connection.execute(
                "SELECT position FROM reached WHERE partition = ?", (partition,)
            ).fetchone()
        return Position.parse(row[0]) if row else None

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
