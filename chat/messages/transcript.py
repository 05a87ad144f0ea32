"""A channel's messages and slips as pages show them: oldest first, grouped by day and by who speaks, slips of
one kind folded."""

import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import slips
from chat.cards.lines import CardLine, card_lines
from chat.messages.history import Message
from chat.messages.shapes import present
from chat.pipeline.events import AttachedFile, Author
from chat.reading.unread import unread_by

GROUP_MINUTES = 5  # static/js/grouping.js groups live messages by the same rule
NAMES_SHOWN = 20  # of those who gave one reaction
# What a message holds beside its words, in the API's names: the page's script gets what there is as JSON.
_FACTS = ("reply_to", "quote", "mentions", "attachments", "card", "reactions", "answers", "edited_at")
_STATES = ("deleted", "deleted_by", "notice")
_CODE = "`"  # its marks are not among the words that the page shows


@dataclass(slots=True, kw_only=True)
class Reaction:
    """A reaction of some people to a message. `names`: of those whom the page names."""

    emoji: str
    count: int
    mine: bool
    names: str

    @property
    def label(self) -> str:
        """What a screen reader says."""
        spoken = ngettext("{emoji} from {count} person", "{emoji} from {count} people", self.count)
        return spoken.format(emoji=self.emoji, count=self.count)


@dataclass(slots=True, kw_only=True)
class Line:
    """One message on the page. `joined`: it continues the group of the one before; `starts_day`: a date
    line stands above it."""

    id: str
    position: str
    author_name: str
    sent_at: datetime
    client_id: str = ""
    author_id: int = 0
    message: Message | None = None
    reader_id: int = 0
    reactions: list[Reaction] = field(default_factory=list)
    card: CardLine | None = None
    unread_by: int = 0
    joined: bool = False
    starts_day: bool = False
    is_slip = False

    @property
    def sent_at_ms(self) -> int:
        """Unix milliseconds, for the page's script."""
        return round(self.sent_at.timestamp() * 1000)

    @property
    def own(self) -> bool:
        """Whether the reader wrote it."""
        return self.author_id == self.reader_id

    @property
    def is_bot(self) -> bool:
        """Whether a webhook wrote it and no person."""
        return self.author_id < 0

    @property
    def text(self) -> str:
        """What it says now."""
        return self.message.text

    @property
    def mentions(self) -> list[Author]:
        """Whom it names."""
        return self.message.mentions

    @property
    def deleted(self) -> bool:
        """Whether only a tombstone is left."""
        return self.message is not None and self.message.is_deleted

    @property
    def tombstone(self) -> str:
        """What stands in the place of a deleted message."""
        if self.message.changes.deletion.by == self.author_id:
            return _("This message was deleted")
        return _("An admin deleted this message")

    @property
    def edited(self) -> bool:
        """Whether its words are not the first ones."""
        return self.message is not None and self.message.edited_at is not None and not self.deleted

    @property
    def quote(self) -> Message | None:
        """What it replies to."""
        return None if self.message is None or self.deleted else self.message.quote

    @property
    def attachments(self) -> list[AttachedFile]:
        """The photos and files it shows."""
        return [] if self.message is None or self.deleted else self.message.event.attachments

    @property
    def has_words(self) -> bool:
        """Whether there is anything to read in it; a photo may stand alone."""
        is_card_only = self.card is not None and self.card.card.title == self.text
        return bool(self.deleted or (self.text and not is_card_only) or self.quote)

    @property
    def facts_json(self) -> str:
        """What its words do not show, for the page's script; nothing for a plain message."""
        if self.message is None:
            return ""
        shape = present(self.message)
        facts = {name: shape[name] for name in (*_FACTS, *_STATES) if shape[name]}
        if self.deleted or _CODE in self.text:
            facts["text"] = self.text
        return json.dumps(facts, ensure_ascii=False) if facts else ""

    @property
    def day(self) -> date:
        """The calendar day it was said on."""
        return timezone.localtime(self.sent_at).date()

    @property
    def speaker(self) -> Hashable:
        """Who speaks: one who goes on speaking is named once."""
        return self.author_id


