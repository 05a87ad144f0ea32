"""Who may write in a channel right now: mutes and slow mode. Whoever may not still reads, reacts, votes and
takes back what they wrote."""

import threading
from typing import NamedTuple

from chat.models import Membership, Role
from chat.pipeline.events import now_ms
from chat.refusals import Muted, SlowMode

SLOW_SECONDS = (0, 5, 10, 30, 60, 300, 900)
MOST_TURNS = 50_000


class Standing(NamedTuple):
    """A member of an open channel. `muted_until` is Unix ms, 0 for who may write; `slow_seconds` is the pause
    that the channel wants between two messages of one person, 0 without one."""

    role: str
    muted_until: int
    slow_seconds: int


def standing_in(user_id: int, channel_id: int) -> Standing | None:
    """How this person stands in an open channel; None: not a member. Asks the database."""
    found = Membership.objects.filter(user_id=user_id, channel_id=channel_id, channel__closed_at=None)
    row = found.values_list("role", "muted_until", "channel__slow_seconds").first()
    if row is None:
        return None
    role, muted_until, slow_seconds = row
    return Standing(role, int(muted_until.timestamp() * 1000) if muted_until else 0, slow_seconds)


def refuse_muted(until_ms: int) -> None:
    """Raises Muted while that moment lies ahead."""
    if until_ms > now_ms():
        raise Muted(until_ms)


class Turns:
    """When each member of the slow channels wrote last: in this process at once, in the others when the log
    brings it, so that two processes may each let one pass within the milliseconds in between. Any thread may
    use it.

    Forgotten when the process ends: then everybody's next message is their first.
    """

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], tuple[int, str]] = {}
        self._lock = threading.Lock()

    def take(self, channel_id: int, user_id: int, event_id: str, slow_seconds: int) -> None:
        """Count this message as the last one of this person. The same message again is no second one, so that
        whoever got no answer may repeat it. Raises SlowMode."""
        now, who = now_ms(), (channel_id, user_id)
        with self._lock:
            last_at, last_id = self._last.get(who, (0, ""))
            wait_ms = last_at + slow_seconds * 1000 - now
            if last_id == event_id:
                return
            if wait_ms > 0:
                raise SlowMode(retry_after_seconds=wait_ms / 1000)
            self._note(who, now, event_id)

    def note(self, channel_id: int, user_id: int, event_id: str, sent_at: int) -> None:
        """The log brought a message, of whichever process."""
        who = channel_id, user_id
        with self._lock:
            if sent_at > self._last.get(who, (0, ""))[0]:
                self._note(who, sent_at, event_id)

    def _note(self, who: tuple[int, int], at: int, event_id: str) -> None:
        if len(self._last) >= MOST_TURNS:
            over = at - max(SLOW_SECONDS) * 1000
            self._last = {one: last for one, last in self._last.items() if last[0] > over}
        self._last[who] = at, event_id


turns = Turns()


def take_turn(standing: Standing, *, user_id: int, channel_id: int, event_id: str) -> None:
    """The last question before a message is appended. Raises Muted or SlowMode."""
    refuse_muted(standing.muted_until)
    if standing.slow_seconds and standing.role != Role.ADMIN:
        turns.take(channel_id, user_id, event_id, standing.slow_seconds)
