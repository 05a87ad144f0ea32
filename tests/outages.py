"""Taking a part of a site away: a real server is killed, an embedded file is locked by somebody else."""

import fcntl
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.site import ROOT, Site

SHM_LOCKS_AT, SHM_LOCK_BYTES = 120, 8  # where SQLite locks its write-ahead index (sqlite.org/walformat.html)


def server(verb: str, name: str) -> None:
    """kill (SIGKILL), stop or start one of the real servers of the stack that the environment names."""
    subprocess.run([sys.executable, "ops/stack.py", verb, name], cwd=ROOT, check=True, capture_output=True)


@contextmanager
def log_away(site: Site, switch):
    """Kafka is dead; embedded, another process holds the log file's write lock for good."""
    if settings.KAFKA_BOOTSTRAP_SERVERS:
        switch("kill", "kafka")
        yield
        switch("start", "kafka")
        return
    lock = sqlite3.connect(Path(site.environment["DATA_DIR"]) / "log.sqlite3", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    yield
    lock.rollback()
    lock.close()


@contextmanager
def store_away(site: Site, switch):
    """MongoDB is dead; embedded, another process holds every lock of the message file for good."""
    if settings.MONGODB_URI:
        switch("kill", "mongodb")
        yield
        switch("start", "mongodb")
        return
    with (Path(site.environment["DATA_DIR"]) / "messages.sqlite3-shm").open("r+b") as index:
        fcntl.lockf(index, fcntl.LOCK_EX, SHM_LOCK_BYTES, SHM_LOCKS_AT)
        yield
