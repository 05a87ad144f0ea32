"""How the bytes of attachments go: with their message, or unsent after a day. Rows that are due are the list
of what is to do, so kill -9 anywhere only means that the next one does it."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import QuerySet
from django.utils import timezone

from chat.attachments.taking import KEPT_UNSENT
from chat.models import Attachment
from chat.pipeline.events import ChangeEvent, Deleted
from chat.pipeline.parts import message_store
from chat.pipeline.ports import StoreUnavailable

logger = logging.getLogger(__name__)
SOME_TIME = timedelta(hours=1)  # so that nothing is thrown away while a message takes it
LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
AT_ONCE = 100
LOOKED_BACK = timedelta(days=7)


def heed(changes: list[ChangeEvent]) -> None:
    """What the archive calls with every change before it moves on. Raises StoreUnavailable while the database
    is away."""
    try:
        if not connection.in_atomic_block:  # inside, it is its caller's to close
            close_old_connections()
        release(changes)
    except DatabaseError as error:
        raise StoreUnavailable(f"database: {type(error).__name__}") from error


def release(changes: Iterable[ChangeEvent]) -> None:
    """Take the attachments from messages that were deleted: from now on nobody sees them, and they are due.
    Again it alters nothing."""
    deleted = [event.message for event in changes if isinstance(event, Deleted)]
    if deleted:
        _set_due(Attachment.objects.filter(message_id__in=deleted))


def release_unsent_of(user) -> None:
    """What this person uploaded and never sent is due."""
    _set_due(Attachment.objects.filter(uploader=user, message_id=""))


def sweep() -> int:
    """Throw away what is due, at most AT_ONCE; returns how many went. An absent storage keeps all due."""
    due = Attachment.objects.filter(message_id="", created_at__lte=timezone.now() - KEPT_UNSENT - SOME_TIME)
    return sum(throw_away(attachment) for attachment in due.order_by("created_at", "pk")[:AT_ONCE])


def throw_away(attachment: Attachment) -> bool:
    """Delete the bytes, then the row; bytes that are gone already count as deleted. Whether it could be done;
    a row that stays is made due."""
    try:
        for stored in (attachment.thumbnail, attachment.content):
            if stored:
                stored.storage.delete(stored.name)
    except Exception:  # each storage has errors of its own
        logger.exception("attachments: the storage deleted nothing; it is tried again")
        _set_due(Attachment.objects.filter(pk=attachment.pk))
        return False
    attachment.delete()
    return True


def release_abandoned() -> None:
    """Take the attachments from messages that never came into the log, so that they go like unsent ones.

    That is known of a message only where its channel has a later one stored: until then it may still be on
    its way to the store.
    """
    now = timezone.now()
    bound = Attachment.objects.exclude(message_id="").filter(
        created_at__gt=now - LOOKED_BACK, created_at__lte=now - KEPT_UNSENT
    )
    rows = bound.order_by("pk").values_list("pk", "message_id", "channel_id", "created_at").iterator()
    while some := list(islice(rows, AT_ONCE)):
        store = message_store()
        known = store.find(list({message_id for _, message_id, _, _ in some}))
        latest = store.latest(list({channel_id for _, _, channel_id, _ in some}))
        lost = [
            pk
            for pk, message_id, channel_id, created_at in some
            if message_id not in known and _goes_on_after(latest.get(channel_id), created_at + KEPT_UNSENT)
        ]
        _set_due(Attachment.objects.filter(pk__in=lost))


def _goes_on_after(latest: tuple | None, moment: datetime) -> bool:
    return latest is not None and latest[1].appended_at_ms > moment.timestamp() * 1000


def _set_due(attachments: QuerySet[Attachment]) -> None:
    attachments.update(message_id="", created_at=LONG_AGO)
