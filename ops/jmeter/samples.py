"""Reads what JMeter wrote of each sample (its JTL, a CSV) into the figures that `loadtest` prints too."""

import csv
import math
from dataclasses import dataclass

# A frame that came instead of the expected one is part of the reason, and no two are alike.
REASON_LENGTH = 120


@dataclass
class Figures:
    """All samples of one name. Latencies are those of the successful ones, in ms, and None without any."""

    name: str
    count: int
    errors: dict[str, int]
    latencies_ms: list[int]
    seconds: float

    @property
    def error_percent(self):
        return 100 * sum(self.errors.values()) / self.count

    @property
    def mean_ms(self):
        return sum(self.latencies_ms) / len(self.latencies_ms) if self.latencies_ms else None

    @property
    def per_second(self):
        """Successful samples a second, from the first one's start to the last one's end."""
        return len(self.latencies_ms) / max(self.seconds, 0.001)

    def percentile_ms(self, percent):
        """The smallest latency that `percent` of the samples did not exceed."""
        if not self.latencies_ms:
            return None
        return self.latencies_ms[max(0, math.ceil(len(self.latencies_ms) * percent / 100) - 1)]


def read_figures(path):
    """Figures by name, in the order in which the names first ended."""
    rows = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["label"], []).append(row)
    return {name: summarise(name, found) for name, found in rows.items()}


def summarise(name, rows):
    errors, latencies = {}, []
    for row in rows:
        if row["success"] == "true":
            latencies.append(int(row["elapsed"]))
        else:
            said = " ".join(row[part] for part in ("responseCode", "responseMessage", "failureMessage"))
            reason = " ".join(said.split())[:REASON_LENGTH]
            errors[reason] = errors.get(reason, 0) + 1
    began = min(int(row["timeStamp"]) for row in rows)
    ended = max(int(row["timeStamp"]) + int(row["elapsed"]) for row in rows)
    return Figures(name, len(rows), errors, sorted(latencies), (ended - began) / 1000)
