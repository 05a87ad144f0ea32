"""Prometheus and promtool, where the machine has them: `ops/stack.py install monitoring` brings both."""

import os
import shutil
from pathlib import Path

import pytest

from tests.site import ROOT

CACHES = (Path(os.environ.get("STACK_CACHE", ROOT / "var/stack-cache")), Path("/var/cache/messenger-stack"))


def find_program(name: str) -> str:
    """The path of `prometheus` or `promtool`. Skips the test where there is none."""
    for cache in CACHES:
        if (cache / "prometheus" / name).exists():
            return str(cache / "prometheus" / name)
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not there: ops/stack.py install monitoring")
    return found


@pytest.fixture(scope="session")
def promtool() -> str:
    return find_program("promtool")


@pytest.fixture(scope="session")
def prometheus_program() -> str:
    return find_program("prometheus")
