"""Switching the real servers off and on. Only those of the stack that the environment names."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.site import ROOT


def server(verb: str, name: str) -> None:
    """kill (SIGKILL), stop or start one of the real servers."""
    subprocess.run([sys.executable, "ops/stack.py", verb, name], cwd=ROOT, check=True, capture_output=True)


@pytest.fixture
def switch() -> Callable[[str, str], None]:
    """`switch("kill", "kafka")`; whatever was switched off is on again after the test."""
    off: set[str] = set()

    def turn(verb: str, name: str) -> None:
        server(verb, name)
        (off.discard if verb == "start" else off.add)(name)

    yield turn
    for name in off:
        server("start", name)
