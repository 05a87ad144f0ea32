"""The one way of a message into the log, for every entrance of a web process: admission, check, append.

Beyond what the process bears a message is refused with a time to come back, before any work is done for it:
so accepted ones keep their speed and memory stays bounded.
"""

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings

from accounts.refusals import Refusal
from chat import metrics
from chat.messages.posting import BadMessage
from chat.pipeline.append import Appender
from chat.pipeline.events import ChangeEvent, MessageEvent, Position, decode, encode
from chat.pipeline.ports import LogFull, LogUnavailable
from chat.refusals import Muted, SlowMode
from chat.sockets import rate
from chat.sockets.rights import Rights

# Bounds the memory. At 15,000 appends a second it is some 0.7 s of them.
MOST_UNDER_WAY = 10_000
# An accepted message is to be with everybody within two seconds, however slow machine and log are.
LONGEST_WAIT_SECONDS = 1.0
# What was accepted has to reach everybody: beyond, the sockets are behind the log.
LONGEST_DELIVERY_SECONDS = 2.0
# What is read from the sockets waited this long already, and nobody sees the queue: the kernel holds it. One
# long round alone is a burst, and no overload yet.
LONGEST_LAG_SECONDS, LAG_BEFORE_SECONDS = 0.5, 0.2
BEAT_SECONDS = 0.05
AWAY_RETRY_MS = 2_000
BUSY_RETRY_MS, LONGEST_RETRY_MS = 2_000, 5_000
MOST_BUCKETS = 50_000


class Refused(NamedTuple):
    """Why a message was not taken. With `retry_after_ms` the same one may be later; `until` (Unix ms) is when
    a mute ends."""

    code: str
    detail: str
    retry_after_ms: int | None = None
    until: int | None = None

    @classmethod
    def of(cls, refusal: Refusal) -> "Refused":
        """The same, as entrances of the loop tell it."""
        after = refusal.retry_after_seconds
        until = getattr(refusal, "until_ms", None)
        return cls(refusal.code, str(refusal.detail), None if after is None else int(after * 1000) + 1, until)


# Called once: with the event's position, or with the refusal. `event` is None when nothing was appended.
Posted = MessageEvent | ChangeEvent
Answer = Callable[[Posted | None, Position | None, Refused | None], None]


class Intake:
    """Takes messages of authorised people. Use from the loop's thread only."""

    def __init__(self, appender: Appender, delivery_seconds: Callable[[], float], rights: Rights) -> None:
        self._appender = appender
        self._rights = rights
        self._delivery_seconds = delivery_seconds
        self._lag_before = 0.0
        self._people: dict[int, rate.Bucket] = {}
        self._channels: dict[int, rate.Bucket] = {}
        self._limited = settings.RATE_LIMITS
        self._beat_at = time.monotonic()

    @property
    def under_way(self) -> int:
        """Messages handed to the log and not answered yet."""
        return self._appender.under_way

    def first_under_way(self, event_id: str) -> MessageEvent | None:
        """The message with this id that waits for the log, if one does."""
        payload = self._appender.payload_under_way(event_id.encode())
        return decode(payload) if payload else None

    def beat(self) -> None:
        """The loop came round; due every BEAT_SECONDS."""
        now = time.monotonic()
        self._lag_before = max(0.0, now - self._beat_at - BEAT_SECONDS)
        self._beat_at = now
        metrics.loop_lag_seconds.observe(self._lag_before)

    def post(
        self,
        *,
        entrance: str,
        user_id: int,
        channel_id: int,
        make: Callable[[], Posted],
        answer: Answer,
    ) -> None:
        """Make the event and append it; a repeat (the same id) gets the first one's position.

        A refusal is answered at once and nothing is made or appended, but for `log_unavailable`, where it may
        have been: repeat it with the same client_id. Raises the BadMessage that `make` raises.
        """
        refusal = self._find_refusal(user_id, channel_id)
        if refusal is not None:
            metrics.refused.add(label=refusal.code)
            answer(None, None, refusal)
            return
        try:
            event = make()
            if self._rights.restrains(channel_id):
                self._take_turn(event)
        except BadMessage as refusal:
            metrics.refused.add(label=refusal.code)
            raise
        except (Muted, SlowMode) as refusal:
            metrics.refused.add(label=refusal.code)
            answer(None, None, Refused.of(refusal))
            return
        metrics.accepted.add(label=entrance)

        def confirm(position: Position | None, error: LogUnavailable | None) -> None:
            answer(event, position, None if error is None else _refused(error))

        self._appender.append(channel_id, event.id.encode(), encode(event), confirm)

    def _take_turn(self, event: Posted) -> None:
        """Changes were judged when they were made, and what is in the log already is only asked about."""
        if isinstance(event, MessageEvent) and not self._appender.knows(event.id.encode()):
            self._rights.take_turn(event)

    def _find_refusal(self, user_id: int, channel_id: int) -> Refused | None:
        now = time.monotonic()
        if (
            self._appender.under_way >= MOST_UNDER_WAY
            or self._appender.waiting_seconds(now) > LONGEST_WAIT_SECONDS
            or self._delivery_seconds() > LONGEST_DELIVERY_SECONDS
            or (
                now - self._beat_at > BEAT_SECONDS + LONGEST_LAG_SECONDS
                and self._lag_before > LAG_BEFORE_SECONDS
            )
        ):
            return overloaded(self._appender.waiting_seconds(now))
        if not self._limited:
            return None
        person = self._bucket(self._people, user_id, rate.MESSAGES_PER_SECOND, rate.MESSAGES_AT_ONCE, now)
        channel = self._bucket(
            self._channels, channel_id, rate.CHANNEL_MESSAGES_PER_SECOND, rate.CHANNEL_MESSAGES_AT_ONCE, now
        )
        wait = max(person.wait_seconds(now), channel.wait_seconds(now))
        if wait:
            return Refused("rate_limited", "Too many messages at once.", int(wait * 1000) + 1)
        person.take()
        channel.take()
        return None

    @staticmethod
    def _bucket(
        buckets: dict[int, rate.Bucket], number: int, per_second: float, at_once: float, now: float
    ) -> rate.Bucket:
        bucket = buckets.get(number)
        if bucket is None:
            if len(buckets) >= MOST_BUCKETS:  # a full one is as good as a new one
                for full in [key for key, one in buckets.items() if one.is_full(now)]:
                    del buckets[full]
            bucket = buckets[number] = rate.Bucket(per_second, at_once, now)
        return bucket


def overloaded(waiting_seconds: float = 0.0) -> Refused:
    """Too much at once. The longer the log has not answered, the later to come back; and the times are
    spread, so that not all come back together."""
    about_ms = min(LONGEST_RETRY_MS, max(BUSY_RETRY_MS, waiting_seconds * 1000))
    wait_ms = int(about_ms * random.uniform(0.5, 1.5))  # noqa: S311  (no secret)
    return Refused("overloaded", "Too much at once.", wait_ms)


def _refused(error: LogUnavailable) -> Refused:
    refusal = (
        overloaded()
        if isinstance(error, LogFull)
        else Refused("log_unavailable", "The log did not confirm the message.", AWAY_RETRY_MS)
    )
    metrics.refused.add(label=refusal.code)
    return refusal
