"""Who comes and goes stands in the talk of a small channel, like a slip; quietly leaving leaves nothing."""

import pytest

from accounts.services import delete_account
from chat import services
from chat.models import Channel
from chat.services import roster


def lines(recorded, channel) -> list[tuple]:
    return [(event.kind, event.slip["username"]) for event in recorded(channel.pk) if event.slip]


def test_joining_leaving_and_being_removed_are_said(as_bob, alice, bob, charlie, channel, recorded):
    services.join(user=charlie, channel_id=channel.pk)
    services.kick(actor=alice, channel_id=channel.pk, user_id=charlie.pk)
    services.leave(user=bob, channel_id=channel.pk)
    assert lines(recorded, channel) == [
        ("joined", "bob"),
        ("joined", "charlie"),
        ("removed", "charlie"),
        ("left", "bob"),
    ]


def test_whoever_leaves_quietly_is_not_mentioned(as_bob, channel, recorded):
    before = lines(recorded, channel)
    assert as_bob.post(f"/api/v1/channels/{channel.pk}/leave/", {"quietly": True}).status_code == 200
    assert lines(recorded, channel) == before
    assert recorded(channel.pk)[-1].kind == "left"


def test_a_deleted_account_goes_quietly(bob, channel, recorded):
    before = lines(recorded, channel)
    delete_account(user=bob, password=None)
    assert lines(recorded, channel) == before


@pytest.mark.parametrize(("members", "said"), [(roster.LINES_UP_TO - 1, True), (roster.LINES_UP_TO, False)])
def test_a_crowd_has_no_such_lines(charlie, channel, recorded, members, said):
    Channel.objects.filter(pk=channel.pk).update(member_count=members)
    services.join(user=charlie, channel_id=channel.pk)
    assert (lines(recorded, channel)[-1] == ("joined", "charlie")) == said
