"""Answers without Django: a JSON document through bare ASGI."""

from collections.abc import Iterable

import msgspec
from django.conf import settings

from messenger.problems import CONTENT_TYPE
from messenger.protection import COMMON, DATA_POLICY


def _protection() -> tuple[tuple[bytes, bytes], ...]:
    fields = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Content-Security-Policy": DATA_POLICY,
        **COMMON,
    }
    if settings.SECURE_HSTS_SECONDS:
        fields["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return tuple((name.lower().encode(), value.encode()) for name, value in fields.items())


PROTECTION = _protection()  # as the middleware adds to every other answer; made once
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
