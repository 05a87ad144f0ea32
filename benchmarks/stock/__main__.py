"""`python -m benchmarks.stock`: the stock chat on daphne and Redis under a closed loop of all its members."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time

from benchmarks.printing import print_result
from benchmarks.sites import raise_open_files
from chat.loadtest.conduct import conduct
from chat.loadtest.plan import Plan, VirtualUser
from chat.loadtest.report import Report

_CHANNEL = 1
_START_SECONDS = 20
_UNBOUNDED = 10**9


def measure(members: int, seconds: float) -> Report:
    """Start the stock chat, let everybody talk for that long, stop it. Needs REDIS_URL."""
    raise_open_files()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    daphne = subprocess.Popen(
        [sys.executable, "-m", "daphne", "-v", "0", "-p", str(port), "benchmarks.stock.site:application"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.stock.settings"},
    )
    try:
        _await_listener(port, daphne)
        users = [VirtualUser(number, f"user{number}", f"user-{number}") for number in range(1, members + 1)]
        url = f"http://127.0.0.1:{port}"
        plan = Plan(url, _CHANNEL, users, members, members, _UNBOUNDED, duration_seconds=seconds)
        return conduct(plan)
    finally:
        daphne.send_signal(signal.SIGKILL)
        daphne.wait()


def _await_listener(port: int, daphne: subprocess.Popen) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while daphne.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("daphne does not listen")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    if not os.environ.get("REDIS_URL"):
        sys.exit("REDIS_URL is not set; `make stack` prints it.")
    report = measure(arguments.members, arguments.seconds)
    found = report.as_dict()
    line = (
        f"{arguments.members} members | {found['deliveries_per_second']:,} deliveries/s | "
        f"{found['messages_per_second']:,} messages/s | lost {found['lost']:,}"
    )
    print_result("stock", line, found)


if __name__ == "__main__":
    main()
