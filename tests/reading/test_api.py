"""Marks and unread messages over HTTP, and what the channel list tells of them."""

import re
from uuid import uuid4

import pytest

from chat.models import Membership, Notify
from chat.pipeline.events import Author, MessageEvent, Position, SystemEvent, now_ms
from chat.pipeline.parts import message_store
from chat.reading.unread import MOST_COUNTED, quiet_channels, unread_by

FAR = "f" * 24


@pytest.fixture
def said(channel):
    """`said(alice, 3)`: so many messages of alice's in the store, archived: their positions."""
    offset = [0]

    def say(author, count: int, channel_id: int = channel.pk, *, archived: bool = True) -> list[str]:
        made = []
        for _ in range(count):
            offset[0] += 1
            position = Position(now_ms(), offset[0], channel_id % 4096)
            event = MessageEvent(
                channel_id,
                uuid4().hex,
                Author(author.pk, author.username),
                "글",
                "1",
                1,
            )
            made.append((event, position))
        reached = [position for _, position in made] if archived else []
        message_store().write(made, reached)
        return [str(position) for _, position in made]

    return say


def unread(client, channel) -> dict:
    answer = client.get(f"/api/v1/channels/{channel.pk}/unread/")
    assert answer.status_code == 200
    return answer.json()


def read(client, channel, position: str):
    return client.post(f"/api/v1/channels/{channel.pk}/read/", {"position": position})


def test_others_messages_and_slips_are_unread_and_own_are_not(channel, as_bob, alice, bob, said):
    assert unread(as_bob, channel)["unread"] == 0
    said(alice, 3)
    said(bob, 2)
    position = Position(now_ms(), 90, channel.pk % 4096)
    slip = SystemEvent(channel.pk, uuid4().hex, "receipt", 1, slip={"wallet_name": "회비"})
    message_store().write([(slip, position)], [position])
    told = unread(as_bob, channel)
    assert told["unread"] == 4
    assert told["channel"] == channel.pk
    assert told["upto"] == str(position)


def test_reading_moves_the_mark_forward_only(channel, as_bob, alice, said):
    positions = said(alice, 5)
    answer = read(as_bob, channel, positions[2])
    assert (answer.status_code, answer.json()["unread"], answer.json()["position"]) == (200, 2, positions[2])
    assert read(as_bob, channel, positions[0]).json()["position"] == positions[2]
    assert read(as_bob, channel, positions[2]).json()["unread"] == 2
    assert read(as_bob, channel, positions[4]).json()["unread"] == 0


@pytest.mark.parametrize("position", ["", "gestern", "0" * 23, "F" * 24, FAR, "g" * 24])
def test_what_is_no_position_or_one_of_the_future_is_refused(channel, as_bob, position):
    answer = read(as_bob, channel, position)
    assert answer.status_code == 400
    assert answer.json()["code"] in {"position_malformed", "validation_failed"}
    assert position == "" or answer.json()["code"] == "position_malformed"


@pytest.mark.parametrize("path", ["read/", "unread/"])
def test_strangers_get_404_and_nobody_401(channel, private_channel, as_charlie, anonymous, alice, said, path):
    position = said(alice, 1)[0]
    for one in (channel.pk, private_channel.pk, 10**15):
        address = f"/api/v1/channels/{one}/{path}"
        for client, status in ((as_charlie, 404), (anonymous, 401)):
            ask = client.post if path == "read/" else client.get
            assert ask(address, {"position": position}).status_code == status
    assert anonymous.get("/api/v1/channels/unread/").status_code == 401


def test_wrong_methods_are_refused(channel, as_bob):
    assert as_bob.get(f"/api/v1/channels/{channel.pk}/read/").status_code == 405
    assert as_bob.post(f"/api/v1/channels/{channel.pk}/unread/").status_code == 405
    assert as_bob.post("/api/v1/channels/unread/").status_code == 405


