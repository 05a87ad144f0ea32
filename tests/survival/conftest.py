"""Switching the real servers off and on. Only those of the stack that the environment names."""

from collections.abc import Callable

import pytest

from tests.outages import server


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
