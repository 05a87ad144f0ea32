"""Messages as the API shows them."""

from datetime import UTC, datetime

import msgspec
from rest_framework import serializers

from chat import slips
from chat.messages.history import Message


class AuthorSerializer(serializers.Serializer):
    """Who wrote it, by today's name. A slip has no person as its author: `id` is null, `username` the name of
    the wallet."""

    id = serializers.IntegerField(allow_null=True)
    username = serializers.CharField()


class QuoteSerializer(serializers.Serializer):
    """The beginning of the message that is replied to."""

    id = serializers.CharField()
    author = AuthorSerializer()
    text = serializers.CharField()
    deleted = serializers.BooleanField()


class AttachedFileSerializer(serializers.Serializer):
    """A photo or file; a photo has `width` and `height`."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class CardSerializer(serializers.Serializer):
    """A poll (`choices`, `multiple`) or an event (`starts_at`, `place`; choice 0 yes, 1 no, 2 maybe). Times
    are Unix milliseconds."""

    kind = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    choices = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    multiple = serializers.BooleanField(required=False, default=False)
    closes_at = serializers.IntegerField(required=False, allow_null=True, default=None)
    starts_at = serializers.IntegerField(required=False, allow_null=True, default=None)
    place = serializers.CharField(required=False, allow_blank=True, default="")


class MessageSerializer(serializers.Serializer):
    """A message. `position` orders the messages of a channel and is a cursor for before= and after=.

    `reactions` holds the ids of people by emoji, `answers` the choices by person. Of a deleted message
    nothing but its place is left. `quote` is what it replies to, where that is known.

    What wallets tell a channel stands among the messages as a slip: then `kind` is not "message" but says
    what it is ("receipt", "dues", "spending", …), `slip` holds its facts, and `text` says them in a sentence.

    `unread_by`, of the reader's own messages in a page of history: how many other members have not read it.
    """

    kind = serializers.CharField()
    id = serializers.CharField()
    position = serializers.CharField()
    channel = serializers.IntegerField()
    author = AuthorSerializer()
    text = serializers.CharField()
    client_id = serializers.CharField()
    sent_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted = serializers.BooleanField()
    deleted_by = serializers.IntegerField(allow_null=True)
    reply_to = serializers.CharField(allow_null=True)
    quote = QuoteSerializer(allow_null=True)
    mentions = AuthorSerializer(many=True)
    attachments = AttachedFileSerializer(many=True)
    card = CardSerializer(allow_null=True)
    answers = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()))
    notice = serializers.BooleanField()
    reactions = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()))
    slip = serializers.DictField(allow_null=True)
    unread_by = serializers.IntegerField(required=False)


class NoticesSerializer(serializers.Serializer):
    """All of them at once."""

    results = MessageSerializer(many=True)


class HistorySerializer(serializers.Serializer):
    """A page of messages and slips."""

    results = MessageSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


def present(message: Message) -> dict:
    """A message or a slip as the API shows it."""
    event = message.event
    changes = message.changes
    return {
        "kind": "message",
        "id": event.id,
        "position": str(message.position),
        "channel": event.channel,
        "sent_at": _moment(event.sent_at),
        "edited_at": message.edited_at and _moment(message.edited_at),
        "deleted": message.is_deleted,
        "deleted_by": changes.deletion.by if message.is_deleted else None,
        "notice": changes is not None and changes.is_notice,
        "reactions": changes.reacted if changes and not message.is_deleted else {},
        "answers": changes.answered if changes and not message.is_deleted else {},
        **(_slip(message) if message.is_slip else _words(message)),
    }


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat().replace("+00:00", "Z")


def _words(message: Message) -> dict:
    event = message.event
    shown = not message.is_deleted
    return {
        "author": {"id": event.author.id, "username": message.author_name},
        "text": message.text,
        "client_id": event.client_id,
        "reply_to": event.reply_to,
        "quote": message.quote and _quote(message.quote),
        "mentions": [msgspec.structs.asdict(one) for one in message.mentions],
        "attachments": [msgspec.structs.asdict(one) for one in event.attachments] if shown else [],
        "card": msgspec.structs.asdict(event.card) if event.card and shown else None,
        "slip": None,
    }


def _quote(message: Message) -> dict:
    return {
        "id": message.event.id,
        "author": {"id": message.event.author.id, "username": message.author_name},
        "text": message.quoted_text,
        "deleted": message.is_deleted,
    }


def _slip(message: Message) -> dict:
    event = message.event
    return {
        "kind": event.kind,
        "author": {"id": None, "username": message.author_name},
        "text": slips.sentence_of(event),
        "client_id": "",
        "reply_to": None,
        "quote": None,
        "mentions": [],
        "attachments": [],
        "card": None,
        "slip": event.slip,
    }
