"""Prometheus and promtool, where the machine has them."""

import pytest

from tests.programs import find_program


@pytest.fixture(scope="session")
def promtool() -> str:
    return find_program("promtool", folder="prometheus", part="monitoring")


@pytest.fixture(scope="session")
def prometheus_program() -> str:
    return find_program("prometheus", folder="prometheus", part="monitoring")
