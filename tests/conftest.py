"""The cast and the stage: alice owns, bob is a member, charlie is a stranger.

Files go to a folder of the run.
"""

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test import override_settings
from rest_framework.test import APIClient

from accounts.credentials import issue_token
from accounts.models import User
from chat import services
from chat.models import OutboxEvent
from chat.pipeline.events import decode
from chat.pipeline.parts import close_parts
from wallets.guards import remove_guards
from wallets.pins import PinHasher

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """SQLite in a file: threads share it as processes do, which an in-memory database cannot show."""
    database = connections["default"]
    if database.vendor == "sqlite":
        database.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def tables_may_be_emptied(request):
    """A test with real transactions ends with a DELETE of every row, which the triggers of the books refuse:
    they are dropped before it, and the `migrate` signal after it makes them again."""
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction")):
        request.getfixturevalue("transactional_db")
        yield
        remove_guards(connection)
    else:
        yield


@pytest.fixture(scope="session", autouse=True)
def own_stage(tmp_path_factory):
    """Embedded parts in a folder of this run; a fast password hash, since tests log in a thousand times."""
    folder = tmp_path_factory.mktemp("parts")
    changed = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
    for name in ("EVENT_LOG", "MESSAGE_STORE", "SEARCH_INDEX"):
        part = getattr(django_settings, name)
        if "path" in part["OPTIONS"]:
            changed[name] = {**part, "OPTIONS": {**part["OPTIONS"], "path": folder / f"{name}.sqlite3"}}
    files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder / "files"},
    }
    changed["STORAGES"] = {**django_settings.STORAGES, "default": files}
    with override_settings(**changed):
        yield
        close_parts()


@pytest.fixture(scope="session", autouse=True)
def light_pins():
    """A light hash, for the tests check thousands of PINs; tests/wallets/test_pins.py looks at the real one,
    which this hands out. Only here: a second one would take the light for the real."""
    heavy, PinHasher.work_factor = PinHasher.work_factor, 2
    yield heavy
    PinHasher.work_factor = heavy


def _person(name: str) -> User:
    return User.objects.create_user(email=f"{name}@example.com", username=name, password=PASSWORD)


@pytest.fixture
def alice(db) -> User:
    """Made the channel."""
    return _person("alice")


@pytest.fixture
def bob(db) -> User:
    """A member."""
    return _person("bob")


@pytest.fixture
def charlie(db) -> User:
    """A stranger."""
    return _person("charlie")


@pytest.fixture
def operator(db) -> User:
    """May use the admin site."""
    return User.objects.create_superuser(email="olga@example.com", username="olga", password=PASSWORD)


@pytest.fixture
def channel(alice, bob):
    """alice's public channel with bob in it."""
    made = services.create_channel(user=alice, name="등산회", description="토요일마다")
    services.join(user=bob, channel_id=made.pk)
    made.refresh_from_db()
    return made


@pytest.fixture
def private_channel(alice, bob):
    """alice's private channel with bob in it; its password is "sesame"."""
    made = services.create_channel(user=alice, name="총무단", is_private=True, password="sesame")
    services.join(user=bob, channel_id=made.pk, password="sesame")
    made.refresh_from_db()
    return made


def _client(user: User) -> APIClient:
    token, _expires_at = issue_token(user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_ACCEPT_LANGUAGE="en")
    return client


@pytest.fixture
def anonymous(db) -> APIClient:
    """Nobody."""
    client = APIClient()
    client.credentials(HTTP_ACCEPT_LANGUAGE="en")
    return client


@pytest.fixture
def as_alice(alice) -> APIClient:
    """alice with a token."""
    return _client(alice)


@pytest.fixture
def as_bob(bob) -> APIClient:
    """bob with a token."""
    return _client(bob)


@pytest.fixture
def as_charlie(charlie) -> APIClient:
    """charlie with a token."""
    return _client(charlie)


@pytest.fixture
def recorded(db):
    """The events that were written beside the rows of a channel and wait for the commit, oldest first."""

    def read(channel_id: int) -> list:
        rows = OutboxEvent.objects.filter(channel_id=channel_id).order_by("pk")
        return [decode(bytes(row.payload)) for row in rows]

    return read
