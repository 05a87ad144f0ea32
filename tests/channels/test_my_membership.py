"""What a member wants to be told of is the member's own."""

import pytest

from chat import services


def url(channel) -> str:
    return f"/api/v1/channels/{channel.pk}/membership/"


def test_a_member_chooses_and_reads_it_back(as_bob, bob, channel):
    assert as_bob.get(url(channel)).json()["notify"] == "all"
    for _ in range(2):
        answer = as_bob.patch(url(channel), {"notify": "mentions"})
        assert (answer.status_code, answer.json()["notify"]) == (200, "mentions")
    assert as_bob.get(url(channel)).json()["user"] == {"id": bob.pk, "username": "bob"}


def test_nobody_else_sees_it(as_alice, as_bob, channel):
    as_bob.patch(url(channel), {"notify": "none"})
    assert as_alice.get(url(channel)).json()["notify"] == "all"
    assert all(
        "notify" not in one
        for one in as_alice.get(f"/api/v1/channels/{channel.pk}/members/").json()["results"]
    )


@pytest.mark.parametrize("body", [{}, {"notify": "loud"}, {"notify": None}, {"notify": []}])
def test_unknown_choices_are_refused(as_bob, channel, body):
    answer = as_bob.patch(url(channel), body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["notify"])


def test_strangers_and_anonymous_have_none(as_charlie, anonymous, channel):
    for method in ("get", "patch"):
        stranger = getattr(as_charlie, method)(url(channel), {"notify": "all"})
        assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")
        assert getattr(anonymous, method)(url(channel), {"notify": "all"}).status_code == 401


def test_members_are_found_by_a_part_of_the_name(as_alice, charlie, channel):
    services.join(user=charlie, channel_id=channel.pk)
    place = f"/api/v1/channels/{channel.pk}/members/"

    def found(words):
        return [one["user"]["username"] for one in as_alice.get(place, {"q": words}).json()["results"]]

    assert found("AR") == ["charlie"]
    assert found("%") == found("nobody") == []
    assert found(" ") == ["alice", "bob", "charlie"]
