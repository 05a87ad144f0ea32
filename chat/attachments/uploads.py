"""Taking files in: size, type, drawing anew, quota, storage. Nothing of a refused file stays."""

import json
import logging
import re
import subprocess
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path, PurePath
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat.attachments import photos
from chat.attachments.removal import throw_away
from chat.attachments.taking import KEPT_UNSENT
from chat.attachments.types import PHOTO_TYPES, Program, recognise
from chat.messages import posting
from chat.models import FILE_NAME_LENGTH, Attachment
from chat.refusals import ChannelNotFound

logger = logging.getLogger(__name__)
MEGABYTE = 1024 * 1024
MOST_UNSENT = 50
DAY = timedelta(days=1)
DRAWN_AT_ONCE = 2  # in one process: each may need a few hundred megabytes
DRAWING_SECONDS, WAITING_SECONDS = 60, 20
SUFFIXES = {"image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",), "image/webp": (".webp",)}
PROGRAM = Path(photos.__file__)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # control, reading direction, half letters, line ends
_drawing = threading.BoundedSemaphore(DRAWN_AT_ONCE)


class AttachmentRefused(Refusal):
    """A file that is not taken; `code` says why."""

    field = "file"
    DETAILS = {
        "attachment_missing": (400, _("Choose a file first.")),
        "attachment_empty": (422, _("The file is empty.")),
        "attachment_too_large": (413, _("A photo may have up to %(photo)d MB, a file %(file)d MB.")),
        "attachment_too_many_pixels": (422, _("The photo has more than %(pixels)d million pixels.")),
        "attachment_type_refused": (422, _("Programs are not taken here.")),
        "attachment_damaged": (422, _("The photo is damaged and cannot be read.")),
        "attachment_quota": (429, _("That was a lot of files today. Try again tomorrow.")),
        "attachment_unsent_quota": (429, _("Too many files are waiting. Send them first.")),
        "attachment_busy": (503, _("Many photos arrive right now. Try again in a moment.")),
        "attachment_storage_unavailable": (503, _("Files cannot be kept right now. Try again in a moment.")),
    }

    def __init__(self, code: str, *, retry_after_seconds: float | None = None) -> None:
        self.code = code
        self.status, sentence = self.DETAILS[code]
        limits = {
            "photo": settings.PHOTO_MEGABYTES,
            "file": settings.FILE_MEGABYTES,
            "pixels": settings.PHOTO_MEGAPIXELS,
        }
        super().__init__(sentence % limits, retry_after_seconds=retry_after_seconds)


class UploadToDisk(FileUploadHandler):
    """Django's way to receive files: into one without a name, which vanishes with the process however that
    ends. What is beyond the limit is counted and not kept."""

    def new_file(self, *arguments, **options) -> None:
        """Begin a file of the form."""
        super().new_file(*arguments, **options)
        nameless = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the request)
        self.file = UploadedFile(nameless, name=self.file_name, size=0)
        self._most_bytes = settings.FILE_MEGABYTES * MEGABYTE

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write it down."""
        if start <= self._most_bytes:
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """The file at its beginning, with the size that was sent."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """The client went away."""
        if getattr(self, "file", None):
            self.file.close()


def receive(*, user, channel_id: int, upload: UploadedFile | None) -> Attachment:
    """Keep a file for a message that this member of the channel will send. Photos are drawn anew.

    Raises ChannelNotFound or AttachmentRefused. Each call makes another attachment. Whatever ends it, kill -9
    too, every byte in the storage has its row, and a row that nobody got to know goes with the unsent ones.
    """
    if posting.role_in(user.pk, channel_id) is None:
        raise ChannelNotFound
    if upload is None:
        raise AttachmentRefused("attachment_missing")
    if upload.size == 0:
        raise AttachmentRefused("attachment_empty")
    if upload.size > settings.FILE_MEGABYTES * MEGABYTE:
        raise AttachmentRefused("attachment_too_large")
    try:
        kind = recognise(upload.file)
    except Program:
        raise AttachmentRefused("attachment_type_refused") from None
    attachment = Attachment(pk=uuid4(), channel_id=channel_id, uploader=user, content_type=kind)
    attachment.name, attachment.size = tidy_name(upload.name), upload.size
    if kind not in PHOTO_TYPES:
        return _keep(attachment, upload.file, None)
    if upload.size > settings.PHOTO_MEGABYTES * MEGABYTE:
        raise AttachmentRefused("attachment_too_large")
    with tempfile.TemporaryFile() as photo, tempfile.TemporaryFile() as thumbnail:
        facts = _redraw(upload.file, photo, thumbnail)
        attachment.content_type = facts["content_type"]
        attachment.width, attachment.height = facts["width"], facts["height"]
        attachment.size = photo.seek(0, 2)
        attachment.name = _named_as(attachment.name, attachment.content_type)
        return _keep(attachment, photo, thumbnail)


def upload_of_form(request: HttpRequest, channel_id: int) -> list[str]:
    """The id of the file that a page's form brought, for its message. Raises as `receive` does."""
    upload = request.FILES.get("file")
    if upload is None:
        return []
    return [str(receive(user=request.user, channel_id=channel_id, upload=upload).pk)]


