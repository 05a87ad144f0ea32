"""Reading back: pages of a channel's messages and slips, with what became of them."""

import time
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, replace

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat.messages.posting import RETRY_AFTER_SECONDS, BadMessage
from chat.meters import SECONDS, Distribution
from chat.pipeline.changes import Changes
from chat.pipeline.events import Author, ChangeEvent, MessageEvent, Position, SystemEvent, TalkEvent
from chat.pipeline.parts import message_store
from chat.pipeline.ports import StoreUnavailable

PAGE_SIZE = 50
PAGE_LIMIT = 200
QUOTE_LENGTH = 120

history_seconds = Distribution(
    "messenger_history_seconds", "Reading one page of history from the store.", SECONDS
)


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
    that of the wallet that speaks. `quote` is the message it replies to, where that is known."""

    event: TalkEvent
    position: Position
    author_name: str
    changes: Changes | None = None
    quote: "Message | None" = None

    @property
    def is_slip(self) -> bool:
        """Whether this is a system event with a slip instead of a person's message."""
        return isinstance(self.event, SystemEvent)

    @property
    def is_deleted(self) -> bool:
        """Whether only a tombstone is left."""
        return self.changes is not None and self.changes.deletion is not None

    @property
    def text(self) -> str:
        """What it says now; nothing when it was deleted."""
        if self.is_deleted:
            return ""
        return self.changes.edit.text if self.changes and self.changes.edit else self.event.text

    @property
    def mentions(self) -> list[Author]:
        """Whom it names now."""
        if self.is_deleted:
            return []
        return self.changes.edit.mentions if self.changes and self.changes.edit else self.event.mentions

    @property
    def edited_at(self) -> int | None:
        """When it got its present text (Unix ms), if that is another one."""
        return self.changes.edit.edited_at if self.changes and self.changes.edit else None

    @property
    def quoted_text(self) -> str:
        """Its beginning on one line, as a quote shows it."""
        return " ".join(self.text.split())[:QUOTE_LENGTH]

    def changed_by(self, event: ChangeEvent, position: Position) -> "Message":
        """The same message after one more change."""
        known = self.changes or Changes(self.event.id, self.event.channel)
        after = deepcopy(known)
        after.fold(event, position)
        return replace(self, changes=after)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Messages and slips in the order asked for. `more`: further ones lie in that direction; `bounded`: the
    page does not begin at the end of the channel, so that others may lie behind it; `limit`: how many were
    asked for at most."""

    messages: list[Message]
    more: bool
    bounded: bool
    limit: int


def history(
    *, channel_id: int, before: str | None = None, after: str | None = None, limit: int = PAGE_SIZE
) -> HistoryPage:
    """Messages and slips strictly between two positions: newest first, or with `after` oldest first.

    The caller has authorised. With `before`, everything below it is known to be archived, so a page never
    hides a hole. Raises BadMessage (position_malformed), StoreAway, HistoryBehind.
    """
    limit = max(1, min(limit, PAGE_LIMIT))
    upper = position_of(before, "before")
    lower = position_of(after, "after")
    store = message_store()
    began = time.monotonic()
    try:
        if upper is not None and not _archived_below(store.reached(upper.partition), upper):
            raise HistoryBehind(retry_after_seconds=1)
        found = store.page(channel_id, before=upper, after=lower, limit=limit + 1)
        messages = as_read_today(found)
    except StoreUnavailable as error:
        raise StoreAway(retry_after_seconds=RETRY_AFTER_SECONDS) from error
    finally:
        history_seconds.observe(time.monotonic() - began)
    return HistoryPage(
        messages[:limit], more=len(messages) > limit, bounded=bool(upper or lower), limit=limit
    )


def around(*, channel_id: int, position: str, limit: int = PAGE_SIZE) -> HistoryPage:
    """The messages and slips about a position, newest first: half of the page up to it, the others behind it,
    and where one side has fewer, fewer in all. `bounded`: later ones lie behind the page.

    The caller has authorised. Raises BadMessage (position_malformed), StoreAway, HistoryBehind.
    """
    limit = max(2, min(limit, PAGE_LIMIT))
    at = position_of(position, "around")
    if at is None:
        raise BadMessage("position_malformed", "around")
    behind_it = Position(at.appended_at_ms, at.offset, at.partition + 1)
    half, store = limit // 2, message_store()
    try:
        if not _archived_below(store.reached(at.partition), at):
            raise HistoryBehind(retry_after_seconds=1)
        earlier = store.page(channel_id, before=behind_it, after=None, limit=half + 1)
        later = store.page(channel_id, before=None, after=at, limit=half + 1)
        messages = as_read_today([*later[:half][::-1], *earlier[:half]])
    except StoreUnavailable as error:
        raise StoreAway(retry_after_seconds=RETRY_AFTER_SECONDS) from error
    return HistoryPage(messages, more=len(earlier) > half, bounded=len(later) > half, limit=limit)


def position_of(text: str | None, field: str) -> Position | None:
    """The position that a client named. Raises BadMessage (position_malformed)."""
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


def notices(*, channel_id: int, limit: int = PAGE_SIZE) -> list[Message]:
    """The channel's notices, the one pinned last first. The caller has authorised. Raises StoreAway."""
    try:
        store = message_store()
        ids = store.notices(channel_id, limit)
        found = store.find(ids)
        return as_read_today(found[one] for one in ids if one in found)
    except StoreUnavailable as error:
        raise StoreAway(retry_after_seconds=RETRY_AFTER_SECONDS) from error