@dataclass(slots=True, kw_only=True)
class SlipLine(Line):
    """One slip on the page, drawn by `template` from `shown`. `rest`: the slips that follow it and are folded
    with it into one line, drawn from `folded`."""

    kind: str
    slip: dict
    template: str
    shown: dict
    fold_key: Hashable | None
    rest: list["SlipLine"] = field(default_factory=list)
    folded: dict | None = None
    is_slip = True

    @property
    def slip_json(self) -> str:
        """The slip for the page's script."""
        return json.dumps(self.slip, ensure_ascii=False)

    @property
    def speaker(self) -> Hashable:
        """A wallet, known here by its name."""
        return self.author_name

    def folds_with(self, line: Line) -> bool:
        """Whether that next line belongs into one line with this one."""
        return (
            self.fold_key is not None
            and line.is_slip
            and (line.kind, line.fold_key, line.day) == (self.kind, self.fold_key, self.day)
        )

    def fold(self) -> None:
        """Say what this slip and the rest come to."""
        if self.rest:
            together = [self.slip, *(line.slip for line in self.rest)]
            self.folded = slips.presenter_of(self.kind).folded(together)


def transcribe(newest_first: Iterable[Message], *, reader) -> list[Line]:
    """The lines of a history page for this person."""
    messages = list(newest_first)[::-1]
    shown = slips.contexts([message.event for message in messages if message.is_slip], reader)
    names = _names_of_reacting(messages)
    unread = _unread_by(messages, reader.pk)
    lines_of_cards = card_lines(messages, reader)
    lines: list[Line] = []
    previous: Line | None = None
    for message in messages:
        line = (
            _slip_line(message, shown[message.event.id])
            if message.is_slip
            else _line(message, reader.pk, names)
        )
        line.card = lines_of_cards.get(line.id)
        line.unread_by = unread.get(line.id, 0)
        line.starts_day = previous is None or previous.day != line.day
        line.joined = not line.starts_day and _continues(previous, line)
        if lines and lines[-1].is_slip and lines[-1].folds_with(line):
            lines[-1].rest.append(line)
        else:
            lines.append(line)
        previous = line
    for line in lines:
        if line.is_slip:
            line.fold()
    return lines


def _line(message: Message, reader_id: int, names: dict[int, str]) -> Line:
    event = message.event
    reacted = message.changes.reacted if message.changes and not message.is_deleted else {}
    return Line(
        **_common(message),
        client_id=event.client_id,
        author_id=event.author.id,
        message=message,
        reader_id=reader_id,
        reactions=[
            Reaction(
                emoji=emoji,
                count=len(people),
                mine=reader_id in people,
                names=", ".join(names[one] for one in people[:NAMES_SHOWN] if one in names),
            )
            for emoji, people in reacted.items()
        ],
    )


def _unread_by(messages: list[Message], reader_id: int) -> dict[str, int]:
    """How many have not read the reader's own messages, which all stand in one channel."""
    shown = [(message.event, message.position) for message in messages if not message.is_deleted]
    return unread_by(shown[0][0].channel, reader_id, shown) if shown else {}


def _names_of_reacting(messages: list[Message]) -> dict[int, str]:
    """One question for the whole page, however many reacted."""
    ids: set[int] = set()
    for message in messages:
        if message.changes:
            for people in message.changes.reacted.values():
                ids.update(people[:NAMES_SHOWN])
    people = get_user_model().objects.filter(pk__in=ids) if ids else ()
    return {user.pk: user.public_name for user in people}


def _slip_line(message: Message, shown: dict) -> SlipLine:
    event = message.event
    presenter = slips.presenter_of(event.kind)
    return SlipLine(
        **_common(message),
        kind=event.kind,
        slip=event.slip,
        template=presenter.template,
        shown=shown,
        fold_key=presenter.fold_key(event.slip),
    )


def _common(message: Message) -> dict:
    return {
        "id": message.event.id,
        "position": str(message.position),
        "author_name": message.author_name,
        "sent_at": datetime.fromtimestamp(message.event.sent_at / 1000, UTC),
    }


def _continues(previous: Line, line: Line) -> bool:
    gap = line.sent_at - previous.sent_at
    return previous.speaker == line.speaker and gap < timedelta(minutes=GROUP_MINUTES)
