"""The last hour of all processes, minute by minute: rates, levels and percentiles out of their samples."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from operations.models import Sample

MINUTES = 60
SILENT_AFTER = timedelta(seconds=35)  # three samples that did not come
NOW_SECONDS = 60  # what "now" is an average of
Series = list[float | None]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Two samples of one process, the later one within the minute that is asked for."""

    before: Sample
    after: Sample

    @property
    def seconds(self) -> float:
        return max((self.after.at - self.before.at).total_seconds(), 0.001)

    def growth(self, name: str) -> float | None:
        """How much a counter grew, all labels together; None where it is not counted."""
        if name not in self.after.values:
            return None
        return max(0.0, total(self.after.values[name]) - total(self.before.values.get(name, 0)))

    @property
    def cpu(self) -> float:
        """Share of one core."""
        return max(0.0, self.after.cpu_seconds - self.before.cpu_seconds) / self.seconds


def total(value: float | dict[str, float]) -> float:
    """A number, or the numbers of all labels together."""
    return sum(value.values()) if isinstance(value, dict) else value


def brief(value: float | None) -> str:
    """1,284 · 3.2 · 0 · – : small ones with a decimal."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


class Process:
    """One process by its samples, oldest first. `minutes` are MINUTES stretches or holes, the last is now."""

    def __init__(self, samples: Sequence[Sample], now: datetime) -> None:
        self.samples = samples
        self.latest = samples[-1]
        self.is_silent = not self.latest.has_ended and now - self.latest.at > SILENT_AFTER
        self.is_alive = not self.latest.has_ended and not self.is_silent
        self.minutes: list[Stretch | None] = [None] * MINUTES
        of_minutes = [sample for sample in samples if sample.is_of_minute]
        for before, after in pairwise(of_minutes):
            place = MINUTES - 1 - (_minute(now) - _minute(before.at + (after.at - before.at) / 2))
            if 0 <= place < MINUTES - 1:
                self.minutes[place] = Stretch(before, after)
        if self.is_alive:
            self.minutes[-1] = self.now = self._newest()
        else:
            self.now = None

    def _newest(self) -> Stretch:
        begin = self.latest.at - timedelta(seconds=NOW_SECONDS)
        before = next(sample for sample in self.samples if sample.at >= begin)
        return Stretch(before, self.latest)


def _minute(at: datetime) -> int:
    return int(at.timestamp() // 60)


class Hour:
    """Answers about all processes together. A minute of which nobody knows anything is None."""

    def __init__(self, samples: Iterable[Sample], now: datetime) -> None:
        by_process: dict[str, list[Sample]] = defaultdict(list)
        for sample in samples:
            by_process[sample.process].append(sample)
        self.processes = [Process(found, now) for found in by_process.values()]
        self.processes.sort(key=lambda one: (one.latest.kind, one.latest.number, one.latest.started_at))

    @classmethod
    def until(cls, now: datetime) -> "Hour":
        """From the database: one query."""
        begin = now - timedelta(minutes=MINUTES + 2)
        return cls(Sample.objects.filter(at__gte=begin, at__lte=now).order_by("at", "pk"), now)

    def rates(self, name: str) -> Series:
        """A counter's growth a second, all processes together."""
        return self._each(lambda stretch: _divide(stretch.growth(name), stretch.seconds), sum)

    def levels(self, name: str) -> Series:
        """A gauge, all processes together."""
        return self._each(lambda stretch: _level(stretch, name), sum)

    def worst(self, name: str) -> Series:
        """A gauge that each process tells of the whole site, or its worst: the highest."""
        return self._each(lambda stretch: _level(stretch, name), max)

    def percentiles(self, name: str, bounds: Sequence[float], share: float) -> Series:
        """So much of a distribution's values were at most this large, in each minute."""
        found: Series = []
        for stretches in self._minutes():
            counts = [0] * (len(bounds) + 1)
            for stretch in stretches:
                for place, more in enumerate(growths(stretch, name)):
                    counts[place] += more
            found.append(percentile(counts, bounds, share))
        return found

    def growth(self, name: str) -> dict[str, float]:
        """How much a counter grew within the hour, by label."""
        grown: dict[str, float] = defaultdict(float)
        for process in self.processes:
            first, last = (_by_label(sample.values.get(name, 0)) for sample in _ends(process))
            for label, value in last.items():
                grown[label] += max(0.0, value - first.get(label, 0))
        return dict(grown)

    def _minutes(self) -> Iterable[list[Stretch]]:
        for place in range(MINUTES):
            yield [one.minutes[place] for one in self.processes if one.minutes[place] is not None]

    def _each(self, read: Callable[[Stretch], float | None], combine: Callable) -> Series:
        found: Series = []
        for stretches in self._minutes():
            values = [value for value in map(read, stretches) if value is not None]
            found.append(combine(values) if values else None)
        return found


def percentile(counts: Sequence[float], bounds: Sequence[float], share: float) -> float | None:
    """Where this share of the counted values ends, taken as even within each step; None without values.
    Beyond the last bound it is that bound: nobody knows how far."""
    wanted = sum(counts) * share
    if not wanted:
        return None
    reached, low = 0.0, 0.0
    for count, high in zip(counts, bounds, strict=False):
        if count and reached + count >= wanted:
            return low + (high - low) * (wanted - reached) / count
        reached, low = reached + count, high
    return bounds[-1]


def _ends(process: Process) -> tuple[Sample, Sample]:
    return process.samples[0], process.latest


def _by_label(value: float | dict[str, float]) -> dict[str, float]:
    return value if isinstance(value, dict) else {"": value}


def _divide(amount: float | None, seconds: float) -> float | None:
    return None if amount is None else amount / seconds


def _level(stretch: Stretch, name: str) -> float | None:
    value = stretch.after.values.get(name)
    return None if value is None else total(value)


def growths(stretch: Stretch, name: str) -> list[int]:
    """How much each count of a distribution grew; empty where it is not counted."""
    after, before = stretch.after.values.get(name, []), stretch.before.values.get(name, [])
    if len(before) != len(after):
        before = [0] * len(after)
    return [max(0, new - old) for new, old in zip(after, before, strict=True)]