def cards(*, channel_id: int, kind: str, before: str | None = None, limit: int = PAGE_SIZE) -> list[Message]:
    """The channel's polls or events that were not deleted, newest first. The caller has authorised. Raises
    BadMessage (position_malformed), StoreAway."""
    bound = position_of(before, "before")
    try:
        found = as_read_today(message_store().cards(channel_id, kind, before=bound, limit=limit))
    except StoreUnavailable as error:
        raise StoreAway(retry_after_seconds=RETRY_AFTER_SECONDS) from error
    return [message for message in found if not message.is_deleted]


def latest_messages(channel_ids: list[int]) -> dict[int, Message]:
    """The last stored message or slip of each channel; none while the store is away."""
    try:
        found = message_store().latest(channel_ids)
        return {message.event.channel: message for message in as_read_today(found.values())}
    except StoreUnavailable:
        return {}


def as_read_today(found: Iterable[tuple[TalkEvent, Position]]) -> list[Message]:
    """The same messages with what became of them and of what they quote, under their authors' present names;
    deleted accounts are former members. A fixed number of questions, however many messages there are. Raises
    StoreUnavailable."""
    found = list(found)
    store = message_store()
    wanted = {event.reply_to for event, _ in found if isinstance(event, MessageEvent) and event.reply_to}
    quoted = store.find(list(wanted)) if wanted else {}
    events = [event for event, _ in (*found, *quoted.values())]
    changes = store.changes([event.id for event in events]) if events else {}
    names = _names_of(events)

    def read(event: TalkEvent, at: Position, quote: Message | None = None) -> Message:
        if isinstance(event, SystemEvent) and event.slip.get("user") in names:
            event.slip["username"] = names[event.slip["user"]]
        return Message(event, at, _speaker(event, names), changes.get(event.id), quote)

    quotes = {key: read(*one) for key, one in quoted.items()}
    return [read(event, at, _quote_of(event, quotes)) for event, at in found]


def _quote_of(event: TalkEvent, quotes: dict[str, Message]) -> Message | None:
    """What it replies to, if that is a message of the same channel: a reply shows nothing of another one."""
    quote = quotes.get(event.reply_to) if isinstance(event, MessageEvent) else None
    return quote if quote and not quote.is_slip and quote.event.channel == event.channel else None


def _names_of(events: Iterable[TalkEvent]) -> dict[int, str]:
    ids = {event.author.id if isinstance(event, MessageEvent) else event.slip.get("user") for event in events}
    return {user.pk: user.public_name for user in get_user_model().objects.filter(pk__in=ids - {None})}


def _speaker(event: TalkEvent, names: dict[int, str]) -> str:
    if isinstance(event, SystemEvent):
        return event.slip.get("wallet_name", "")
    return names.get(event.author.id, event.author.username)
