"""Photos and files by page and form alone: the talk, the form with a file, the album."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chat import services
from chat.models import Attachment
from chat.pipeline.parts import message_store
from tests.archiving import archive_until
from tests.attachments.conftest import address, archive, sent, upload
from tests.attachments.files import encoded, picture
from tests.messages.conftest import channel

__all__ = ["address", "archive", "channel", "sent", "upload"]


def of_form(browser, channel, text: str = "", **more) -> object:
    page = browser.get(f"/channels/{channel.pk}/").content.decode()
    client_id = re.search(r'name="client_id" value="([^"]+)"', page)[1]
    return browser.post(f"/channels/{channel.pk}/", {"client_id": client_id, "text": text, **more})


def settle(archive, channel, count: int) -> None:
    """Until so many messages of the channel are stored."""
    page = {"before": None, "after": None, "limit": count}
    archive_until(archive, lambda: len(message_store().page(channel.pk, **page)) == count)


def test_the_talk_shows_photos_with_their_size_and_files_with_their_name(
    as_bob, alice_browser, sent, channel
):
    photo, file = sent(as_bob, encoded(picture(1600, 1200)), b"x" * 2_000_000, name="정관.hwp")["attachments"]
    page = alice_browser.get(f"/channels/{channel.pk}/").content.decode().partition("<template")[0]
    place = f"/channels/{channel.pk}/attachments/"
    assert f'<a class="photo" href="{place}{photo["id"]}/" data-photo>' in page
    assert f'src="{place}{photo["id"]}/thumbnail/" width="320" height="240"' in page
    assert f'href="{place}{file["id"]}/" download' in page
    assert "정관.hwp" in page
    assert "1.9 MB" in page


def test_a_file_name_is_text_and_nothing_else(as_bob, alice_browser, sent, channel):
    sent(as_bob, b"text", encoded(picture()), name='"><img src=x onerror=alert(1)>.txt')
    page = alice_browser.get(f"/channels/{channel.pk}/").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;.txt" in page


def test_the_plain_form_sends_a_photo_with_and_without_words(bob_browser, bob, channel, archive):
    for text in ("정상이에요", ""):
        answer = of_form(bob_browser, channel, text, file=SimpleUploadedFile("a.jpg", encoded(picture())))
        assert (answer.status_code, answer["Location"]) == (302, f"/channels/{channel.pk}/")
    settle(archive, channel, 2)
    page = bob_browser.get(f"/channels/{channel.pk}/").content.decode().partition("<template")[0]
    assert page.count("data-photo>") == 2
    assert "정상이에요" in page


def test_what_the_form_may_not_send_is_said_and_the_words_stay(bob_browser, channel):
    answer = of_form(
        bob_browser, channel, "설치하세요", file=SimpleUploadedFile("a.jpg", b"MZ\x90\0" + bytes(50))
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "프로그램은 올릴 수 없어요" in page
    assert ">설치하세요</textarea>" in page
    assert not Attachment.objects.exists()


def test_the_same_form_twice_makes_one_message_and_takes_one_file(bob_browser, channel, archive):
    page = bob_browser.get(f"/channels/{channel.pk}/").content.decode()
    client_id = re.search(r'name="client_id" value="([^"]+)"', page)[1]
    for _ in range(2):
        file = SimpleUploadedFile("a.jpg", encoded(picture()))
        bob_browser.post(f"/channels/{channel.pk}/", {"client_id": client_id, "text": "", "file": file})
        settle(archive, channel, 1)
    assert Attachment.objects.exclude(message_id="").count() == 1


def test_the_album_shows_photos_by_month_and_files_behind_a_tab(as_bob, alice_browser, sent, channel):
    message = sent(as_bob, encoded(picture()), b"notes", name="총회 회의록.txt")
    photo, file = message["attachments"]
    photos = alice_browser.get(f"/channels/{channel.pk}/album/").content.decode()
    assert re.search(r"album__title\">\d{4}년 \d{1,2}월<", photos)
    assert photo["id"] in photos
    assert file["id"] not in photos
    assert f'data-jump="/channels/{channel.pk}/?at={message["position"]}"' in photos
    files = alice_browser.get(f"/channels/{channel.pk}/album/?kind=file").content.decode()
    assert "총회 회의록.txt" in files
    assert photo["id"] not in files


def test_an_empty_album_says_what_will_be_there(alice_browser, channel):
    assert "아직 사진이 없어요" in alice_browser.get(f"/channels/{channel.pk}/album/").content.decode()
    assert (
        "아직 파일이 없어요" in alice_browser.get(f"/channels/{channel.pk}/album/?kind=file").content.decode()
    )


def test_a_long_album_has_pages(as_bob, alice_browser, sent, channel, monkeypatch):
    monkeypatch.setattr("chat.attachments.views.FILES_PER_PAGE", 2)
    sent(as_bob, b"1", b"2", b"3")
    first = alice_browser.get(f"/channels/{channel.pk}/album/?kind=file").content.decode()
    assert "?kind=file&amp;page=2" in first
    second = alice_browser.get(f"/channels/{channel.pk}/album/?kind=file&page=2").content.decode()
    assert (first.count('class="file"'), second.count('class="file"')) == (2, 1)


def test_the_album_is_for_members(visitor, charlie_browser, bob_browser, alice, bob, channel):
    place = f"/channels/{channel.pk}/album/"
    assert visitor.get(place)["Location"].startswith("/accounts/login/")
    assert charlie_browser.get(place).status_code == 404
    services.kick(actor=alice, channel_id=channel.pk, user_id=bob.pk)
    assert bob_browser.get(place).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999"])
def test_pages_that_are_not_there(alice_browser, channel, page):
    assert alice_browser.get(f"/channels/{channel.pk}/album/?page={page}").status_code == 200
