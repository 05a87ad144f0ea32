"""Uploading: what is taken, as what, and what is refused. Nothing of a refused file stays."""

import pytest
from django.core.files.storage import default_storage

from chat import services
from chat.attachments.uploads import tidy_name
from chat.models import Attachment
from tests.attachments.files import bomb, encoded, moving_gif, picture, zipped

MEGABYTE = 1024 * 1024


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_photo_is_taken_with_its_size_in_pixels(as_bob, upload):
    answer = upload(as_bob, encoded(picture(1200, 800)), name="백운대.jpg")
    assert answer.status_code == 201
    made = answer.json()
    row = Attachment.objects.get(pk=made["id"])
    assert made == {
        "id": str(row.pk),
        "name": "백운대.jpg",
        "content_type": "image/jpeg",
        "size": default_storage.size(row.content.name),
        "width": 1200,
        "height": 800,
    }
    assert row.message_id == ""
    assert default_storage.exists(row.thumbnail.name)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 and so on", "application/pdf"),
        (zipped("a.txt"), "application/zip"),
        (
            zipped("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "application/x-ole-storage"),
        (b"\0\0\0\x18ftypmp42" + bytes(100), "video/mp4"),
        ("이름,금액\n민준,30000\n".encode(), "text/plain"),
        (("가" * 2000).encode(), "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/plain"),
        (b"<!doctype html><script>alert(1)</script>", "text/plain"),
        (b"\0\1\2\3", "application/octet-stream"),
    ],
)
def test_the_content_decides_the_type_and_not_the_name_or_the_sender(as_bob, upload, content, kind):
    answer = upload(as_bob, content, name="사진.jpg", kind="image/jpeg")
    assert answer.status_code == 201
    assert answer.json()["content_type"] == kind
    assert (answer.json()["width"], answer.json()["size"]) == (0, len(content))


@pytest.mark.parametrize(
    "program",
    [b"MZ\x90\0" + bytes(60), b"\x7fELF" + bytes(60), zipped("AndroidManifest.xml", "classes.dex")],
    ids=["windows", "linux", "android"],
)
def test_programs_are_refused_whatever_they_are_called(as_bob, upload, program):
    assert code_of(upload(as_bob, program, name="사진.jpg")) == (422, "attachment_type_refused")
    assert nothing_stays()


def test_a_damaged_photo_is_refused_and_leaves_nothing(as_bob, upload):
    whole = encoded(picture())
    for broken in (whole[: len(whole) // 2], whole[:3], b"GIF89a" + bytes(50), b"RIFF\0\0\0\0WEBP"):
        assert code_of(upload(as_bob, broken)) == (422, "attachment_damaged")
    assert nothing_stays()


def test_a_bomb_is_refused_before_it_is_decoded(as_bob, upload):
    content = bomb()
    assert len(content) < 200_000
    assert code_of(upload(as_bob, content)) == (422, "attachment_too_many_pixels")
    assert nothing_stays()


def test_a_moving_picture_may_not_hide_pixels_in_its_frames(as_bob, upload, settings):
    settings.PHOTO_MEGAPIXELS = 1
    assert upload(as_bob, moving_gif(4, (500, 400))).status_code == 201
    assert code_of(upload(as_bob, moving_gif(6, (500, 400)))) == (422, "attachment_too_many_pixels")


def test_size_limits_of_photos_and_files(as_bob, upload, settings):
    settings.PHOTO_MEGABYTES, settings.FILE_MEGABYTES = 1, 2
    noise = b"\0\1\2\3" * (MEGABYTE // 4)
    assert upload(as_bob, noise * 2).status_code == 201
    assert code_of(upload(as_bob, noise * 2 + b"x")) == (413, "attachment_too_large")
    photo = encoded(picture()) + noise
    assert code_of(upload(as_bob, photo)) == (413, "attachment_too_large")
    assert Attachment.objects.count() == 1


def test_an_empty_file_and_no_file_at_all_are_refused(as_bob, upload, channel):
    assert code_of(upload(as_bob, b"")) == (422, "attachment_empty")
    place = f"/api/v1/channels/{channel.pk}/attachments/"
    assert code_of(as_bob.post(place, {"other": "x"}, format="multipart")) == (400, "attachment_missing")
    assert code_of(as_bob.post(place, {"file": "x"})) == (415, "unsupported_media_type")
    assert code_of(as_bob.put(place, {})) == (405, "method_not_allowed")


def test_only_members_of_an_open_channel_upload(anonymous, as_alice, as_charlie, alice, upload, channel):
    assert code_of(upload(anonymous)) == (401, "not_authenticated")
    assert code_of(upload(as_charlie)) == (404, "not_found")
    services.close_channel(user=alice, channel_id=channel.pk)
    assert code_of(upload(as_alice)) == (404, "not_found")
    assert nothing_stays()


def test_a_page_uploads_only_with_its_token(bob, upload):
    from rest_framework.test import APIClient

    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(bob)
    assert upload(browser).status_code == 403
    assert nothing_stays()


def test_a_day_has_its_quota(as_alice, as_bob, upload, settings):
    settings.UPLOAD_DAY_MEGABYTES = 1
    half = b"\0" * (MEGABYTE // 2)
    assert [upload(as_bob, half).status_code for _ in range(2)] == [201, 201]
    refused = upload(as_bob, half)
    assert code_of(refused) == (429, "attachment_quota")
    assert int(refused.headers["Retry-After"]) > 0
    assert upload(as_alice, half).status_code == 201
    assert Attachment.objects.count() == 3


def test_unsent_files_do_not_pile_up(as_bob, upload, monkeypatch):
    monkeypatch.setattr("chat.attachments.uploads.MOST_UNSENT", 2)
    assert [upload(as_bob, b"x").status_code for _ in range(2)] == [201, 201]
    assert code_of(upload(as_bob, b"x")) == (429, "attachment_unsent_quota")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/abs/회비.xlsx", "회비.xlsx"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("한글".encode().decode(), "한글"),
        ("\u1112\u1161\u11ab.txt", "한.txt"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("...", "file"),
        ("", "file"),
        (None, "file"),
        ("가" * 300 + ".pdf", "가" * 146 + ".pdf"),
    ],
)
def test_names_are_tidied(given, kept):
    assert tidy_name(given) == kept


def test_a_name_leads_nowhere_in_the_storage(as_bob, upload):
    made = upload(as_bob, b"hello", name="..%2f..%2fevil.txt").json()
    row = Attachment.objects.get(pk=made["id"])
    assert row.content.name == f"attachments/{row.pk.hex[:2]}/{row.pk.hex}"


def test_a_storage_that_takes_nothing_is_said_and_leaves_nothing(as_bob, upload, settings, tmp_path):
    (tmp_path / "file").write_text("no folder")
    files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "file"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": files}
    answer = upload(as_bob)
    assert code_of(answer) == (503, "attachment_storage_unavailable")
    assert answer.headers["Retry-After"] == "5"


def nothing_stays() -> bool:
    """No row, and so no byte: each byte has its row before it is written."""
    return not Attachment.objects.exists()
