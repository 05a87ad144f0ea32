"""Answers without Django: a JSON document through bare ASGI."""

from collections.abc import Iterable

import msgspec
from django.conf import settings

from messenger.problems import CONTENT_TYPE

PROTECTION = (  # as Django's middleware adds to every other answer
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", settings.SECURE_REFERRER_POLICY.encode()),
    (b"x-frame-options", settings.X_FRAME_OPTIONS.encode()),
)
_encoder = msgspec.json.Encoder()


async def send_document(
    send, status: int, document: dict, headers: Iterable[tuple[str, str]] = (), *, with_body: bool = True
) -> None:
    """Answer a request; from 400 on as a problem document. Without a body as HEAD wants it."""
    body = _encoder.encode(document)
    content_type = CONTENT_TYPE if status >= 400 else "application/json"
    fields = [
        (b"content-type", content_type.encode()),
        (b"content-length", b"%d" % len(body)),
        *PROTECTION,
        *((name.lower().encode(), value.encode()) for name, value in headers),
    ]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body if with_body else b""})
