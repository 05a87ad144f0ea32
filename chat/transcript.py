"""A channel's messages and slips as pages show them: oldest first, grouped by day and by who speaks, slips of
one kind folded."""

import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from chat import slips
from chat.posting import Message

GROUP_MINUTES = 5  # static/js/message_view.js groups live messages by the same rule


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
    text: str = ""
    own: bool = False
    joined: bool = False
    starts_day: bool = False
    is_slip = False

    @property
    def sent_at_ms(self) -> int:
        """Unix milliseconds, for the page's script."""
        return round(self.sent_at.timestamp() * 1000)

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
    lines: list[Line] = []
    previous: Line | None = None
    for message in messages:
        line = _slip_line(message, shown[message.event.id]) if message.is_slip else _line(message, reader.pk)
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


def _line(message: Message, reader_id: int) -> Line:
    event = message.event
    return Line(
        **_common(message),
        client_id=event.client_id,
        author_id=event.author.id,
        text=event.text,
        own=event.author.id == reader_id,
    )


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
