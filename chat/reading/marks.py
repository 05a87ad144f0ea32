"""The read marks: as rows (`Membership.read_position`, one per person and channel, which only moves forward),
and those of the last seconds, which this process knows before they are in the rows."""

import json

from django.db import connection

from chat.models import Membership

# Both join the batch as one JSON parameter with the rows, by their unique key: one statement, one commit,
# however many marks moved. The condition makes repeats and older marks harmless, in any order.
_SQLITE = """
UPDATE chat_membership SET read_position = json_extract(moved.value, '$[2]') FROM json_each(%s) AS moved
WHERE channel_id = json_extract(moved.value, '$[0]') AND user_id = json_extract(moved.value, '$[1]')
AND read_position < json_extract(moved.value, '$[2]')
"""
_MYSQL = """
UPDATE chat_membership JOIN JSON_TABLE(%s, '$[*]' COLUMNS (
    channel BIGINT PATH '$[0]', person BIGINT PATH '$[1]', position VARCHAR(24) PATH '$[2]'
)) AS moved ON channel_id = moved.channel AND user_id = moved.person
SET read_position = moved.position
WHERE CAST(read_position AS BINARY) < CAST(moved.position AS BINARY)
"""

Moved = tuple[int, int, str]  # channel, person, position


class RecentMarks:
    """Marks that moved lately, by channel and person. Two generations, of which the older one is dropped at
    once. Written on the loop, read from any thread."""

    def __init__(self) -> None:
        self._younger: dict[int, dict[int, str]] = {}
        self._older: dict[int, dict[int, str]] = {}

    def note(self, channel_id: int, user_id: int, position: str) -> bool:
        """A mark moved; False when it is known to be there or further already."""
        if position <= self.get(channel_id, user_id):
            return False
        self._younger.setdefault(channel_id, {})[user_id] = position
        return True

    def get(self, channel_id: int, user_id: int) -> str:
        """One mark; "" where none moved."""
        return self._younger.get(channel_id, {}).get(user_id) or self._older.get(channel_id, {}).get(
            user_id, ""
        )

    def of(self, channel_id: int) -> dict[int, str]:
        """All of a channel, by person."""
        return {**self._older.get(channel_id, {}), **self._younger.get(channel_id, {})}

    def age(self) -> None:
        """Drop what moved before the last call: the rows have it."""
        self._older, self._younger = self._younger, {}


_recent = RecentMarks()


def recent_marks() -> RecentMarks:
    """This process's; empty in one that serves no sockets."""
    return _recent


def move_forward(moved: list[Moved]) -> None:
    """Write marks, each only where it is further than the one that stands there; those of people who left
    meanwhile are dropped. Again: changes nothing. Raises DatabaseError."""
    if not moved:
        return
    statement = _SQLITE if connection.vendor == "sqlite" else _MYSQL
    with connection.cursor() as cursor:
        # In the order of the unique key: two processes that write the same rows wait, and do not deadlock.
        cursor.execute(statement, [json.dumps(sorted(moved))])


def marks_of_channel(channel_id: int) -> dict[int, str]:
    """How far each member has read, by person. Raises DatabaseError."""
    return _with_recent(channel_id, Membership.objects.filter(channel_id=channel_id))


def marks_before(channel_id: int, position: str) -> dict[int, str]:
    """The marks of those who have not read this position, by person. Raises DatabaseError."""
    behind = Membership.objects.filter(channel_id=channel_id, read_position__lt=position)
    marks = _with_recent(channel_id, behind)
    return {user_id: mark for user_id, mark in marks.items() if mark < position}


def marks_of_person(user_id: int, channel_ids: list[int]) -> dict[int, str]:
    """How far this person has read, by channel; nothing of channels they are not in. Raises DatabaseError."""
    mine = Membership.objects.filter(user_id=user_id, channel_id__in=channel_ids)
    return {
        channel_id: max(mark, _recent.get(channel_id, user_id))
        for channel_id, mark in mine.values_list("channel_id", "read_position")
    }


def _with_recent(channel_id: int, memberships) -> dict[int, str]:
    marks = dict(memberships.values_list("user_id", "read_position"))
    for user_id, mark in _recent.of(channel_id).items():
        if user_id in marks:
            marks[user_id] = max(marks[user_id], mark)
    return marks
