"""One world for a module: its rows are made once, and every request is taken back."""

import pytest

from tests.security.world import World, taken_back


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, own_stage, light_pins):
    with django_db_blocker.unblock(), taken_back():
        yield World()