def test_all_my_channels_and_no_other(channel, private_channel, as_bob, as_charlie, alice, said):
    said(alice, 2)
    said(alice, 1, private_channel.pk)
    told = {one["channel"]: one["unread"] for one in as_bob.get("/api/v1/channels/unread/").json()["results"]}
    assert told == {channel.pk: 2, private_channel.pk: 1}
    assert as_charlie.get("/api/v1/channels/unread/").json()["results"] == []
    listed = {one["id"]: one["unread"] for one in as_bob.get("/api/v1/channels/").json()["results"]}
    assert listed == told


def test_counting_ends_at_999(channel, as_bob, alice, said):
    said(alice, MOST_COUNTED + 30)
    assert unread(as_bob, channel)["unread"] == MOST_COUNTED


def test_what_is_not_archived_as_a_whole_is_left_to_the_live_feed(channel, as_bob, alice, said):
    reached = said(alice, 2)[-1]
    said(alice, 3, archived=False)
    told = unread(as_bob, channel)
    assert (told["unread"], told["upto"]) == (2, reached)


@pytest.mark.parametrize("address", ["/api/v1/channels/unread/", "/"])
def test_what_is_archived_while_it_is_counted_is_left_to_the_live_feed(
    address, channel, as_bob, client, bob, alice, said, monkeypatch
):
    client.force_login(bob)
    read(as_bob, channel, said(alice, 2)[-1])
    store, late = message_store(), []
    find_latest = store.latest

    def find_before_more_comes(channel_ids: list[int]) -> dict:
        found = find_latest(channel_ids)
        late.extend(said(alice, 1))
        return found

    monkeypatch.setattr(store, "latest", find_before_more_comes)
    told = client.get(address).content.decode()
    assert int(re.search(r'unread"?[:=]"?(\d+)', told)[1]) == 0
    assert re.search(r'upto"?[:=]"(\w+)"', told)[1] < late[0]


def test_own_messages_of_a_page_tell_how_many_others_have_not_read_them(
    channel, as_alice, as_bob, alice, bob, charlie, said, as_charlie
):
    first, second = said(alice, 1)[0], said(alice, 1)[0]
    said(bob, 1)
    as_charlie.post(f"/api/v1/channels/{channel.pk}/join/", {})
    read(as_bob, channel, first)

    def shown(client) -> dict:
        page = client.get(f"/api/v1/channels/{channel.pk}/messages/").json()["results"]
        return {one["position"]: one.get("unread_by") for one in page}

    # charlie came after all of it, or nearly: what stood there before is not unread.
    Membership.objects.filter(user=charlie).update(read_position=second)
    told = shown(as_alice)
    assert (told[first], told[second]) == (0, 1)
    assert set(shown(as_charlie).values()) == {None}


def test_nobody_is_asked_for_a_page_without_own_messages(channel, bob, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert unread_by(channel.pk, bob.pk, []) == {}


def test_who_is_not_told_everything_has_a_quiet_channel(channel, private_channel, alice, bob):
    Membership.objects.filter(channel=channel, user=bob).update(notify=Notify.NONE)
    Membership.objects.filter(channel=private_channel, user=alice).update(notify=Notify.MENTIONS)
    ids = [channel.pk, private_channel.pk]
    assert quiet_channels(bob.pk, ids) == {channel.pk}
    assert quiet_channels(alice.pk, ids) == {private_channel.pk}


def test_the_list_shows_badges_from_the_server_and_quiet_ones_without_colour(
    channel, client, alice, bob, said
):
    said(alice, 3)
    client.force_login(bob)
    page = client.get("/").content.decode()
    row = page[page.index(f'data-channel="{channel.pk}"') :]
    assert 'data-unread="3"' in row[:300]
    assert "data-quiet" not in row[:300]
    Membership.objects.filter(channel=channel, user=bob).update(notify=Notify.NONE)
    page = client.get("/").content.decode()
    assert "data-quiet" in page[page.index(f'data-channel="{channel.pk}"') :][:300]


def test_own_messages_on_the_page_tell_it_too(channel, client, alice, bob, said):
    said(alice, 1)
    client.force_login(alice)
    page = client.get(f"/channels/{channel.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "1 person has not read it" in page
    client.force_login(bob)
    page = client.get(f"/channels/{channel.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "data-unread-by-count" not in page
    assert 'data-unread="1"' in page
