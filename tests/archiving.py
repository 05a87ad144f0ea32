"""The archive without a worker process, stepped by a test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from chat.pipeline.archive import Archive
from chat.pipeline.parts import event_log, message_store


@contextmanager
def archiving(*heed) -> Iterator[Archive]:
    """An archive over this run's log and store. It gives its cursor back in the end: a reader that stayed in
    the group would keep its share of the log's partitions from the next one."""
    archive = Archive(event_log(), message_store(), *heed)
    try:
        yield archive
    finally:
        archive.stop()
        archive.run()


def archive_until(archive: Archive, done: Callable) -> None:
    """Step until this holds; a group of the log takes its time to gather."""
    for _ in range(100):
        if done():
            return
        archive.step(0.2)
    pytest.fail("never archived")


def archive_message(archive: Archive, message_id: str, *, changed: bool = False) -> None:
    """Step until this message is stored, or with `changed` until what became of it is."""
    store = message_store()
    ask = store.changes if changed else store.find
    archive_until(archive, lambda: ask([message_id]))
