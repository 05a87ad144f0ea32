"""When the members send: a closed loop waits for each message, an open loop keeps to its timetable."""

import asyncio
import math

from chat.loadtest.members import Member, monotonic_us


class ClosedLoop:
    """Each member sends its next message when its own one came back; the members start spread over the
    ramp-up, in the order of all senders of all `shares` equal parts of the load."""

    next_us = math.inf
    repeats = True

    def __init__(
        self,
        senders: list[Member],
        messages: int,
        duration_seconds: float,
        ramp_up_seconds: float = 0.0,
        share: int = 0,
        shares: int = 1,
    ) -> None:
        self.senders = senders
        self.messages = messages
        self.duration_us = duration_seconds * 1e6 or math.inf
        self.step_us = ramp_up_seconds * 1e6 / max(1, len(senders))
        self.offset_us = self.step_us * share / shares
        self.end_us = math.inf
        self.stopped = False

    async def run(self, start_us: float) -> None:
        """Start everybody and return when the last message was sent."""
        self.end_us = start_us + self.duration_us
        for number, member in enumerate(self.senders):
            if self.step_us:
                await self._start(member, start_us + self.offset_us + number * self.step_us)
            else:
                self.came_back(member)
        while any(self._goes_on(member) for member in self.senders):
            await asyncio.sleep(0.05)

    async def _start(self, member: Member, due_us: float) -> None:
        while monotonic_us() < due_us and not self.stopped:
            await asyncio.sleep((due_us - monotonic_us()) / 1e6)
        if self._goes_on(member):
            member.send(due_us)

    def came_back(self, member: Member) -> None:
        """Send the member's next message, if there is one."""
        if self._goes_on(member):
            member.send(monotonic_us())

    def send_due(self, now_us: float) -> None:
        """Nothing is ever due."""

    def stop(self) -> None:
        """Send nothing more."""
        self.stopped = True

    def _goes_on(self, member: Member) -> bool:
        return (
            member.sent_count < self.messages
            and member.connection is not None
            and not self.stopped
            and monotonic_us() < self.end_us
        )


class OpenLoop:
    """Message number n is sent at start + n / rate, by the senders in turn, whatever came back.

    A process that holds one of `shares` equal parts of the senders sends every `shares`th message.
    """

    repeats = False

    def __init__(
        self, senders: list[Member], rate: float, duration_seconds: float, share: int, shares: int
    ) -> None:
        self.senders = senders
        self.step_us = 1e6 * shares / rate
        self.offset_us = 1e6 * share / rate
        self.duration_us = duration_seconds * 1e6
        self.number = 0
        self.start_us = 0.0
        self.end_us = 0.0
        self.next_us = math.inf
        self.stopped = False

    async def run(self, start_us: float) -> None:
        """Send on time until the duration is over."""
        self.start_us = start_us + self.offset_us
        self.end_us = start_us + self.duration_us
        self.next_us = self.start_us
        while self.next_us < self.end_us and not self.stopped:
            self.send_due(monotonic_us())
            await asyncio.sleep(max(0.0, min(self.next_us, self.end_us) - monotonic_us()) / 1e6)

    def send_due(self, now_us: float) -> None:
        """Send everything whose time has come."""
        while self.next_us <= now_us and self.next_us < self.end_us and not self.stopped:
            self.senders[self.number % len(self.senders)].send(self.next_us)
            self.number += 1
            self.next_us = self.start_us + self.number * self.step_us

    def came_back(self, member: Member) -> None:
        """The timetable does not wait for answers."""

    def stop(self) -> None:
        """Send nothing more."""
        self.stopped = True
