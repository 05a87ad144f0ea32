"""One virtual user: what it has sent, what came back, what it received. Knows no wire protocol."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

from chat.loadtest.counting import Receipts
from chat.loadtest.frames import Event, Frame
from chat.loadtest.plan import VirtualUser
from chat.loadtest.tally import Tally

_LINES = (
    "이번 달 회비 걷습니다",
    "네, 방금 보냈어요",
    "토요일 모임 몇 시에 시작하나요?",
    "7시에 늘 보던 그 식당에서 봐요",
    "Running ten minutes late, please start without me",
    "영수증은 통장 내역에 올려 두었습니다",
    "I paid for both of us this month",
    "다음 주 등산은 비가 오면 미룹니다",
)


class Connection(Protocol):
    """What a member needs from a transport."""

    def send_message(self, client_id: str, text: str) -> None:
        """Send without waiting."""

    def forget(self, client_id: str) -> None:
        """Nobody waits for this answer any more."""


class Sent:
    """A message of this member that is not yet acknowledged and back; `paused` until it may be repeated."""

    __slots__ = ("acked", "back", "intended_us", "paused", "words")

    def __init__(self, words: str) -> None:
        self.words = words
        self.intended_us = 0.0
        self.acked = False
        self.back = False
        self.paused = False


class Member:
    """Sends when the pacing says so, obeys refusals, and books everything that arrives.

    After a refusal that names a time it sends nothing until then. With `repeats` the refused message goes
    out again after the pause under its client_id, as a closed loop needs; an open loop drops it. The member
    goes on (`came_back`) when its own message came back, or without `awaits_own` when it was acknowledged.
    """

    def __init__(
        self,
        user: VirtualUser,
        tally: Tally,
        mark: str,
        *,
        receives: bool,
        came_back: Callable[["Member"], None],
        found_gap: Callable[["Member", str, str], None],
        repeats: bool = True,
        awaits_own: bool | None = None,
    ) -> None:
        self.user = user
        self.user_id = user.user_id
        self.tally = tally
        self.mark = mark
        self.receives = receives
        self.came_back = came_back
        self.found_gap = found_gap
        self.repeats = repeats
        self.awaits_own = receives if awaits_own is None else awaits_own
        self.receipts = Receipts()
        self.pending: dict[str, Sent] = {}
        self.sent_count = 0
        self.silent_until_us = 0.0
        self.connection: Connection | None = None

    def send(self, intended_us: float) -> None:
        """Send the next message; its latencies count from the intended time."""
        if intended_us < self.silent_until_us:
            self._hold_back(intended_us)
            return
        self.sent_count += 1
        self.tally.sent += 1
        if self.connection is None:
            self.tally.errors["not sent, connection closed"] += 1
            return
        line = _LINES[(self.user_id + self.sent_count) % len(_LINES)]
        client_id = str(uuid4())
        self.pending[client_id] = sent = Sent(f"{line} {self.sent_count}")
        self._try(client_id, sent, intended_us)

    def take(self, frame: Frame, now_us: float) -> None:
        """Book a frame that just came."""
        batch = frame.batch
        if batch is not None and self.receives:
            batch.arrivals_us.append(now_us)
            self.receipts.accept(batch)
            own = batch.client_ids_by_author.get(self.user_id)
            if own is not None:
                self._returned(own, now_us)
        for event in frame.notices:
            self.heed(event, now_us)

    def take_page(self, batch, now_us: float) -> None:
        """Book messages that were paged from history to close a gap."""
        batch.arrivals_us.append(now_us)
        self.receipts.fill(batch)
        self._returned(batch.client_ids_by_author.get(self.user_id, []), now_us)

    def heed(self, event: Event, now_us: float) -> None:
        """Book an answer or a notice."""
        if event.op == "ack":
            self._acknowledged(event, now_us)
        elif event.op == "nack":
            self._refused(event, now_us)
        elif event.op == "gap":
            self.tally.gaps += 1
            self.found_gap(self, event.after or "", event.before or "")
        elif event.op in ("error", "removed"):
            self.tally.errors[f"{event.op} {event.code or ''}".strip()] += 1

    def cut_off(self, code: int | str) -> None:
        """A connection ended too early: whatever is under way is an error, and nothing more is sent."""
        self.connection = None
        self.tally.closes[str(code)] += 1
        self.tally.errors["connection closed"] += 1
        self.pending.clear()

    def give_up(self, before_us: float) -> None:
        """Count the messages sent before that time that are still not back, and go on with the next."""
        late = [
            client_id
            for client_id, sent in self.pending.items()
            if sent.intended_us < before_us and not sent.paused
        ]
        for client_id in late:
            sent = self.pending.pop(client_id)
            self.tally.errors["no receipt in time" if sent.acked else "no answer in time"] += 1
            if self.connection is not None:
                self.connection.forget(client_id)
            self.came_back(self)

    def end_pauses(self) -> None:
        """The run ends: what still waits to be repeated was refused, and is not sent any more."""
        for client_id in [client_id for client_id, sent in self.pending.items() if sent.paused]:
            del self.pending[client_id]
            self.tally.held_back += 1

    def _hold_back(self, intended_us: float) -> None:
        if self.repeats:
            pause_seconds = (self.silent_until_us - intended_us) / 1e6
            asyncio.get_running_loop().call_later(pause_seconds, self.came_back, self)
        else:
            self.tally.held_back += 1

    def _try(self, client_id: str, sent: Sent, intended_us: float) -> None:
        sent.intended_us = intended_us
        self.connection.send_message(client_id, f"{self.mark}{intended_us:.0f} {sent.words}")
        self.tally.tries.book(monotonic_us(), intended_us)

    def _acknowledged(self, event: Event, now_us: float) -> None:
        self.tally.acked.add((self.user_id, event.client_id))
        if event.position and event.position > self.tally.highest_position:
            self.tally.highest_position = event.position
        sent = self.pending.get(event.client_id)
        if sent is None or sent.acked:
            return
        sent.acked = True
        self.tally.acks.book(now_us, sent.intended_us)
        if sent.back or not self.receives:
            del self.pending[event.client_id]
        if not self.awaits_own:
            self.came_back(self)

    def _refused(self, event: Event, now_us: float) -> None:
        self.tally.nacks[str(event.code)] += 1
        self.tally.refused_at_us.append(now_us)
        if event.retry_after_ms is not None:
            self.silent_until_us = max(self.silent_until_us, now_us + event.retry_after_ms * 1000)
        sent = self.pending.get(event.client_id)
        if sent is None:
            return
        if event.retry_after_ms is not None and self.repeats:
            sent.paused = True
            due_us = self.silent_until_us
            pause_seconds = (due_us - now_us) / 1e6
            asyncio.get_running_loop().call_later(pause_seconds, self._repeat, event.client_id, due_us)
            return
        del self.pending[event.client_id]
        if event.retry_after_ms is None:
            self.tally.errors[f"refused {event.code}"] += 1
            self.came_back(self)

    def _repeat(self, client_id: str, due_us: float) -> None:
        sent = self.pending.get(client_id)
        if sent is not None and self.connection is not None:
            sent.paused = False
            self._try(client_id, sent, due_us)

    def _returned(self, client_ids: list[str], now_us: float) -> None:
        for client_id in client_ids:
            sent = self.pending.get(client_id)
            if sent is None or sent.back:
                continue
            sent.back = True
            self.tally.own.book(now_us, sent.intended_us)
            if sent.acked:
                del self.pending[client_id]
            if self.awaits_own:
                self.came_back(self)


def monotonic_us() -> float:
    """Now, on the clock that all processes of this machine share, in microseconds."""
    return time.monotonic_ns() / 1000
