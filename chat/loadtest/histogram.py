"""Latency distributions that stay small: log-scaled buckets, with the exact mean, minimum and maximum."""

import math

import numpy as np

# A float's top bits are its logarithm: 7 mantissa bits make 128 buckets an octave, 0.8 % wide.
_MANTISSA_BITS = 7
_SHIFT = 52 - _MANTISSA_BITS
_ONE = 1023 << _MANTISSA_BITS
_OCTAVES = 40
_BUCKETS = _OCTAVES << _MANTISSA_BITS
_CHUNK = 1 << 18
_PERCENTILES = {"p50_ms": 50, "p90_ms": 90, "p95_ms": 95, "p99_ms": 99, "p999_ms": 99.9, "p9999_ms": 99.99}


class LatencyHistogram:
    """Latencies in microseconds, from 1 µs to 12 days. A percentile is at most 0.8 % above the true one."""

    def __init__(self) -> None:
        self.counts = np.zeros(_BUCKETS, dtype=np.int64)
        self.count = 0
        self.sum_us = 0.0
        self.min_us = math.inf
        self.max_us = 0.0

    def add(self, latencies_us: np.ndarray) -> None:
        """Count every value of this float64 array."""
        if not latencies_us.size:
            return
        self.count += latencies_us.size
        self.sum_us += float(latencies_us.sum())
        self.min_us = min(self.min_us, float(latencies_us.min()))
        self.max_us = max(self.max_us, float(latencies_us.max()))
        values = np.maximum(latencies_us, 1.0).astype(np.float64, copy=False)
        buckets = (np.ascontiguousarray(values).view(np.int64) >> _SHIFT) - _ONE
        self.counts += np.bincount(np.minimum(buckets, _BUCKETS - 1), minlength=_BUCKETS)

    def add_pairs(self, arrivals_us: np.ndarray, sent_us: np.ndarray) -> None:
        """Count every arrival minus every sent time: a frame of n messages that arrived m times is n * m."""
        if not sent_us.size:
            return
        rows = max(1, _CHUNK // sent_us.size)
        for start in range(0, arrivals_us.size, rows):
            self.add(np.subtract.outer(arrivals_us[start : start + rows], sent_us).ravel())

    def merge(self, other: "LatencyHistogram") -> None:
        """Add what another process counted."""
        self.counts += other.counts
        self.count += other.count
        self.sum_us += other.sum_us
        self.min_us = min(self.min_us, other.min_us)
        self.max_us = max(self.max_us, other.max_us)

    def percentile_ms(self, percent: float) -> float | None:
        """The value that `percent` of all latencies do not exceed, in ms; None when nothing was counted."""
        if not self.count:
            return None
        rank = max(1, math.ceil(self.count * percent / 100))
        upper_us = _upper_us(int(np.searchsorted(np.cumsum(self.counts), rank)))
        return round(min(upper_us, self.max_us) / 1000, 3)

    def summary(self) -> dict:
        """Count, mean, minimum, percentiles and maximum, in ms; only the count when there are none."""
        if not self.count:
            return {"count": 0}
        return {
            "count": self.count,
            "mean_ms": round(self.sum_us / self.count / 1000, 3),
            "min_ms": round(self.min_us / 1000, 3),
            **{name: self.percentile_ms(percent) for name, percent in _PERCENTILES.items()},
            "max_ms": round(self.max_us / 1000, 3),
        }

    def bars(self, number: int) -> list[dict]:
        """Equally wide bars from 0 to p99.9: `from_ms`, `to_ms`, `count`. What is slower is the last one."""
        if not self.count:
            return []
        width_ms = _round_up(self.percentile_ms(99.9) / number)
        filled = np.flatnonzero(self.counts)
        uppers_ms = np.array([_upper_us(bucket) for bucket in filled]) / 1000
        # A bucket belongs where its largest value lies; it is narrower than a bar.
        places = np.minimum(np.ceil(uppers_ms / width_ms).astype(np.int64) - 1, number)
        counts = np.bincount(places, weights=self.counts[filled], minlength=number + 1)
        bars = [
            {"from_ms": _tidy(place * width_ms), "to_ms": _tidy((place + 1) * width_ms), "count": int(count)}
            for place, count in enumerate(counts)
        ]
        bars[-1]["to_ms"] = max(bars[-1]["to_ms"], round(self.max_us / 1000, 3))
        while not bars[-1]["count"]:
            bars.pop()
        return bars


def _upper_us(bucket: int) -> float:
    octave, step = divmod(bucket + 1, 1 << _MANTISSA_BITS)
    return 2.0**octave * (1 + step / (1 << _MANTISSA_BITS))


def _round_up(value: float) -> float:
    """The next number that people divide by: 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value)


def _tidy(value_ms: float) -> float:
    return round(value_ms, 9)
