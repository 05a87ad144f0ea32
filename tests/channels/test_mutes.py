"""Who is muted reads everything and writes nothing, until the time is over or an admin lifts it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from chat import services
from chat.models import KeptMute, Membership
from tests.archiving import archive_message, archiving


def url(channel, rest: str = "") -> str:
    return f"/api/v1/channels/{channel.pk}/{rest}"


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def say(api, channel, text="글", client_id=None):
    return api.post(url(channel, "messages/"), {"client_id": client_id or uuid4().hex, "text": text})


def mute(alice, bob, channel, seconds=600):
    return services.mute(actor=alice, channel_id=channel.pk, user_id=bob.pk, seconds=seconds)


def test_muted_member_reads_and_does_not_write(as_alice, as_bob, bob, channel, recorded):
    answer = as_alice.post(url(channel, f"members/{bob.pk}/mute/"), {"seconds": 600})
    assert answer.status_code == 200
    until = Membership.objects.get(channel=channel, user=bob).muted_until
    assert timedelta(seconds=590) < until - timezone.now() <= timedelta(seconds=600)
    event = recorded(channel.pk)[-1]
    assert (event.kind, event.user, event.until) == ("muted", bob.pk, int(until.timestamp() * 1000))
    refused = say(as_bob, channel)
    assert code_of(refused) == (403, "muted")
    assert refused.json()["until"][:19] == until.isoformat()[:19]
    assert as_bob.get(url(channel, "messages/")).status_code == 200
    assert as_bob.get(url(channel, "members/")).json()["results"][1]["muted_until"] is not None


def test_without_a_time_it_lasts_until_it_is_lifted(as_alice, as_bob, bob, channel, recorded):
    place = url(channel, f"members/{bob.pk}/mute/")
    assert as_alice.post(place).json()["muted_until"].startswith("9999")
    assert code_of(say(as_bob, channel)) == (403, "muted")
    for _ in range(2):
        assert as_alice.delete(place).status_code == 204
    assert [event.until for event in recorded(channel.pk) if event.kind == "muted"][-1] == 0
    assert say(as_bob, channel).status_code == 201


def test_a_mute_ends_by_itself(as_bob, alice, bob, channel):
    mute(alice, bob, channel)
    Membership.objects.filter(user=bob).update(muted_until=timezone.now() - timedelta(seconds=1))
    assert say(as_bob, channel).status_code == 201


def test_what_was_sent_before_is_acknowledged_again(as_bob, alice, bob, channel):
    """The answer was lost: whoever repeats the same message wrote nothing new."""
    first = say(as_bob, channel, client_id=f"before-{channel.pk}-{bob.pk}-{uuid4().hex}"[:64])
    with archiving() as archive:
        archive_message(archive, first.json()["id"])
    mute(alice, bob, channel)
    assert say(as_bob, channel, client_id=first.json()["client_id"]).status_code == 200


def test_muted_member_takes_back_reacts_and_votes_but_does_not_edit(as_alice, as_bob, alice, bob, channel):
    own, other = say(as_bob, channel, "내 글").json(), say(as_alice, channel, "남의 글").json()
    with archiving() as archive:
        for message in (own, other):
            archive_message(archive, message["id"])
    mute(alice, bob, channel)
    edited = as_bob.patch(url(channel, f"messages/{own['id']}/"), {"text": "고친 글"})
    assert code_of(edited) == (403, "muted")
    assert edited.json()["until"]
    assert as_bob.post(url(channel, f"messages/{other['id']}/reactions/"), {"emoji": "👍"}).status_code == 200
    assert as_bob.delete(url(channel, f"messages/{own['id']}/")).status_code == 204


def test_leaving_and_coming_back_ends_no_mute(as_bob, alice, bob, channel):
    mute(alice, bob, channel)
    services.leave(user=bob, channel_id=channel.pk)
    services.join(user=bob, channel_id=channel.pk)
    assert code_of(say(as_bob, channel)) == (403, "muted")
    assert not KeptMute.objects.exists()
    services.lift_mute(actor=alice, channel_id=channel.pk, user_id=bob.pk)
    services.leave(user=bob, channel_id=channel.pk)
    services.join(user=bob, channel_id=channel.pk)
    assert say(as_bob, channel).status_code == 201


def test_only_admins_mute_and_lift(as_alice, as_bob, as_charlie, anonymous, alice, bob, charlie, channel):
    place = url(channel, f"members/{alice.pk}/mute/")
    for answer in (as_bob.post(place, {}), as_bob.delete(place)):
        assert code_of(answer) == (403, "admins_only")
    for answer in (as_charlie.post(place, {}), as_charlie.delete(place)):
        assert code_of(answer) == (404, "not_found")
    assert anonymous.post(place, {}).status_code == 401
    for answer in (as_alice.post(place, {}), as_alice.delete(place)):
        assert code_of(answer) == (409, "cannot_mute_yourself")
    assert as_alice.post(url(channel, f"members/{charlie.pk}/mute/"), {}).status_code == 404
    for seconds in (0, -1, "x", 10**12):
        assert as_alice.post(url(channel, f"members/{bob.pk}/mute/"), {"seconds": seconds}).status_code == 400
    services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="admin")
    mute(alice, bob, channel)
    own = url(channel, f"members/{bob.pk}/mute/")
    assert code_of(as_bob.delete(own)) == (409, "cannot_mute_yourself")


@pytest.mark.parametrize("again", [600, None])
def test_muting_again_begins_anew(alice, bob, channel, again, recorded):
    mute(alice, bob, channel, 60)
    mute(alice, bob, channel, again)
    assert [event.kind for event in recorded(channel.pk)[-2:]] == ["muted", "muted"]
