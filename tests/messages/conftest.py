"""A channel whose number no other test had: log and store outlive the rows that a test rolls back."""

import secrets

import pytest

from chat.models import Channel, Membership


@pytest.fixture
def channel(alice, bob):
    """alice's channel with bob in it."""
    made = Channel.objects.create(
        pk=secrets.randbelow(2**50), name="등산회", created_by=alice, member_count=2
    )
    Membership.objects.create(channel=made, user=alice, role="admin")
    Membership.objects.create(channel=made, user=bob)
    return made
