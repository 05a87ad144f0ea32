import pytest
from django.db.models import Max

from accounts.models import Attempt, User
from accounts.services import delete_account
from chat import services
from chat.models import Channel, Membership
from chat.refusals import AccountInactive, ChannelPasswordWrong
from chat.services.members import WRONG_GUESSES_PER_CHANNEL, WRONG_GUESSES_PER_PERSON
from tests.racing import at_once


def _join(client, channel, **body):
    return client.post(f"/api/v1/channels/{channel.pk}/join/", body)


def test_joining_answers_the_membership(as_charlie, charlie, channel, recorded):
    answer = _join(as_charlie, channel)
    assert answer.status_code == 200
    assert answer.json() == {
        "channel": channel.pk,
        "user": {"id": charlie.pk, "username": "charlie"},
        "role": "member",
        "is_owner": False,
        "muted_until": None,
        "joined_at": answer.json()["joined_at"],
    }
    assert answer.json()["joined_at"].endswith("Z")
    channel.refresh_from_db()
    assert channel.member_count == 3
    assert (recorded(channel.pk)[-1].kind, recorded(channel.pk)[-1].user) == ("joined", charlie.pk)


def test_joining_twice_is_the_same_membership(as_charlie, channel, recorded):
    first = _join(as_charlie, channel).json()
    events = len(recorded(channel.pk))
    again = _join(as_charlie, channel)
    assert (again.status_code, again.json()) == (200, first)
    assert len(recorded(channel.pk)) == events
    channel.refresh_from_db()
    assert channel.member_count == 3


def test_joining_twice_keeps_an_admins_role(as_alice, channel):
    assert _join(as_alice, channel).json()["role"] == "admin"


def test_anonymous_joins_nothing(anonymous, channel):
    assert _join(anonymous, channel).status_code == 401


@pytest.mark.parametrize("body", [{}, {"password": ""}, {"password": None}])
def test_private_channel_asks_for_its_password(as_charlie, private_channel, body):
    answer = as_charlie.post(f"/api/v1/channels/{private_channel.pk}/join/", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "channel_password_required")


def test_private_channel_opens_to_its_password_only(as_charlie, charlie, private_channel):
    wrong = _join(as_charlie, private_channel, password="open")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "channel_password_wrong")
    assert not Membership.objects.filter(user=charlie).exists()
    assert _join(as_charlie, private_channel, password="sesame").status_code == 200


def test_member_needs_no_password_again(as_bob, private_channel):
    assert _join(as_bob, private_channel).status_code == 200


def test_guessing_locks_the_guesser_only(as_charlie, private_channel, db):
    for _guess in range(WRONG_GUESSES_PER_PERSON):
        assert _join(as_charlie, private_channel, password="wrong").status_code == 403
    locked = _join(as_charlie, private_channel, password="sesame")
    assert (locked.status_code, locked.json()["code"]) == (429, "too_many_attempts")
    assert int(locked["Retry-After"]) > 0
    dora = User.objects.create_user(email="dora@example.com", username="dora")
    assert services.join(user=dora, channel_id=private_channel.pk, password="sesame").user == dora


def test_many_guessers_lock_the_channel(as_charlie, private_channel):
    Attempt.objects.filter(key=f"join:{private_channel.pk}").update(failures=WRONG_GUESSES_PER_CHANNEL - 1)
    assert _join(as_charlie, private_channel, password="wrong").status_code == 403
    assert _join(as_charlie, private_channel, password="sesame").status_code == 429


def test_right_passwords_are_no_guesses(charlie, private_channel):
    for _time in range(WRONG_GUESSES_PER_PERSON + 1):
        services.join(user=charlie, channel_id=private_channel.pk, password="sesame")
        services.leave(user=charlie, channel_id=private_channel.pk)
    assert Attempt.objects.get(key=f"join:{private_channel.pk}").failures == 0


def test_password_that_changes_while_it_is_compared_opens_nothing(charlie, private_channel, monkeypatch):
    compare = Channel.accepts_password

    def compare_slowly(channel, password):
        right = compare(channel, password)
        services.change_channel(user=channel.created_by, channel_id=channel.pk, password="changed")
        return right

    monkeypatch.setattr(Channel, "accepts_password", compare_slowly)
    with pytest.raises(ChannelPasswordWrong):
        services.join(user=charlie, channel_id=private_channel.pk, password="sesame")


def test_deleted_account_joins_nothing(charlie, channel):
    delete_account(user=charlie, password=None)
    with pytest.raises(AccountInactive):
        services.join(user=charlie, channel_id=channel.pk)


@pytest.mark.django_db(transaction=True)
def test_joining_at_the_same_moment_makes_one_membership(charlie, channel):
    outcomes = at_once(*[lambda: services.join(user=charlie, channel_id=channel.pk)] * 6)
    assert {outcome.pk for outcome in outcomes} == {Membership.objects.aggregate(Max("pk"))["pk__max"]}
    assert Membership.objects.filter(channel=channel, user=charlie).count() == 1
    assert Channel.objects.get(pk=channel.pk).member_count == 3


@pytest.mark.django_db(transaction=True)
def test_member_count_survives_a_crowd(channel):
    crowd = [
        User.objects.create_user(email=f"p{number}@example.com", username=f"p{number}") for number in range(8)
    ]
    outcomes = at_once(*[lambda user=user: services.join(user=user, channel_id=channel.pk) for user in crowd])
    assert all(isinstance(outcome, Membership) for outcome in outcomes)
    assert Channel.objects.get(pk=channel.pk).member_count == 10


@pytest.mark.django_db(transaction=True)
def test_joining_while_the_account_is_deleted_leaves_no_member_behind(charlie, channel):
    at_once(
        lambda: services.join(user=charlie, channel_id=channel.pk),
        lambda: delete_account(user=charlie, password=None),
    )
    assert not Membership.objects.filter(user=charlie).exists()
    assert Channel.objects.get(pk=channel.pk).member_count == 2
