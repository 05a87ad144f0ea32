"""What happened in each second of a load, counted from its start."""

from collections import Counter

import numpy as np

from chat.loadtest.histogram import LatencyHistogram

COUNTED = ("sent", "acknowledged", "refused", "delivered")


class Timeline:
    """Counts and latencies by second, of one process or of all of them after `merge`."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter] = {name: Counter() for name in COUNTED}
        self.latencies: dict[int, LatencyHistogram] = {}

    def count(self, name: str, start_us: float, times_us: np.ndarray, each: int = 1) -> None:
        """Count what happened at these moments, in any order."""
        seconds, numbers = np.unique(_seconds(start_us, times_us), return_counts=True)
        for second, number in zip(seconds.tolist(), numbers.tolist(), strict=True):
            self.counts[name][second] += number * each

    def add_latencies(self, start_us: float, times_us: np.ndarray, latencies_us: np.ndarray) -> None:
        """Count latencies that ended at these moments, in ascending order."""
        seconds, begins = np.unique(_seconds(start_us, times_us), return_index=True)
        for second, part in zip(seconds.tolist(), np.split(latencies_us, begins[1:]), strict=False):
            self.latencies.setdefault(second, LatencyHistogram()).add(part)

    def merge(self, other: "Timeline") -> None:
        """Add what another process counted from the same start."""
        for name, counter in other.counts.items():
            self.counts[name].update(counter)
        for second, histogram in other.latencies.items():
            self.latencies.setdefault(second, LatencyHistogram()).merge(histogram)

    def rows(self, cores: dict[int, dict[str, float]]) -> list[dict]:
        """One row a second until nothing happens any more, with the CPU of both sides beside it."""
        last = max((second for counter in self.counts.values() for second in counter), default=-1)
        return [
            {
                "second": second,
                **{name: counter[second] for name, counter in self.counts.items()},
                **_percentiles(self.latencies.get(second)),
                "server_cores": cores.get(second, {}).get("server_cores"),
                "load_cores": cores.get(second, {}).get("load_cores"),
            }
            for second in range(last + 1)
        ]


def _seconds(start_us: float, times_us: np.ndarray) -> np.ndarray:
    return np.maximum((times_us - start_us) // 1e6, 0).astype(np.int64)


def _percentiles(histogram: LatencyHistogram | None) -> dict:
    return {
        f"p{percent}_ms": histogram.percentile_ms(percent) if histogram else None for percent in (50, 95, 99)
    }
