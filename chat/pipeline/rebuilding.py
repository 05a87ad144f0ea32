"""The message store and the search index anew from the log, for `manage.py worker --rebuild`.

Both are made beside those that are there, which go on being read, and put in their place in the end. No
worker may run meanwhile: what it archived would be lost with the old store. What is sent meanwhile waits in
the log, where the next worker's cursor is.
"""

import time
from collections.abc import Callable, Iterator
from itertools import chain

from chat.pipeline.archive import Archive
from chat.pipeline.events import ChangeEvent, Position
from chat.pipeline.log_archive import LogArchive
from chat.pipeline.ports import EventLog, LogUpkeep, MessageStore, StoreUnavailable
from chat.pipeline.replaying import Replay, everything_in
from chat.search.indexing import Indexing
from chat.search.ports import SearchIndex

LEAVING_SECONDS = 8.0  # Kafka takes a worker that was killed for one that works until its session ends, 6 s


class CannotRebuild(Exception):
    """Nothing was changed, unless it says so; the message is for an operator."""


def rebuild(
    log: EventLog,
    archived: LogArchive,
    store: MessageStore,
    index: SearchIndex,
    *,
    heed: Callable[[list[ChangeEvent]], None],
    incomplete: bool = False,
) -> Iterator[tuple[float, int]]:
    """Replays the archived log and the log; yields the part that is done (0 to 1) and the records taken.

    Killed at any moment it leaves the old ones or the new ones in place, and is called again. Raises
    CannotRebuild beside a worker and, unless `incomplete` allows it, when events are missing; LogUnavailable,
    StoreUnavailable, BadArchive.
    """
    upkeep = log.upkeep()
    _await_leaving(upkeep)
    _refuse_beside_worker(upkeep)
    reached, kept = archived.reached(), upkeep.kept()
    if not incomplete:
        _refuse_hole(kept, archived.begins(), reached)
    whole = max(1, archived.count() + sum(map(len, kept.values())))
    fresh, fresh_index = store.begin_anew(), index.begin_anew()
    taken = 0
    records = chain(archived.records(), everything_in(log, behind=reached))
    for taken in Replay(log, fresh, fresh_index, heed).take_all(records):
        yield min(0.99, taken / whole), taken  # the rest is putting them in place
    if not incomplete:
        _refuse_loss(store, fresh)
    _refuse_beside_worker(upkeep)
    store.become(fresh)
    index.become(fresh_index)
    if _works(upkeep):
        raise CannotRebuild(
            "A worker started at the last moment; what it archived may be missing. Stop it, call this again."
        )
    yield 1.0, taken


def _await_leaving(upkeep: LogUpkeep) -> None:
    patience = time.monotonic() + LEAVING_SECONDS
    while _works(upkeep) and time.monotonic() < patience:
        time.sleep(0.1)


def _works(upkeep: LogUpkeep) -> bool:
    return any(upkeep.is_joined(group) for group in (Archive.group, Indexing.group))


def _refuse_beside_worker(upkeep: LogUpkeep) -> None:
    if _works(upkeep):
        raise CannotRebuild(
            "A worker runs. Stop every worker first; the site goes on meanwhile,"
            " and a worker archives afterwards what was sent."
        )


def _refuse_hole(kept: dict[int, range], begins: dict[int, Position], reached: dict[int, Position]) -> None:
    for partition, offsets in kept.items():
        if partition in begins and begins[partition].offset > 0:
            raise CannotRebuild(f"The archive of the log has no beginning in partition {partition}.")
        archived_upto = reached[partition].offset + 1 if partition in reached else 0
        if offsets.start > archived_upto:
            raise CannotRebuild(
                f"The log no longer has its beginning: partition {partition} starts at {offsets.start}, and"
                f" the archive (LOG_ARCHIVE) has it up to {archived_upto}. Put the archive's parts back, or"
                " restore a backup. --incomplete builds from what there is."
            )


def _refuse_loss(store: MessageStore, fresh: MessageStore) -> None:
    """A log that was lost and made anew begins at 0 as well; then the old store knows more than it."""
    try:
        before = store.count()
    except StoreUnavailable:
        return  # it is damaged, which is why we are here
    if fresh.count() < before:
        raise CannotRebuild(
            f"The store holds {before:,} messages, log and archive only {fresh.count():,}: the log does not"
            " go back to the beginning. Nothing was changed. --incomplete puts the smaller one in place."
        )
