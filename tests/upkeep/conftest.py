"""A log, a store and a search index of each test's own, and an archive of the log."""

import pytest

from chat.pipeline.log_archive import LogArchive
from tests.pipeline.conftest import log, open_log, store
from tests.search.conftest import index

__all__ = ["archived", "index", "log", "open_log", "store"]


@pytest.fixture
def archived(tmp_path) -> LogArchive:
    return LogArchive(tmp_path / "log-archive")
