"""What was said before the site knew of it: messages and changes with the time at which they were said.

A door for commands, not for people: no entrance offers it. The rules are those of posting and changing, as
they were at that time; only slow mode and mutes do not count. The place in the log stays that of the append,
so that nothing gets in between what others have read: whoever imports does so in the order of the talk.
"""

import threading
import time
from collections.abc import Sequence
from datetime import datetime

from chat import protocol
from chat.messages import changing, posting
from chat.pipeline.events import Author, ChangeEvent, MessageEvent, Position, encode
from chat.pipeline.parts import event_log
from chat.pipeline.ports import LogUnavailable
from chat.refusals import ChannelNotFound


def message_of(*, author, asked: protocol.Send, said_at: datetime) -> MessageEvent:
    """A message of a member, not yet appended. Raises ChannelNotFound, BadMessage, AttachmentNotFound,
    BadCard."""
    _role(author, asked.channel)
    at_ms = _ms(said_at)
    event = posting.make_message(
        user_id=author.pk,
        username=author.username,
        channel_id=asked.channel,
        client_id=asked.client_id,
        text=asked.text,
        reply_to=asked.reply_to,
        **posting.look_up(user_id=author.pk, asked=asked, at_ms=at_ms),
    )
    event.sent_at = at_ms
    return event


def change_of(*, author, asked: protocol.Ask, target: MessageEvent, said_at: datetime) -> ChangeEvent:
    """What a member did to a message that was imported too, not yet appended. Raises ChannelNotFound and what
    chat.messages.changing.judge raises."""
    role = _role(author, asked.channel)
    who = Author(author.pk, author.username)
    return changing.judge(asked, target, None, author=who, role=role, at_ms=_ms(said_at))


def append_all(events: Sequence[MessageEvent | ChangeEvent]) -> list[Position]:
    """Append them in this order, without waiting for each, and return their places once the log has all.
    Again: readers drop the repeats. Raises LogAway; then some may be in the log."""
    places: list[Position | None] = [None] * len(events)
    answered = threading.Semaphore(0)

    def confirm(number: int, position: Position | None) -> None:
        places[number] = position
        answered.release()

    try:
        for number, event in enumerate(events):
            event_log().append(
                event.channel, encode(event), lambda position, _, number=number: confirm(number, position)
            )
    except LogUnavailable as error:
        raise posting.LogAway(retry_after_seconds=posting.RETRY_AFTER_SECONDS) from error
    deadline = time.monotonic() + posting.APPEND_TIMEOUT_SECONDS
    for _ in events:
        answered.acquire(timeout=max(0, deadline - time.monotonic()))
    if None in places:
        raise posting.LogAway(retry_after_seconds=posting.RETRY_AFTER_SECONDS)
    return places


def _role(author, channel_id: int) -> str:
    role = posting.role_in(author.pk, channel_id)
    if role is None:
        raise ChannelNotFound
    return role


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
