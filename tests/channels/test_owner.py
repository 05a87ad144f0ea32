"""One admin owns the channel: nobody takes it from them, and whoever goes hands it on."""

import pytest

from accounts.refusals import Refusal
from accounts.services import delete_account
from chat import services
from chat.models import Channel, Membership, Role
from tests.racing import at_once


def url(channel, rest: str = "") -> str:
    return f"/api/v1/channels/{channel.pk}/{rest}"


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def second_admin(alice, bob, channel):
    """bob is an admin too."""
    services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="admin")


def owner_of(channel):
    return Channel.objects.get(pk=channel.pk).owner


def test_whoever_makes_a_channel_owns_it_and_everybody_sees_it(as_bob, alice, bob, channel):
    assert as_bob.get(url(channel)).json()["owner"] == alice.pk
    shown = {
        one["user"]["id"]: one["is_owner"] for one in as_bob.get(url(channel, "members/")).json()["results"]
    }
    assert shown == {alice.pk: True, bob.pk: False}


@pytest.mark.usefixtures("second_admin")
def test_no_other_admin_touches_the_owner(as_bob, alice, channel):
    place = url(channel, f"members/{alice.pk}/")
    for answer in (
        as_bob.delete(place),
        as_bob.patch(place, {"role": "member"}),
        as_bob.post(url(channel, "bans/"), {"user_id": alice.pk}),
        as_bob.post(f"{place}mute/", {"seconds": 600}),
        as_bob.delete(f"{place}mute/"),
    ):
        assert code_of(answer) == (403, "owner_protected")
    assert Membership.objects.get(channel=channel, user=alice).role == Role.ADMIN


@pytest.mark.usefixtures("second_admin")
def test_not_even_the_owner_gives_up_the_role_without_the_channel(as_alice, alice, channel):
    assert code_of(as_alice.patch(url(channel, f"members/{alice.pk}/"), {"role": "member"})) == (
        403,
        "owner_protected",
    )


def test_owner_hands_the_channel_over_and_stays_an_admin(as_alice, as_bob, alice, bob, channel, recorded):
    answer = as_alice.post(url(channel, "owner/"), {"user_id": bob.pk})
    assert (answer.status_code, answer.json()["owner"], answer.json()["my_role"]) == (200, bob.pk, "admin")
    assert [(event.kind, event.user) for event in recorded(channel.pk)[-2:]] == [
        ("role", bob.pk),
        ("owner", bob.pk),
    ]
    assert set(Membership.objects.filter(channel=channel).values_list("role", flat=True)) == {"admin"}
    assert code_of(as_alice.post(url(channel, "owner/"), {"user_id": bob.pk})) == (403, "owner_only")
    assert as_bob.delete(url(channel, f"members/{alice.pk}/")).status_code == 204


def test_handing_over_to_oneself_changes_nothing(as_alice, alice, channel, recorded):
    before = len(recorded(channel.pk))
    assert as_alice.post(url(channel, "owner/"), {"user_id": alice.pk}).status_code == 200
    assert len(recorded(channel.pk)) == before


def test_only_the_owner_hands_over_and_only_to_a_member(
    as_alice, as_bob, as_charlie, anonymous, bob, charlie, channel
):
    place = url(channel, "owner/")
    assert code_of(as_bob.post(place, {"user_id": bob.pk})) == (403, "owner_only")
    assert code_of(as_charlie.post(place, {"user_id": charlie.pk})) == (404, "not_found")
    assert anonymous.post(place, {"user_id": bob.pk}).status_code == 401
    for nobody in (charlie.pk, 10**15, 10**30):
        assert as_alice.post(place, {"user_id": nobody}).status_code == 404
    for malformed in ({}, {"user_id": "x"}, {"user_id": 0}):
        assert code_of(as_alice.post(place, malformed)) == (400, "validation_failed")
    assert as_alice.get(place).status_code == 405


def test_the_admin_who_is_there_longest_follows_an_owner_who_names_nobody(alice, bob, charlie, channel):
    services.join(user=charlie, channel_id=channel.pk)
    for person in (charlie, bob):  # bob came before charlie, whoever became an admin first
        services.set_role(actor=alice, channel_id=channel.pk, user_id=person.pk, role="admin")
    services.leave(user=alice, channel_id=channel.pk)
    assert owner_of(channel) == bob


@pytest.mark.usefixtures("second_admin")
def test_a_named_successor_goes_before_the_other_admins(alice, charlie, channel):
    services.join(user=charlie, channel_id=channel.pk)
    services.leave(user=alice, channel_id=channel.pk, successor_id=charlie.pk)
    assert owner_of(channel) == charlie
    assert Membership.objects.get(channel=channel, user=charlie).role == Role.ADMIN


@pytest.mark.usefixtures("second_admin")
def test_a_successor_of_another_admin_does_not_own_the_channel(alice, bob, charlie, channel):
    services.join(user=charlie, channel_id=channel.pk)
    services.leave(user=bob, channel_id=channel.pk, successor_id=charlie.pk)
    assert owner_of(channel) == alice


@pytest.mark.usefixtures("second_admin")
def test_a_deleted_account_hands_its_channels_on(alice, bob, channel):
    delete_account(user=alice, password=None)
    assert owner_of(channel) == bob


@pytest.mark.usefixtures("second_admin")
def test_an_operator_who_removes_the_owner_leaves_the_channel_to_an_admin(alice, bob, channel):
    membership = Membership.objects.get(channel=channel, user=alice)
    services.remove_member_as_operator(membership_id=membership.pk)
    assert owner_of(channel) == bob


@pytest.mark.django_db(transaction=True)
def test_handing_over_while_the_next_owner_leaves_keeps_an_owner_inside(alice, bob, charlie, channel):
    services.join(user=charlie, channel_id=channel.pk)
    outcomes = at_once(
        lambda: services.hand_over(actor=alice, channel_id=channel.pk, user_id=bob.pk),
        lambda: services.leave(user=bob, channel_id=channel.pk),
    )
    assert all(not isinstance(one, Exception) or isinstance(one, Refusal) for one in outcomes), outcomes
    owner = Membership.objects.filter(channel=channel, user=owner_of(channel))
    assert [one.role for one in owner] == ["admin"]
