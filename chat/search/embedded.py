"""The search index without a server: one SQLite file with a full-text table.

The table (FTS5) keeps no text, only which rows hold which gram, and walks such lists from their newest end.
What it cannot do: every process has to see the same local disk.
"""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from chat.pipeline.connections import Connections, remove_database
from chat.pipeline.events import Position
from chat.pipeline.ports import Renewable
from chat.search.ports import Entry, Found, SearchIndex, SearchUnavailable, Sought, place_of

# A row is at its message's place. The tokenizer splits at blanks; all letters beyond ASCII belong to a token.
SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, channel INTEGER NOT NULL, author INTEGER NOT NULL,
    position TEXT NOT NULL, words TEXT NOT NULL, version TEXT NOT NULL
);
CREATE VIRTUAL TABLE IF NOT EXISTS grams USING fts5 (
    tokens, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
);
CREATE TABLE IF NOT EXISTS reached (partition INTEGER PRIMARY KEY, position TEXT NOT NULL);
"""
SEARCH = """
SELECT place, id FROM grams CROSS JOIN entries ON place = grams.rowid
WHERE grams MATCH ? AND grams.rowid < ? AND {} ORDER BY grams.rowid DESC LIMIT ?
"""
NEWEST = 2**63 - 1


class SqliteIndex(SearchIndex, Renewable):
    """The embedded index. Commits are on the disk when they return; any thread may use it."""

    def __init__(self, *, path: Path) -> None:
        self.path = path
        self._connections = Connections(path, SCHEMA, SearchUnavailable)

    def index(
        self, entries: Iterable[Entry], gone: Iterable[str] = (), reached: Iterable[Position] = ()
    ) -> None:
        entries, gone = list(entries), list(gone)
        with self._connections.lend() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            known = _known(connection, [*(entry.id for entry in entries), *gone])
            for entry in entries:
                place, old = known.get(entry.id) or (None, None)
                if old is None:
                    place = _free_place(connection, entry)
                    _insert(connection, place, entry)
                elif entry.version >= old.version and entry.words != old.words:
                    _remove(connection, place, old)
                    _insert(connection, place, entry)
                else:
                    continue
                known[entry.id] = (place, entry)
            for place, old in (known[one] for one in set(gone) if one in known):
                _remove(connection, place, old)
            connection.executemany(
                "INSERT INTO reached VALUES (?, ?)"
                " ON CONFLICT (partition) DO UPDATE SET position = max(position, excluded.position)",
                [(position.partition, str(position)) for position in reached],
            )

    def _search(self, channel_ids: list[int], sought: Sought, before: int | None, limit: int) -> Found:
        match = " AND ".join(
            "(" + " OR ".join(_token(channel, gram) for gram in grams for channel in channel_ids) + ")"
            for grams in sought.grams
        )
        with self._connections.lend() as connection:
            bound = NEWEST if before is None else before
            holding = " AND ".join(["instr(words, ?)"] * len(sought.words)) or "TRUE"
            rows = connection.execute(SEARCH.format(holding), (match, bound, *sought.words, limit)).fetchall()
        return Found(rows, rows[-1][0] if len(rows) == limit else None)

    def reached(self) -> dict[int, Position]:
        with self._connections.lend() as connection:
            rows = connection.execute("SELECT partition, position FROM reached").fetchall()
        return {partition: Position.parse(position) for partition, position in rows}

    def begin_anew(self) -> "SqliteIndex":
        beside = self.path.with_name(f"{self.path.name}.anew.sqlite3")
        remove_database(beside)
        return SqliteIndex(path=beside)

    def become(self, fresh: "SqliteIndex") -> None:
        fresh._connections.copy_into(self._connections)
        fresh.close()
        remove_database(fresh.path)

    def count(self) -> int:
        with self._connections.lend() as connection:
            return connection.execute("SELECT count(*) FROM entries").fetchone()[0]

    def close(self) -> None:
        self._connections.close()


def _token(channel: int, gram: str) -> str:
    """A gram of this channel as FTS5 reads it: in quotes nothing is an operator, and no gram holds one. With
    the channel in it, the lists that a search walks hold nothing of other channels."""
    return f'"{channel}x{gram}"'


def _tokens(entry: Entry) -> str:
    return " ".join(f"{entry.channel}x{gram}" for gram in entry.grams)


def _known(connection: sqlite3.Connection, ids: list[str]) -> dict[str, tuple[int, Entry]]:
    rows = connection.execute(
        "SELECT place, id, channel, author, position, words, version FROM entries"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    ).fetchall()
    return {
        key: (place, Entry(key, channel, author, Position.parse(position), words, version))
        for place, key, channel, author, position, words, version in rows
    }


def _free_place(connection: sqlite3.Connection, entry: Entry) -> int:
    """Its place, or the next when another message has it already."""
    place = place_of(entry.position)
    while connection.execute("SELECT 1 FROM entries WHERE place = ?", (place,)).fetchone():
        place += 1
    return place


def _insert(connection: sqlite3.Connection, place: int, entry: Entry) -> None:
    connection.execute(
        "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)",
        (place, entry.id, entry.channel, entry.author, str(entry.position), entry.words, entry.version),
    )
    connection.execute("INSERT INTO grams (rowid, tokens) VALUES (?, ?)", (place, _tokens(entry)))


def _remove(connection: sqlite3.Connection, place: int, entry: Entry) -> None:
    """A table that keeps no text has to be told what it forgets."""
    connection.execute(
        "INSERT INTO grams (grams, rowid, tokens) VALUES ('delete', ?, ?)", (place, _tokens(entry))
    )
    connection.execute("DELETE FROM entries WHERE place = ?", (place,))
