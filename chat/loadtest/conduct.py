"""Conducts a load test's processes: starts them together, tells each what the others saw acknowledged."""

import multiprocessing
import os
import signal
import sys
import time
from multiprocessing.connection import Connection, wait

from chat.loadtest.machine import CpuMeter, hardware, listening_pids
from chat.loadtest.members import monotonic_us
from chat.loadtest.plan import Plan
from chat.loadtest.report import Report
from chat.loadtest.run import Share, play_share
from chat.loadtest.tally import Outcome

_LEAD_US = 300_000


class LoadTestFailed(Exception):
    """The load could not be played at all: no connection, no subscription, a process died."""


def conduct(plan: Plan, progress: bool = True) -> Report:
    """Play the plan and report. Blocks; Ctrl-C ends the sending and still reports. Raises LoadTestFailed."""
    return _Conductor(plan, progress).conduct()


class _Conductor:
    def __init__(self, plan: Plan, progress: bool) -> None:
        self.plan = plan
        self.progress = progress
        self.parents: list[Connection] = []
        self.processes: list = []
        self.cpu = CpuMeter(tuple(dict.fromkeys(listening_pids(plan.url) + plan.server_pids)))
        self.server_cpu: list[dict] = []
        self.counts: dict[Connection, tuple[int, int, int]] = {}
        self.waiting: dict[Connection, object] = {}
        self.outcomes: list[Outcome] = []

    def conduct(self) -> Report:
        self._spawn()
        began = time.time()
        on_interrupt = signal.signal(signal.SIGINT, self._hurry)
        try:
            while len(self.outcomes) < self.plan.processes:
                self._await_word()
        except LoadTestFailed:
            for process in self.processes:
                process.kill()
            raise
        finally:
            signal.signal(signal.SIGINT, on_interrupt)
        for process in self.processes:
            process.join()
        total = Outcome()
        for outcome in self.outcomes:
            total.merge(outcome)
        return Report(self.plan, total, self.server_cpu, hardware(), began)

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
            self._print_progress()
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
            self.cpu.start()
        else:
            self.server_cpu = self.cpu.stop()
            answer = set().union(*self.waiting.values())
        for connection in self.waiting:
            connection.send(answer)
        self.waiting.clear()

    def _print_progress(self) -> None:
        if not self.progress:
            return
        sent, acked, received = (sum(part) for part in zip(*self.counts.values(), strict=True))
        line = f"\rsent {sent}  acknowledged {acked}  delivered {received}   "
        print(line, end="", file=sys.stderr, flush=True)
