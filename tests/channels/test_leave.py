import pytest

from chat import services
from chat.models import Channel, Membership, Role
from chat.refusals import LastAdmin
from tests.racing import at_once


def _leave(client, channel, **body):
    return client.post(f"/api/v1/channels/{channel.pk}/leave/", body)


def test_member_leaves(as_bob, bob, channel, recorded):
    answer = _leave(as_bob, channel)
    assert answer.status_code == 200
    assert answer.json()["user"] == {"id": bob.pk, "username": "bob"}
    assert as_bob.get(f"/api/v1/channels/{channel.pk}/").status_code == 404
    channel.refresh_from_db()
    assert channel.member_count == 1
    assert (recorded(channel.pk)[-1].kind, recorded(channel.pk)[-1].user) == ("left", bob.pk)


def test_leaving_twice_is_not_found(as_bob, channel):
    _leave(as_bob, channel)
    assert _leave(as_bob, channel).status_code == 404
    channel.refresh_from_db()
    assert channel.member_count == 1


def test_stranger_and_anonymous_leave_nothing(as_charlie, anonymous, channel):
    assert _leave(as_charlie, channel).status_code == 404
    assert _leave(anonymous, channel).status_code == 401


def test_last_admin_among_others_names_a_successor(as_alice, bob, channel, recorded):
    refused = _leave(as_alice, channel)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    assert _leave(as_alice, channel, successor_id=bob.pk).status_code == 200
    assert Membership.objects.get(channel=channel).role == Role.ADMIN
    assert [event.kind for event in recorded(channel.pk)[-3:]] == ["role", "owner", "left"]


def test_successor_is_another_member(as_alice, alice, charlie, channel):
    for nobody in (alice.pk, charlie.pk, 999999):
        refused = _leave(as_alice, channel, successor_id=nobody)
        assert (refused.status_code, refused.json()["code"]) == (422, "successor_not_member")
    assert Membership.objects.get(channel=channel, user=alice).role == Role.ADMIN


@pytest.mark.parametrize("successor", ["x", -1, [], 10**30])
def test_malformed_successors_are_refused(as_alice, channel, successor):
    assert _leave(as_alice, channel, successor_id=successor).status_code in (400, 422)


def test_member_cannot_make_anybody_an_admin_by_leaving(as_bob, bob, charlie, channel):
    services.join(user=charlie, channel_id=channel.pk)
    refused = _leave(as_bob, channel, successor_id=charlie.pk)
    assert (refused.status_code, refused.json()["code"]) == (403, "admins_only")
    assert Membership.objects.get(channel=channel, user=charlie).role == Role.MEMBER


def test_one_of_two_admins_just_leaves(as_alice, alice, bob, channel):
    services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="admin")
    assert _leave(as_alice, channel).status_code == 200


def test_last_member_closes_the_channel(as_alice, as_bob, channel, recorded):
    _leave(as_bob, channel)
    assert _leave(as_alice, channel).status_code == 200
    channel.refresh_from_db()
    assert channel.closed_at is not None
    assert [event.kind for event in recorded(channel.pk)[-2:]] == ["left", "closed"]


@pytest.mark.django_db(transaction=True)
def test_two_admins_leaving_at_once_leave_one_behind(alice, bob, charlie, channel):
    services.join(user=charlie, channel_id=channel.pk)
    services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="admin")
    outcomes = at_once(
        lambda: services.leave(user=alice, channel_id=channel.pk),
        lambda: services.leave(user=bob, channel_id=channel.pk),
    )
    assert sorted(type(outcome) is LastAdmin for outcome in outcomes) == [False, True]
    assert Membership.objects.filter(channel=channel, role=Role.ADMIN).count() == 1
    assert Channel.objects.get(pk=channel.pk).member_count == 2


@pytest.mark.django_db(transaction=True)
def test_last_two_leaving_at_once_close_the_channel(alice, bob, channel):
    services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="admin")
    at_once(
        lambda: services.leave(user=alice, channel_id=channel.pk),
        lambda: services.leave(user=bob, channel_id=channel.pk),
    )
    left = Channel.objects.get(pk=channel.pk)
    assert (left.member_count, left.closed_at is None) == (0, False)
