"""Talks of two people: opened once for each pair, between acquaintances only, left and found again."""

from uuid import uuid4

import pytest

from accounts.services import delete_account
from chat import services
from chat.messages.posting import post_message
from chat.models import Channel, Membership, OutboxEvent
from chat.protocol import Send
from tests.archiving import archive_message, archiving
from tests.pages.conftest import alice_browser, bob_browser, charlie_browser, visitor
from tests.racing import at_once

__all__ = ["alice_browser", "bob_browser", "charlie_browser", "visitor"]
DIRECT = "/api/v1/channels/direct/"


@pytest.fixture
def talk(alice, bob, channel):
    """The direct channel of alice and bob."""
    return services.open_direct(user=alice, other_id=bob.pk)[0]


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_acquaintances_get_one_channel_whoever_asks(as_alice, as_bob, alice, bob, channel, recorded):
    first = as_alice.post(DIRECT, {"user_id": bob.pk})
    assert first.status_code == 201
    shape = {
        "name": "bob",
        "description": "",
        "is_private": True,
        "is_direct": True,
        "other": {"id": bob.pk, "username": "bob"},
        "created_by": alice.pk,
        "member_count": 2,
        "my_role": "member",
    }
    assert first.json() == first.json() | shape
    again = as_bob.post(DIRECT, {"user_id": alice.pk})
    assert (again.status_code, again.json()["id"], again.json()["name"]) == (200, first.json()["id"], "alice")
    joined = [(event.kind, event.user, event.role) for event in recorded(first.json()["id"])]
    assert joined == [("joined", alice.pk, "member"), ("joined", bob.pk, "member")]


def test_direct_channel_has_no_owner_no_password_and_a_pair(talk, alice, bob):
    row = Channel.objects.get(pk=talk.pk)
    assert (row.owner_id, row.password, row.direct_pair) == (None, "", f"{alice.pk}:{bob.pk}")
    assert set(Membership.objects.filter(channel=row).values_list("role", flat=True)) == {"member"}


def test_strangers_and_nobody_are_the_same(as_alice, charlie, channel):
    refused = as_alice.post(DIRECT, {"user_id": charlie.pk})
    assert code_of(refused) == (404, "not_found")
    nobody = as_alice.post(DIRECT, {"user_id": 2**62})
    assert (nobody.status_code, nobody.json()) == (refused.status_code, refused.json())
    assert not Channel.objects.exclude(direct_pair=None).exists()


def test_closed_channel_makes_no_acquaintance(as_alice, alice, bob, channel):
    services.close_channel(user=alice, channel_id=channel.pk)
    assert code_of(as_alice.post(DIRECT, {"user_id": bob.pk})) == (404, "not_found")


def test_deleted_person_is_nobody(as_alice, bob, channel):
    delete_account(user=bob, password=None)
    assert code_of(as_alice.post(DIRECT, {"user_id": bob.pk})) == (404, "not_found")


def test_talk_stays_when_no_other_channel_is_shared_any_more(as_bob, alice, bob, channel, talk):
    services.leave(user=bob, channel_id=channel.pk)
    answer = as_bob.post(DIRECT, {"user_id": alice.pk})
    assert (answer.status_code, answer.json()["id"]) == (200, talk.pk)


def test_nobody_talks_alone(as_alice, alice, channel):
    assert code_of(as_alice.post(DIRECT, {"user_id": alice.pk})) == (422, "direct_with_yourself")


def test_anonymous_opens_nothing(anonymous, bob):
    assert anonymous.post(DIRECT, {"user_id": bob.pk}).status_code == 401


@pytest.mark.parametrize("wrong", ["x", 0, 10**40, None, [1]])
def test_malformed_bodies_are_refused(as_alice, channel, wrong):
    answer = as_alice.post(DIRECT, {"user_id": wrong})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["user_id"])


def test_other_methods_are_refused(as_alice, channel):
    assert as_alice.get(DIRECT).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_opening_at_the_same_moment_makes_one_channel(alice, bob, channel):
    outcomes = at_once(
        *[lambda: services.open_direct(user=alice, other_id=bob.pk)] * 3,
        *[lambda: services.open_direct(user=bob, other_id=alice.pk)] * 3,
    )
    assert {made.pk for made, _new in outcomes} == {Channel.objects.get(direct_pair__isnull=False).pk}
    assert [new for _made, new in outcomes].count(True) == 1
    assert Membership.objects.filter(channel__direct_pair__isnull=False).count() == 2


@pytest.mark.django_db(transaction=True)
def test_opening_while_the_other_account_is_deleted_leaves_no_new_talk_with_nobody(alice, bob, channel):
    at_once(
        lambda: services.open_direct(user=alice, other_id=bob.pk),
        lambda: delete_account(user=bob, password=None),
    )
    made = Channel.objects.filter(direct_pair__isnull=False)
    if not made.exists():
        assert not OutboxEvent.objects.filter(channel_id__gt=channel.pk).exists()
    else:
        bob.refresh_from_db()
        assert services.channel_for(user=alice, channel_id=made.get().pk).title == bob.public_name


