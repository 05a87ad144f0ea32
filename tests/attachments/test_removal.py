"""How bytes go: with their message, unsent after a day, and only then."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from chat.attachments import removal
from chat.attachments.taking import AttachmentNotFound, take
from chat.models import Attachment
from tests.archiving import archive_message
from tests.attachments.files import encoded, picture

HOUR = timedelta(hours=1)


def age(attachment_id: str, by: timedelta) -> None:
    Attachment.objects.filter(pk=attachment_id).update(created_at=timezone.now() - by)


def places_of(attachment_id: str) -> list[str]:
    row = Attachment.objects.get(pk=attachment_id)
    return [one.name for one in (row.content, row.thumbnail) if one]


def exist(places: list[str]) -> list[bool]:
    return [default_storage.exists(one) for one in places]


@pytest.fixture
def delete(channel, archive):
    """Delete a message and let the archive read it."""

    def do(api, message: dict) -> None:
        answer = api.delete(f"/api/v1/channels/{channel.pk}/messages/{message['id']}/")
        assert answer.status_code == 204
        archive_message(archive, message["id"], changed=True)

    return do


def test_with_a_deleted_message_its_files_are_gone_for_everybody(
    as_alice, as_bob, sent, delete, address, channel
):
    message = sent(as_bob, encoded(picture()), b"file")
    other = sent(as_bob)["attachments"][0]
    photo = message["attachments"][0]
    places = places_of(photo["id"])
    assert exist(places) == [True, True]
    delete(as_alice, message)
    for api in (as_alice, as_bob):
        assert api.get(address(photo)).status_code == 404
        assert api.get(address(photo, "thumbnail/")).status_code == 404
    assert removal.sweep() == 2
    assert exist(places) == [False, False]
    assert [str(one.pk) for one in Attachment.objects.all()] == [other["id"]]
    assert as_bob.get(address(other)).status_code == 200
    assert removal.sweep() == 0


def test_a_file_of_a_deleted_message_is_in_no_other(as_bob, bob, sent, delete, channel):
    message = sent(as_bob)
    delete(as_bob, message)
    ids = [message["attachments"][0]["id"]]
    with pytest.raises(AttachmentNotFound):
        take(uploader_id=bob.pk, channel_id=channel.pk, ids=ids, event_id="a" * 32)


def test_unsent_files_go_after_a_day_and_sent_ones_stay(as_bob, bob, upload, sent, address, channel):
    old, fresh, shown = upload(as_bob).json(), upload(as_bob).json(), sent(as_bob)["attachments"][0]
    age(shown["id"], 100 * HOUR)
    age(old["id"], 24.5 * HOUR)
    assert as_bob.get(address(old)).status_code == 404
    with pytest.raises(AttachmentNotFound):
        take(uploader_id=bob.pk, channel_id=channel.pk, ids=[old["id"]], event_id="a" * 32)
    assert removal.sweep() == 0
    age(old["id"], 26 * HOUR)
    places = places_of(old["id"])
    assert removal.sweep() == 1
    assert exist(places) == [False, False]
    assert {str(one.pk) for one in Attachment.objects.all()} == {fresh["id"], shown["id"]}


def test_bytes_that_are_gone_already_do_not_stop_it(as_bob, upload):
    made = upload(as_bob).json()
    for place in places_of(made["id"]):
        default_storage.delete(place)
    age(made["id"], 26 * HOUR)
    assert removal.sweep() == 1
    assert not Attachment.objects.exists()


def test_while_the_storage_is_away_nothing_is_forgotten(as_bob, upload, settings, tmp_path):
    made = upload(as_bob).json()
    age(made["id"], 26 * HOUR)
    right = settings.STORAGES
    (tmp_path / "file").write_text("no folder")
    away = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "file"},
    }
    settings.STORAGES = {**right, "default": away}
    assert removal.sweep() == 0
    settings.STORAGES = right
    places = places_of(made["id"])
    assert removal.sweep() == 1
    assert exist(places) == [False, False]


def test_files_of_a_message_that_never_came_into_the_log_go_too(as_bob, bob, upload, sent, channel):
    shown = sent(as_bob)["attachments"][0]["id"]
    lost = upload(as_bob).json()["id"]
    take(uploader_id=bob.pk, channel_id=channel.pk, ids=[lost], event_id="f" * 32)
    for one in (shown, lost):
        age(one, 26 * HOUR)
    assert removal.sweep() == 0
    removal.release_abandoned()  # the channel goes on after it: it will not come any more
    assert removal.sweep() == 1
    assert [str(one.pk) for one in Attachment.objects.all()] == [shown]


def test_files_of_a_message_that_may_still_be_on_its_way_stay(as_bob, bob, upload, channel):
    waiting = upload(as_bob).json()["id"]
    take(uploader_id=bob.pk, channel_id=channel.pk, ids=[waiting], event_id="f" * 32)
    age(waiting, 26 * HOUR)
    removal.release_abandoned()
    assert removal.sweep() == 0


def test_the_worker_does_it():
    from chat import jobs

    assert "attachments" in jobs.names()
