"""Messages: the rules of posting, shared by socket and HTTP, and reading back."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat import metrics, protocol
from chat.meters import SECONDS, Distribution
from chat.models import Membership
from chat.pipeline.events import (
    Author,
    MessageEvent,
    Position,
    SystemEvent,
    TalkEvent,
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
PAGE_SIZE = 50
PAGE_LIMIT = 200

history_seconds = Distribution(
    "messenger_history_seconds", "Reading one page of history from the store.", SECONDS
)


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


class StoreAway(Refusal):
    code, status = "store_unavailable", 503
    detail = _("Earlier messages cannot be read right now. New ones still arrive.")


class HistoryBehind(Refusal):
    """The archive has not reached the requested bound yet; a page now would hide a hole."""

    code, status = "history_behind", 503
    detail = _("The latest messages are still being stored. Try again in a moment.")


@dataclass(frozen=True, slots=True)
class Message:
    """A message, or a slip, as readers see it. `author_name` is the person's name of today, or for a slip
    that of the wallet that speaks."""

    event: TalkEvent
    position: Position
    author_name: str

    @property
    def is_slip(self) -> bool:
        """Whether this is a system event with a slip instead of a person's message."""
        return isinstance(self.event, SystemEvent)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Messages and slips in the order asked for. `more`: further ones lie in that direction; `bounded`: the
    page does not begin at the end of the channel; `limit`: how many were asked for at most."""

    messages: list[Message]
    more: bool
    bounded: bool
    limit: int


def role_in(user_id: int, channel_id: int) -> str | None:
    """The role of a member of an open channel, or None."""
    found = Membership.objects.filter(user_id=user_id, channel_id=channel_id, channel__closed_at=None)
    return found.values_list("role", flat=True).first()


def check_message(client_id: str, text: str, reply_to: str | None) -> str:
    """The text with plain line ends. Raises BadMessage."""
    if not protocol.CLIENT_ID.fullmatch(client_id):
        raise BadMessage("client_id_malformed", "client_id")
    if reply_to is not None and not protocol.MESSAGE_ID.fullmatch(reply_to):
        raise BadMessage("reply_to_malformed", "reply_to")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    fault = protocol.find_fault(text)
    if fault:
        raise BadMessage(fault, "text")
    return text


def make_message(
    *, user_id: int, username: str, channel_id: int, client_id: str, text: str, reply_to: str | None = None
) -> MessageEvent:
    """A checked message with its id. The same author, channel and client_id make the same id."""
    return MessageEvent(
        channel=channel_id,
        id=message_id(user_id, channel_id, client_id),
        author=Author(user_id, username),
        text=check_message(client_id, text, reply_to),
        client_id=client_id,
        sent_at=now_ms(),
        reply_to=reply_to,
    )


def post_message(
    *,
    author,
    channel_id: int,
    client_id: str,
    text: str,
    reply_to: str | None = None,
    sent_at: datetime | None = None,
) -> tuple[Message, bool]:
    """Post and wait for the log. Returns the message and whether it is new. `sent_at` is now without one.

    The same author, channel and client_id again returns the first message. Raises ChannelNotFound,
    BadMessage, LogAway (not sent, or not known to be: repeat with the same client_id).
    """
    if role_in(author.pk, channel_id) is None:
        raise ChannelNotFound
    event = make_message(
        user_id=author.pk,
        username=author.username,
        channel_id=channel_id,
        client_id=client_id,
        text=text,
        reply_to=reply_to,
    )
    if sent_at is not None:
        event.sent_at = int(sent_at.timestamp() * 1000)
    first = first_message(event.id)
    if first is not None:
        return Message(*first, author.username), False
    return Message(event, _append(event), author.username), True


def first_message(event_id: str) -> tuple[MessageEvent, Position] | None:
    """The message that has this id already, from this process's memory or from the store."""
    held = recent().find(event_id.encode())
    if held is not None:
        return decode(held[0]), held[1]
    try:
        return message_store().find([event_id]).get(event_id)
    except StoreUnavailable:
        return None  # talking goes on; a repeat keeps its id and readers drop it


def _append(event: MessageEvent) -> Position:
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


def history(
    *, channel_id: int, before: str | None = None, after: str | None = None, limit: int = PAGE_SIZE
) -> HistoryPage:
    """Messages and slips strictly between two positions: newest first, or with `after` oldest first.

    The caller has authorised. With `before`, everything below it is known to be archived, so a page never
    hides a hole. Raises BadMessage (position_malformed), StoreAway, HistoryBehind.
    """
    limit = max(1, min(limit, PAGE_LIMIT))
    upper = _position(before, "before")
    lower = _position(after, "after")
    store = message_store()
    began = time.monotonic()
    try:
        if upper is not None and not _archived_below(store.reached(upper.partition), upper):
            raise HistoryBehind(retry_after_seconds=1)
        found = store.page(channel_id, before=upper, after=lower, limit=limit + 1)
    except StoreUnavailable as error:
        raise StoreAway(retry_after_seconds=RETRY_AFTER_SECONDS) from error
    finally:
        history_seconds.observe(time.monotonic() - began)
    messages = with_names_of_today(found)
    return HistoryPage(
        messages[:limit], more=len(messages) > limit, bounded=bool(upper or lower), limit=limit
    )


def _position(text: str | None, field: str) -> Position | None:
    if not text:
        return None
    try:
        return Position.parse(text)
    except ValueError:
        raise BadMessage("position_malformed", field) from None


def _archived_below(reached: Position | None, upper: Position) -> bool:
    """Whether everything of the partition below this bound is in the store."""
    if upper.offset == 0:
        return True
    if reached is None:
        return False
    if reached.appended_at_ms != upper.appended_at_ms:
        return reached.appended_at_ms > upper.appended_at_ms
    return reached.offset + 1 >= upper.offset


def latest_messages(channel_ids: list[int]) -> dict[int, tuple[TalkEvent, Position]]:
    """The last stored message or slip of each channel; none while the store is away."""
    try:
        return message_store().latest(channel_ids)
    except StoreUnavailable:
        return {}


def with_names_of_today(found: Iterable[tuple[TalkEvent, Position]]) -> list[Message]:
    """The same messages under their authors' present names; deleted accounts are former members."""
    found = list(found)
    ids = {event.author.id for event, _ in found if isinstance(event, MessageEvent)}
    names = {user.pk: user.public_name for user in get_user_model().objects.filter(pk__in=ids)}
    return [Message(event, at, _speaker(event, names)) for event, at in found]


def _speaker(event: TalkEvent, names: dict[int, str]) -> str:
    if isinstance(event, SystemEvent):
        return event.slip.get("wallet_name", "")
    return names.get(event.author.id, event.author.username)
