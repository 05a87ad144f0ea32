"""The search index under test: the one that the environment names, each test with a fresh one."""

import uuid
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings

from chat.search.embedded import SqliteIndex
from chat.search.mongo import MongoIndex
from tests.messages.conftest import channel
from tests.pipeline.conftest import log, open_log, store
from tests.search.talk import Talk

__all__ = ["channel", "index", "log", "open_log", "store"]


@pytest.fixture
def index(tmp_path):
    if settings.MONGODB_URI:
        parts = urlsplit(settings.MONGODB_URI)
        index = MongoIndex(uri=urlunsplit(parts._replace(path=f"/test_{uuid.uuid4().hex}")))
        yield index
        index.drop()
    else:
        index = SqliteIndex(path=tmp_path / "search.sqlite3")
        yield index
    index.close()


@pytest.fixture(scope="module")
def talk():
    """The site's own log, store and index."""
    talk = Talk()
    yield talk
    talk.close()
