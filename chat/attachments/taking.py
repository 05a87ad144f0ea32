"""Photos and files of a channel: uploaded first, then shown by a message."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat.models import Attachment
from chat.pipeline.events import AttachedFile

KEPT_UNSENT = timedelta(days=1)


class AttachmentNotFound(Refusal):
    """Unknown, of another channel or person, or shown by another message already."""

    code, status, field = "attachment_not_found", 422, "attachments"
    detail = _("A file was not found. Add it again.")


def take(*, uploader_id: int, channel_id: int, ids: list[str], event_id: str) -> list[AttachedFile]:
    """The uploads with these ids, in this order, from now on those of the message `event_id`; again for the
    same message they are the same. Raises AttachmentNotFound, and then takes none."""
    if not ids:
        return []
    try:
        wanted = [UUID(one) for one in ids]
    except ValueError:
        raise AttachmentNotFound from None
    uploads = Attachment.objects.filter(
        pk__in=wanted, uploader=uploader_id, channel=channel_id, message_id__in=("", event_id)
    ).exclude(message_id="", created_at__lte=timezone.now() - KEPT_UNSENT)
    with transaction.atomic():
        found = uploads.in_bulk()
        if len(found) < len(wanted):
            raise AttachmentNotFound
        # The condition again: of two messages that show the same file at once, one finds it gone.
        if uploads.update(message_id=event_id) < len(wanted):
            raise AttachmentNotFound
    return [describe(found[one]) for one in wanted]


def describe(attachment: Attachment) -> AttachedFile:
    """The file as a message shows it."""
    return AttachedFile(
        str(attachment.pk),
        attachment.name,
        attachment.content_type,
        attachment.size,
        attachment.width,
        attachment.height,
    )
