"""A ban keeps somebody out, whatever they try; a private channel tells them nothing by it."""

import pytest

from accounts.refusals import Refusal
from chat import services
from chat.models import Ban, Membership
from chat.services import invitations
from tests.racing import at_once


def url(channel, rest: str = "") -> str:
    return f"/api/v1/channels/{channel.pk}/{rest}"


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def ban(alice, channel, bob):
    return services.ban(actor=alice, channel_id=channel.pk, user_id=bob.pk)


def test_banned_member_is_out_and_listed(as_alice, as_bob, alice, bob, channel, recorded):
    answer = as_alice.post(url(channel, "bans/"), {"user_id": bob.pk, "reason": " 광고  글 "})
    assert answer.status_code == 201
    shown = as_alice.get(url(channel, "bans/")).json()["results"]
    assert shown == [answer.json()]
    assert shown[0]["user"] == {"id": bob.pk, "username": "bob"}
    assert (shown[0]["reason"], shown[0]["created_by"]["id"]) == ("광고 글", alice.pk)
    assert (recorded(channel.pk)[-1].kind, recorded(channel.pk)[-1].user) == ("removed", bob.pk)
    assert as_bob.get(url(channel)).status_code == 404


def test_banned_person_does_not_join_a_public_channel(as_bob, alice, bob, channel):
    ban(alice, channel, bob)
    assert code_of(as_bob.post(url(channel, "join/"))) == (403, "banned")
    invitation = invitations.invite(actor=alice, channel_id=channel.pk)
    assert code_of(as_bob.post(f"/api/v1/invitations/{invitation.token}/accept/")) == (403, "banned")
    assert not Membership.objects.filter(user=bob).exists()
    invitation.refresh_from_db()
    assert invitation.uses == 0


def test_a_private_channel_answers_the_banned_as_anybody_who_guesses(
    as_bob, as_charlie, alice, bob, private_channel
):
    ban(alice, private_channel, bob)
    place = url(private_channel, "join/")
    for password in ("sesame", "wrong"):
        banned, stranger = (
            as_bob.post(place, {"password": password}),
            as_charlie.post(place, {"password": "wrong"}),
        )
        assert banned.json() == stranger.json()
        assert code_of(banned) == (403, "channel_password_wrong")
    assert as_bob.post(place).json() == as_charlie.post(place).json()
    invitation = invitations.invite(actor=alice, channel_id=private_channel.pk)
    unknown = as_bob.post(f"/api/v1/invitations/{'0' * 32}/accept/")
    assert as_bob.post(f"/api/v1/invitations/{invitation.token}/accept/").json() == unknown.json()


def test_the_right_password_counts_as_a_guess_of_the_banned(as_bob, alice, bob, private_channel):
    """Else the lock after ten wrong ones would tell them which one is right."""
    ban(alice, private_channel, bob)
    place = url(private_channel, "join/")
    codes = [as_bob.post(place, {"password": "sesame"}).status_code for _ in range(11)]
    assert codes == [403] * 10 + [429]


def test_lifted_ban_lets_in_again(as_alice, as_bob, alice, bob, channel):
    ban(alice, channel, bob)
    assert as_alice.delete(url(channel, f"bans/{bob.pk}/")).status_code == 204
    assert code_of(as_alice.delete(url(channel, f"bans/{bob.pk}/"))) == (404, "not_found")
    assert as_bob.post(url(channel, "join/")).status_code == 200


def test_banning_twice_is_not_found(as_alice, alice, bob, channel):
    ban(alice, channel, bob)
    assert code_of(as_alice.post(url(channel, "bans/"), {"user_id": bob.pk})) == (404, "not_found")
    assert Ban.objects.count() == 1


def test_only_admins_ban_see_and_lift(as_bob, as_charlie, anonymous, alice, charlie, channel):
    services.join(user=charlie, channel_id=channel.pk)
    ban(alice, channel, charlie)
    place = url(channel, "bans/")
    for answer in (
        as_bob.post(place, {"user_id": alice.pk}),
        as_bob.get(place),
        as_bob.delete(f"{place}{charlie.pk}/"),
    ):
        assert code_of(answer) == (403, "admins_only")
    for answer in (
        as_charlie.post(place, {"user_id": alice.pk}),
        as_charlie.get(place),
        as_charlie.delete(f"{place}{charlie.pk}/"),
    ):
        assert code_of(answer) == (404, "not_found")
    assert anonymous.get(place).status_code == anonymous.post(place, {}).status_code == 401


def test_nobody_bans_themselves_or_whoever_is_not_there(as_alice, alice, charlie, channel):
    place = url(channel, "bans/")
    assert code_of(as_alice.post(place, {"user_id": alice.pk})) == (409, "cannot_remove_yourself")
    for nobody in (charlie.pk, 10**15, 10**30):
        assert as_alice.post(place, {"user_id": nobody}).status_code == 404
    for malformed in ({}, {"user_id": None}, {"user_id": 0}, {"user_id": charlie.pk, "reason": "글" * 201}):
        assert as_alice.post(place, malformed).status_code in (400, 404)
    assert as_alice.delete(f"{place}{10**30}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_banned_while_joining_again_is_out_or_was_never_in(alice, bob, channel):
    services.kick(actor=alice, channel_id=channel.pk, user_id=bob.pk)
    services.join(user=bob, channel_id=channel.pk)

    def leave_and_come_back():
        services.leave(user=bob, channel_id=channel.pk)
        return services.join(user=bob, channel_id=channel.pk)

    outcomes = at_once(leave_and_come_back, lambda: ban(alice, channel, bob))
    assert all(not isinstance(one, Exception) or isinstance(one, Refusal) for one in outcomes), outcomes
    is_in = Membership.objects.filter(channel=channel, user=bob).exists()
    assert is_in != Ban.objects.filter(channel=channel, user=bob).exists()


@pytest.mark.django_db(transaction=True)
def test_banning_at_the_same_moment_counts_once(alice, bob, channel):
    at_once(*[lambda: ban(alice, channel, bob)] * 4)
    assert Ban.objects.filter(channel=channel, user=bob).count() == 1
    channel.refresh_from_db()
    assert channel.member_count == 1
