"""Polls, events and answers as lists over HTTP: a page at a time, for members only."""

import pytest

from accounts.models import User
from accounts.services import delete_account
from chat import protocol
from chat.messages import changing
from chat.models import Membership
from chat.pipeline.parts import message_store
from tests.cards.conftest import EVENT, MANY, POLL


def url(channel, path: str) -> str:
    return f"/api/v1/channels/{channel.pk}/{path}"


def ids(answer) -> list[str]:
    return [message["id"] for message in answer.json()["results"]]


def test_polls_and_events_are_listed_apart_the_last_one_first(as_bob, alice, bob, channel, post):
    first, event, second = post(alice, card=POLL), post(bob, card=EVENT), post(alice, card=MANY)
    post(alice, "그냥 글")
    polls = as_bob.get(url(channel, "polls/"))
    assert (polls.status_code, ids(polls)) == (200, [second, first])
    assert (polls.json()["next"], polls.json()["previous"]) == (None, None)
    events = as_bob.get(url(channel, "events/"))
    assert ids(events) == [event]
    assert events.json()["results"][0]["card"]["place"] == "구파발역 2번 출구"


def test_lists_are_paged_by_a_cursor(as_bob, alice, channel, post):
    posted = [post(alice, card=POLL) for _ in range(5)]
    seen, page = [], as_bob.get(url(channel, "polls/?limit=2"))
    while True:
        seen.append(ids(page))
        if page.json()["next"] is None:
            break
        page = as_bob.get(page.json()["next"])
    assert seen == [posted[:2:-1], posted[2:0:-1], posted[:1]]


def test_deleted_poll_is_on_no_list(as_bob, alice, channel, post, settle):
    gone, there = post(alice, card=POLL), post(alice, card=POLL)
    asked = protocol.Delete(channel=channel.pk, client_id="d", message=gone)
    changing.change_message(author=alice, asked=asked)
    settle(lambda: message_store().changes([gone]))
    assert ids(as_bob.get(url(channel, "polls/"))) == [there]
    refused = as_bob.get(url(channel, f"messages/{gone}/answers/"))
    assert (refused.status_code, refused.json()["code"]) == (404, "message_not_found")


def test_answers_name_who_chose_what(as_bob, alice, bob, channel, post, answer):
    message = post(alice, card=MANY)
    answer(alice, message, 0, 2)
    answer(bob, message, 2)
    found = as_bob.get(url(channel, f"messages/{message}/answers/")).json()
    assert (found["next"], found["previous"]) == (None, None)
    assert sorted(found["results"], key=lambda one: one["user"]["username"]) == [
        {"user": {"id": alice.pk, "username": "alice"}, "choices": [0, 2]},
        {"user": {"id": bob.pk, "username": "bob"}, "choices": [2]},
    ]
    chose = as_bob.get(url(channel, f"messages/{message}/answers/?choice=0")).json()["results"]
    assert [one["user"]["username"] for one in chose] == ["alice"]


def test_answer_that_was_taken_back_is_gone(as_bob, alice, channel, post, answer):
    message = post(alice, card=POLL)
    answer(alice, message, 1)
    answer(alice, message)
    assert as_bob.get(url(channel, f"messages/{message}/answers/")).json()["results"] == []


def test_answers_are_paged_however_many_there_are(as_alice, alice, channel, post, answer):
    message = post(alice, card=EVENT)
    people = [User.objects.create_user(email=f"p{n}@example.com", username=f"p{n}") for n in range(5)]
    for person in people:
        Membership.objects.create(channel=channel, user=person)
        answer(person, message, 0)
    seen, page = [], as_alice.get(url(channel, f"messages/{message}/answers/?choice=0&limit=2"))
    while True:
        seen.append([one["user"]["id"] for one in page.json()["results"]])
        if page.json()["next"] is None:
            break
        page = as_alice.get(page.json()["next"])
    keys = [person.pk for person in people]
    assert seen == [keys[:2], keys[2:4], keys[4:]]


def test_deleted_account_answered_as_former_member(as_alice, alice, bob, channel, post, answer):
    message = post(alice, card=EVENT)
    answer(bob, message, 0)
    delete_account(user=bob, password=None)
    found = as_alice.get(url(channel, f"messages/{message}/answers/")).json()["results"]
    assert found == [{"user": {"id": bob.pk, "username": "former member"}, "choices": [0]}]


@pytest.mark.parametrize("path", ["polls/", "events/", "messages/{message}/answers/"])
def test_strangers_learn_nothing(as_charlie, anonymous, alice, channel, post, path):
    place = url(channel, path.format(message=post(alice, card=POLL)))
    refused = as_charlie.get(place)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert anonymous.get(place).status_code == 401
    assert as_charlie.delete(place).status_code == 405


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("polls/?before=nonsense", (400, "position_malformed")),
        ("events/?before=" + "0" * 23, (400, "position_malformed")),
        ("messages/{message}/answers/?after=-1", (400, "malformed")),
        ("messages/{message}/answers/?after=" + "9" * 30, (400, "malformed")),
        ("messages/{message}/answers/?choice=3", (422, "choices_invalid")),
        ("messages/{message}/answers/?choice=x", (422, "choices_invalid")),
        ("messages/" + "0" * 32 + "/answers/", (404, "message_not_found")),
    ],
)
def test_malformed_questions_are_refused(as_bob, alice, channel, post, path, code):
    answer = as_bob.get(url(channel, path.format(message=post(alice, card=POLL))))
    assert (answer.status_code, answer.json()["code"]) == code


def test_message_without_a_card_has_no_answers(as_bob, alice, channel, post):
    answer = as_bob.get(url(channel, f"messages/{post(alice, '글')}/answers/"))
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_card")


@pytest.mark.parametrize("limit", ["0", "-1", "x", "99999"])
def test_limits_are_kept_within_bounds(as_bob, alice, channel, post, limit):
    posted = post(alice, card=POLL)
    assert ids(as_bob.get(url(channel, f"polls/?limit={limit}"))) == [posted]
