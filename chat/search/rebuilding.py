"""Making the search index again from the store: after its loss, or for what was sent before there was one."""

from collections.abc import Iterator

from chat.pipeline.events import ORIGIN, Position, now_ms
from chat.pipeline.ports import MessageStore
from chat.search.indexing import present_entries
from chat.search.ports import SearchIndex

BATCH = 1_000


def rebuild(store: MessageStore, index: SearchIndex, channel_ids: list[int]) -> Iterator[tuple[float, int]]:
    """Make everything that is stored of these channels findable, oldest first; yields the part that is done
    (0 to 1) and how many messages and slips were looked at.

    Safe while messages are sent, edited and deleted and while the worker indexes them: an entry is replaced
    by a newer one only. Called twice it changes nothing. Raises StoreUnavailable.
    """
    began_ms, looked_at = now_ms(), 0
    reached: dict[int, Position] = {}
    for number, channel_id in enumerate(channel_ids):
        for page, part in _pages(store, channel_id):
            index.index(present_entries(store, {event.id: (event, at) for event, at in page}))
            for _, at in page:
                # What is sent from now on is the worker's to note.
                if at.appended_at_ms < began_ms:
                    reached[at.partition] = max(at, reached.get(at.partition, at))
            looked_at += len(page)
            yield (number + part) / len(channel_ids), looked_at
    index.index([], reached=reached.values())
    yield 1.0, looked_at


def _pages(store: MessageStore, channel_id: int) -> Iterator[tuple[list, float]]:
    """The channel's pages, each with the part of its time that lies behind then."""
    newest = store.page(channel_id, before=None, after=None, limit=1)
    after, began_ms = ORIGIN, None
    while page := store.page(channel_id, before=None, after=after, limit=BATCH):
        after = page[-1][1]
        began_ms = page[0][1].appended_at_ms if began_ms is None else began_ms
        whole = max(1, newest[0][1].appended_at_ms - began_ms)
        yield page, min(1.0, (after.appended_at_ms - began_ms) / whole)
