"""One process of a load test: its share of the members, from the first socket to the last count."""

import asyncio
import contextlib
import gc
import math
import resource
import signal
import time
from dataclasses import dataclass
from itertools import chain
from multiprocessing.connection import Connection

import uvloop

from chat.loadtest.counting import Acknowledged
from chat.loadtest.history import GapFiller
from chat.loadtest.members import Member, monotonic_us
from chat.loadtest.pacing import ClosedLoop, OpenLoop
from chat.loadtest.plan import Plan
from chat.loadtest.tally import Outcome, Tally, outcome
from chat.loadtest.transports import Transport, connections_of, reader_of

_CONNECTING_AT_ONCE = 100
_HURRIED_SECONDS = 3.0
_SETTLE_SECONDS = 0.5
_LOOKED_OVER_A_SECOND = 500_000  # messages
_LAG_PROBE_SECONDS = 0.01


@dataclass(frozen=True)
class Answered:
    """What a process tells the parent when its own messages are answered; both times in microseconds."""

    keys: set
    highest_position: str
    last_ack_us: float


@dataclass(frozen=True)
class Share:
    """The part of a plan that process `number` of `plan.processes` plays, marked as messages of this run."""

    plan: Plan
    number: int
    mark: str


class Run:
    """Members, their connections and their pacing in one event loop; speaks to the parent over a pipe."""

    def __init__(self, share: Share, parent: Connection) -> None:
        self.plan = share.plan
        self.parent = parent
        self.tally = Tally()
        self.reader = reader_of(share.plan.transport, share.plan.channel, share.mark)
        self.gaps = GapFiller(share.plan.url, self.reader)
        numbers = range(share.number, len(share.plan.users), share.plan.processes)
        self.members = [self._member(number, share.mark) for number in numbers]
        senders = [
            member for member, number in zip(self.members, numbers, strict=True) if number < self.plan.senders
        ]
        self.pacing = self._pacing(senders, share)
        self.lines = [
            connections_of(self.plan.transport, member, self.plan.url, self.reader, self.pacing)
            for member in self.members
        ]
        self.hurried_at_us = 0.0

    def hurry(self) -> None:
        """Ctrl-C: send nothing more, wait only briefly for what is under way, and report."""
        self.hurried_at_us = monotonic_us()
        self.pacing.stop()

    async def play(self) -> Outcome:
        """Connect, say ready, send at the parent's start time, wait for everything acknowledged, count."""
        await self._connect()
        start_us = await self._ask("ready", None)
        gc.collect()
        gc.freeze()
        gc.disable()
        probes = [asyncio.create_task(self._probe_loop_lag()), asyncio.create_task(self._watch())]
        await asyncio.sleep(max(0.0, start_us - monotonic_us()) / 1e6)
        self.tally.first_send_us = start_us
        cpu_seconds, began = time.process_time(), time.monotonic()
        await self.pacing.run(start_us)
        await self._await_answers()
        cores = (time.process_time() - cpu_seconds) / (time.monotonic() - began)
        everywhere = await self._ask("answered", self._answered())
        acked = await self._await_deliveries(everywhere)
        for probe in probes:
            probe.cancel()
        await self.gaps.close()
        for connection, _ in chain(*self.lines):
            connection.close()
        receipts = [member.receipts for member in self.members if member.receives]
        answers = self.tally.own if self.plan.receivers else self.tally.acks
        result = outcome(self.tally, receipts, self.reader.batches, acked, answers)
        result.own_cpu_cores = [round(cores, 3)]
        return result

    def _member(self, number: int, mark: str) -> Member:
        return Member(
            self.plan.users[number],
            self.tally,
            mark,
            receives=number < self.plan.receivers,
            came_back=lambda member: self.pacing.came_back(member),
            found_gap=self.gaps.found_gap,
            repeats=not self.plan.rate,
            # As the predecessor's users did: over HTTP the answer ends the wait, whoever receives.
            awaits_own=self.plan.transport != "http" and number < self.plan.receivers,
        )

    def _pacing(self, senders: list[Member], share: Share) -> ClosedLoop | OpenLoop:
        plan, part = self.plan, (share.number, share.plan.processes)
        if plan.rate and senders:
            return OpenLoop(senders, plan.rate, plan.duration_seconds, *part)
        return ClosedLoop(senders, plan.messages, plan.duration_seconds, plan.ramp_up_seconds, *part)

    async def _connect(self) -> None:
        gate = asyncio.Semaphore(_CONNECTING_AT_ONCE)

        async def open_line(line: list[tuple[Transport, str]]) -> None:
            async with gate:
                for connection, address in line:
                    await connection.open(address)

        results = await asyncio.gather(*map(open_line, self.lines), return_exceptions=True)
        failed = [error for error in results if error is not None]
        if failed:
            raise ConnectionError(f"{len(failed)} of {len(results)} users could not connect: {failed[0]}")

    def _answered(self) -> Answered:
        highest = max((batch.highest for batch in self.reader.batches), default="")
        last_ack_us = self.tally.acks.at_us[-1] if self.tally.acks.at_us else 0.0
        return Answered(self.tally.acked, max(highest, self.tally.highest_position), last_ack_us)

    async def _ask(self, what: str, value):
        """Tell the parent and wait for its answer, while the loop goes on."""
        self.parent.send((what, value))
        return await asyncio.get_running_loop().run_in_executor(None, self.parent.recv)

    async def _watch(self) -> None:
        """Once a second: give up on what is overdue and tell the parent how far this is."""
        while True:
            await asyncio.sleep(1)
            overdue_us = monotonic_us() - self.plan.receipt_timeout_seconds * 1e6
            for member in self.members:
                member.give_up(overdue_us)
            received = sum(member.receipts.received for member in self.members)
            self.parent.send(("progress", (self.tally.sent, len(self.tally.acked), received)))

    async def _await_answers(self) -> None:
        began_us = monotonic_us()
        while waiting := [member for member in self.members if member.pending]:
            # A refusal may have asked for a longer pause than the answers may take.
            pauses_us = 0.0 if self.hurried_at_us else max(member.silent_until_us for member in waiting)
            if monotonic_us() > max(began_us, pauses_us, self.hurried_at_us) + self._patience_us():
                break
            await asyncio.sleep(0.02)
        for member in self.members:
            member.give_up(math.inf)
            member.end_pauses()

    def _patience_us(self) -> float:
        return 1e6 * (_HURRIED_SECONDS if self.hurried_at_us else self.plan.receipt_timeout_seconds)

    async def _await_deliveries(self, keys: set) -> Acknowledged:
        """Wait for what is missing as long as anything still comes, then a little for repeats."""
        acked = Acknowledged(self.reader.order, keys)
        progress, deadline_us = -1, 0.0
        while self._is_missing(acked) or self.gaps.busy:
            received = sum(member.receipts.received for member in self.members)
            if received != progress:
                progress = received
                deadline_us = monotonic_us() + self._patience_us()
            if monotonic_us() > deadline_us:
                break
            # To look over half a million takes a quarter of a second, which the reading lacks.
            await asyncio.sleep(0.1 + len(acked.unseen) / _LOOKED_OVER_A_SECOND)
            acked.look_again()
        await asyncio.sleep(_SETTLE_SECONDS)
        return acked

    def _is_missing(self, acked: Acknowledged) -> bool:
        """Whether something may still come: to those who are cut off, nothing does."""
        return any(
            acked.missing_from(member.receipts)
            for member in self.members
            if member.receives and member.connection is not None
        )

    async def _probe_loop_lag(self) -> None:
        while True:
            asleep_us = monotonic_us()
            await asyncio.sleep(_LAG_PROBE_SECONDS)
            self.tally.loop_lag_us.append(max(0.0, monotonic_us() - asleep_us - _LAG_PROBE_SECONDS * 1e6))


def _stay_awake(loop: asyncio.AbstractEventLoop) -> None:
    """Poll for events without pause, for as long as the loop runs."""
    loop.call_soon(_stay_awake, loop)


def play_share(share: Share, parent: Connection) -> None:
    """Entry of the process: play the share, send `("outcome", …)` or `("failed", reason)` to the parent."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    async def play() -> Outcome:
        run = Run(share, parent)
        loop = asyncio.get_running_loop()
        if share.plan.busy_poll:
            _stay_awake(loop)
        for stop_signal in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(stop_signal, run.hurry)
        return await run.play()

    try:
        result = uvloop.run(play())
    except (ConnectionError, EOFError) as error:
        with contextlib.suppress(OSError):
            parent.send(("failed", str(error) or type(error).__name__))
        return
    parent.send(("outcome", result))
