"""Conducts a load test's processes: starts them together, tells each what the others saw acknowledged."""

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection, wait

from chat.loadtest.counting import Key
from chat.loadtest.machine import CpuMeter, hardware, listening_pids
from chat.loadtest.members import monotonic_us
from chat.loadtest.plan import Plan
from chat.loadtest.progress import Progress
from chat.loadtest.report import Report
from chat.loadtest.run import Answered, Share, play_share
from chat.loadtest.storage import Storage, StorageUnknown, Stored
from chat.loadtest.tally import Outcome

_LEAD_US = 300_000


class LoadTestFailed(Exception):
    """The load could not be played at all: no connection, no subscription, a process died."""


def conduct(plan: Plan, progress: Progress | None = None) -> Report:
    """Play the plan and report. Blocks; Ctrl-C ends the sending and still reports. Raises LoadTestFailed."""
    return _Conductor(plan, progress).conduct()


class _Conductor:
    def __init__(self, plan: Plan, progress: Progress | None) -> None:
        self.plan = plan
        self.progress = progress
        self.parents: list[Connection] = []
        self.processes: list = []
        self.server_loads: list[dict] = []
        self.counts: dict[Connection, tuple[int, int, int]] = {}
        self.waiting: dict[Connection, object] = {}
        self.outcomes: list[Outcome] = []
        self.accepted: set[Key] = set()
        self.archived: Future | None = None
        self.interrupts = 0

    def conduct(self) -> Report:
        began = time.time()
        with self._heeding_interrupts(), self._history() as self.storage:
            self._spawn()
            servers = listening_pids(self.plan.url) + self.plan.server_pids
            self.cpu = CpuMeter(tuple(dict.fromkeys(servers)), [process.pid for process in self.processes])
            outcome = self._await_outcome()
            cores = self.cpu.end()
            stored = self._compare(outcome) if self.storage else Stored()
        return Report(
            plan=self.plan,
            outcome=outcome,
            stored=stored,
            servers=self.server_loads,
            cores=cores,
            hardware=hardware(),
            began=began,
            interrupted=bool(self.interrupts),
        )

    def _await_outcome(self) -> Outcome:
        try:
            while len(self.outcomes) < self.plan.processes:
                self._await_word()
        except LoadTestFailed:
            for process in self.processes:
                process.kill()
            self.cpu.end()
            raise
        for process in self.processes:
            process.join()
        total = Outcome()
        for outcome in self.outcomes:
            total.merge(outcome)
        return total

    @contextlib.contextmanager
    def _heeding_interrupts(self) -> Iterator[None]:
        on_interrupt = signal.signal(signal.SIGINT, self._hurry)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, on_interrupt)

    @contextlib.contextmanager
    def _history(self) -> Iterator[Storage | None]:
        if not self.plan.stored:
            yield None
            return
        try:
            # A first interrupt ends the load, a further one also the look into the history.
            storage = Storage(self.plan, hurried=lambda: self.interrupts > 1)
        except StorageUnknown as error:
            raise LoadTestFailed(str(error)) from error
        # The archive is watched while the deliveries still come in.
        with contextlib.closing(storage), ThreadPoolExecutor(1) as self.watching:
            yield storage

    def _compare(self, outcome: Outcome) -> Stored:
        try:
            self._say("waiting for the archive")
            after_seconds = self.archived.result()
            self._say("counting what is stored")
            return Stored(*self.storage.count(self.accepted), after_seconds)
        except StorageUnknown as error:
            outcome.errors[f"stored unknown: {error}"] += 1
            return Stored()

    def _say(self, what: str) -> None:
        if self.progress:
            self.progress.say(what)

    def _spawn(self) -> None:
        context = multiprocessing.get_context("spawn")
        mark = f"lt{os.urandom(4).hex()} "
        for number in range(self.plan.processes):
            here, there = context.Pipe()
            process = context.Process(target=play_share, args=(Share(self.plan, number, mark), there))
            process.start()
            there.close()
            self.parents.append(here)
            self.processes.append(process)

    def _hurry(self, *_) -> None:
        self.interrupts += 1
        # Ctrl-C reaches the whole group, a signal from a script only this process: pass it on.
        for process in self.processes:
            if process.is_alive():
                os.kill(process.pid, signal.SIGINT)

    def _await_word(self) -> None:
        try:
            for connection in wait(self.parents):
                self._heed(connection, *connection.recv())
        except (EOFError, OSError) as error:
            raise LoadTestFailed("a load process died before its result") from error

    def _heed(self, connection: Connection, what: str, value) -> None:
        if what == "progress":
            self.counts[connection] = value
            if self.progress:
                self.progress.show(*map(sum, zip(*self.counts.values(), strict=True)))
        elif what == "failed":
            raise LoadTestFailed(value)
        elif what == "outcome":
            self.outcomes.append(value)
            self.parents.remove(connection)
            connection.close()
        else:
            self.waiting[connection] = value
            if len(self.waiting) == self.plan.processes:
                self._answer_all(what)

    def _answer_all(self, what: str) -> None:
        if what == "ready":
            answer = monotonic_us() + _LEAD_US
            self.cpu.start(answer)
        else:
            self.server_loads = self.cpu.server_loads()
            answer = self.accepted = self._merge_answered(list(self.waiting.values()))
        for connection in self.waiting:
            connection.send(answer)
        self.waiting.clear()

    def _merge_answered(self, shares: list[Answered]) -> set[Key]:
        if self.storage:
            position = max(share.highest_position for share in shares)
            last_ack_us = max(share.last_ack_us for share in shares)
            self.archived = self.watching.submit(self.storage.await_archived, position, last_ack_us)
        return set().union(*(share.keys for share in shares))
