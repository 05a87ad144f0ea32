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


class Sent:
    """A message of this member that is not yet acknowledged and back."""

    __slots__ = ("acked", "back", "intended_us", "text")

    def __init__(self, intended_us: float, text: str) -> None:
        self.intended_us = intended_us
        self.text = text
        self.acked = False
        self.back = False


class Member:
    """Sends when the pacing says so and books everything that arrives."""

    def __init__(
        self,
        user: VirtualUser,
        tally: Tally,
        mark: str,
        *,
        receives: bool,
        came_back: Callable[["Member"], None],
        found_gap: Callable[["Member", str, str], None],
    ) -> None:
        self.user = user
        self.user_id = user.user_id
        self.tally = tally
        self.mark = mark
        self.receives = receives
        self.came_back = came_back
        self.found_gap = found_gap
        self.receipts = Receipts()
        self.pending: dict[str, Sent] = {}
        self.sent_count = 0
        self.connection: Connection | None = None

    def send(self, intended_us: float) -> None:
        """Send the next message; its latencies count from the intended time."""
        self.sent_count += 1
        self.tally.sent += 1
        if self.connection is None:
            self.tally.errors["not sent, socket closed"] += 1
            return
        line = _LINES[(self.user_id + self.sent_count) % len(_LINES)]
        text = f"{self.mark}{intended_us:.0f} {line} {self.sent_count}"
        client_id = str(uuid4())
        self.pending[client_id] = Sent(intended_us, text)
        self.connection.send_message(client_id, text)
        self.tally.lateness_us.append(monotonic_us() - intended_us)

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
            self._heed(event, now_us)

    def take_page(self, batch, now_us: float) -> None:
        """Book messages that were paged from history to close a gap."""
        batch.arrivals_us.append(now_us)
        self.receipts.fill(batch)
        self._returned(batch.client_ids_by_author.get(self.user_id, []), now_us)

    def cut_off(self, code: int) -> None:
        """The socket closed before the end: whatever is under way is an error, and nothing more is sent."""
        self.connection = None
        self.tally.closes[str(code)] += 1
        self.tally.errors["socket closed"] += 1
        self.pending.clear()

    def give_up(self, before_us: float) -> None:
        """Count the messages sent before that time that are still not back, and go on with the next."""
        late = [client_id for client_id, sent in self.pending.items() if sent.intended_us < before_us]
        for client_id in late:
            sent = self.pending.pop(client_id)
            self.tally.errors["no receipt in time" if sent.acked else "no answer in time"] += 1
            self.came_back(self)

    def _heed(self, event: Event, now_us: float) -> None:
        if event.op == "ack":
            self._acknowledged(event, now_us)
        elif event.op == "nack":
            self._refused(event)
        elif event.op == "gap":
            self.tally.gaps += 1
            self.found_gap(self, event.after or "", event.before or "")
        elif event.op in ("error", "removed"):
            self.tally.errors[f"{event.op} {event.code or ''}".strip()] += 1

    def _acknowledged(self, event: Event, now_us: float) -> None:
        self.tally.acked.add((self.user_id, event.client_id))
        sent = self.pending.get(event.client_id)
        if sent is None:
            return
        sent.acked = True
        self.tally.ack_us.append(now_us - sent.intended_us)
        if sent.back or not self.receives:
            del self.pending[event.client_id]
        if not self.receives:
            self.came_back(self)

    def _refused(self, event: Event) -> None:
        self.tally.nacks[str(event.code)] += 1
        sent = self.pending.get(event.client_id)
        if sent is None:
            return
        if event.retry_after_ms is None:
            del self.pending[event.client_id]
            self.tally.errors[f"refused {event.code}"] += 1
            self.came_back(self)
            return
        asyncio.get_running_loop().call_later(event.retry_after_ms / 1000, self._retry, event.client_id)

    def _retry(self, client_id: str) -> None:
        sent = self.pending.get(client_id)
        if sent is not None and self.connection is not None:
            self.connection.send_message(client_id, sent.text)

    def _returned(self, client_ids: list[str], now_us: float) -> None:
        for client_id in client_ids:
            sent = self.pending.get(client_id)
            if sent is None or sent.back:
                continue
            sent.back = True
            self.tally.own_us.append(now_us - sent.intended_us)
            if sent.acked:
                del self.pending[client_id]
            self.came_back(self)


def monotonic_us() -> float:
    """Now, on the clock that all processes of this machine share, in microseconds."""
    return time.monotonic_ns() / 1000
