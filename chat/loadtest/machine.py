"""What the machine and the processes on it do during a load: CPU as a fraction of one core."""

import platform
import time
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
    """CPU of other processes between `start` and `stop`."""

    def __init__(self, pids: tuple[int, ...]) -> None:
        self._processes = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
        self._seconds: dict[int, float] = {}
        self._began = 0.0

    def start(self) -> None:
        """Begin to measure."""
        self._began = time.monotonic()
        self._seconds = {process.pid: _cpu_seconds(process) for process in self._processes}

    def stop(self) -> list[dict]:
        """Name, pid, core fraction and resident memory of each process; ended ones are left out."""
        wall = time.monotonic() - self._began
        found = []
        for process in self._processes:
            try:
                cores = (_cpu_seconds(process) - self._seconds[process.pid]) / wall
                memory_mb = process.memory_info().rss / 2**20
                name = " ".join(process.cmdline()[:4])[-60:]
            except psutil.NoSuchProcess:
                continue
            seen = {"pid": process.pid, "name": name, "cores": round(cores, 3), "rss_mb": round(memory_mb, 1)}
            found.append(seen)
        return found


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
