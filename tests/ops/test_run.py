"""`ops/run`, the heart of `make run`: web and worker start together, drain together and fall together."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.site import ROOT, free_port

SERVER_VARIABLES = {"DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "REDIS_URL"}


class Run:
    """One `ops/run` on embedded parts, in a process group of its own."""

    def __init__(self, data_folder, port):
        self.port = port
        self.output = data_folder.with_suffix(".out")
        environment = {name: value for name, value in os.environ.items() if name not in SERVER_VARIABLES}
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "ops/run"],
                env={**environment, "DATA_DIR": str(data_folder), "PORT": str(port)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def site(self):
        return f"http://127.0.0.1:{self.port}/"

    def read_output(self):
        return self.output.read_text()

    def wait_until_announced(self):
        """Until the address is printed, which happens only once the site answers."""
        deadline = time.monotonic() + 60
        while f"{self.site} " not in self.read_output():
            assert self.process.poll() is None, self.read_output()
            assert time.monotonic() < deadline, self.read_output()
            time.sleep(0.1)

    def find_child(self, command):
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return int(re.search(rf"^\s*(\d+) .*manage\.py {command} ", listed.stdout, re.MULTILINE)[1])


@pytest.fixture
def start(tmp_path):
    runs = []

    def start_run(name, port=None):
        runs.append(Run(tmp_path / name, port or free_port()))
        return runs[-1]

    yield start_run
    for run in runs:
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
            run.process.wait()


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310  (our own http address)
        return response.status


def test_two_runs_live_side_by_side_and_end_cleanly(start):
    first, second = start("first"), start("second")
    for run in (first, second):
        run.wait_until_announced()
        assert fetch(f"{run.site}accounts/login/") == 200
    for run, number in ((first, signal.SIGINT), (second, signal.SIGTERM)):
        run.process.send_signal(number)
    for run in (first, second):
        assert run.process.wait(40) == 0, run.read_output()
        assert "Traceback" not in run.read_output()
        with pytest.raises(OSError, match="refused"):
            fetch(run.site)


def test_ctrl_c_in_a_terminal_reaches_all_processes_at_once_and_still_drains(start):
    run = start("terminal")
    run.wait_until_announced()
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.process.wait(40) == 0, run.read_output()
    assert "Traceback" not in run.read_output()


@pytest.mark.parametrize("victim", ["web", "worker"])
def test_when_one_dies_the_other_is_ended_and_the_reason_printed(start, victim):
    run = start(victim)
    run.wait_until_announced()
    os.kill(run.find_child(victim), signal.SIGKILL)
    assert run.process.wait(40) == 1
    assert f"{victim} ended with status -9" in run.read_output()
    with pytest.raises(OSError, match="refused"):
        fetch(run.site)


def test_a_busy_port_gives_one_line_and_touches_no_data(start, tmp_path):
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        port = occupant.getsockname()[1]
        run = start("busy", port)
        assert run.process.wait(20) == 1
    lines = run.read_output().splitlines()
    assert len(lines) == 1
    assert f"127.0.0.1:{port}" in lines[0]
    assert not (tmp_path / "busy").exists()
