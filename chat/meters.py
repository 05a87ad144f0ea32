"""What a process counts of itself, cheap enough for a message's way. Knows neither Prometheus nor Django.

Names follow Prometheus: `messenger_…`, base units, `_total` for what only grows. A label's values are few and
known beforehand; none grows with users.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable

METERS: dict[str, "Counter | Distribution | Reading"] = {}


class Counter:
    """Counts events since the process began; any thread may add."""

    def __init__(self, name: str, help: str, label: str | None = None) -> None:
        self.name, self.help, self.label = name, help, label
        self.values: dict[str, float] = {} if label else {"": 0}
        self._lock = threading.Lock()
        METERS[name] = self

    def add(self, amount: float = 1, label: str = "") -> None:
        """So many more."""
        with self._lock:
            self.values[label] = self.values.get(label, 0) + amount


class Distribution:
    """Counts values by size. `bounds` are inclusive upper bounds, ascending; `counts` has one more entry,
    for what is beyond. Any thread may observe."""

    def __init__(self, name: str, help: str, bounds: Iterable[float]) -> None:
        self.name, self.help, self.bounds = name, help, tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.sum = 0.0
        self._lock = threading.Lock()
        METERS[name] = self

    def observe(self, value: float) -> None:
        """Count one value."""
        with self._lock:
            self.counts[bisect_left(self.bounds, value)] += 1
            self.sum += value

    def observe_all(self, values: Iterable[float]) -> None:
        """Count many at the price of one lock."""
        counts, bounds, total = self.counts, self.bounds, 0.0
        with self._lock:
            for value in values:
                counts[bisect_left(bounds, value)] += 1
                total += value
            self.sum += total


class Reading:
    """What is looked up when somebody asks: `read()` gives a number, or numbers by the label's value. It may
    be called from any thread and has to bear that what it looks at changes meanwhile."""

    def __init__(
        self,
        name: str,
        help: str,
        read: Callable[[], float | dict[str, float]],
        *,
        kind: str = "gauge",
        label: str | None = None,
    ) -> None:
        self.name, self.help, self.kind, self.label = name, help, kind, label
        self.read = read
        METERS[name] = self


SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
