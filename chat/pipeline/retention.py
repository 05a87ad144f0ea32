"""What the log may forget: events of some age that stand in the archive and that every reader has taken."""

from collections.abc import Iterator

from chat.pipeline.archive import Archive
from chat.pipeline.events import now_ms
from chat.pipeline.log_archive import LogArchive
from chat.pipeline.ports import EventLog, Record
from chat.pipeline.replaying import everything_in
from chat.search.indexing import Indexing

DAY_MS = 86_400_000


def put_into_archive(log: EventLog, archived: LogArchive) -> int:
    """Everything that the log holds and the archive does not, durably; returns how many events. Raises
    BadArchive, LogUnavailable."""
    return archived.add(everything_in(log, behind=archived.reached()))


def forget_old(log: EventLog, archived: LogArchive, days: int) -> int:
    """Have the log forget what is older, is archived, and was taken by archive worker and search index;
    returns how many events. Raises LogUnavailable."""
    upkeep = log.upkeep()
    kept, reached = upkeep.kept(), archived.reached()
    read = [upkeep.committed(group) for group in (Archive.group, Indexing.group)]
    ends = _ends_of_old(everything_in(log), now_ms() - days * DAY_MS)
    before = {
        number: min(end, reached[number].offset + 1, *(cursors.get(number, 0) for cursors in read))
        for number, end in ends.items()
        if number in reached
    }
    before = {number: offset for number, offset in before.items() if offset > kept[number].start}
    upkeep.forget(before)
    left = upkeep.kept()
    return sum(left[number].start - kept[number].start for number in before)


def unread(log: EventLog) -> int:
    """How many events wait for archive worker or search index. Raises LogUnavailable."""
    upkeep = log.upkeep()
    read = [upkeep.committed(group) for group in (Archive.group, Indexing.group)]
    return sum(
        offsets.stop - min(cursors.get(number, offsets.start) for cursors in read)
        for number, offsets in upkeep.kept().items()
    )


def _ends_of_old(records: Iterator[Record], limit_ms: int) -> dict[int, int]:
    """Of each partition the offset behind the last event that was appended before then."""
    return {
        record.position.partition: record.position.offset + 1
        for record in records
        if record.position.appended_at_ms < limit_ms
    }
