"""What chat keeps of a person: where they are and were, their own words, files, reports and devices; and
what of it goes when the account goes."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec

from accounts.personal_data import File
from chat.attachments.removal import release_unsent_of
from chat.messages.history import Message
from chat.models import (
    Attachment,
    Channel,
    FormerMembership,
    Membership,
    PushSubscription,
    QuietHours,
    Report,
)
from chat.pipeline.events import ORIGIN, MessageEvent
from chat.pipeline.parts import message_store

MESSAGES_AT_ONCE = 1_000


def files_of(user) -> Iterator[File]:
    """The files of this person's download.

    Own messages also of channels that were left or closed: whoever may not read a channel any more has still
    said what they said. Nothing of what others said is in it.
    """
    mine = list(Membership.objects.filter(user=user).select_related("channel").order_by("channel"))
    former = FormerMembership.objects.filter(user=user).exclude(channel__in=[one.channel_id for one in mine])
    former = list(former.select_related("channel").order_by("channel"))
    yield "channels.json", [[*map(_membership, mine), *map(_former, former)]]
    for row in (*mine, *former):
        yield f"messages/{row.channel_id}.json", _own_messages(user.pk, row.channel)
    yield "files.json", _paged(Attachment.objects.filter(uploader=user), _file)
    yield "reports.json", _paged(Report.objects.filter(reporter=user), _report)
    yield "notifications.json", [_devices(user)]


def remember_leaving(membership: Membership) -> None:
    """For `before_leaving`: this person was here."""
    FormerMembership.objects.get_or_create(channel=membership.channel, user=membership.user)


def remember_closing(channel: Channel) -> None:
    """For `before_closing`: all of these people were here."""
    were = Membership.objects.filter(channel=channel).values_list("user", flat=True)
    rows = [FormerMembership(channel=channel, user_id=user_id) for user_id in were]
    FormerMembership.objects.bulk_create(rows, ignore_conflicts=True)


def forget_person(user) -> None:
    """For `before_account_deletion`, behind leaving: what was kept for this person alone."""
    FormerMembership.objects.filter(user=user).delete()
    PushSubscription.objects.filter(user=user).delete()
    QuietHours.objects.filter(user=user).delete()
    release_unsent_of(user)


def _own_messages(user_id: int, channel: Channel) -> Iterator[list[dict]]:
    """By paging the channel: an index by author would cost every message that is ever written, so that a few
    people find theirs quicker once."""
    after = ORIGIN
    while True:
        found = message_store().page(channel.pk, before=None, after=after, limit=MESSAGES_AT_ONCE)
        if not found:
            return
        after = found[-1][1]
        own = [
            (event, position)
            for event, position in found
            if isinstance(event, MessageEvent) and event.author.id == user_id
        ]
        changes = message_store().changes([event.id for event, _ in own]) if own else {}
        yield [
            _message(Message(event, position, "", changes.get(event.id)), channel) for event, position in own
        ]


def _message(message: Message, channel: Channel) -> dict:
    event, shown = message.event, not message.is_deleted
    return {
        "id": event.id,
        "channel": channel.pk,
        "sent_at": _of_ms(event.sent_at),
        "edited_at": message.edited_at and _of_ms(message.edited_at),
        "deleted": message.is_deleted,
        "text": message.text,
        "reply_to": event.reply_to,
        "attachments": [file.name for file in event.attachments] if shown else [],
        "card": msgspec.to_builtins(event.card) if event.card and shown else None,
    }


def _membership(row: Membership) -> dict:
    return {
        **_channel(row.channel),
        "role": row.role,
        "joined_at": row.joined_at.isoformat(),
        "notify": row.notify,
    }


def _former(row: FormerMembership) -> dict:
    return _channel(row.channel) | {"left_at": row.left_at.isoformat()}


def _channel(channel: Channel) -> dict:
    """A talk of two has no name but that of the other one, whose it is."""
    return {
        "id": channel.pk,
        "name": None if channel.is_direct else channel.name,
        "direct": channel.is_direct,
    }


def _file(row: Attachment) -> dict:
    return {
        "id": str(row.pk),
        "channel": row.channel_id,
        "message": row.message_id or None,
        "name": row.name,
        "content_type": row.content_type,
        "size": row.size,
        "created_at": row.created_at.isoformat(),
    }


def _report(row: Report) -> dict:
    return {
        "channel": row.channel_id,
        "message": row.message_id,
        "reason": row.reason,
        "note": row.note,
        "created_at": row.created_at.isoformat(),
    }


def _devices(user) -> list[dict]:
    rows = [
        {"browser": urlsplit(one.endpoint).netloc, "created_at": one.created_at.isoformat()}
        for one in PushSubscription.objects.filter(user=user)
    ]
    quiet = QuietHours.objects.filter(user=user).first()
    if quiet is not None:
        rows.append({"quiet_from": str(quiet.begins), "quiet_until": str(quiet.ends), "zone": quiet.zone})
    return rows


def _paged(rows, told) -> Iterable[list[dict]]:
    last = None
    while found := list((rows.filter(pk__gt=last) if last else rows).order_by("pk")[:MESSAGES_AT_ONCE]):
        yield [told(row) for row in found]
        last = found[-1].pk


def _of_ms(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
