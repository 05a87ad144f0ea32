"""The running site of tests/socket, spoken to in STOMP."""

import pytest

from tests.socket.conftest import channel, site
from tests.stomp.client import Client

__all__ = ["channel", "site"]  # fixtures; each package has a site of its own


@pytest.fixture
def connect(site):
    """`connect("bob")`: a connection of bob's, by default at the last web process."""

    def made(name: str, number: int = -1) -> Client:
        return Client(site.url(number), site.people[name][1])

    return made
