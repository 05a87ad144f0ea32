"""The log and the store under test: those that the environment names, each test with a fresh one."""

import itertools
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings

from chat.pipeline.embedded import SqliteLog
from chat.pipeline.embedded_store import SqliteStore
from chat.pipeline.kafka import KafkaLog
from chat.pipeline.mongo import MongoStore


@pytest.fixture
def open_log(tmp_path):
    """Makes logs over the same events: a second one is what another process has."""
    topic = f"test.{uuid.uuid4().hex}"
    opened = []

    def make():
        if settings.KAFKA_BOOTSTRAP_SERVERS:
            log = KafkaLog(servers=settings.KAFKA_BOOTSTRAP_SERVERS, topic=topic)
        else:
            log = SqliteLog(path=tmp_path / "log.sqlite3")
        opened.append(log)
        return log

    yield make
    for log in opened:
        log.close()


@pytest.fixture
def log(open_log):
    return open_log()


@contextmanager
def _fresh_store(folder):
    if settings.MONGODB_URI:
        parts = urlsplit(settings.MONGODB_URI)
        store = MongoStore(uri=urlunsplit(parts._replace(path=f"/test_{uuid.uuid4().hex}")))
        yield store
        store.drop()
    else:
        store = SqliteStore(path=folder / "messages.sqlite3")
        yield store
    store.close()


@pytest.fixture
def store(tmp_path):
    with _fresh_store(tmp_path) as store:
        yield store


@pytest.fixture(scope="module")
def store_of_the_module(tmp_path_factory):
    """One for many examples, and numbers for what each of them writes."""
    with _fresh_store(tmp_path_factory.mktemp("store")) as store:
        yield store, itertools.count()
