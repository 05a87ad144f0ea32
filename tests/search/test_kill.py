"""kill -9 of the worker in the middle of indexing: nothing is lost, nothing comes twice."""

import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings

from chat.pipeline.embedded import SqliteLog
from chat.pipeline.events import Edited, encode
from chat.pipeline.kafka import KafkaLog
from chat.search.embedded import SqliteIndex
from chat.search.mongo import MongoIndex
from chat.search.ports import Sought
from chat.search.words import parse
from tests.pipeline.test_event_log import append_all
from tests.search.test_indexing import change, message, numbers

ROOT = Path(__file__).resolve().parent.parent.parent
MESSAGES = 6_000
PATIENCE_SECONDS = 60


@pytest.fixture
def parts(tmp_path):
    """The environment of a worker with data of its own, and the log and index that it works on."""
    topic, own = f"test.{uuid.uuid4().hex}", {"DATA_DIR": str(tmp_path)}
    if settings.KAFKA_BOOTSTRAP_SERVERS:
        own["KAFKA_TOPIC"] = topic
        log = KafkaLog(servers=settings.KAFKA_BOOTSTRAP_SERVERS, topic=topic)
    else:
        log = SqliteLog(path=tmp_path / "log.sqlite3")
    if settings.MONGODB_URI:
        address = urlsplit(settings.MONGODB_URI)
        own["MONGODB_URI"] = urlunsplit(address._replace(path=f"/test_{uuid.uuid4().hex}"))
        index = MongoIndex(uri=own["MONGODB_URI"])
    else:
        index = SqliteIndex(path=tmp_path / "search.sqlite3")
    yield {**os.environ, **own}, log, index
    if settings.MONGODB_URI:
        index.drop()
    index.close()
    log.close()


@contextmanager
def worker(environment: dict):
    command = [sys.executable, "manage.py", "worker", "--only", "archive,search", "--skip-checks"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def until(condition) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the worker did not get there"
        time.sleep(0.02)


def all_numbers(index, text: str) -> list[int]:
    """Every page of it."""
    sought, seen, before = Sought([(gram,) for gram in parse(text).grams]), [], None
    while True:
        found = index.search([7], sought, before=before, limit=500)
        seen += [int(key, 16) for _, key in found.candidates]
        before = found.more_before
        if before is None:
            return seen


def test_nothing_is_lost_or_doubled_when_the_worker_is_killed(parts):
    environment, log, index = parts
    sent = [message(number, f"회비 {number}") for number in range(MESSAGES)]
    edits = [change(Edited, one, text="송금") for one in sent[::100]]
    positions = append_all(log, [(7, encode(one)) for one in [*sent, *edits]])
    with worker(environment) as first:
        until(lambda: numbers(index, "회비"))
        first.kill()
        first.wait()
    done_before = len(all_numbers(index, "회비"))
    with worker(environment):
        until(lambda: index.reached().get(positions[-1].partition) == positions[-1])
    found, edited = all_numbers(index, "회비"), all_numbers(index, "송금")
    assert 0 < done_before <= MESSAGES
    assert sorted(found + edited) == list(range(MESSAGES))
    assert edited == list(range(0, MESSAGES, 100))[::-1]
