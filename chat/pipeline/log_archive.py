"""Records of the log in files: what the log may forget, and what a backup takes of it.

A part is `<number>.records.gz` (for each record a line `position channel bytes`, the event, a line end) and
`<number>.json`, which is written after it and says what it holds: a part without it was not finished.
"""

import fcntl
import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from chat.pipeline.events import Position
from chat.pipeline.ports import Record


class BadArchive(Exception):
    """A part is damaged or missing, or somebody else writes into the folder. Says which."""


class Part(msgspec.Struct):
    """What one part holds: of each partition the first and the last position."""

    number: int
    records: int
    sha256: str
    first: dict[int, str]
    last: dict[int, str]


class LogArchive:
    """The parts in a folder, in the order in which they were written. One process may add at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def parts(self) -> list[Part]:
        """Raises BadArchive when one is missing."""
        parts = [
            msgspec.json.decode(path.read_bytes(), type=Part)
            for path in sorted(self.folder.glob("[0-9]*.json"))
        ]
        for number, part in enumerate(parts, 1):
            if part.number != number or not self._path(number, "records.gz").exists():
                raise BadArchive(f"{self.folder}: part {number} is missing")
        return parts

    def count(self) -> int:
        """How many records it holds."""
        return sum(part.records for part in self.parts())

    def reached(self) -> dict[int, Position]:
        """The last position of each partition."""
        last: dict[int, str] = {}
        for part in self.parts():
            last.update(part.last)
        return {partition: Position.parse(text) for partition, text in last.items()}

    def begins(self) -> dict[int, Position]:
        """The first position of each partition."""
        first: dict[int, str] = {}
        for part in self.parts():
            first = part.first | first
        return {partition: Position.parse(text) for partition, text in first.items()}

    def records(self) -> Iterator[Record]:
        """Everything, each partition in its order. Raises BadArchive."""
        for part in self.parts():
            path = self._path(part.number, "records.gz")
            if _sha256(path) != part.sha256:
                raise BadArchive(f"{path} is damaged: its checksum differs")
            with gzip.open(path) as file:
                while line := file.readline():
                    position, channel, length = line.split()
                    payload = file.read(int(length))
                    file.readline()
                    yield Record(int(channel), payload, Position.parse(position.decode()))

    def add(self, records: Iterable[Record]) -> int:
        """Write those that it does not hold yet as one more part, durably; returns how many they were. Again:
        nothing. Raises BadArchive while another process adds, and for records behind a hole, when the log
        forgot what nobody archived."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            reached = self.reached()
            part = Part(len(self.parts()) + 1, 0, "", {}, {})
            path = self._path(part.number, "records.gz")
            with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=5) as file:
                for record in records:
                    place = record.position
                    last = reached.get(place.partition)
                    if last is None or place > last:
                        if last is not None and place.offset not in (0, last.offset + 1):
                            raise BadArchive(
                                f"{self.folder}: the log has lost events between {last} and {place}"
                            )
                        reached[place.partition] = place
                        head = f"{place} {record.channel_id} {len(record.payload)}\n"
                        file.write(head.encode() + record.payload + b"\n")
                        part.records += 1
                        part.first.setdefault(place.partition, str(place))
                        part.last[place.partition] = str(place)
            if not part.records:
                path.unlink()
                return 0
            part.sha256 = _sha256(path)
            _make_durable(path)
            _write_durably(self._path(part.number, "json"), msgspec.json.encode(part))
        return part.records

    def _path(self, number: int, ending: str) -> Path:
        return self.folder / f"{number:06d}.{ending}"

    @contextmanager
    def _alone(self):
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BadArchive(f"{self.folder}: another process adds to it") from None
            yield


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_durably(path: Path, content: bytes) -> None:
    """There as a whole or not at all, also when the power fails."""
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(content)
    _make_durable(unfinished)
    unfinished.rename(path)
    _make_durable(path.parent)


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
