"""A channel's messages as pages show them: oldest first, grouped by day and by author."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from chat.posting import Message

GROUP_MINUTES = 5  # static/js/message_view.js groups live messages by the same rule


@dataclass(slots=True)
class Line:
    """One message on the page. `joined`: it continues the group of the one before; `starts_day`: a date
    line stands above it."""

    id: str
    position: str
    client_id: str
    author_id: int
    author_name: str
    text: str
    sent_at: datetime
    own: bool
    joined: bool
    starts_day: bool

    @property
    def sent_at_ms(self) -> int:
        """Unix milliseconds, for the page's script."""
        return round(self.sent_at.timestamp() * 1000)


def transcribe(newest_first: Iterable[Message], *, reader_id: int) -> list[Line]:
    """The lines of a history page for this reader."""
    lines: list[Line] = []
    for message in reversed(list(newest_first)):
        line = _line(message, reader_id)
        previous = lines[-1] if lines else None
        line.starts_day = previous is None or _day(previous) != _day(line)
        line.joined = not line.starts_day and _continues(previous, line)
        lines.append(line)
    return lines


def _line(message: Message, reader_id: int) -> Line:
    event = message.event
    return Line(
        id=event.id,
        position=str(message.position),
        client_id=event.client_id,
        author_id=event.author.id,
        author_name=message.author_name,
        text=event.text,
        sent_at=datetime.fromtimestamp(event.sent_at / 1000, UTC),
        own=event.author.id == reader_id,
        joined=False,
        starts_day=False,
    )


def _day(line: Line):
    return timezone.localtime(line.sent_at).date()


def _continues(previous: Line, line: Line) -> bool:
    gap = line.sent_at - previous.sent_at
    return previous.author_id == line.author_id and gap < timedelta(minutes=GROUP_MINUTES)
