"""Photos and files that members put into a channel."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.channel import Channel

FILE_NAME_LENGTH = 150


def _place(attachment: "Attachment", _name: str) -> str:
    # Two letters a folder: no folder grows beyond what a file system likes.
    return f"attachments/{attachment.pk.hex[:2]}/{attachment.pk.hex}"


def _thumbnail_place(attachment: "Attachment", _name: str) -> str:
    return f"{_place(attachment, _name)}.thumbnail"


class Attachment(models.Model):
    """A file of a channel, uploaded before the message that shows it. Without a message (`message_id` empty)
    only its uploader knows it, and it is thrown away after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="attachments")
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=FILE_NAME_LENGTH)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("bytes"))
    # Of a photo; 0 for any other file.
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    content = models.FileField(upload_to=_place, max_length=120)
    thumbnail = models.FileField(upload_to=_thumbnail_place, max_length=130, blank=True)
    message_id = models.CharField(max_length=32, blank=True, db_index=True)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [models.Index(fields=["channel", "created_at"], name="attachments_of_channel")]

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    @property
    def is_photo(self) -> bool:
        """Whether it is shown as a picture."""
        return self.width > 0
