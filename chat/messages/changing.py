"""Changing messages that are there: edit, delete, react, answer, pin; for the socket and HTTP alike.

A change is an event of its own on the log (chat/pipeline/events.py); the message stays as it was written.
"""

import time

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat import protocol
from chat.cards import rules
from chat.messages import posting, writing
from chat.messages.history import Message, StoreAway
from chat.models import Role
from chat.pipeline.changes import Changes
from chat.pipeline.events import (
    Answered,
    Author,
    ChangeEvent,
    Deleted,
    Edited,
    MessageEvent,
    Pinned,
    Position,
    Reacted,
    change_id,
    now_ms,
)
from chat.pipeline.parts import message_store, recent
from chat.pipeline.ports import StoreUnavailable
from chat.refusals import AdminsOnly, ChannelNotFound

ARRIVING_SECONDS, LOOK_AGAIN_SECONDS = 0.5, 0.01

REACTIONS = ("👍", "❤️", "😂", "😮", "😢", "🙏", "✅", "🎉")


class MessageNotFound(Refusal):
    """No message of this channel has this id; a slip is nobody's to change."""

    code, status = "message_not_found", 404
    detail = _("There is no such message.")


class AuthorOnly(Refusal):
    """Somebody else's message."""

    code, status = "author_only", 403
    detail = _("Only who wrote a message may do this.")


class MessageDeleted(Refusal):
    """Only a tombstone is left of it."""

    code, status = "message_deleted", 409
    detail = _("This message was deleted.")


class ReactionUnknown(Refusal):
    """Not one of REACTIONS."""

    code, status, field = "reaction_unknown", 422, "emoji"
    detail = _("This reaction is not offered.")


class NotACard(Refusal):
    """Only polls and events are answered."""

    code, status = "not_a_card", 422
    detail = _("This message asks nothing.")


def find_target(channel_id: int, message_id: str) -> tuple[MessageEvent, Position, Changes | None]:
    """The message of this channel, with what became of it as far as it is archived. Raises MessageNotFound,
    StoreAway."""
    if not protocol.MESSAGE_ID.fullmatch(message_id):
        raise MessageNotFound
    found = _arrived(message_id)
    try:
        changes = message_store().changes([message_id]).get(message_id)
    except StoreUnavailable as error:
        raise StoreAway(retry_after_seconds=posting.RETRY_AFTER_SECONDS) from error
    if found is None or found[0].channel != channel_id or not isinstance(found[0], MessageEvent):
        raise MessageNotFound
    return *found, changes


def _arrived(message_id: str) -> tuple[MessageEvent, Position] | None:
    """The message of this id. Who changes at once what was just acknowledged may be faster than the reader of
    the log, by milliseconds: then it is waited for."""
    until = time.monotonic() + ARRIVING_SECONDS
    while True:
        ahead = recent().is_ahead(message_id.encode())
        found = posting.first_message(message_id)
        if found is not None or not ahead or time.monotonic() > until:
            return found
        time.sleep(LOOK_AGAIN_SECONDS)


def make_change(asked: protocol.Ask, *, author: Author, role: str) -> ChangeEvent:
    """The event that carries this out for a member with this role. Asks the store and the database.

    The same author, message and client_id make the same id. Raises MessageNotFound, MessageDeleted (but a
    deletion may be repeated), AuthorOnly, Muted (to edit is to write), AdminsOnly, ReactionUnknown, NotACard,
    BadAnswer, CardClosed, BadMessage, StoreAway.
    """
    target, _position, changes = _target_of(asked)
    return judge(asked, target, changes, author=author, role=role)


def _target_of(asked: protocol.Ask) -> tuple[MessageEvent, Position, Changes | None]:
    posting.check_client_id(asked.client_id)
    return find_target(asked.channel, asked.message)


def judge(
    asked: protocol.Ask,
    target: MessageEvent,
    changes: Changes | None,
    *,
    author: Author,
    role: str,
    at_ms: int | None = None,
) -> ChangeEvent:
    """The event that does this to `target`, of which `changes` is known, at that moment (None: now). Raises
    what `make_change` raises of a message that is there."""
    if changes is not None and changes.deletion is not None and not isinstance(asked, protocol.Delete):
        raise MessageDeleted
    common = {
        "channel": asked.channel,
        "id": change_id(author.id, asked.message, asked.client_id),
        "message": asked.message,
        "author": author,
        "client_id": asked.client_id,
        "sent_at": at_ms or now_ms(),
    }
    mine = target.author.id == author.id
    match asked:
        case protocol.Edit():
            _require(mine, AuthorOnly)
            _require_voice(author.id, asked.channel)
            text = posting.check_text(asked.text)
            mentions = posting.named_in(asked.channel, text, asked.mentions)
            return Edited(**common, text=text, mentions=mentions)
        case protocol.Delete():
            _require(mine or role == Role.ADMIN, AuthorOnly)
            return Deleted(**common)
        case protocol.React():
            _require(asked.emoji in REACTIONS, ReactionUnknown)
            return Reacted(**common, emoji=asked.emoji, on=asked.on)
        case protocol.Answer():
            _require(target.card is not None, NotACard)
            return Answered(**common, choices=rules.check_answer(target.card, asked.choices, at_ms))
        case protocol.Pin():
            _require(role == Role.ADMIN, AdminsOnly)
            return Pinned(**common, on=asked.on)
    raise TypeError(asked)


def change_message(*, author, asked: protocol.Ask) -> Message:
    """Carry it out and wait for the log. Returns the message as it is then. Raises what `make_change` does,
    ChannelNotFound, LogAway (not done, or not known to be: repeat with the same client_id)."""
    role = posting.role_in(author.pk, asked.channel)
    if role is None:
        raise ChannelNotFound
    target, at, changes = _target_of(asked)
    event = judge(asked, target, changes, author=Author(author.pk, author.username), role=role)
    position = posting.append(event)
    return Message(target, at, target.author.username, changes).changed_by(event, position)


def _require_voice(user_id: int, channel_id: int) -> None:
    standing = writing.standing_in(user_id, channel_id)
    if standing is None:
        raise ChannelNotFound
    writing.refuse_muted(standing.muted_until)


def _require(allowed: bool, refusal: type[Refusal]) -> None:
    if not allowed:
        raise refusal
