"""MESSAGE frames of a room's events: encoded once an event, joined once for all sockets that named their
subscription alike (most clients count `sub-0`, `sub-1`, …)."""

import re
from collections import Counter

from chat.pipeline.frames import SharedFrame, SharedPayloads, batches
from chat.stomp.frames import escape

ROOM = "/sub/chat/room/"
# Renderings of one flush that are kept for others who named their subscription alike. Each is as large as the
# flush, so their number is limited; all further names are served one by one and undeflated.
MOST_KEPT = 16
_EVENT = re.compile(rb'\{"op":"([a-z]+)","channel":-?[0-9]+,"id":"([0-9a-f]{32})"')
_POSITION = slice(-26, -2)  # `"position":"…"}` ends every event
_TAILS = "stomp"


def head_of(subscription_id: str) -> bytes:
    """How every MESSAGE to this subscription begins."""
    return f"MESSAGE\nsubscription:{escape(subscription_id)}\n".encode()


class Followers:
    """How many sockets follow a room under the same head: what only one needs is not worth deflating."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, bytes]] = Counter()

    def add(self, channel_id: int, head: bytes) -> None:
        self._counts[channel_id, head] += 1

    def discard(self, channel_id: int, head: bytes) -> None:
        self._counts[channel_id, head] -= 1
        if not self._counts[channel_id, head]:
            del self._counts[channel_id, head]

    def render(self, frame: SharedFrame, head: bytes) -> SharedPayloads:
        """These events as MESSAGE frames behind this head."""
        kept = frame.renderings
        rendering = kept.get(head)
        if rendering is not None:
            return rendering
        tails = kept.get(_TAILS)
        if tails is None:
            tails = kept[_TAILS] = [_tail_of(frame.channel_id, event) for event in frame.bodies]
        payloads = [head + payload for payload in batches(tails, head)]
        if self._counts[frame.channel_id, head] < 2 or len(kept) > MOST_KEPT:
            return PlainPayloads(payloads)
        rendering = kept[head] = SharedPayloads(payloads)
        return rendering


class PlainPayloads(SharedPayloads):
    """For one socket."""

    __slots__ = ()

    @property
    def deflated(self) -> bytes:
        return self.plain


def _tail_of(channel_id: int, event: bytes) -> bytes:
    """A MESSAGE but for its subscription. An event that cannot be read is named by its position."""
    position = event[_POSITION]
    known = _EVENT.match(event)
    op, event_id = known.groups() if known else (b"unknown", position)
    return (
        b"message-id:%b\ndestination:/sub/chat/room/%d\nop:%b\nposition:%b\n"
        b"content-type:application/json\ncontent-length:%d\n\n%b\0"
    ) % (event_id, channel_id, op, position, len(event), event)
