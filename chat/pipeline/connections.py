"""Connections to one SQLite file for any number of threads."""

import sqlite3
from collections import deque
from contextlib import contextmanager
from pathlib import Path

from chat.pipeline.embedded import connect

FILES_OF_ONE = ("", "-wal", "-shm")


def remove_database(path: Path) -> None:
    """Remove the file and what SQLite keeps beside it. Nobody may have it open."""
    for ending in FILES_OF_ONE:
        path.with_name(path.name + ending).unlink(missing_ok=True)


class Connections:
    """Lends each to one thread at a time: request threads come and go, connections stay. What SQLite refuses
    is raised as `away`."""

    def __init__(self, path: Path, schema: str, away: type[Exception]) -> None:
        self._path, self._schema, self._away = path, schema, away
        self._idle: deque[sqlite3.Connection] = deque()

    @contextmanager
    def lend(self):
        """One that no other thread uses meanwhile."""
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._idle.append(connection)
        except sqlite3.Error as error:
            raise self._away(f"{self._path.name} refused: {error}") from error

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return connect(self._path, self._schema)

    def copy_into(self, target: "Connections") -> None:
        """Put everything of this file in the place of what the other holds, in one transaction: whoever reads
        there sees the one or the other, also after kill -9 in between."""
        with self.lend() as ours, target.lend() as theirs:
            ours.backup(theirs)

    def close(self) -> None:
        """Close those that are not lent."""
        while self._idle:
            self._idle.pop().close()
