"""Where a value lies on an axis, and which values are written beside it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_STEPS = (1, 2, 5, 10)
_MOST_TICKS = 6
_MOST_MARKS = 12
_NINES = {50: "p50", 90: "p90", 99: "p99", 99.9: "p99.9", 99.99: "p99.99"}


@dataclass(frozen=True, slots=True)
class Tick:
    """A word beside the axis; `place` runs from 0 to 1."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Linear:
    """Equal distances are equal differences."""

    low: float
    high: float
    step: float

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high end; values outside stay at the ends."""
        return _within((value - self.low) / (self.high - self.low))

    def ticks(self) -> list[Tick]:
        """One at each step."""
        count = int((self.high - self.low) / self.step + 1e-9)
        values = [self.low + number * self.step for number in range(count + 1)]
        return [Tick(self.place(value), short(value)) for value in values]


@dataclass(frozen=True, slots=True)
class Logarithmic:
    """Equal distances are equal ratios; `marks` are the values that are written."""

    low: float
    high: float
    marks: tuple[float, ...]

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high end; values outside, zero among them, stay at the ends."""
        if value <= self.low:
            return 0.0
        return _within(math.log(value / self.low) / math.log(self.high / self.low))

    def ticks(self) -> list[Tick]:
        """One at each mark."""
        return [Tick(self.place(value), short(value)) for value in self.marks]


@dataclass(frozen=True, slots=True)
class Nines:
    """Percentiles: each further nine takes the same room, up to `highest` per cent."""

    highest: float

    def place(self, percent: float) -> float:
        """0 at p50, 1 at the highest."""
        return _within((_nines(percent) - _nines(50)) / (_nines(self.highest) - _nines(50)))

    def ticks(self) -> list[Tick]:
        """p50, p90 and each nine."""
        return [Tick(self.place(at), word) for at, word in _NINES.items() if at <= self.highest]


Scale = Linear | Logarithmic | Nines


def from_zero(highest: float) -> Linear:
    """From 0 to a round value that is not below the highest; to 1 when nothing is above 0."""
    if highest <= 0:
        return Linear(0, 1, 1)
    step = _round_step(highest / _MOST_TICKS)
    return Linear(0, step * math.ceil(highest / step - 1e-9), step)


def spanning(low: float, high: float, least_step: float = 0) -> Linear:
    """Exactly from low to high, with round steps from low; for axes whose ends are given."""
    if high <= low:
        high = low + 1
    return Linear(low, high, max(least_step, _round_step((high - low) / _MOST_TICKS)))


def in_decades(values: Iterable[float]) -> Logarithmic:
    """From the 1, 2 or 5 below the lowest value above zero to the one above the highest."""
    positive = [value for value in values if value > 0] or [1.0]
    marks = _ones_twos_fives(min(positive), max(positive))
    if len(marks) > _MOST_MARKS:
        marks = [mark for mark in marks if math.log10(mark) % 1 < 1e-9]
        marks = marks if len(marks) > 1 else [marks[0], marks[0] * 10]
    low, high = min(marks[0], min(positive)), max(marks[-1], max(positive))
    return Logarithmic(low, high, tuple(marks))


def at_values(values: Iterable[float]) -> Logarithmic:
    """Each of these values is written, at equal distances for equal ratios."""
    marks = sorted(set(values))
    if len(marks) == 1:
        return Logarithmic(marks[0] / 2, marks[0] * 2, tuple(marks))
    return Logarithmic(marks[0], marks[-1], tuple(marks))


def short(value: float) -> str:
    """A value of an axis without digits that say nothing: 2,000 · 0.5 · 40."""
    return f"{round(value, 6):,.6f}".rstrip("0").rstrip(".")


def _round_step(least: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(least))
    return next(factor * magnitude for factor in _STEPS if factor * magnitude >= least * (1 - 1e-9))


def _ones_twos_fives(low: float, high: float) -> list[float]:
    """All of them from the last not above `low` to the first not below `high`; at least two."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1
    every = [factor * 10.0**power for power in range(first, last + 1) for factor in (1, 2, 5)]
    begin = max(index for index, mark in enumerate(every) if mark <= low * (1 + 1e-9))
    end = min(index for index, mark in enumerate(every) if mark >= high * (1 - 1e-9))
    return every[begin : max(end, begin + 1) + 1]


def _nines(percent: float) -> float:
    return -math.log10(1 - percent / 100)


def _within(place: float) -> float:
    return min(1.0, max(0.0, place))
