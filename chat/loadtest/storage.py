"""Whether the history has what the log accepted, asked over the public HTTP API by one member."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import msgspec

from chat.loadtest.counting import Key
from chat.loadtest.frames import Event
from chat.loadtest.history import IDLE_SECONDS, Page
from chat.loadtest.members import monotonic_us
from chat.loadtest.plan import Plan

_PAGE = 200
_POLL_SECONDS = 0.05


class StorageUnknown(Exception):
    """The history did not answer the question."""


@dataclass(frozen=True)
class Stored:
    """How many of the accepted messages the history has, and how many twice. `after_seconds`: from the last
    acknowledgement until the last message was seen there. None: not asked, or never seen."""

    messages: int | None = None
    twice: int | None = None
    after_seconds: float | None = None


class Storage:
    """The channel's history from now on. `hurried` may say at any time that nobody waits any more."""

    def __init__(self, plan: Plan, hurried: Callable[[], bool]) -> None:
        self._patience_seconds = plan.receipt_timeout_seconds
        self._hurried = hurried
        self._path = f"{plan.url.rstrip('/')}/api/v1/channels/{plan.channel}/messages/"
        headers = {"Authorization": f"Bearer {plan.users[0].token}"}
        limits = httpx.Limits(keepalive_expiry=IDLE_SECONDS)
        self._client = httpx.Client(headers=headers, limits=limits, timeout=30)
        self._decode = msgspec.json.Decoder(Page).decode
        self._before = self._newest()

    def await_archived(self, position: str, since_us: float) -> float | None:
        """Seconds from that moment until the history has that position; None when the archive does not move
        for the plan's receipt timeout. Raises StorageUnknown."""
        newest, deadline = None, 0.0
        while not self._hurried():
            seen = self._newest()
            if seen >= position:
                return round(max(0.0, monotonic_us() - since_us) / 1e6, 3)
            if seen != newest:
                newest, deadline = seen, time.monotonic() + self._patience_seconds
            if time.monotonic() > deadline:
                return None
            time.sleep(_POLL_SECONDS)
        raise StorageUnknown("interrupted")

    def count(self, accepted: set[Key]) -> tuple[int, int]:
        """How many of these messages the history has, and how many of them more than once. Raises
        StorageUnknown."""
        found = Counter(self._keys())
        return len(accepted & found.keys()), sum(1 for key in accepted if found[key] > 1)

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def _newest(self) -> str:
        found = self._page({"limit": 1}).results
        return found[0].position if found else ""

    def _keys(self) -> Iterator[Key]:
        """Author and client_id of everything newer than the beginning, newest first."""
        before: dict = {}
        while not self._hurried():
            page = self._page({"limit": _PAGE, **before})
            for event in page.results:
                if event.position <= self._before:
                    return
                yield _key(event)
            if page.next is None:
                return
            before = {"before": page.results[-1].position}
        raise StorageUnknown("interrupted")

    def _page(self, asked: dict) -> Page:
        try:
            answer = self._client.get(self._path, params=asked)
            answer.raise_for_status()
            return self._decode(answer.content)
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            raise StorageUnknown(f"history: {error}") from error


def _key(event: Event) -> Key:
    return (event.author.id if event.author else 0, event.client_id or str(event.id))