def tidy_name(name: str | None) -> str:
    """A file's name without folders and without what deceives a reader ("gpj.exe" turned round), at most
    FILE_NAME_LENGTH characters; a long one keeps its end, which says what it is."""
    plain = unicodedata.normalize("NFC", (name or "").replace("\\", "/").rpartition("/")[2])
    plain = "".join(mark for mark in plain if unicodedata.category(mark) not in _INVISIBLE)
    plain = re.sub(r"\s+", " ", plain).strip(" .")
    if not plain:
        return "file"
    suffix = PurePath(plain).suffix[:20]
    return plain if len(plain) <= FILE_NAME_LENGTH else plain[: FILE_NAME_LENGTH - len(suffix)] + suffix


def _named_as(name: str, content_type: str) -> str:
    """The name with the ending that the redrawn photo has now."""
    if PurePath(name).suffix.lower() in SUFFIXES[content_type]:
        return name
    return PurePath(name).stem[: FILE_NAME_LENGTH - 5] + SUFFIXES[content_type][0]


def _redraw(source: BinaryIO, photo: BinaryIO, thumbnail: BinaryIO) -> dict:
    """The facts of the photo that was drawn into the two files. Raises AttachmentRefused."""
    files = (photo.fileno(), thumbnail.fileno())
    pixels = settings.PHOTO_MEGAPIXELS * 1_000_000
    with _turn_to_draw():
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(PROGRAM), str(pixels), *map(str, files)],
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=files,
                env={},  # a decoder that was broken into finds no secret
                timeout=DRAWING_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise AttachmentRefused("attachment_damaged") from None
    facts = json.loads(done.stdout) if done.returncode == 0 else {"refused": "attachment_damaged"}
    if "refused" in facts:
        raise AttachmentRefused(facts["refused"])
    return facts


@contextmanager
def _turn_to_draw() -> Iterator[None]:
    if not _drawing.acquire(timeout=WAITING_SECONDS):
        raise AttachmentRefused("attachment_busy", retry_after_seconds=WAITING_SECONDS)
    try:
        yield
    finally:
        _drawing.release()


def _keep(attachment: Attachment, content: BinaryIO, thumbnail: BinaryIO | None) -> Attachment:
    """First the row, then the bytes: so no byte is ever without a row that finds it again."""
    attachment.content.name = attachment.content.field.generate_filename(attachment, "")
    if thumbnail is not None:
        attachment.thumbnail.name = attachment.thumbnail.field.generate_filename(attachment, "")
    attachment.save(force_insert=True)
    try:
        _check_quota(attachment)
        for place, file in ((attachment.content, content), (attachment.thumbnail, thumbnail)):
            if file is not None:
                file.seek(0)
                place.storage.save(place.name, File(file))
    except AttachmentRefused:
        attachment.delete()
        raise
    except Exception as error:  # each storage has errors of its own
        logger.exception("attachments: the storage took no file")
        throw_away(attachment)
        raise AttachmentRefused("attachment_storage_unavailable", retry_after_seconds=5) from error
    return attachment


def _check_quota(attachment: Attachment) -> None:
    """Counted after the row is there: of several at once none is overlooked, and no lock is needed."""
    if not settings.RATE_LIMITS:
        return
    mine = Attachment.objects.filter(uploader=attachment.uploader)
    today = mine.filter(created_at__gt=timezone.now() - DAY).aggregate(total=Sum("size"))
    if today["total"] > settings.UPLOAD_DAY_MEGABYTES * MEGABYTE:
        raise AttachmentRefused("attachment_quota", retry_after_seconds=DAY.total_seconds())
    if mine.filter(message_id="", created_at__gt=timezone.now() - KEPT_UNSENT).count() > MOST_UNSENT:
        raise AttachmentRefused("attachment_unsent_quota", retry_after_seconds=DAY.total_seconds())
