"""Lists of a channel's polls, events and of who answered what: a page at a time, whatever the channel's size.
The caller has authorised."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat.cards.lines import labels_of, public_names
from chat.cards.rules import BadAnswer
from chat.messages import changing
from chat.messages.history import PAGE_LIMIT, Message, StoreAway, as_read_today, position_of
from chat.messages.posting import RETRY_AFTER_SECONDS
from chat.pipeline.events import Author
from chat.pipeline.parts import message_store
from chat.pipeline.ports import StoreUnavailable


class CursorMalformed(Refusal):
    """No page begins there."""

    code, status = "malformed", 400
    detail = _("This cursor is not valid.")


@dataclass(frozen=True, slots=True)
class CardPage:
    """Messages with a card, the one posted last first. `before` is where the next page begins, if there is
    one. Deleted ones are left out, so a page may be short."""

    messages: list[Message]
    before: str | None


def card_page(*, channel_id: int, kind: str, before: str | None, limit: int) -> CardPage:
    """The polls or events posted before a position. Raises BadMessage (position_malformed), StoreAway."""
    limit = max(1, min(limit, PAGE_LIMIT))
    bound = position_of(before, "before")
    try:
        found = message_store().cards(channel_id, kind, before=bound, limit=limit + 1)
        page = as_read_today(found[:limit])
    except StoreUnavailable as error:
        raise StoreAway(retry_after_seconds=RETRY_AFTER_SECONDS) from error
    more = str(found[limit - 1][1]) if len(found) > limit else None
    return CardPage([message for message in page if not message.is_deleted], more)


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody chose."""

    person: Author
    choices: list[int]


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """Who answered, in the order of their ids. `after` is where the next page begins, if there is one."""

    message: Message
    answers: list[Answered]
    after: str | None


def answer_page(
    *, channel_id: int, message_id: str, choice: int | None = None, after: str | None = None, limit: int
) -> AnswerPage:
    """Who chose what, or who made this choice. Raises MessageNotFound, NotACard, BadAnswer,
    CursorMalformed, StoreAway."""
    limit = max(1, min(limit, PAGE_LIMIT))
    message = read_card(channel_id=channel_id, message_id=message_id)
    if choice is not None and not 0 <= choice < len(labels_of(message.event.card)):
        raise BadAnswer(field="choice")
    answers = message.changes.answered if message.changes else {}
    chosen = {person for person, choices in answers.items() if choice is None or choice in choices}
    begin = _person_of(after)
    people = sorted(person for person in chosen if person > begin)
    shown = people[:limit]
    names = public_names(shown)
    page = [Answered(Author(one, names[one]), answers[one]) for one in shown if one in names]
    return AnswerPage(message, page, str(shown[-1]) if len(people) > limit else None)


def read_card(*, channel_id: int, message_id: str) -> Message:
    """A message with a card as it is now. Raises MessageNotFound (also when it was deleted), NotACard,
    StoreAway."""
    target, position, _changes = changing.find_target(channel_id, message_id)
    try:
        message = as_read_today([(target, position)])[0]
    except StoreUnavailable as error:
        raise StoreAway(retry_after_seconds=RETRY_AFTER_SECONDS) from error
    if message.is_deleted:
        raise changing.MessageNotFound
    if target.card is None:
        raise changing.NotACard
    return message


def _person_of(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 20):
        raise CursorMalformed(field="after")
    return int(cursor)
