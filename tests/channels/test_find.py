import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat import services
from chat.models import Membership

CHANNELS = "/api/v1/channels/"


def _names(answer):
    return [found["name"] for found in answer.json()["results"]]


def test_my_channels_are_mine_only(as_alice, as_bob, as_charlie, bob, channel, private_channel):
    services.create_channel(user=bob, name="bob alone")
    assert _names(as_alice.get(CHANNELS)) == ["총무단", "등산회"]
    assert _names(as_bob.get(CHANNELS)) == ["bob alone", "총무단", "등산회"]
    assert _names(as_charlie.get(CHANNELS)) == []
    roles = [found["my_role"] for found in as_bob.get(CHANNELS).json()["results"]]
    assert roles == ["admin", "member", "member"]


def test_search_finds_names_and_descriptions_of_public_channels(as_charlie, channel, private_channel):
    assert _names(as_charlie.get(f"{CHANNELS}search/", {"q": "등산"})) == ["등산회"]
    assert _names(as_charlie.get(f"{CHANNELS}search/", {"q": "토요일"})) == ["등산회"]
    assert _names(as_charlie.get(f"{CHANNELS}search/", {"q": "총무"})) == []
    assert _names(as_charlie.get(f"{CHANNELS}search/")) == ["등산회"]


def test_search_hides_private_channels_from_their_members_too(as_bob, private_channel):
    assert _names(as_bob.get(f"{CHANNELS}search/", {"q": "총무"})) == []


def test_search_tells_my_role(as_bob, as_charlie, channel):
    assert as_bob.get(f"{CHANNELS}search/").json()["results"][0]["my_role"] == "member"
    assert as_charlie.get(f"{CHANNELS}search/").json()["results"][0]["my_role"] is None


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR 1=1 --", "\x00", "x" * 5000, "\u1103\u1173\u11bc"])
def test_odd_words_are_only_words(as_charlie, channel, words):
    assert as_charlie.get(f"{CHANNELS}search/", {"q": words}).status_code == 200


def test_percent_is_no_wildcard(as_charlie, channel):
    assert _names(as_charlie.get(f"{CHANNELS}search/", {"q": "%"})) == []


def test_anonymous_finds_nothing(anonymous, channel):
    for address in (CHANNELS, f"{CHANNELS}search/?q=x", f"{CHANNELS}{channel.pk}/"):
        assert anonymous.get(address).status_code == 401


@pytest.mark.parametrize("rest", ["", "members/"])
def test_inside_of_a_channel_is_for_members(as_bob, as_charlie, channel, private_channel, rest):
    for one in (channel, private_channel):
        assert as_bob.get(f"{CHANNELS}{one.pk}/{rest}").status_code == 200
        refused = as_charlie.get(f"{CHANNELS}{one.pk}/{rest}")
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


def test_lists_are_paged_by_cursor_both_ways(as_alice, alice):
    for number in range(5):
        services.create_channel(user=alice, name=f"c{number}")
    first = as_alice.get(CHANNELS, {"limit": 2}).json()
    assert ([one["name"] for one in first["results"]], first["previous"]) == (["c4", "c3"], None)
    second = as_alice.get(first["next"]).json()
    third = as_alice.get(second["next"]).json()
    assert [one["name"] for one in second["results"] + third["results"]] == ["c2", "c1", "c0"]
    assert third["next"] is None
    assert as_alice.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize(
    "cursor", ["x", "cD1hYmM=", "bz0tMQ==", "cj0xJnA9OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "%ff"]
)
def test_tampered_cursors_are_malformed(as_alice, channel, cursor):
    answer = as_alice.get(f"{CHANNELS}?cursor={cursor}")
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert answer.json()["code"] == "malformed"


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1000000"])
def test_size_of_a_page_is_bounded(as_alice, channel, limit):
    assert len(as_alice.get(f"{CHANNELS}{channel.pk}/members/", {"limit": limit}).json()["results"]) == 2


def test_members_come_in_the_order_of_joining(as_bob, alice, bob, channel):
    results = as_bob.get(f"{CHANNELS}{channel.pk}/members/").json()["results"]
    assert [one["user"] for one in results] == [
        {"id": alice.pk, "username": "alice"},
        {"id": bob.pk, "username": "bob"},
    ]


def test_page_of_members_costs_the_same_however_many_there_are(as_alice, channel, django_assert_num_queries):
    address = f"{CHANNELS}{channel.pk}/members/"
    with CaptureQueriesContext(connection) as few:
        as_alice.get(address)
    people = User.objects.bulk_create(
        [User(email=f"p{number}@example.com", username=f"p{number}") for number in range(40)]
    )
    Membership.objects.bulk_create([Membership(channel=channel, user=person) for person in people])
    with django_assert_num_queries(len(few)):
        assert len(as_alice.get(address).json()["results"]) == 42
