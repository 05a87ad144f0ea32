"""How much one socket may say."""

import time

from django.conf import settings

MESSAGES_PER_SECOND = 20
MESSAGES_AT_ONCE = 60
FRAMES_PER_SECOND = 200
FRAMES_AT_ONCE = 1_000


class Allowance:
    """Two token buckets: messages beyond theirs are refused with a time to wait, frames beyond theirs are a
    flood that ends the socket. RATE_LIMITS=off lifts both."""

    __slots__ = ("_limited", "_messages", "_frames", "_at")

    def __init__(self) -> None:
        self._limited = settings.RATE_LIMITS
        self._messages = float(MESSAGES_AT_ONCE)
        self._frames = float(FRAMES_AT_ONCE)
        self._at = time.monotonic()

    def frame(self) -> bool:
        """Whether one more frame is no flood yet."""
        if not self._limited:
            return True
        now = time.monotonic()
        passed, self._at = now - self._at, now
        self._messages = min(MESSAGES_AT_ONCE, self._messages + passed * MESSAGES_PER_SECOND)
        self._frames = min(FRAMES_AT_ONCE, self._frames + passed * FRAMES_PER_SECOND) - 1
        return self._frames >= 0

    def message(self) -> int:
        """0, or after how many milliseconds the next message is welcome."""
        if not self._limited:
            return 0
        if self._messages < 1:
            return int((1 - self._messages) / MESSAGES_PER_SECOND * 1000) + 1
        self._messages -= 1
        return 0
