"""The list of a channel's photos and files: what messages show, for members, in pages."""

import pytest

from chat import services
from tests.attachments.files import encoded, picture


@pytest.fixture
def place(channel):
    return f"/api/v1/channels/{channel.pk}/attachments/"


def test_newest_first_by_kind_and_with_the_way_to_the_message(as_alice, as_bob, bob, sent, place):
    first = sent(as_bob, encoded(picture()), b"notes")
    second = sent(as_bob, b"%PDF-1.4 more")
    listed = as_alice.get(place).json()
    assert (listed["next"], listed["previous"]) == (None, None)
    names = [one["id"] for one in listed["results"]]
    assert names == [one["id"] for one in second["attachments"] + first["attachments"][::-1]]
    photos = as_alice.get(f"{place}?kind=photo").json()["results"]
    files = as_alice.get(f"{place}?kind=file").json()["results"]
    assert [one["width"] for one in photos] == [400]
    assert [one["message"] for one in files] == [second["id"], first["id"]]
    assert photos[0]["position"] == first["position"]
    assert photos[0]["uploader"] == {"id": bob.pk, "username": "bob"}


def test_pages_of_it(as_alice, as_bob, sent, place):
    made = sent(as_bob, *[b"file %d" % number for number in range(5)])
    seen, url = [], f"{place}?limit=2"
    while url:
        page = as_alice.get(url).json()
        assert len(page["results"]) <= 2
        seen += [one["id"] for one in page["results"]]
        url = page["next"]
    assert seen == [one["id"] for one in made["attachments"]][::-1]
    assert as_alice.get(f"{place}?cursor=nonsense").status_code == 400


def test_what_no_stored_message_shows_is_left_out(as_alice, as_bob, bob, upload, place, channel):
    from chat.attachments.taking import take

    upload(as_bob)
    lost = upload(as_bob).json()["id"]
    take(uploader_id=bob.pk, channel_id=channel.pk, ids=[lost], event_id="f" * 32)
    assert as_alice.get(place).json()["results"] == []


def test_only_members_read_it(anonymous, as_charlie, as_bob, alice, bob, sent, place, channel):
    sent(as_bob)
    assert anonymous.get(place).status_code == 401
    assert (as_charlie.get(place).status_code, as_charlie.get(place).json()["code"]) == (404, "not_found")
    services.kick(actor=alice, channel_id=channel.pk, user_id=bob.pk)
    assert as_bob.get(place).status_code == 404
