"""How much one person, one channel and one socket may say. RATE_LIMITS=off lifts all of it."""

MESSAGES_PER_SECOND, MESSAGES_AT_ONCE = 20, 60  # of one person, over all entrances of a process
# Of one channel in one process: half of what a process bears, so that the others still have room.
CHANNEL_MESSAGES_PER_SECOND, CHANNEL_MESSAGES_AT_ONCE = 8_000, 16_000
FRAMES_PER_SECOND, FRAMES_AT_ONCE = 200, 1_000  # of one socket; beyond is a flood that ends it


class Bucket:
    """A token bucket: `at_once` may be taken at once, then `per_second` a second."""

    __slots__ = ("_at", "_at_once", "_left", "_per_second")

    def __init__(self, per_second: float, at_once: float, now: float) -> None:
        self._per_second, self._at_once = per_second, at_once
        self._left = float(at_once)
        self._at = now

    def wait_seconds(self, now: float) -> float:
        """0 when one may be taken now, else how long until it may. Takes nothing."""
        self._left = min(self._at_once, self._left + (now - self._at) * self._per_second)
        self._at = now
        return 0.0 if self._left >= 1 else (1 - self._left) / self._per_second

    def take(self) -> None:
        """Take one, after `wait_seconds` gave 0."""
        self._left -= 1

    def is_full(self, now: float) -> bool:
        """Whether it is as good as new."""
        self.wait_seconds(now)
        return self._left >= self._at_once
