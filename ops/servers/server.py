"""What all servers have in common: start, wait for an answer, stop, kill; a pid file and a log each."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from servers.places import own

START_SECONDS = 45
STOP_SECONDS = 30
PROBE_SECONDS = 3
PROBE_PAUSE_SECONDS = 0.1
LOG_TAIL_LINES = 25


class StackError(Exception):
    """Something the caller can act on; the message is all they need."""


class Server:
    """One server process. A subclass says what to prepare, what to run and how to ask whether it answers."""

    name = ""

    def __init__(self, places):
        self.places = places
        self.port = places.ports[self.name]
        self.folder = places.data / self.name
        self.pid_file = self.folder / "pid"
        self.log_file = self.folder / "log"

    def prepare(self):
        """Writes configuration and, the first time, the empty data folder; safe to repeat."""

    def build_command(self):
        """The command line of the server, which stays in the foreground."""
        raise NotImplementedError

    def probe(self):
        """Makes one real request; returns whether the server serves clients now."""
        raise NotImplementedError

    @property
    def url(self):
        """The value of the variable that points the product at this server."""
        raise NotImplementedError

    def launch(self):
        """Starts the process unless it runs; returns at once, `wait_until_ready` follows."""
        if self.find_pid() is not None:
            return
        refuse_taken_port(self.name, self.port)
        self.places.make_server_folder(self.name)
        self.prepare()
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                self.build_command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,
                **self.places.account.popen_options,
            )
        # The start time beside the id tells our process from a later one that was given the same id.
        self.pid_file.write_text(f"{process.pid}\n{read_start_time(process.pid)}\n")

    def wait_until_ready(self):
        """Raises StackError with the end of the log when the server dies or does not answer in time."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.find_pid() is None:
                raise StackError(f"{self.name} ended while starting.\n{self.read_log_tail()}")
            if self.probe():
                return
            time.sleep(PROBE_PAUSE_SECONDS)
        raise StackError(f"{self.name} does not answer after {START_SECONDS} s.\n{self.read_log_tail()}")

    def find_pid(self):
        """The id of our running process, or None."""
        try:
            pid, started = self.pid_file.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if read_start_time(int(pid)) == started else None

    def kill(self):
        """SIGKILL, as a crash would; returns when the process is gone."""
        self.end(signal.SIGKILL)

    def stop(self):
        """SIGTERM, and SIGKILL for a server that is not gone in time."""
        self.end(signal.SIGTERM)

    def end(self, first_signal):
        pid = self.find_pid()
        if pid is not None:
            os.kill(pid, first_signal)
            if not self.wait_until_gone():
                os.kill(pid, signal.SIGKILL)
                self.wait_until_gone()
        self.pid_file.unlink(missing_ok=True)

    def wait_until_gone(self):
        deadline = time.monotonic() + STOP_SECONDS
        while self.find_pid() is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.find_pid() is None

    def read_log_tail(self):
        if not self.log_file.exists():
            return "(no log)"
        lines = self.log_file.read_text(errors="replace").splitlines()
        return "\n".join([f"The end of {self.log_file}:", *lines[-LOG_TAIL_LINES:]])

    def write_file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        own(path, self.places.account)
        return path

    def run_once(self, command):
        """Runs a preparing command as the server's account; raises StackError with its output."""
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, **self.places.account.popen_options
        )
        if done.returncode:
            raise StackError(f"{self.name}: {command[0]} failed.\n{done.stdout}{done.stderr}")


def ask(command):
    """What a client program printed, or "" when it failed or got no answer in time."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    return "" if done.returncode else done.stdout.strip()


def read_start_time(pid):
    """When a process started, in clock ticks since boot; None when it is gone or only a zombie.

    A zombie with threads left is not gone: the first thread of a killed server ends before the others, which
    hold its port a moment longer.
    """
    process = Path(f"/proc/{pid}")
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        threads = len(list((process / "task").iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" and threads <= 1 else fields[19]


def refuse_taken_port(name, port):
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise StackError(
                f"{name}: port {port} is taken by another program; set STACK_PORT_BASE to move the stack."
            )
