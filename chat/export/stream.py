"""Streams a whole channel to one of its admins, in constant memory however long its history is."""

import re
from collections.abc import AsyncIterator, Iterator
from types import ModuleType

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override

from accounts import attempts
from chat.export import json_lines, plain_text
from chat.messages import posting
from chat.messages.history import Message, StoreAway, as_read_today
from chat.models import Channel, Membership, Role
from chat.pipeline.events import ORIGIN, Position
from chat.pipeline.parts import message_store
from chat.pipeline.ports import StoreUnavailable
from chat.refusals import AdminsOnly
from chat.services import channel_for

FORMS: dict[str, ModuleType] = {"jsonl": json_lines, "txt": plain_text}
MESSAGES_AT_ONCE = 500
MEMBERS_AT_ONCE = 1_000
EXPORTS_AT_ONCE = 10  # of one person; then a pause (accounts/attempts.py)
NOT_IN_FILE_NAMES = r'[\\/:*?"<>|]'


def export_channel(*, user, channel_id: int, form: str) -> StreamingHttpResponse:
    """The channel as a download; `form` is one of FORMS. An admin's right: it copies what everybody here
    said, so somebody has to answer for it. Others find their own words in their personal data.

    Holds all messages up to the last one that is stored when it begins, each as it is when it is read: what
    is edited or deleted meanwhile may be in its old or new state, never both. Whoever stops being an admin
    gets no further piece; a file is whole when it ends with its last line. Raises ChannelNotFound,
    AdminsOnly, TooManyAttempts or StoreAway.
    """
    channel = channel_for(user=user, channel_id=channel_id)
    if channel.my_role != Role.ADMIN:
        raise AdminsOnly
    attempts.spend(attempts.Counter(f"export:{user.pk}", EXPORTS_AT_ONCE, shared=True))
    writer = FORMS[form]
    try:
        newest = message_store().page(channel_id, before=None, after=None, limit=1)
    except StoreUnavailable as error:
        raise StoreAway(retry_after_seconds=posting.RETRY_AFTER_SECONDS) from error
    until = newest[0][1] if newest else ORIGIN
    pieces = _pieces(writer, channel, until, user.pk, get_language())
    response = StreamingHttpResponse(pieces, content_type=f"{writer.CONTENT_TYPE}; charset=utf-8")
    name = re.sub(NOT_IN_FILE_NAMES, "_", f"{channel.name} {timezone.localdate()}.{form}")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "no-store"
    return response


async def _pieces(
    writer: ModuleType, channel: Channel, until: Position, user_id: int, language: str
) -> AsyncIterator[str]:
    """Asynchronous: of a synchronous iterator Django would keep all pieces before it sends the first. The
    language is that of the request, which has been answered when most of this runs."""

    def written(*arguments) -> str:
        with override(language):
            return writer.piece(*arguments)

    with override(language):
        head = writer.head(channel, until)
    yield head
    lines = _rows(channel, until, user_id)
    count = 0
    previous: Message | None = None
    while rows := await sync_to_async(next)(lines, None):
        yield await sync_to_async(written)(rows, previous)
        if isinstance(rows[-1], Message):
            count += len(rows)
            previous = rows[-1]
    if await sync_to_async(_may_read)(user_id, channel.pk):
        with override(language):
            foot = writer.foot(until, count)
        yield foot


def _rows(channel: Channel, until: Position, user_id: int) -> Iterator[list]:
    """Memberships, then messages, a list of one kind at a time; it ends early for who may not read on."""
    yield from _members(channel)
    after = ORIGIN
    while after < until and _may_read(user_id, channel.pk):
        found = message_store().page(channel.pk, before=None, after=after, limit=MESSAGES_AT_ONCE)
        found = [(event, position) for event, position in found if position <= until]
        if not found:
            return
        yield as_read_today(found)
        after = found[-1][1]


def _members(channel: Channel) -> Iterator[list[Membership]]:
    last = 0
    members = Membership.objects.filter(channel=channel).select_related("user").order_by("pk")
    while found := list(members.filter(pk__gt=last)[:MEMBERS_AT_ONCE]):
        yield found
        last = found[-1].pk


def _may_read(user_id: int, channel_id: int) -> bool:
    return posting.role_in(user_id, channel_id) == Role.ADMIN
