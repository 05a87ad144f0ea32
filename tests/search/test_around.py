"""A message in its context: history about a position."""

import pytest


def url(channel) -> str:
    return f"/api/v1/channels/{channel.pk}/messages/"


@pytest.fixture
def said(as_alice, channel, talk) -> list[dict]:
    return [talk.say(as_alice, channel, f"글 {number}") for number in range(12)]


def numbers(page: dict) -> list[int]:
    return [int(message["text"][2:]) for message in page["results"]]


def test_the_message_stands_between_earlier_and_later_ones(as_bob, channel, said):
    page = as_bob.get(url(channel), {"around": said[6]["position"], "limit": 6}).json()
    assert numbers(page) == [9, 8, 7, 6, 5, 4]


def test_both_ways_lead_to_the_ends(as_bob, channel, said):
    page = as_bob.get(url(channel), {"around": said[6]["position"], "limit": 4}).json()
    earlier, later, seen = page["next"], page["previous"], numbers(page)
    while earlier:
        page = as_bob.get(earlier).json()
        seen, earlier = seen + numbers(page), page["next"]
    while later:
        page = as_bob.get(later).json()
        seen, later = numbers(page)[::-1] + seen, page["next"]
    assert seen == list(range(11, -1, -1))


def test_at_the_ends_nothing_lies_beyond(as_bob, channel, said):
    first = as_bob.get(url(channel), {"around": said[0]["position"], "limit": 6}).json()
    assert (numbers(first), first["next"]) == ([3, 2, 1, 0], None)
    last = as_bob.get(url(channel), {"around": said[-1]["position"], "limit": 6}).json()
    assert (numbers(last), last["previous"]) == ([11, 10, 9], None)


def test_what_is_refused(as_alice, as_charlie, anonymous, channel, said):
    at = said[3]["position"]
    assert as_charlie.get(url(channel), {"around": at}).status_code == 404
    assert anonymous.get(url(channel), {"around": at}).status_code == 401
    for broken in ("x", at[:-1], at.upper()[:-1] + "G"):
        answer = as_alice.get(url(channel), {"around": broken})
        assert (answer.status_code, answer.json()["code"]) == (400, "position_malformed")


def test_a_place_that_is_not_archived_yet_is_no_hole(as_alice, channel, said):
    ahead = f"{int(said[-1]['position'][:11], 16) + 10**7:011x}{said[-1]['position'][11:]}"
    answer = as_alice.get(url(channel), {"around": ahead})
    assert (answer.status_code, answer.json()["code"]) == (503, "history_behind")
