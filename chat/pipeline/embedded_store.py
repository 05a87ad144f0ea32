"""The message store without a server: one SQLite file beside the embedded log."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import msgspec

from chat.pipeline.changes import Changes, fold_all
from chat.pipeline.connections import Connections, remove_database
from chat.pipeline.events import ChangeEvent, Position, TalkEvent, decode, encode
from chat.pipeline.ports import Bounds, MessageStore, Renewable, StoreUnavailable

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, channel_id INTEGER NOT NULL, position TEXT NOT NULL, event BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_in_order ON messages (channel_id, position);
CREATE TABLE IF NOT EXISTS cards (
    id TEXT PRIMARY KEY, channel_id INTEGER NOT NULL, kind TEXT NOT NULL, position TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cards_in_order ON cards (channel_id, kind, position);
CREATE TABLE IF NOT EXISTS changes (
    id TEXT PRIMARY KEY, channel_id INTEGER NOT NULL, notice TEXT, state BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS notices ON changes (channel_id, notice) WHERE notice IS NOT NULL;
CREATE TABLE IF NOT EXISTS reached (partition INTEGER PRIMARY KEY, position TEXT NOT NULL);
"""
BACKWARDS = """
SELECT event, position FROM messages WHERE channel_id = ? AND position > ? AND position < ?
ORDER BY position DESC LIMIT ?
"""
FORWARDS = BACKWARDS.replace("DESC", "ASC")
COUNT = """
SELECT json_extract(asked.value, '$[0]'), (
    SELECT count(*) FROM (
        SELECT 1 FROM messages WHERE channel_id = json_extract(asked.value, '$[0]')
        AND position > json_extract(asked.value, '$[1]') AND position <= json_extract(asked.value, '$[2]')
        AND coalesce(json_extract(event, '$.author.id'), 0) != ?
        AND coalesce(json_extract(event, '$.kind'), '') NOT IN ('joined', 'left', 'removed') LIMIT ?
    )
) FROM json_each(?) AS asked
"""
CARDS = """
SELECT event, messages.position FROM cards JOIN messages USING (id)
WHERE cards.channel_id = ? AND kind = ? AND cards.position < ? ORDER BY cards.position DESC LIMIT ?
"""
FIRST, LAST = "", "g"  # below and above every position: positions are hexadecimal
_state = msgspec.json.Decoder(Changes)


class SqliteStore(MessageStore, Renewable):
    """The embedded store. Commits are on the disk when they return; any thread may use it."""

    def __init__(self, *, path: Path) -> None:
        self.path = path
        self._connections = Connections(path, SCHEMA, StoreUnavailable)

    def write(
        self,
        messages: Iterable[tuple[TalkEvent, Position]],
        reached: Iterable[Position],
        changes: Iterable[tuple[ChangeEvent, Position]] = (),
    ) -> int:
        messages, changes = list(messages), list(changes)
        rows = [(m.id, m.channel, str(position), encode(m)) for m, position in messages]
        cards = [
            (m.id, m.channel, m.card.kind, str(position))
            for m, position in messages
            if getattr(m, "card", None) is not None
        ]
        with self._connections.lend() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            before = connection.total_changes
            connection.executemany("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?)", rows)
            new = connection.total_changes - before
            connection.executemany("INSERT OR IGNORE INTO cards VALUES (?, ?, ?, ?)", cards)
            if changes:
                _fold(connection, changes)
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
        with self._connections.lend() as connection:
            bounds = (str(after) if after else FIRST, str(before) if before else LAST)
            rows = connection.execute(query, (channel_id, *bounds, limit)).fetchall()
        return [(decode(event), Position.parse(position)) for event, position in rows]

    def find(self, message_ids: list[str]) -> dict[str, tuple[TalkEvent, Position]]:
        with self._connections.lend() as connection:
            rows = connection.execute(
                "SELECT id, event, position FROM messages WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(message_ids),),
            ).fetchall()
        return {key: (decode(event), Position.parse(position)) for key, event, position in rows}

    def changes(self, message_ids: list[str]) -> dict[str, Changes]:
        with self._connections.lend() as connection:
            return _changes(connection, message_ids)

    def notices(self, channel_id: int, limit: int) -> list[str]:
        with self._connections.lend() as connection:
            rows = connection.execute(
                "SELECT id FROM changes WHERE channel_id = ? AND notice IS NOT NULL"
                " ORDER BY notice DESC LIMIT ?",
                (channel_id, limit),
            ).fetchall()
        return [row[0] for row in rows]

    def cards(
        self, channel_id: int, kind: str, *, before: Position | None, limit: int
    ) -> list[tuple[TalkEvent, Position]]:
        with self._connections.lend() as connection:
            bound = str(before) if before else LAST
            rows = connection.execute(CARDS, (channel_id, kind, bound, limit)).fetchall()
        return [(decode(event), Position.parse(position)) for event, position in rows]

    def count_between(self, bounds: list[Bounds], *, besides: int, most: int) -> dict[int, int]:
        asked = json.dumps([(channel, str(after), str(upto)) for channel, after, upto in bounds])
        with self._connections.lend() as connection:
            return dict(connection.execute(COUNT, (besides, most, asked)).fetchall())

    def all_reached(self) -> dict[int, Position]:
        with self._connections.lend() as connection:
            rows = connection.execute("SELECT partition, position FROM reached").fetchall()
        return {partition: Position.parse(position) for partition, position in rows}

    def begin_anew(self) -> "SqliteStore":
        beside = self.path.with_name(f"{self.path.name}.anew.sqlite3")
        remove_database(beside)
        return SqliteStore(path=beside)

    def become(self, fresh: "SqliteStore") -> None:
        fresh._connections.copy_into(self._connections)
        fresh.close()
        remove_database(fresh.path)

    def count(self) -> int:
        with self._connections.lend() as connection:
            return connection.execute("SELECT count(*) FROM messages").fetchone()[0]

    def close(self) -> None:
        self._connections.close()


def _changes(connection: sqlite3.Connection, message_ids: list[str]) -> dict[str, Changes]:
    rows = connection.execute(
        "SELECT id, state FROM changes WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(message_ids),),
    ).fetchall()
    return {key: _state.decode(state) for key, state in rows}


def _fold(connection: sqlite3.Connection, events: list[tuple[ChangeEvent, Position]]) -> None:
    """Under the write lock of the transaction: nobody else folds meanwhile."""
    known = _changes(connection, [event.message for event, _ in events])
    connection.executemany(
        "INSERT OR REPLACE INTO changes VALUES (?, ?, ?, ?)",
        [
            (one.id, one.channel, one.pin.at if one.is_notice else None, msgspec.json.encode(one))
            for one in fold_all(known, events)
        ],
    )
