"""One running site for these tests, with the cast in it: alice owns, bob is a member, charlie a stranger."""

import pytest
from django.conf import settings

from tests.site import Site
from tests.socket.client import Client


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    """Two web processes where the servers carry them; embedded there is one."""
    many = 2 if settings.REDIS_URL else 1
    with Site(tmp_path_factory.mktemp("site"), webs=many) as site:
        site.people = {name: site.sign_up(name) for name in ("alice", "bob", "charlie")}
        yield site


@pytest.fixture
def channel(site) -> int:
    """Made by alice; bob is in it."""
    return site.channel_of([site.people["alice"][1], site.people["bob"][1]])


@pytest.fixture
def connect(site):
    """`connect("bob")`: a socket of bob's, by default at the last web process."""

    def made(name: str, number: int = -1) -> Client:
        return Client(site.url(number), site.people[name][1])

    return made
