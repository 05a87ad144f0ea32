"""A channel as JSON, one object a line: what a program reads back without holding all of it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils import timezone

from chat.messages.history import Message
from chat.messages.shapes import present
from chat.models import Channel, Membership
from chat.pipeline.events import Position

CONTENT_TYPE = "application/x-ndjson"


def head(channel: Channel, until: Position) -> str:
    """What the file is."""
    return _line(
        "channel",
        id=channel.pk,
        name=channel.name,
        description=channel.description,
        is_private=channel.is_private,
        created_at=_moment(channel.created_at),
        member_count=channel.member_count,
        exported_at=_moment(timezone.now()),
        until=str(until),
    )


def piece(rows: list[Membership] | list[Message], _previous: Message | None) -> str:
    """Some members or some messages."""
    return "".join(_lines(rows))


def foot(until: Position, count: int) -> str:
    """The last line of a file that is whole."""
    return _line("end", until=str(until), messages=count)


def _lines(rows: Iterable[Membership | Message]) -> Iterable[str]:
    for row in rows:
        if isinstance(row, Membership):
            yield _line(
                "member",
                id=row.user_id,
                username=row.user.public_name,
                role=row.role,
                joined_at=_moment(row.joined_at),
            )
        else:
            shown = present(row)
            del shown["quote"]  # it stands in the file as a message of its own: `reply_to`
            yield _line("message", **shown)


def _line(line: str, **fields) -> str:
    return json.dumps({"line": line, **fields}, ensure_ascii=False) + "\n"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
