"""Searching messages: in a channel, or across the channels of a person."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat.messages.history import Message, as_read_today
from chat.messages.posting import role_in
from chat.meters import SECONDS, Distribution
from chat.models import Membership
from chat.pipeline.parts import message_store, search_index
from chat.pipeline.ports import StoreUnavailable
from chat.refusals import ChannelNotFound
from chat.search.indexing import says
from chat.search.ports import Sought, author_gram
from chat.search.words import LONGEST, Query, fold, parse, places

PAGE_SIZE, PAGE_LIMIT = 20, 50
CANDIDATES = 100  # looked at together, where more than a page has to be
PATIENCE_SECONDS = 0.15  # when one more look would take longer, a page ends and its cursor leads on
TOLERATED_LAG_MS = 5_000
NAMESAKES = 20
CURSOR = re.compile(r"[0-9a-f]{1,16}", re.ASCII)

search_seconds = Distribution("messenger_search_seconds", "Finding one page of messages.", SECONDS)


class SearchRefused(Refusal):
    """What was asked for is no search; `code` says why."""

    status = 400
    DETAILS = {
        "search_empty": _("Write a word, a number or an emoji to search for."),
        "search_too_long": _("A search may have up to 100 characters."),
        "cursor_malformed": _("This cursor is not valid."),
    }

    def __init__(self, code: str, field: str) -> None:
        self.code = code
        super().__init__(self.DETAILS[code], field=field)


class SearchAway(Refusal):
    code, status = "search_unavailable", 503
    detail = _("Messages cannot be searched right now.")


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found. `highlights` are the places of the words in its text: [start, end) in code
    points; none where the words stand in the name of a file or on a card."""

    message: Message
    highlights: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Findings:
    """Hits, newest first. `next`: the cursor of the next page, None at the end; a page may hold fewer than
    were asked for, even none, before the end. `indexed_until` (Unix ms): what was sent later is not findable
    yet; None when nothing is amiss."""

    hits: list[Hit]
    next: str | None
    indexed_until: int | None


def search(
    *, user, text: str, channel_id: int | None = None, before: str | None = None, limit: int = PAGE_SIZE
) -> Findings:
    """What fits the words in one channel, or in all channels that this person is in at this moment.

    Raises ChannelNotFound, SearchRefused (search_empty, search_too_long, cursor_malformed), SearchAway.
    """
    if channel_id is not None and role_in(user.pk, channel_id) is None:
        raise ChannelNotFound
    channel_ids = _channels_of(user) if channel_id is None else [channel_id]
    query = _checked(text)
    began = time.monotonic()
    try:
        return _find(query, channel_ids, _place(before), max(1, min(limit, PAGE_LIMIT)))
    except StoreUnavailable as error:
        raise SearchAway(retry_after_seconds=5) from error
    finally:
        search_seconds.observe(time.monotonic() - began)


def _channels_of(user) -> list[int]:
    found = Membership.objects.filter(user=user, channel__closed_at=None)
    return list(found.order_by("-pk").values_list("channel_id", flat=True))


def _checked(text: str) -> Query:
    if len(text) > LONGEST:
        raise SearchRefused("search_too_long", "q")
    query = parse(text)
    if not query.grams and not query.authors:
        raise SearchRefused("search_empty", "q")
    return query


def _place(cursor: str | None) -> int | None:
    if not cursor:
        return None
    if not CURSOR.fullmatch(cursor) or int(cursor, 16) >= 2**63:
        raise SearchRefused("cursor_malformed", "before")
    return int(cursor, 16)


def _find(query: Query, channel_ids: list[int], place: int | None, limit: int) -> Findings:
    authors = _authors(query, channel_ids)
    lag = _indexed_until(channel_ids)
    if query.authors and not authors:
        return Findings([], None, lag)
    sought = Sought([(gram,) for gram in query.grams], query.words)
    if authors:
        sought.grams.append(tuple(author_gram(one) for one in authors))
    until, hits, size = time.monotonic() + PATIENCE_SECONDS, [], limit
    while True:
        began = time.monotonic()
        found = search_index().search(channel_ids, sought, before=place, limit=size)
        messages = _read([message_id for _, message_id in found.candidates])
        for place, message_id in found.candidates:
            message = messages.get(message_id)
            if message and message.event.channel in channel_ids and _fits(message, query, authors):
                hits.append(Hit(message, places(message.text, query.words)))
                if len(hits) == limit:
                    more = place != found.candidates[-1][0] or found.more_before is not None
                    return Findings(hits, f"{place:x}" if more else None, lag)
        place, size = found.more_before, CANDIDATES
        ended = time.monotonic()
        if place is None or ended + (ended - began) > until:
            return Findings(hits, None if place is None else f"{place:x}", lag)


def _read(message_ids: list[str]) -> dict[str, Message]:
    """The stored ones of them as they read today."""
    found = message_store().find(message_ids) if message_ids else {}
    return {message.event.id: message for message in as_read_today(found.values())}


def _fits(message: Message, query: Query, authors: set[int]) -> bool:
    """Whether the present message is what was asked for: the index may remember another text."""
    if message.is_slip or message.is_deleted or (authors and message.event.author.id not in authors):
        return False
    return query.fits(fold("\n".join(says(message.event, message.text))))


def _authors(query: Query, channel_ids: Iterable[int]) -> set[int]:
    """The members of these channels with one of these names."""
    if not query.authors:
        return set()
    found = Membership.objects.filter(channel_id__in=channel_ids, user__username__in=query.authors)
    return set(found.values_list("user_id", flat=True).distinct()[:NAMESAKES])


def _indexed_until(channel_ids: list[int]) -> int | None:
    """How far the index is, in time, if it is noticeably behind the store."""
    store, reached = message_store(), search_index().reached()
    if not reached:
        return 0 if any(store.latest([one]) for one in channel_ids[:1]) else None
    behind = [
        position.appended_at_ms
        for partition, position in reached.items()
        if (stored := store.reached(partition))
        and stored.appended_at_ms - position.appended_at_ms > TOLERATED_LAG_MS
    ]
    return min(behind, default=None)
