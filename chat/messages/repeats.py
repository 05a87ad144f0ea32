"""Whether a message is a repeat of one that the log has: what this process remembers, then the store, which
is asked for many at once."""

import asyncio
from collections.abc import Awaitable, Callable

from chat.pipeline.events import Position, TalkEvent
from chat.pipeline.parts import message_store
from chat.pipeline.ports import StoreUnavailable
from chat.pipeline.recent import SeenEvents

MOST_AT_ONCE = 1_000

Stored = tuple[TalkEvent, Position]


class Repeats:
    """Lives on the loop. Whoever asks while the store is answering joins the next question, so that five
    thousand posts a second are a few hundred questions."""

    def __init__(self, seen: SeenEvents, in_thread: Callable[..., Awaitable]) -> None:
        self._seen = seen
        self._in_thread = in_thread
        self._waiting: dict[str, asyncio.Future] = {}
        self._asking: asyncio.Task | None = None

    def known(self, event_id: str) -> Position | None:
        """Where the log has this event, if it came lately."""
        return self._seen.get(event_id.encode())

    async def position(self, event_id: str) -> Position | None:
        """Where the log has this event."""
        known = self.known(event_id)
        if known is not None:
            return known
        stored = await self.stored(event_id)
        return stored[1] if stored else None

    async def stored(self, event_id: str) -> Stored | None:
        """The message in the store with this id; None also while the store is away: talking goes on, and a
        repeat keeps its id, so that readers drop it."""
        future = self._waiting.get(event_id)
        if future is None:
            future = self._waiting[event_id] = asyncio.get_running_loop().create_future()
            if self._asking is None or self._asking.done():
                self._asking = asyncio.ensure_future(self._ask())
        return await future

    async def _ask(self) -> None:
        while self._waiting:
            asked = {event_id: self._waiting.pop(event_id) for event_id in list(self._waiting)[:MOST_AT_ONCE]}
            found: dict[str, Stored] = {}
            try:
                found = await self._in_thread(_find, list(asked))
            finally:
                for event_id, future in asked.items():
                    if not future.done():  # whoever asked may have gone away meanwhile
                        future.set_result(found.get(event_id))


def _find(event_ids: list[str]) -> dict[str, Stored]:
    try:
        return message_store().find(event_ids)
    except StoreUnavailable:
        return {}
