"""A channel whose number no other test had, and uploads into it."""

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.response import Response

from chat.attachments import removal
from tests.archiving import archive_message, archiving
from tests.attachments.files import encoded, picture
from tests.messages.conftest import channel

__all__ = ["channel"]


@pytest.fixture
def upload(channel):
    """`upload(as_bob)`: the answer to sending a file."""

    def send(api, content: bytes | None = None, name: str = "사진.jpg", kind: str = "image/jpeg") -> Response:
        content = encoded(picture()) if content is None else content
        form = {"file": SimpleUploadedFile(name, content, content_type=kind)}
        return api.post(f"/api/v1/channels/{channel.pk}/attachments/", form, format="multipart")

    return send


@pytest.fixture
def archive():
    """The reader of the log that the worker runs."""
    with archiving(removal.heed) as archive:
        yield archive


@pytest.fixture
def sent(channel, upload, archive):
    """`sent(as_bob)`: the stored message that shows an uploaded file."""

    def send(api, *contents: bytes, **options) -> dict:
        ids = [upload(api, content, **options).json()["id"] for content in contents or (None,)]
        body = {"client_id": ids[0], "text": "", "attachments": ids}
        answer = api.post(f"/api/v1/channels/{channel.pk}/messages/", body)
        assert answer.status_code == 201, answer.content
        archive_message(archive, answer.json()["id"])
        return answer.json()

    return send


@pytest.fixture
def address(channel):
    """`address(attachment)`: where its bytes are."""

    def place(attachment: dict, end: str = "") -> str:
        return f"/channels/{channel.pk}/attachments/{attachment['id']}/{end}"

    return place


def bytes_of(answer) -> bytes:
    """What was streamed."""

    async def read() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(read)()
