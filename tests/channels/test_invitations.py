"""Invitations let people in, the private channel too, until they expire, are used up or revoked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.refusals import Refusal
from chat import services
from chat.models import Channel, Invitation, Membership
from chat.refusals import InvitationInvalid, InvitationUsedUp
from chat.services import invitations
from tests.racing import at_once


def url(channel, rest: str = "") -> str:
    return f"/api/v1/channels/{channel.pk}/invitations/{rest}"


def accept(api, token):
    return api.post(f"/api/v1/invitations/{token}/accept/")


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def invitation(alice, private_channel):
    """Into alice's private channel, for one person."""
    return invitations.invite(actor=alice, channel_id=private_channel.pk, lifetime_seconds=3600, most_uses=1)


def test_an_admin_invites_and_sees_who_is_left(as_alice, as_charlie, alice, private_channel):
    answer = as_alice.post(url(private_channel), {"expires_in": 3600, "most_uses": 10})
    made = answer.json()
    assert answer.status_code == 201
    assert made["url"] == f"http://testserver/invite/{made['token']}/"
    assert len(made["token"]) == 32
    assert (made["uses_left"], made["created_by"]["id"]) == (10, alice.pk)
    assert accept(as_charlie, made["token"]).status_code == 200
    listed = as_alice.get(url(private_channel)).json()["results"]
    assert [(one["id"], one["uses"], one["uses_left"]) for one in listed] == [(made["id"], 1, 9)]


def test_without_limits_it_lets_in_anybody_for_ever(as_alice, as_charlie, private_channel):
    made = as_alice.post(url(private_channel), {}).json()
    assert (made["expires_at"], made["most_uses"], made["uses_left"]) == (None, None, None)
    assert accept(as_charlie, made["token"]).status_code == 200


def test_a_private_channel_asks_for_no_password(as_charlie, charlie, private_channel, invitation, recorded):
    answer = accept(as_charlie, invitation.token)
    assert (answer.status_code, answer.json()["channel"]) == (200, private_channel.pk)
    assert (recorded(private_channel.pk)[-1].kind, recorded(private_channel.pk)[-1].user) == (
        "joined",
        charlie.pk,
    )


def test_coming_again_counts_once(as_charlie, as_bob, invitation):
    assert accept(as_charlie, invitation.token).json() == accept(as_charlie, invitation.token).json()
    assert accept(as_bob, invitation.token).status_code == 200  # a member already
    invitation.refresh_from_db()
    assert invitation.uses == 1


def test_used_up_and_expired_say_so(as_charlie, alice, bob, charlie, invitation):
    Invitation.objects.filter(pk=invitation.pk).update(uses=1)
    assert code_of(accept(as_charlie, invitation.token)) == (422, "invitation_used_up")
    past = timezone.now() - timedelta(seconds=1)
    Invitation.objects.filter(pk=invitation.pk).update(uses=0, expires_at=past)
    assert code_of(accept(as_charlie, invitation.token)) == (422, "invitation_expired")
    assert not Membership.objects.filter(user=charlie).exists()


@pytest.mark.parametrize("how", ["unknown", "malformed", "revoked", "closed"])
def test_what_leads_nowhere_is_told_alike(as_charlie, as_alice, alice, private_channel, invitation, how):
    token = {"unknown": "0" * 32, "malformed": "x"}.get(how, invitation.token)
    if how == "revoked":
        for _ in range(2):
            assert as_alice.delete(url(private_channel, f"{invitation.pk}/")).status_code == 204
        assert as_alice.get(url(private_channel)).json()["results"] == []
    if how == "closed":
        services.close_channel(user=alice, channel_id=private_channel.pk)
    answer = accept(as_charlie, token)
    assert code_of(answer) == (404, "invitation_invalid")
    assert answer.json() == accept(as_charlie, "f" * 32).json()


def test_capital_letters_and_blanks_make_another_token(as_charlie, invitation):
    Invitation.objects.filter(pk=invitation.pk).update(token="ab" * 16)
    for token in ("AB" * 16, "ab" * 16 + "%20"):
        assert code_of(accept(as_charlie, token)) == (404, "invitation_invalid")


def test_guessing_locks_the_guesser_only(as_charlie, as_bob, invitation):
    codes = [accept(as_charlie, f"{number:032x}").status_code for number in range(21)]
    assert codes == [404] * 20 + [429]
    assert accept(as_charlie, invitation.token).status_code == 429
    assert accept(as_bob, invitation.token).status_code == 200


def test_nobody_is_invited_into_a_talk_of_two(as_alice, alice, bob, channel):
    direct, _new = services.open_direct(user=alice, other_id=bob.pk)
    assert code_of(as_alice.post(url(direct), {})) == (409, "direct_channel")


def test_only_admins_invite_see_and_revoke(
    as_alice, as_bob, as_charlie, anonymous, private_channel, invitation
):
    one = url(private_channel, f"{invitation.pk}/")
    for answer in (
        as_bob.post(url(private_channel), {}),
        as_bob.get(url(private_channel)),
        as_bob.delete(one),
    ):
        assert code_of(answer) == (403, "admins_only")
    for answer in (
        as_charlie.post(url(private_channel), {}),
        as_charlie.get(url(private_channel)),
        as_charlie.delete(one),
    ):
        assert code_of(answer) == (404, "not_found")
    assert anonymous.post(url(private_channel), {}).status_code == 401
    assert accept(anonymous, invitation.token).status_code == 401
    for unknown in (0, 10**15, 10**30):
        assert as_alice.delete(url(private_channel, f"{unknown}/")).status_code == 404


def test_an_invitation_of_another_channel_is_not_revoked_here(as_alice, alice, channel, invitation):
    assert code_of(as_alice.delete(url(channel, f"{invitation.pk}/"))) == (404, "invitation_invalid")
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


@pytest.mark.parametrize(
    "body",
    [
        {"expires_in": 0},
        {"expires_in": 10**9},
        {"expires_in": "soon"},
        {"most_uses": 0},
        {"most_uses": 10**9},
    ],
)
def test_limits_that_are_none_are_refused(as_alice, private_channel, body):
    answer = as_alice.post(url(private_channel), body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(body))


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_one_of_many(invitation, private_channel):
    crowd = [
        User.objects.create_user(email=f"p{number}@example.com", username=f"p{number}") for number in range(6)
    ]
    outcomes = at_once(
        *[lambda user=user: invitations.accept(user=user, token=invitation.token) for user in crowd]
    )
    assert sorted(type(one) is Membership for one in outcomes) == [False] * 5 + [True], outcomes
    assert sum(type(one) is InvitationUsedUp for one in outcomes) == 5
    assert Channel.objects.get(pk=private_channel.pk).member_count == 3
    invitation.refresh_from_db()
    assert invitation.uses == 1


@pytest.mark.django_db(transaction=True)
def test_revoked_at_the_same_moment_somebody_came_or_nobody(alice, charlie, invitation, private_channel):
    came, _revoked = at_once(
        lambda: invitations.accept(user=charlie, token=invitation.token),
        lambda: invitations.revoke(actor=alice, channel_id=private_channel.pk, invitation_id=invitation.pk),
    )
    assert isinstance(came, Membership | InvitationInvalid), came
    invitation.refresh_from_db()
    assert invitation.uses == Membership.objects.filter(user=charlie).count()
    with pytest.raises(Refusal):
        invitations.accept(user=alice_twin(), token=invitation.token)


def alice_twin() -> User:
    """Somebody who was not there."""
    return User.objects.create_user(email="twin@example.com", username="twin")
