"""Posting: the rules of a new message, shared by the sockets, HTTP and the pages."""

import threading

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat import metrics, protocol
from chat.attachments import taking
from chat.cards import rules
from chat.messages import writing
from chat.models import Membership
from chat.pipeline.events import (
    AttachedFile,
    Author,
    Card,
    ChangeEvent,
    MessageEvent,
    Position,
    decode,
    encode,
    message_id,
    now_ms,
)
from chat.pipeline.parts import event_log, message_store, recent
from chat.pipeline.ports import LogUnavailable, StoreUnavailable
from chat.refusals import ChannelNotFound

APPEND_TIMEOUT_SECONDS = 11  # a little more than the log's own limit, which answers first
RETRY_AFTER_SECONDS = 2


class BadMessage(Refusal):
    """The message breaks a rule; `code` says which."""

    status = 400
    DETAILS = {
        "text_too_long": _("A message may have up to 4,000 characters."),
        "text_empty": _("Write something first."),
        "control_characters": _("The message has characters that cannot be shown."),
        "client_id_malformed": _("client_id: 1 to 64 letters, digits, - or _ (a UUID)."),
        "reply_to_malformed": _("reply_to is no message id."),
        "position_malformed": _("This is no position of a message."),
    }

    def __init__(self, code: str, field: str) -> None:
        self.code = code
        super().__init__(self.DETAILS[code], field=field)


class LogAway(Refusal):
    """The log did not confirm: the message is not sent. The same client_id may be tried again."""

    code, status = "log_unavailable", 503
    detail = _("The message could not be sent. Try again in a moment.")


def role_in(user_id: int, channel_id: int) -> str | None:
    """The role of a member of an open channel, or None."""
    found = Membership.objects.filter(user_id=user_id, channel__id=channel_id, channel__closed_at=None)
    return found.values_list("role", flat=True).first()


def check_client_id(client_id: str) -> None:
    """Raises BadMessage for what is none."""
    if not protocol.CLIENT_ID.fullmatch(client_id):
        raise BadMessage("client_id_malformed", "client_id")


def check_text(text: str) -> str:
    """The text with plain line ends. Raises BadMessage."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    fault = protocol.find_fault(text)
    if fault:
        raise BadMessage(fault, "text")
    return text


def make_message(
    *,
    user_id: int,
    username: str,
    channel_id: int,
    client_id: str,
    text: str,
    reply_to: str | None = None,
    mentions: list[Author] | None = None,
    attached: list[AttachedFile] | None = None,
    card: Card | None = None,
) -> MessageEvent:
    """A checked message with its id. The same author, channel and client_id make the same id. Attachments
    and cards need no text; a card's title is the text of whoever cannot show cards. Raises BadMessage."""
    check_client_id(client_id)
    if reply_to is not None and not protocol.MESSAGE_ID.fullmatch(reply_to):
        raise BadMessage("reply_to_malformed", "reply_to")
    if card is not None and not text.strip():
        text = card.title
    return MessageEvent(
        channel=channel_id,
        id=message_id(user_id, channel_id, client_id),
        author=Author(user_id, username),
        text="" if attached and not text.strip() else check_text(text),
        client_id=client_id,
        sent_at=now_ms(),
        reply_to=reply_to,
        mentions=mentions or [],
        attachments=attached or [],
        card=card,
    )


def look_up(*, user_id: int, asked: protocol.Send, at_ms: int | None = None) -> dict:
    """What a message that is not plain holds, as `make_message` takes it, said at that moment (None: now).
    Asks the database.

    Raises AttachmentNotFound, BadCard, or BadMessage before anything is taken.
    """
    check_client_id(asked.client_id)
    if asked.text.strip():
        check_text(asked.text)
    card = rules.check(asked.card, at_ms) if asked.card else None
    event_id = message_id(user_id, asked.channel, asked.client_id)
    return {
        "mentions": named_in(asked.channel, asked.text, asked.mentions),
        "attached": taking.take(
            uploader_id=user_id, channel_id=asked.channel, ids=asked.attachments, event_id=event_id
        ),
        "card": card,
    }


def named_in(channel_id: int, text: str, ids: list[int]) -> list[Author]:
    """Those of these people who are members and whom the text names with @. Others are left out: somebody
    may have left while the message was written."""
    if not ids:
        return []
    members = Membership.objects.filter(channel_id=channel_id, user__in=ids).select_related("user")
    people = [Author(one.user_id, one.user.public_name) for one in members.order_by("user_id")]
    return [person for person in people if f"@{person.username}" in text]


def post_message(*, author, asked: protocol.Send):
    """Post and wait for the log. Returns event, position and whether it is new.

    The same author, channel and client_id again returns the first message. Raises ChannelNotFound,
    BadMessage, AttachmentNotFound, BadCard, Muted, SlowMode, LogAway (not sent, or not known to be: repeat
    with the same client_id).
    """
    standing = writing.standing_in(author.pk, asked.channel)
    if standing is None:
        raise ChannelNotFound
    first = first_message(message_id(author.pk, asked.channel, asked.client_id))
    if first is not None:
        return *first, False
    extras = {} if asked.is_plain else look_up(user_id=author.pk, asked=asked)
    event = make_message(
        user_id=author.pk,
        username=author.username,
        channel_id=asked.channel,
        client_id=asked.client_id,
        text=asked.text,
        reply_to=asked.reply_to,
        **extras,
    )
    writing.take_turn(standing, user_id=author.pk, channel_id=asked.channel, event_id=event.id)
    return event, append(event), True


def first_message(event_id: str) -> tuple[MessageEvent, Position] | None:
    """The message that has this id already, from this process's memory or from the store."""
    held = recent().find(event_id.encode())
    if held is not None:
        return decode(held[0]), held[1]
    try:
        return message_store().find([event_id]).get(event_id)
    except StoreUnavailable:
        return None  # talking goes on; a repeat keeps its id and readers drop it


def append(event: MessageEvent | ChangeEvent) -> Position:
    """Append and wait for the log's word. Raises LogAway: not in the log, or not known to be."""
    answered = threading.Event()
    outcome: list = []

    def done(position: Position | None, error: LogUnavailable | None) -> None:
        outcome.extend((position, error))
        answered.set()

    try:
        metrics.accepted.add(label="page")
        event_log().append(event.channel, encode(event), done)
    except LogUnavailable as error:
        metrics.refused.add(label=LogAway.code)
        raise LogAway(retry_after_seconds=RETRY_AFTER_SECONDS) from error
    if not answered.wait(APPEND_TIMEOUT_SECONDS) or outcome[0] is None:
        metrics.refused.add(label=LogAway.code)
        raise LogAway(retry_after_seconds=RETRY_AFTER_SECONDS)
    metrics.acknowledged.add()
    return outcome[0]
