"""A channel with a message of bob's in it."""

import pytest
from rest_framework.test import APIClient

from accounts.credentials import issue_token
from accounts.models import User
from chat.models import Membership
from tests.archiving import archive_message, archiving
from tests.conftest import PASSWORD
from tests.messages.conftest import channel
from tests.pages.conftest import alice_browser, bob_browser, charlie_browser, visitor

__all__ = ["alice_browser", "bob_browser", "channel", "charlie_browser", "visitor"]


def client_of(user) -> APIClient:
    """A program that is logged in as this person."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_token(user)[0]}", HTTP_ACCEPT_LANGUAGE="en")
    return client


@pytest.fixture
def dora(channel) -> User:
    """Another member."""
    user = User.objects.create_user(email="dora@example.com", username="dora", password=PASSWORD)
    Membership.objects.create(channel=channel, user=user)
    return user


@pytest.fixture
def stored():
    """Waits until this message, or what became of it, is stored."""
    with archiving() as archive:

        def wait(message_id: str, *, changed: bool = False) -> None:
            archive_message(archive, message_id, changed=changed)

        yield wait


@pytest.fixture
def message(as_bob, channel, stored) -> dict:
    """What bob said."""
    text = {"client_id": "c1", "text": "<script>alert(1)</script> 싼 회원권"}
    answer = as_bob.post(f"/api/v1/channels/{channel.pk}/messages/", text)
    assert answer.status_code == 201, answer.content
    stored(answer.json()["id"])
    return answer.json()
