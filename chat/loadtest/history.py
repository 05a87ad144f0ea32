"""Closes gaps over the public HTTP API: what the socket said it left out is paged from history."""

import asyncio
import time

import httpx
import msgspec

from chat.loadtest.frames import Event, FrameReader
from chat.loadtest.members import Member, monotonic_us

_PAGE = 200
_WAIT_SECONDS = 0.3
_GIVE_UP_SECONDS = 60.0
# Sooner than servers usually end idle connections, or a request could meet the end of its connection.
IDLE_SECONDS = 2.0


class Page(msgspec.Struct):
    """A page of messages, oldest first."""

    results: list[Event]
    next: str | None = None


class GapFiller:
    """Pages the holes of the members of one process, each in its own task."""

    def __init__(self, url: str, reader: FrameReader) -> None:
        self.reader = reader
        self._path = f"{url.rstrip('/')}/api/v1/channels/{reader.channel}/messages/"
        limits = httpx.Limits(max_connections=20, keepalive_expiry=IDLE_SECONDS)
        self._client = httpx.AsyncClient(limits=limits, timeout=30)
        self._tasks: set[asyncio.Task] = set()
        self._decoder = msgspec.json.Decoder(Page)

    def found_gap(self, member: Member, after: str, before: str) -> None:
        """Begin to page what lies strictly between these positions."""
        task = asyncio.get_running_loop().create_task(self._fill(member, after, before))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def busy(self) -> bool:
        """Whether a hole is still open."""
        return bool(self._tasks)

    async def close(self) -> None:
        """Stop paging."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def _fill(self, member: Member, after: str, before: str) -> None:
        # The archive may be behind the socket: then the history says 503 rather than hide a hole.
        deadline = time.monotonic() + _GIVE_UP_SECONDS
        while time.monotonic() < deadline:
            page = await self._page(member, after, before)
            if page is None:
                await asyncio.sleep(_WAIT_SECONDS)
                continue
            if page.results:
                member.tally.paged += len(page.results)
                after = page.results[-1].position
                member.take_page(self.reader.batch(page.results), monotonic_us())
            if page.next is None:
                return
        member.tally.errors["gap not closed"] += 1

    async def _page(self, member: Member, after: str, before: str) -> Page | None:
        try:
            answer = await self._client.get(
                self._path,
                params={"after": after, "before": before, "limit": _PAGE},
                headers={"Authorization": f"Bearer {member.user.token}"},
            )
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                return None
            answer.raise_for_status()
            return self._decoder.decode(answer.content)
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            member.tally.errors[f"history {type(error).__name__}"] += 1
            return None
