"""What is unread: how many messages for me in each channel, and how many members for a message of mine.

Counted from one watermark per person and channel; no row is written per recipient. What was deleted still
counts, what was changed does not again, slips count, and what one wrote oneself does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from chat.models import Membership, Notify
from chat.pipeline.events import ORIGIN, MessageEvent, Position
from chat.pipeline.parts import message_store
from chat.pipeline.ports import StoreUnavailable
from chat.reading.marks import marks_before, marks_of_person
from chat.reading.readers import count_before

MOST_COUNTED = 999  # stands for so many or more


@dataclass(frozen=True, slots=True)
class Unread:
    """How many messages of a channel somebody has not read, of those up to `upto`; what stands behind that,
    the live feed tells. `position`: their mark. `count` is None while the store is away."""

    channel_id: int
    position: str
    upto: str
    count: int | None


def how_far_archived() -> dict[int, Position] | None:
    """Up to where each partition of the log is in the store; None while it is away."""
    try:
        return message_store().all_reached()
    except StoreUnavailable:
        return None


def unread_in(
    user_id: int,
    channel_ids: list[int],
    reached: dict[int, Position] | None = None,
    latest: dict[int, Position] | None = None,
) -> dict[int, Unread]:
    """What this person has not read, by channel; nothing of channels they are not in. The store is asked to
    count only where something stands behind the mark, and once for all.

    Who has the channels' last stored positions hands them in as `latest`, with what `how_far_archived` said
    before they were asked for: what is stored between the two questions is then left to the live feed. The
    other way round it would be counted by nobody.
    """
    marks = {one: Position.parse(at) for one, at in marks_of_person(user_id, channel_ids).items()}
    store = message_store()
    try:
        if reached is None or latest is None:
            reached = store.all_reached()
            latest = {one: at for one, (_, at) in store.latest(list(marks)).items()}
        upto = _archived(reached, marks, latest)
        behind = [one for one in marks if one in latest and marks[one] < min(latest[one], upto[one])]
        bounds = [(one, marks[one], upto[one]) for one in behind]
        counts = store.count_between(bounds, besides=user_id, most=MOST_COUNTED) if bounds else {}
    except StoreUnavailable:
        return {one: Unread(one, str(at), str(at), None) for one, at in marks.items()}
    return {one: Unread(one, str(at), str(upto[one]), counts.get(one, 0)) for one, at in marks.items()}


def _archived(
    reached: dict[int, Position], marks: dict[int, Position], latest: dict[int, Position]
) -> dict[int, Position]:
    """Up to where everything of each channel is in the store. A batch is stored in any order: what is behind
    the archive's own mark may have holes and is left to the live feed."""
    return {
        one: max(mark, reached.get(latest[one].partition, ORIGIN)) if one in latest else mark
        for one, mark in marks.items()
    }


def unread_by(
    channel_id: int, user_id: int, messages: Iterable[tuple[MessageEvent, Position]]
) -> dict[str, int]:
    """Of this person's own messages: how many other members have not read them yet, by message id."""
    own = {
        event.id: str(position)
        for event, position in messages
        if isinstance(event, MessageEvent) and event.author.id == user_id
    }
    if not own:
        return {}
    marks = marks_before(channel_id, max(own.values()))
    marks.pop(user_id, None)
    # A message is unread by those whose mark is before it, so a mark is counted by each message behind it.
    ordered = sorted(marks.values())
    return {message_id: count_before(ordered, position) for message_id, position in own.items()}


def quiet_channels(user_id: int, channel_ids: list[int]) -> set[int]:
    """Those of these channels of which this person does not want to be told every message."""
    mine = Membership.objects.filter(user_id=user_id, channel_id__in=channel_ids)
    return set(mine.exclude(notify=Notify.ALL).values_list("channel_id", flat=True))