def test_list_shows_the_other_ones_name_to_each(as_alice, as_bob, talk):
    for client, name in ((as_alice, "bob"), (as_bob, "alice")):
        listed = {one["id"]: one for one in client.get("/api/v1/channels/").json()["results"]}
        assert (listed[talk.pk]["name"], listed[talk.pk]["is_direct"]) == (name, True)
        assert [one["other"] for one in listed.values() if not one["is_direct"]] == [None]


def test_direct_channel_is_never_found(as_alice, as_charlie, talk):
    for client in (as_alice, as_charlie):
        for words in ("", "bob", talk.name):
            found = client.get("/api/v1/channels/search/", {"q": words}).json()["results"]
            assert talk.pk not in [one["id"] for one in found]


def test_leaving_hides_it_from_one_and_opening_shows_it_again(as_alice, as_bob, bob, talk):
    def listed(client) -> bool:
        return talk.pk in [one["id"] for one in client.get("/api/v1/channels/").json()["results"]]

    assert as_alice.post(f"/api/v1/channels/{talk.pk}/leave/").status_code == 200
    assert (listed(as_alice), listed(as_bob)) == (False, True)
    assert Channel.objects.get(pk=talk.pk).member_count == 2
    assert as_alice.post(DIRECT, {"user_id": bob.pk}).status_code == 200
    assert listed(as_alice)


def test_hidden_one_comes_back_when_the_other_one_writes(as_alice, alice_browser, alice, bob, talk):

    def is_hidden() -> bool:
        row = alice_browser.get(f"/channels/{talk.pk}/row/").content.decode()
        assert row in alice_browser.get("/").content.decode(), "the list and its row are one markup"
        return " hidden>" in row.partition("<a")[0]

    services.leave(user=alice, channel_id=talk.pk)
    assert is_hidden()
    event, _position, _new = post_message(author=bob, asked=Send(talk.pk, uuid4().hex, "거기 있어요?"))
    with archiving() as archive:
        archive_message(archive, event.id)
    assert not is_hidden()
    assert talk.pk in [one["id"] for one in as_alice.get("/api/v1/channels/").json()["results"]]


def test_deleted_account_stays_as_former_member(as_alice, bob, talk):
    delete_account(user=bob, password=None)
    shown = as_alice.get(f"/api/v1/channels/{talk.pk}/").json()
    assert (shown["name"], shown["other"]) == ("former member", {"id": bob.pk, "username": "former member"})


def test_operator_closes_it_and_the_two_may_begin_anew(as_alice, bob, talk):
    services.close_channel_as_operator(channel_id=talk.pk)
    anew = as_alice.post(DIRECT, {"user_id": bob.pk})
    assert anew.status_code == 201
    assert anew.json()["id"] != talk.pk


def test_page_opens_the_talk_from_a_members_row(alice_browser, bob, channel):
    page = alice_browser.get(f"/channels/{channel.pk}/about/").content.decode()
    assert f'name="user_id" value="{bob.pk}"' in page
    assert page.count('name="user_id"') == 1  # nobody writes to oneself
    opened = alice_browser.post("/channels/direct/", {"user_id": bob.pk})
    made = Channel.objects.get(direct_pair__isnull=False)
    assert (opened.status_code, opened["Location"]) == (302, f"/channels/{made.pk}/")
    for path in (opened["Location"], f"{opened['Location']}about/", f"{opened['Location']}leave/", "/"):
        shown = alice_browser.get(path)
        assert shown.status_code == 200
        assert "bob" in shown.content.decode()
        assert f">{made.direct_pair}" not in shown.content.decode()


@pytest.mark.parametrize("user_id", ["", "x", "٣", "9" * 40, "-1"])
def test_page_knows_nobody_by_a_malformed_number(alice_browser, channel, user_id):
    assert alice_browser.post("/channels/direct/", {"user_id": user_id}).status_code == 404


def test_page_refuses_strangers_visitors_and_talking_alone(alice_browser, visitor, alice, charlie, channel):
    assert alice_browser.post("/channels/direct/", {"user_id": charlie.pk}).status_code == 404
    assert alice_browser.post("/channels/direct/", {"user_id": alice.pk})["Location"] == "/"
    assert alice_browser.get("/channels/direct/").status_code == 405
    assert "/accounts/login/" in visitor.post("/channels/direct/", {"user_id": alice.pk})["Location"]


def test_pages_of_a_talk_of_two_are_closed_to_a_third(charlie_browser, talk):
    for page in ("", "about/", "leave/", "notices/", "polls/", "events/", "polls/new/"):
        assert charlie_browser.get(f"/channels/{talk.pk}/{page}").status_code == 404
    assert charlie_browser.post(f"/channels/{talk.pk}/join/", {"password": "x"}).status_code == 200
    assert Membership.objects.filter(channel=talk).count() == 2


def test_pages_about_its_order_do_not_exist(alice_browser, bob, talk):
    for page in ("change/", "close/", f"members/{bob.pk}/"):
        assert alice_browser.get(f"/channels/{talk.pk}/{page}").status_code == 404
