"""The same files wanted by several messages at once, and several files against one quota."""

import tempfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from chat.attachments.removal import sweep
from chat.attachments.taking import AttachmentNotFound, take
from chat.attachments.uploads import AttachmentRefused, receive
from chat.models import Attachment
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def files(bob, channel):
    """`files(3)`: ids of so many uploads of bob's."""

    def make(count: int) -> list[str]:
        made = [
            Attachment.objects.create(
                channel=channel, uploader=bob, name=f"{number}", size=1, content=f"x/{number}"
            )
            for number in range(count)
        ]
        return [str(one.pk) for one in made]

    return make


def taking(bob, channel, ids: list[str], message: int):
    return lambda: take(uploader_id=bob.pk, channel_id=channel.pk, ids=ids, event_id=f"{message:032x}")


def test_of_messages_that_take_the_same_file_at_once_one_has_it(bob, channel, files):
    for _ in range(10):
        ids = files(1)
        outcomes = at_once(*(taking(bob, channel, ids, number) for number in range(4)))
        winners = [number for number, one in enumerate(outcomes) if isinstance(one, list)]
        assert len(winners) == 1, outcomes
        assert sum(isinstance(one, AttachmentNotFound) for one in outcomes) == 3
        assert Attachment.objects.get(pk=ids[0]).message_id == f"{winners[0]:032x}"


def test_a_message_that_gets_not_all_of_its_files_takes_none(bob, channel, files):
    for _ in range(10):
        first, shared, last = files(3)
        outcomes = at_once(taking(bob, channel, [first, shared], 1), taking(bob, channel, [shared, last], 2))
        taken = dict(Attachment.objects.filter(pk__in=[first, shared, last]).values_list("pk", "message_id"))
        assert sorted(isinstance(one, list) for one in outcomes) == [False, True], outcomes
        assert sorted(taken.values()) == ["", *[f"{1 if isinstance(outcomes[0], list) else 2:032x}"] * 2]


def test_the_same_message_may_take_its_files_again(bob, channel, files):
    ids = files(3)
    again = taking(bob, channel, ids, 7)
    outcomes = at_once(again, again, again)
    assert [[one.id for one in files] for files in outcomes] == [ids] * 3
    assert [one.id for one in again()] == ids


def test_uploads_at_once_never_exceed_the_quota(bob, channel, settings, monkeypatch):
    monkeypatch.setattr("chat.attachments.uploads.MOST_UNSENT", 3)

    def upload():
        with tempfile.TemporaryFile() as file:
            file.write(b"bytes")
            return receive(user=bob, channel_id=channel.pk, upload=UploadedFile(file, name="a.txt", size=5))

    outcomes = at_once(*[upload] * 8)
    assert all(isinstance(one, Attachment | AttachmentRefused) for one in outcomes), outcomes
    assert Attachment.objects.count() <= 3
    while Attachment.objects.count() < 3:
        upload()
    with pytest.raises(AttachmentRefused):
        upload()


def test_what_is_thrown_away_is_taken_by_no_message(bob, channel, files):
    for _ in range(5):
        ids = files(1)
        Attachment.objects.filter(pk__in=ids).update(created_at=timezone.now() - timedelta(hours=26))
        taken, swept = at_once(taking(bob, channel, ids, 1), sweep)
        assert (type(taken), swept) == (AttachmentNotFound, 1)
