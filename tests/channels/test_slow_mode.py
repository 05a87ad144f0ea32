"""Slow mode: members pause after each message, admins do not."""

from uuid import uuid4

import pytest

from chat import services
from chat.messages import writing
from chat.pipeline.events import now_ms
from chat.refusals import SlowMode


@pytest.fixture(autouse=True)
def own_turns(monkeypatch):
    """The ids of channels repeat from test to test."""
    monkeypatch.setattr(writing, "turns", writing.Turns())


def url(channel, rest: str = "") -> str:
    return f"/api/v1/channels/{channel.pk}/{rest}"


def say(api, channel, client_id=None):
    return api.post(url(channel, "messages/"), {"client_id": client_id or uuid4().hex, "text": "글"})


@pytest.fixture
def slow(alice, channel):
    """A member may write every 30 seconds."""
    return services.change_channel(user=alice, channel_id=channel.pk, slow_seconds=30)


def test_an_admin_sets_the_pause_and_all_are_told(as_alice, as_bob, channel, recorded):
    answer = as_alice.patch(url(channel), {"slow_seconds": 60})
    assert (answer.status_code, answer.json()["slow_seconds"]) == (200, 60)
    assert (recorded(channel.pk)[-1].kind, recorded(channel.pk)[-1].slow_seconds) == ("changed", 60)
    events = len(recorded(channel.pk))
    assert as_alice.patch(url(channel), {"slow_seconds": 60}).status_code == 200
    assert len(recorded(channel.pk)) == events
    assert as_bob.patch(url(channel), {"slow_seconds": 0}).status_code == 403


@pytest.mark.parametrize("seconds", [1, -5, 901, 10**30, "x", None])
def test_only_pauses_that_are_offered(as_alice, channel, seconds):
    assert as_alice.patch(url(channel), {"slow_seconds": seconds}).status_code == 400


def test_a_member_waits_and_is_told_how_long(as_bob, slow):
    assert say(as_bob, slow).status_code == 201
    refused = say(as_bob, slow)
    assert (refused.status_code, refused.json()["code"]) == (429, "slow_mode")
    assert 25 < int(refused["Retry-After"]) <= 30


def test_others_wait_for_nobody_and_admins_never(as_alice, as_bob, as_charlie, charlie, slow):
    services.join(user=charlie, channel_id=slow.pk)
    assert say(as_bob, slow).status_code == 201
    assert say(as_charlie, slow).status_code == 201
    assert [say(as_alice, slow).status_code for _ in range(3)] == [201] * 3


def test_a_message_that_is_refused_takes_no_turn(as_bob, slow):
    empty = as_bob.post(url(slow, "messages/"), {"client_id": "x", "text": " "})
    assert empty.status_code == 400
    assert say(as_bob, slow).status_code == 201


def test_the_same_message_again_is_no_second_one(as_bob, slow):
    assert say(as_bob, slow, "one-and-the-same").status_code in (200, 201)
    assert say(as_bob, slow, "one-and-the-same").status_code in (200, 201)


def test_off_again_nobody_waits(as_alice, as_bob, slow):
    say(as_bob, slow)
    as_alice.patch(url(slow), {"slow_seconds": 0})
    assert say(as_bob, slow).status_code == 201


def test_the_log_tells_of_turns_taken_in_other_processes():
    turns = writing.Turns()
    turns.note(7, 1, "theirs", now_ms() - 4_000)
    with pytest.raises(SlowMode) as refused:
        turns.take(7, 1, "mine", 10)
    assert 5 < refused.value.retry_after_seconds <= 6
    turns.note(7, 1, "older", now_ms() - 60_000)
    turns.take(7, 1, "theirs", 10)
    turns.take(7, 2, "others", 10)
    turns.take(7, 1, "mine", 3)


def test_turns_are_forgotten_once_they_hold_nobody_back(monkeypatch):
    monkeypatch.setattr(writing, "MOST_TURNS", 10)
    turns = writing.Turns()
    now = now_ms()
    for person in range(10):
        turns.note(7, person, "old", now - 901_000)
    turns.take(7, 99, "new", 5)
    assert list(turns._last) == [(7, 99)]
