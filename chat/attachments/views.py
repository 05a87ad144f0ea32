"""The bytes of photos and files, for whom they are meant, and the album page of a channel."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.core.files import File
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header, parse_etags
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.exceptions import AuthenticationFailed

from accounts.authentication import BearerAuthentication
from chat.attachments import files as attachment_files
from chat.attachments.files import KINDS
from chat.models import Attachment
from chat.page_doors import my_channel
from chat.pipeline.ports import StoreUnavailable

logger = logging.getLogger(__name__)
CHUNK_BYTES = 256 * 1024
THUMBNAIL_TYPE = "image/webp"
PHOTOS_PER_PAGE, FILES_PER_PAGE = 60, 50
_RANGE = re.compile(r"bytes=(\d{1,15})?-(\d{1,15})?")


class Pieces:
    """A part of a stored file, read in a thread so that the loop never waits for a disk or another server."""

    def __init__(self, file: File, start: int, length: int) -> None:
        self._file, self._start, self._length = file, start, length

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await asyncio.to_thread(self._file.seek, self._start)
        left = self._length
        while left and (piece := await asyncio.to_thread(self._file.read, min(left, CHUNK_BYTES))):
            left -= len(piece)
            yield piece

    def close(self) -> None:
        """Called by Django however the answer ends."""
        self._file.close()


@require_safe
def content(request: HttpRequest, channel_id: int, attachment_id) -> HttpResponse:
    """The photo or the file."""
    attachment = _find(request, channel_id, attachment_id)
    name, kind, inline = attachment.name, attachment.content_type, attachment.is_photo
    return _answer(request, attachment.content, f'"{attachment.pk.hex}"', kind, name, inline=inline)


@require_safe
def thumbnail(request: HttpRequest, channel_id: int, attachment_id) -> HttpResponse:
    """The small picture of a photo."""
    attachment = _find(request, channel_id, attachment_id)
    if not attachment.thumbnail:
        raise Http404
    etag = f'"{attachment.pk.hex}-small"'
    return _answer(request, attachment.thumbnail, etag, THUMBNAIL_TYPE, "thumbnail.webp", inline=True)


def _find(request: HttpRequest, channel_id: int, attachment_id) -> Attachment:
    user = request.user
    try:
        user, _token = BearerAuthentication().authenticate(request) or (user, None)
    except AuthenticationFailed:
        raise Http404 from None
    if not user.is_authenticated:
        raise Http404
    found = attachment_files.find_for(user=user, channel_id=channel_id, attachment_id=attachment_id)
    if found is None:
        raise Http404
    return found


def _answer(
    request: HttpRequest, stored, etag: str, content_type: str, name: str, *, inline: bool
) -> HttpResponse:
    """The bytes never change, but who may see them does: so a browser keeps them and asks each time."""
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _guard(HttpResponseNotModified(), etag)
    try:
        file = stored.storage.open(stored.name)
    except FileNotFoundError:
        raise Http404 from None
    except Exception:  # each storage has errors of its own
        logger.exception("attachments: the storage handed nothing out")
        return _guard(HttpResponse(status=503, headers={"Retry-After": "5"}), etag)
    start, end = _asked_range(request, etag, file.size)
    if start is None:
        file.close()
        unsatisfiable = HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
        return _guard(unsatisfiable, etag)
    part = (start, end) != (0, file.size)
    response = StreamingHttpResponse(
        Pieces(file, start, 0 if request.method == "HEAD" else end - start),
        status=206 if part else 200,
        content_type=content_type,
    )
    response["Content-Length"] = str(end - start)
    response["Content-Disposition"] = content_disposition_header(not inline, name)
    if part:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return _guard(response, etag)


def _guard(response: HttpResponse, etag: str) -> HttpResponse:
    """Whatever the bytes are: nothing in them runs, and no other site embeds them."""
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _asked_range(request: HttpRequest, etag: str, size: int) -> tuple[int | None, int]:
    """Start and end (exclusive) of what to send; the whole for anything but one range of this very file, and
    no start for a range outside of it."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or asked[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return 0, size
    first, last = asked[1], asked[2]
    if first is None:
        return (max(0, size - int(last)), size) if int(last) else (None, 0)
    end = min(size, int(last) + 1) if last else size
    return (int(first), end) if int(first) < end else (None, 0)


@never_cache
@login_required
@require_safe
def album(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The channel's photos by month; its files behind a tab."""
    channel = my_channel(request, channel_id)
    kind = "file" if request.GET.get("kind") == "file" else "photo"
    found = attachment_files.sent(channel.pk, kind)
    pages = Paginator(found, PHOTOS_PER_PAGE if kind == "photo" else FILES_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    try:
        shown, away = attachment_files.shown(list(page)), False
    except StoreUnavailable:
        shown, away = [], True
    months = [
        (month, list(of_month)) for month, of_month in groupby(shown, lambda one: _month(one.created_at))
    ]
    state = {"channel": channel, "kind": kind, "kinds": KINDS, "page": page, "months": months, "away": away}
    return render(request, "chat/album.html", state, status=503 if away else 200)


def _month(moment):
    return timezone.localtime(moment).date().replace(day=1)
