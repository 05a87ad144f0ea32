"""A whole site of its own: real web and worker processes over the servers that the environment names."""

import contextlib
import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.conf import settings

from chat.pipeline.events import PEOPLE_KINDS

logging.getLogger("httpx").setLevel(logging.WARNING)

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 40
PASSWORD = "correct horse battery"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """`manage.py <command>` as its own process, which may be killed and started again."""

    def __init__(self, command: str, environment: dict, log: Path) -> None:
        self.command, self.environment, self.log = command, environment, log
        self.handle: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.handle = subprocess.Popen(
                [sys.executable, "manage.py", *self.command.split()],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def end(self, by: signal.Signals, timeout_seconds: float = 20) -> int:
        """Send the signal and return the exit status."""
        self.handle.send_signal(by)
        return self.handle.wait(timeout_seconds)

    @property
    def runs(self) -> bool:
        return self.handle is not None and self.handle.poll() is None

    def resident_kilobytes(self) -> int:
        """Its memory."""
        status = Path(f"/proc/{self.handle.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])


class Site:
    """Web processes (each on its own port), workers, and a database, a topic and a store of their own."""

    _migrated: bytes | None = None  # an embedded database as the migrations leave it

    def __init__(self, folder: Path, *, webs: int = 1, workers: int = 1, **environment: str) -> None:
        self.name = f"test_messenger_{uuid.uuid4().hex[:12]}"
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder / "data"),
            "RATE_LIMITS": "off",
            **self._own_names(),
            **environment,
        }
        self.ports = [free_port() for _ in range(webs)]
        self.webs = [
            Process("web", {**self.environment, "PORT": str(port)}, folder / f"web{number}.log")
            for number, port in enumerate(self.ports)
        ]
        self.workers = [
            Process("worker", self.environment, folder / f"worker{number}.log") for number in range(workers)
        ]

    def _own_names(self) -> dict[str, str]:
        own = {"KAFKA_TOPIC": self.name} if os.environ.get("KAFKA_BOOTSTRAP_SERVERS") else {}
        for name in ("DATABASE_URL", "MONGODB_URI"):
            if os.environ.get(name):
                own[name] = urlunsplit(urlsplit(os.environ[name])._replace(path=f"/{self.name}"))
        return own

    def __enter__(self) -> "Site":
        self._database(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
        self._make_tables()
        for process in (*self.webs, *self.workers):
            process.start()
        self.wait_until_ready()
        return self

    def __exit__(self, *_) -> None:
        for process in (*self.webs, *self.workers):
            if process.runs:
                process.end(signal.SIGKILL)
        self._database(f"DROP DATABASE {self.name}")

    def _make_tables(self) -> None:
        """By the migrations; on SQLite only for the first site of a run, whose file the others copy."""
        if self.environment.get("DATABASE_URL"):
            self.manage("migrate", "-v0")
            return
        database = Path(self.environment["DATA_DIR"]) / "db.sqlite3"
        if Site._migrated is None:
            self.manage("migrate", "-v0")
            with contextlib.closing(sqlite3.connect(database)) as made:
                Site._migrated = made.serialize()
        elif not database.exists():
            database.parent.mkdir(parents=True, exist_ok=True)
            database.write_bytes(Site._migrated)

    def _database(self, statement: str) -> None:
        if not settings.DATABASE_URL.startswith("mysql"):
            return
        import MySQLdb  # there only where the real servers are

        parts = urlsplit(settings.DATABASE_URL)
        connection = MySQLdb.connect(
            host=parts.hostname, port=parts.port or 3306, user=parts.username, password=parts.password or ""
        )
        connection.cursor().execute(statement)
        connection.close()

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end and return what it printed. Raises when it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def url(self, number: int = 0) -> str:
        return f"http://127.0.0.1:{self.ports[number]}"

    def wait_until_ready(self) -> None:
        """Return once every web process answers."""
        deadline = time.monotonic() + START_SECONDS
        for number, web in enumerate(self.webs):
            while not self._answers(number):
                assert web.runs, web.log.read_text()[-3000:]
                assert time.monotonic() < deadline, web.log.read_text()[-3000:]
                time.sleep(0.1)

    def _answers(self, number: int) -> bool:
        try:
            return httpx.get(f"{self.url(number)}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def api(self, token: str | None = None, number: int = 0) -> httpx.Client:
        """A client of the HTTP API."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=f"{self.url(number)}/api/v1/", headers=headers, timeout=20)

    def sign_up(self, name: str) -> tuple[int, str]:
        """A new person: id and token."""
        person = {"email": f"{name}@example.com", "username": name, "password": PASSWORD}
        with self.api() as api:
            made = api.post("accounts/", json=person)
            assert made.status_code == 201, made.text
            answer = api.post("accounts/login/", json=person)
            assert answer.status_code == 200, answer.text
        return made.json()["id"], answer.json()["token"]

    def channel_of(self, tokens: list[str], **fields) -> int:
        """A channel that the first person makes and the others join: its id."""
        with self.api(tokens[0]) as api:
            made = api.post(
                "channels/", json={"name": "모임", "description": "", "is_private": False, **fields}
            )
            assert made.status_code == 201, made.text
        channel = made.json()["id"]
        for token in tokens[1:]:
            with self.api(token) as api:
                joined = api.post(f"channels/{channel}/join/", json={"password": fields.get("password")})
                assert joined.status_code == 200, joined.text
        return channel

    def stored(self, token: str, channel: int) -> list[dict]:
        """What was said in a channel, oldest first, without the lines of who came and went."""
        messages: list[dict] = []
        with self.api(token) as api:
            url = f"channels/{channel}/messages/?limit=200"
            while url:
                page = api.get(url)
                assert page.status_code == 200, page.text
                messages += [one for one in page.json()["results"] if one["kind"] not in PEOPLE_KINDS]
                url = page.json()["next"]
        return messages[::-1]
