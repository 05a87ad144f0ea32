import pytest

from chat.models import Channel, Membership

CHANNELS = "/api/v1/channels/"


def test_creator_is_the_first_admin(as_alice, alice, recorded):
    answer = as_alice.post(
        CHANNELS, {"name": " 등산회 ", "description": "토요일\r\n아침", "is_private": False}
    )
    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        "id": made["id"],
        "name": "등산회",
        "description": "토요일\n아침",
        "is_private": False,
        "is_direct": False,
        "other": None,
        "created_by": alice.pk,
        "owner": alice.pk,
        "slow_seconds": 0,
        "member_count": 1,
        "my_role": "admin",
    }
    event = recorded(made["id"])[0]
    assert (event.kind, event.user, event.username, event.role) == ("joined", alice.pk, "alice", "admin")


def test_password_of_a_private_channel_is_kept_as_a_hash_and_never_shown(as_alice):
    answer = as_alice.post(CHANNELS, {"name": "x", "is_private": True, "password": "sesame"})
    assert answer.status_code == 201
    assert "password" not in answer.json()
    kept = Channel.objects.get(pk=answer.json()["id"])
    assert "sesame" not in kept.password
    assert kept.accepts_password("sesame")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": None}, "name"),
        ({"name": "  \u3000 "}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"name": "a\x07b"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\u2066b"}, "name"),
        ({"name": ["a"]}, "name"),
        ({"name": "x", "description": "x" * 501}, "description"),
        ({"name": "x", "description": "\x1b[31m"}, "description"),
        ({"name": "x", "is_private": "perhaps"}, "is_private"),
        ({"name": "x", "is_private": True}, "password"),
        ({"name": "x", "is_private": True, "password": ""}, "password"),
        ({"name": "x", "is_private": True, "password": "abc"}, "password"),
        ({"name": "x", "is_private": True, "password": "x" * 65}, "password"),
        ({"name": "x", "is_private": False, "password": "sesame"}, "password"),
    ],
)
def test_values_that_break_a_rule_are_refused_with_their_field(as_alice, body, field):
    answer = as_alice.post(CHANNELS, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert list(answer.json()["errors"]) == [field]
    assert not Channel.objects.exists()


def test_anonymous_makes_no_channel(anonymous):
    assert anonymous.post(CHANNELS, {"name": "x"}).status_code == 401


def test_admin_changes_the_channel(as_alice, channel, recorded):
    before = len(recorded(channel.pk))
    answer = as_alice.patch(f"{CHANNELS}{channel.pk}/", {"name": "새 이름"})
    assert (answer.status_code, answer.json()["name"]) == (200, "새 이름")
    assert answer.json()["description"] == "토요일마다"
    assert [(event.kind, event.name) for event in recorded(channel.pk)[before:]] == [("changed", "새 이름")]


def test_changing_to_the_same_records_nothing(as_alice, channel, recorded):
    before = len(recorded(channel.pk))
    assert as_alice.patch(f"{CHANNELS}{channel.pk}/", {"name": channel.name}).status_code == 200
    assert as_alice.patch(f"{CHANNELS}{channel.pk}/", {}).status_code == 200
    assert len(recorded(channel.pk)) == before


def test_becoming_private_needs_a_password(as_alice, channel):
    address = f"{CHANNELS}{channel.pk}/"
    assert list(as_alice.patch(address, {"is_private": True}).json()["errors"]) == ["password"]
    assert as_alice.patch(address, {"is_private": True, "password": "sesame"}).json()["is_private"] is True


def test_becoming_public_forgets_the_password(as_alice, private_channel):
    as_alice.patch(f"{CHANNELS}{private_channel.pk}/", {"is_private": False})
    private_channel.refresh_from_db()
    assert private_channel.password == ""


def test_other_changes_keep_the_password(as_alice, private_channel):
    as_alice.patch(f"{CHANNELS}{private_channel.pk}/", {"name": "총무"})
    private_channel.refresh_from_db()
    assert private_channel.accepts_password("sesame")


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_only_admins_change_or_close(as_bob, as_charlie, anonymous, channel, method):
    address = f"{CHANNELS}{channel.pk}/"
    member = getattr(as_bob, method)(address, {"name": "mine"})
    assert (member.status_code, member.json()["code"]) == (403, "admins_only")
    assert getattr(as_charlie, method)(address, {"name": "mine"}).status_code == 404
    assert getattr(anonymous, method)(address, {"name": "mine"}).status_code == 401
    channel.refresh_from_db()
    assert (channel.name, channel.closed_at) == ("등산회", None)


def test_closed_channel_is_gone_for_everybody(as_alice, as_bob, alice, channel, recorded):
    address = f"{CHANNELS}{channel.pk}/"
    assert as_alice.delete(address).status_code == 204
    assert recorded(channel.pk)[-1].kind == "closed"
    assert not Membership.objects.filter(channel=channel).exists()
    channel.refresh_from_db()
    assert channel.member_count == 0
    for client in (as_alice, as_bob):
        assert client.get(address).status_code == 404
        assert client.get(CHANNELS).json()["results"] == []
        assert client.post(f"{address}join/").status_code == 404
        assert client.post(f"{address}leave/").status_code == 404
        assert client.get(f"{address}members/").status_code == 404
    assert as_alice.patch(address, {"name": "x"}).status_code == 404
    assert as_alice.delete(address).status_code == 404
    assert as_alice.get(f"{CHANNELS}search/?q=등산").json()["results"] == []


@pytest.mark.parametrize("unknown", ["999999999", "9223372036854775808", "1" * 60, "0"])
@pytest.mark.parametrize("rest", ["", "join/", "leave/", "members/", "members/1/"])
def test_unknown_channels_are_not_found(as_alice, unknown, rest):
    method = {"join/": as_alice.post, "leave/": as_alice.post, "members/1/": as_alice.delete}.get(
        rest, as_alice.get
    )
    answer = method(f"{CHANNELS}{unknown}/{rest}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
