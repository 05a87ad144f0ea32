"""Reads the demo's talk (messenger/demo/talk/). A line is somebody's message, `> ` before its text makes it a
reply to the line above; indented lines below say what came with it or became of it:

  photo <picture> <width>x<height>      file <name>            poll <choice> | <choice> ; <days>
  event <place>                         a <choice> <names>     + <emoji> <names>
  = <edited text>                       x   (deleted)          !   (made a notice)

`-3토` is the Saturday three weeks before the last one, `어제` yesterday. Behind `== money`, lines have no
time: they are said when the money is there.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from chat.cards.rules import EVENT, POLL
from chat.pipeline.events import Card

TALK = Path(__file__).parent / "talk"
WEEKDAYS = "월화수목금토일"
SATURDAY = WEEKDAYS.index("토")
TIMED = re.compile(r"(?:(-?\d+)([월화수목금토일])|어제) (\d\d):(\d\d) (.*)")
DAY = timedelta(days=1)
EVENT_HOUR = 8


@dataclass(kw_only=True)
class Line:
    """One message. `said_at` is None for what is said now; `answers` are (choice, names)."""

    author: str
    said_at: datetime | None
    text: str
    is_reply: bool
    reactions: list[tuple[str, list[str]]] = field(default_factory=list)
    photos: list[tuple[str, tuple[int, int]]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    card: Card | None = None
    answers: list[tuple[int, list[str]]] = field(default_factory=list)
    edited: str = ""
    is_deleted: bool = False
    is_notice: bool = False


def read(name: str, now: datetime) -> list[Line]:
    """The talk of this name as if it ended at `now`: what would lie ahead of it is left out."""
    lines: list[Line] = []
    with_time = True
    for row in (TALK / f"{name}.txt").read_text().splitlines():
        if row.startswith("=="):
            with_time = False
        elif row.startswith("  "):
            _add(lines[-1], row.strip(), now)
        elif row and not row.startswith("#"):
            lines.append(_line(row, now, with_time))
    return [line for line in lines if line.said_at is None or line.said_at <= now]


def _line(row: str, now: datetime, with_time: bool) -> Line:
    said_at = None
    if with_time:
        week, weekday, hour, minute, row = TIMED.fullmatch(row).groups()
        day = _day(week, weekday, timezone.localdate(now))
        said_at = timezone.make_aware(datetime.combine(day, time(int(hour), int(minute))))
    author, _, text = row.partition(" ")
    is_reply = text.startswith("> ")
    text = text.removeprefix("> ").replace("\\n", "\n")
    return Line(author=author, said_at=said_at, text=text, is_reply=is_reply)


def _day(week: str | None, weekday: str | None, today: date) -> date:
    if week is None:
        return today - DAY
    last_saturday = today - DAY * ((today.weekday() - SATURDAY - 1) % 7 + 1)
    return last_saturday + DAY * (int(week) * 7 + WEEKDAYS.index(weekday) - SATURDAY)


def _add(line: Line, row: str, now: datetime) -> None:
    kind, _, rest = row.partition(" ")
    match kind:
        case "photo":
            name, _, size = rest.partition(" ")
            line.photos.append((name, tuple(int(side) for side in size.split("x"))))
        case "file":
            line.files.append(rest)
        case "poll" | "poll*":
            line.card = _poll(line, rest, now, multiple=kind == "poll*")
        case "event":
            line.card = Card(EVENT, line.text, starts_at=_next_outing(now), place=rest)
        case "a":
            choice, *names = rest.split()
            line.answers.append((int(choice), names))
        case "+":
            emoji, *names = rest.split()
            line.reactions.append((emoji, names))
        case "=":
            line.edited = rest
        case "x":
            line.is_deleted = True
        case "!":
            line.is_notice = True
        case _:
            raise ValueError(row)


def _poll(line: Line, rest: str, now: datetime, multiple: bool) -> Card:
    choices, _, days = rest.rpartition(" ; ")
    asked_at = now if days.startswith("+") else line.said_at
    closes_at = int((asked_at + DAY * int(days)).timestamp() * 1000)
    return Card(POLL, line.text, choices.split(" | "), multiple, closes_at)


def _next_outing(now: datetime) -> int:
    """Saturday in a week or two, in the morning, as Unix milliseconds."""
    today = timezone.localdate(now)
    day = today + DAY * ((SATURDAY - today.weekday()) % 7 + 7)
    return int(timezone.make_aware(datetime.combine(day, time(EVENT_HOUR))).timestamp() * 1000)
