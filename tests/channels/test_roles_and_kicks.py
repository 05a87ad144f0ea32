import pytest

from chat import services
from chat.models import Channel, Membership, Role
from chat.refusals import AdminsOnly, ChannelNotFound, LastAdmin, OwnerProtected
from tests.racing import at_once


def _member(channel, user):
    return f"/api/v1/channels/{channel.pk}/members/{user.pk}/"


def test_kicked_member_is_out(as_alice, as_bob, bob, channel, recorded):
    assert as_alice.delete(_member(channel, bob)).status_code == 204
    channel.refresh_from_db()
    assert channel.member_count == 1
    assert (recorded(channel.pk)[-1].kind, recorded(channel.pk)[-1].user) == ("removed", bob.pk)
    address = f"/api/v1/channels/{channel.pk}/"
    assert as_bob.get(address).status_code == 404
    assert as_bob.get(f"{address}members/").status_code == 404
    assert as_bob.post(f"{address}leave/").status_code == 404
    assert as_bob.get("/api/v1/channels/").json()["results"] == []


def test_kicking_twice_is_not_found(as_alice, bob, channel, recorded):
    as_alice.delete(_member(channel, bob))
    events = len(recorded(channel.pk))
    assert as_alice.delete(_member(channel, bob)).status_code == 404
    assert len(recorded(channel.pk)) == events


def test_admin_cannot_kick_the_admin_who_asks(as_alice, alice, channel):
    refused = as_alice.delete(_member(channel, alice))
    assert (refused.status_code, refused.json()["code"]) == (409, "cannot_remove_yourself")


@pytest.mark.parametrize(("method", "body"), [("delete", None), ("patch", {"role": "admin"})])
def test_only_admins_change_members(as_bob, as_charlie, anonymous, alice, bob, channel, method, body):
    for target in (alice, bob):
        refused = getattr(as_bob, method)(_member(channel, target), body)
        assert (refused.status_code, refused.json()["code"]) == (403, "admins_only")
        assert getattr(as_charlie, method)(_member(channel, target), body).status_code == 404
        assert getattr(anonymous, method)(_member(channel, target), body).status_code == 401
    assert Membership.objects.filter(channel=channel, role=Role.ADMIN).get().user == alice


def test_member_becomes_admin_and_back(as_alice, bob, channel, recorded):
    assert as_alice.patch(_member(channel, bob), {"role": "admin"}).json()["role"] == "admin"
    assert (recorded(channel.pk)[-1].kind, recorded(channel.pk)[-1].role) == ("role", "admin")
    assert as_alice.patch(_member(channel, bob), {"role": "member"}).json()["role"] == "member"


def test_giving_the_same_role_records_nothing(as_alice, bob, channel, recorded):
    events = len(recorded(channel.pk))
    assert as_alice.patch(_member(channel, bob), {"role": "member"}).status_code == 200
    assert len(recorded(channel.pk)) == events


def test_last_admin_cannot_be_demoted(as_alice, alice, channel):
    refused = as_alice.patch(_member(channel, alice), {"role": "member"})
    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")


@pytest.mark.parametrize("body", [{}, {"role": "owner"}, {"role": None}, {"role": []}])
def test_unknown_roles_are_refused(as_alice, bob, channel, body):
    answer = as_alice.patch(_member(channel, bob), body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["role"])


def test_stranger_is_no_target(as_alice, charlie, channel):
    assert as_alice.delete(_member(channel, charlie)).status_code == 404
    assert as_alice.patch(_member(channel, charlie), {"role": "admin"}).status_code == 404


@pytest.mark.parametrize("user_id", [0, 2**63, 10**40])
def test_unknown_people_are_not_found(as_alice, channel, user_id):
    address = f"/api/v1/channels/{channel.pk}/members/{user_id}/"
    assert as_alice.delete(address).status_code == 404
    assert as_alice.patch(address, {"role": "admin"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_owner_and_admin_demoting_each_other_at_once_leave_the_owner(alice, bob, channel):
    services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="admin")
    outcomes = at_once(
        lambda: services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="member"),
        lambda: services.set_role(actor=bob, channel_id=channel.pk, user_id=alice.pk, role="member"),
    )
    assert type(outcomes[1]) in (AdminsOnly, OwnerProtected)
    assert Membership.objects.get(channel=channel, role=Role.ADMIN).user == alice


@pytest.mark.django_db(transaction=True)
def test_leaving_while_the_other_admin_is_demoted_keeps_an_admin(alice, bob, channel):
    services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="admin")
    outcomes = at_once(
        lambda: services.leave(user=alice, channel_id=channel.pk),
        lambda: services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="member"),
    )
    assert any(type(outcome) in (LastAdmin, ChannelNotFound) for outcome in outcomes)
    assert Membership.objects.filter(channel=channel, role=Role.ADMIN).exists()


@pytest.mark.django_db(transaction=True)
def test_kicking_at_the_same_moment_counts_once(alice, bob, channel):
    at_once(*[lambda: services.kick(actor=alice, channel_id=channel.pk, user_id=bob.pk)] * 4)
    assert Channel.objects.get(pk=channel.pk).member_count == 1
