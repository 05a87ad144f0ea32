"""Shows on stderr, in one line, how far a load is and when it may end."""

import sys
import time

_BAR_WIDTH = 24
_WIDTH = 118


class Progress:
    """Bar, per cent and what was counted. The end is estimated from the pace so far."""

    def __init__(self, title: str, expected: int, duration_seconds: float = 0.0) -> None:
        self._title = title
        self._expected = max(1, expected)
        self._duration_seconds = duration_seconds
        self._began = 0.0

    def show(self, sent: int, acknowledged: int, delivered: int) -> None:
        """Draw the line anew; called once a second from the first second on."""
        self._began = self._began or time.monotonic() - 1
        done, seconds = self._done(sent, acknowledged)
        counted = f"sent {sent:,}  acknowledged {acknowledged:,}  delivered {delivered:,}"
        left = f"  {_clock(seconds)} left" if seconds is not None else ""
        bar = "█" * int(done * _BAR_WIDTH)
        self._write(f"{self._title} {bar:░<{_BAR_WIDTH}} {done:4.0%}  {counted}{left}")

    def say(self, what: str) -> None:
        """Say what is done now instead of the bar."""
        self._write(f"{self._title} {what}")

    def end(self) -> None:
        """Leave the line."""
        print(file=sys.stderr, flush=True)

    def _done(self, sent: int, acknowledged: int) -> tuple[float, float | None]:
        passed = time.monotonic() - self._began
        # Whichever bound is nearer ends the load.
        by_time = passed / self._duration_seconds if self._duration_seconds else 0.0
        done = min(1.0, max(by_time, min(sent, acknowledged) / self._expected))
        return done, passed * (1 - done) / done if done else None

    def _write(self, line: str) -> None:
        print(f"\r{line:<{_WIDTH}}", end="", file=sys.stderr, flush=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
