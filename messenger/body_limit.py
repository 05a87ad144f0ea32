"""How much of a request's body is taken, decided before it is kept: Django reads a body to its end into a
file before any view looks at it, so without this anybody could fill the disk through any address."""

import re

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from chat.attachments.uploads import MEGABYTE, AttachmentRefused
from messenger.bare import send_document
from messenger.lane import language_of
from messenger.problems import problem

# Where a form may bring a file.
UPLOADS = re.compile(r"/api/v1/channels/[0-9]+/attachments/|/channels/[0-9]+/")
FORM_BYTES = 64 * 1024  # the form around a file


class BodyLimit:
    """In front of Django's ASGI application."""

    def __init__(self, django) -> None:
        self._django = django

    async def __call__(self, scope, receive, send) -> None:
        headers = dict(scope["headers"])
        is_upload = scope["method"] == "POST" and UPLOADS.fullmatch(scope["path"])
        most = _most_bytes(bool(is_upload))

        async def refuse() -> None:
            await send_document(send, 413, _refusal(bool(is_upload), headers.get(b"accept-language", b"")))

        size = headers.get(b"content-length", b"")
        if size.isdigit() and int(size) > most:
            await refuse()
            return
        taken = 0

        async def count() -> dict:
            nonlocal taken
            event = await receive()
            taken += len(event.get("body", b""))
            if taken > most:  # sent in chunks that nobody announced
                await refuse()
                return {"type": "http.disconnect"}
            return event

        await self._django(scope, count, send)


def _most_bytes(is_upload: bool) -> int:
    if is_upload:
        return settings.FILE_MEGABYTES * MEGABYTE + FORM_BYTES
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _refusal(is_upload: bool, accept_language: bytes) -> dict:
    with translation.override(language_of(accept_language.decode("latin-1"))):
        if is_upload:
            refused = AttachmentRefused("attachment_too_large")
            return problem(413, refused.code, refused.detail, {"file": [str(refused.detail)]})
        return problem(413, "too_large", _("The request is too large."))
