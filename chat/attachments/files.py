"""Who may see which attachment: members those of sent messages, and everybody their own before sending."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.attachments.taking import KEPT_UNSENT
from chat.messages import posting
from chat.models import Attachment
from chat.pipeline.events import Position
from chat.pipeline.parts import message_store

KINDS = ("photo", "file")


def find_for(*, user, channel_id: int, attachment_id) -> Attachment | None:
    """The attachment, if this person may see it: one of a message for the members of its channel, an unsent
    one for who uploaded it. None for everybody else, whatever the reason."""
    own_unsent = Q(message_id="", uploader=user, created_at__gt=timezone.now() - KEPT_UNSENT)
    seen = Attachment.objects.filter(~Q(message_id="") | own_unsent, pk=attachment_id, channel__id=channel_id)
    attachment = seen.first()
    if attachment is None or posting.role_in(user.pk, channel_id) is None:
        return None
    return attachment


def sent(channel_id: int, kind: str | None) -> QuerySet[Attachment]:
    """The channel's attachments that a message took, the newest first. `kind` is one of KINDS, or None."""
    found = Attachment.objects.filter(channel=channel_id).exclude(message_id="").select_related("uploader")
    if kind is not None:
        found = found.filter(width__gt=0) if kind == "photo" else found.filter(width=0)
    return found.order_by("-created_at", "-pk")


def shown(attachments: list[Attachment]) -> list[Attachment]:
    """Those whose message is stored, each with its `position`: what was taken by a message that never got
    into the log is nobody's to see. Asks the store once. Raises StoreUnavailable."""
    wanted = list({one.message_id for one in attachments})
    found = message_store().find(wanted) if wanted else {}
    for one in attachments:
        one.position: Position | None = found[one.message_id][1] if one.message_id in found else None
    return [one for one in attachments if one.position is not None]
