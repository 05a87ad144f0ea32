"""Handing bytes out: for members only, and in a way that nothing in them runs."""

from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.test import Client

from chat import services
from tests.attachments.conftest import bytes_of
from tests.attachments.files import encoded, picture

pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous")


@pytest.fixture
def photo(as_bob, sent) -> dict:
    """A photo that bob sent."""
    return sent(as_bob, encoded(picture(1000, 500)), name="백운대 정상.jpg")["attachments"][0]


@pytest.fixture
def file(as_bob, sent) -> dict:
    """A page of HTML that bob sent."""
    return sent(as_bob, b"<script>alert(1)</script>" * 100, name="회비 '내역'.html")["attachments"][0]


def test_members_get_the_photo_and_its_thumbnail(as_alice, as_bob, photo, address):
    for api in (as_alice, as_bob):
        whole = api.get(address(photo))
        assert (whole.status_code, whole["Content-Type"]) == (200, "image/jpeg")
        assert len(bytes_of(whole)) == int(whole["Content-Length"]) == photo["size"]
        small = api.get(address(photo, "thumbnail/"))
        assert (small.status_code, small["Content-Type"]) == (200, "image/webp")
        assert 0 < len(bytes_of(small)) < photo["size"]


def test_a_browser_gets_it_by_its_session(alice, photo, address):
    browser = Client()
    browser.force_login(alice)
    assert browser.get(address(photo)).status_code == 200
    assert browser.head(address(photo)).status_code == 200
    assert browser.post(address(photo)).status_code == 405


def test_nobody_else_learns_that_it_exists(anonymous, as_charlie, as_bob, photo, address, channel, alice):
    other = services.create_channel(user=alice, name="다른 방")
    wrong = Client(headers={"authorization": "Bearer nonsense"})
    for api in (anonymous, as_charlie, wrong):
        assert api.get(address(photo)).status_code == 404
        assert api.get(address(photo, "thumbnail/")).status_code == 404
    assert as_bob.get(f"/channels/{other.pk}/attachments/{photo['id']}/").status_code == 404
    assert as_bob.get(address({"id": uuid4()})).status_code == 404
    assert as_bob.get(f"/channels/{10**25}/attachments/{photo['id']}/").status_code == 404
    assert as_bob.get(f"/channels/{channel.pk}/attachments/../../{photo['id']}/").status_code == 404


def test_who_was_put_out_or_left_sees_nothing_any_more(as_alice, as_bob, alice, bob, photo, address, channel):
    services.kick(actor=alice, channel_id=channel.pk, user_id=bob.pk)
    assert as_bob.get(address(photo)).status_code == 404
    assert as_alice.get(address(photo)).status_code == 200
    services.close_channel(user=alice, channel_id=channel.pk)
    assert as_alice.get(address(photo)).status_code == 404


def test_an_unsent_file_is_its_uploaders_alone(as_alice, as_bob, upload, address):
    made = upload(as_bob).json()
    assert as_bob.get(address(made, "thumbnail/")).status_code == 200
    assert as_alice.get(address(made)).status_code == 404


def test_only_photos_are_shown_in_the_page(as_alice, photo, file, address):
    shown, downloaded = as_alice.get(address(photo)), as_alice.get(address(file))
    assert shown["Content-Disposition"].startswith("inline;")
    assert downloaded["Content-Disposition"].startswith("attachment;")
    assert downloaded["Content-Type"] == "text/plain"
    assert as_alice.get(address(file, "thumbnail/")).status_code == 404
    for answer in (shown, downloaded):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "private, no-cache"


def test_a_korean_name_arrives_as_it_is(as_alice, photo, file, address):
    for made in (photo, file):
        disposition = as_alice.get(address(made))["Content-Disposition"]
        assert "filename*=utf-8''" in disposition
        assert unquote(disposition.partition("filename*=utf-8''")[2]) == made["name"]
        assert disposition.isascii()


def test_a_browser_that_has_it_is_told_so_but_only_while_it_may_see_it(
    as_bob, alice, bob, photo, address, channel
):
    etag = as_bob.get(address(photo))["ETag"]
    small = as_bob.get(address(photo, "thumbnail/"))["ETag"]
    assert etag != small
    again = as_bob.get(address(photo), HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert as_bob.get(address(photo), HTTP_IF_NONE_MATCH=small).status_code == 200
    services.kick(actor=alice, channel_id=channel.pk, user_id=bob.pk)
    assert as_bob.get(address(photo), HTTP_IF_NONE_MATCH=etag).status_code == 404


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, 2500),
        ("bytes=-5", 2495, 2500),
        ("bytes=2490-9999", 2490, 2500),
    ],
)
def test_a_part_of_a_file(as_alice, file, address, asked, start, end):
    whole = bytes_of(as_alice.get(address(file)))
    part = as_alice.get(address(file), HTTP_RANGE=asked)
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes {start}-{end - 1}/2500"
    assert bytes_of(part) == whole[start:end]


@pytest.mark.parametrize("asked", ["bytes=2500-", "bytes=-0", "bytes=9-3"])
def test_a_part_that_is_not_there(as_alice, file, address, asked):
    answer = as_alice.get(address(file), HTTP_RANGE=asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */2500")


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=-", "lines=1-2", "bytes=a-b"])
def test_what_is_no_single_range_gets_the_whole(as_alice, file, address, asked):
    assert as_alice.get(address(file), HTTP_RANGE=asked).status_code == 200


def test_a_part_of_another_file_than_the_browser_has_is_the_whole(as_alice, file, address):
    answer = as_alice.get(address(file), HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"other"')
    assert answer.status_code == 200


def test_bytes_that_are_gone_are_not_found(as_alice, photo, address):
    from chat.models import Attachment

    row = Attachment.objects.get(pk=photo["id"])
    row.content.storage.delete(row.content.name)
    assert as_alice.get(address(photo)).status_code == 404
