"""What an operator does with the embedded log, and how readers of a group let others know of them."""

import fcntl
import sqlite3
from collections.abc import Callable
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from chat.pipeline.ports import LogUnavailable, LogUpkeep


def _mark_of(path: Path, group: str) -> Path:
    return path.with_name(f"{path.name}.{group}")


def mark_joined(path: Path, group: str) -> IO:
    """A file that is locked, together with the other readers of the group, until it is closed or the process
    dies: the kernel lets go of it even after kill -9."""
    try:
        mark = _mark_of(path, group).open("a")
        fcntl.flock(mark, fcntl.LOCK_SH)
    except OSError as error:
        raise LogUnavailable(f"the log's folder refused: {error}") from error
    return mark


class SqliteUpkeep(LogUpkeep):
    """The one partition of one file."""

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
        self._path, self._connect = path, connect

    @contextmanager
    def _connection(self):
        try:
            with closing(self._connect()) as connection:
                yield connection
        except sqlite3.Error as error:
            raise LogUnavailable(f"the log file refused: {error}") from error

    def kept(self) -> dict[int, range]:
        with self._connection() as connection:
            first, last = connection.execute("SELECT min(offset), max(offset) FROM events").fetchone()
        return {0: range(0) if last is None else range(first, last + 1)}

    def committed(self, group: str) -> dict[int, int]:
        with self._connection() as connection:
            row = connection.execute("SELECT offset FROM cursors WHERE name = ?", (group,)).fetchone()
        return {0: row[0] + 1} if row else {}

    def is_joined(self, group: str) -> bool:
        with _mark_of(self._path, group).open("a") as mark:
            try:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def forget(self, before: dict[int, int]) -> None:
        with self._connection() as connection:
            # The last record stays: the next one takes its offset and its time from it.
            connection.execute(
                "DELETE FROM events WHERE offset < ? AND offset < (SELECT max(offset) FROM events)",
                (before.get(0, 0),),
            )
