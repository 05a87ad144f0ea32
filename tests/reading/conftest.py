"""The running site of tests/socket, and reading in it."""

import time

import pytest

from tests.socket.conftest import connect, site

__all__ = ["connect", "site"]  # fixtures; each package has a site of its own
ARCHIVED_SECONDS = 20


@pytest.fixture
def talk(site) -> int:
    """Made by alice; bob is in it."""
    return site.channel_of([site.people["alice"][1], site.people["bob"][1]])


@pytest.fixture
def as_person(site):
    """`as_person("bob")`: a client of the API, by default at the first web process."""

    def made(name: str, number: int = 0):
        return site.api(site.people[name][1], number)

    return made


@pytest.fixture
def archived(site):
    """Waits until so many messages of a channel are in the store."""

    def wait(channel: int, count: int) -> list[dict]:
        deadline = time.monotonic() + ARCHIVED_SECONDS
        while len(stored := site.stored(site.people["alice"][1], channel)) < count:
            assert time.monotonic() < deadline, f"{len(stored)} of {count} were archived"
            time.sleep(0.05)
        return stored

    return wait
