"""What the machine and the processes on it do during a load: CPU as a fraction of one core."""

import contextlib
import os
import platform
import threading
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import psutil


def hardware() -> str:
    """One line: cores, processor, memory, Python."""
    model = platform.processor() or platform.machine()
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        names = [line.split(":", 1)[1] for line in cpu_info.read_text().splitlines() if "model name" in line]
        model = names[0].strip() if names else model
    memory_gb = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} cores, {model}, {memory_gb:.0f} GB, Python {platform.python_version()}"


def listening_pids(url: str) -> tuple[int, ...]:
    """The processes of this machine that listen on the URL's port; none for a remote server."""
    address = urlsplit(url)
    if address.hostname not in ("127.0.0.1", "localhost", "::1"):
        return ()
    port = address.port or (443 if address.scheme == "https" else 80)
    pids = {
        connection.pid
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid
    }
    return tuple(sorted(pids))


class CpuMeter:
    """CPU of the servers and of the load's own processes, sampled once a second by a thread of its own."""

    def __init__(self, servers: tuple[int, ...], own: Iterable[int]) -> None:
        self._servers = [psutil.Process(pid) for pid in servers if psutil.pid_exists(pid)]
        self._own = [psutil.Process(pid) for pid in (*own, os.getpid())]
        self._samples: list[tuple[float, dict[int, float]]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample_every_second, daemon=True)

    def start(self, at_us: float) -> None:
        """Begin to measure at that moment of the monotonic clock, in microseconds."""
        self._start_seconds = at_us / 1e6
        self._thread.start()

    def server_loads(self) -> list[dict]:
        """Name, pid, core fraction so far and resident memory of each server; ended ones are left out."""
        self._take_sample()
        (began, first), (now, last) = self._samples[0], self._samples[-1]
        found = []
        for process in self._servers:
            with contextlib.suppress(psutil.NoSuchProcess, KeyError, ValueError):
                cores = (last[process.pid] - first[process.pid]) / max(now - began, 0.001)
                program, *arguments = process.cmdline()[:4]
                name = " ".join([Path(program).name, *arguments])[-60:]
                memory_mb = round(process.memory_info().rss / 2**20, 1)
                found.append(
                    {"pid": process.pid, "name": name, "cores": round(cores, 3), "rss_mb": memory_mb}
                )
        return found

    def end(self) -> dict[int, dict[str, float]]:
        """Stop, and give `server_cores` and `load_cores` of every second since the start."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        sides = {"server_cores": self._servers, "load_cores": self._own}
        return {
            round(began - self._start_seconds): {
                side: _cores(processes, before, after, now - began) for side, processes in sides.items()
            }
            for (began, before), (now, after) in pairwise(self._samples)
        }

    def _sample_every_second(self) -> None:
        second = 0
        while not self._ended.wait(max(0.0, self._start_seconds + second - time.monotonic())):
            self._take_sample()
            second += 1

    def _take_sample(self) -> None:
        seconds = {}
        for process in (*self._servers, *self._own):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                seconds[process.pid] = times.user + times.system
        self._samples.append((time.monotonic(), seconds))


def _cores(
    processes: list[psutil.Process], before: dict[int, float], after: dict[int, float], seconds: float
) -> float | None:
    """Used together between two samples; None of no process, for nothing is known then."""
    pids = [process.pid for process in processes if process.pid in before and process.pid in after]
    used = [after[pid] - before[pid] for pid in pids]
    return round(sum(used) / seconds, 3) if used and seconds > 0 else None
