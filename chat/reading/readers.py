"""How many have read how far, from the marks of a channel's members. Pure functions; knows no Django."""

from bisect import bisect_left
from collections.abc import Iterable

# A frame of at most some two kilobytes. The newest marks each have a step of their own; the older ones, which
# decide only about messages far up, share what is left.
EXACT_STEPS, COARSE_STEPS = 48, 16

Step = tuple[str, int]


def staircase(marks: Iterable[str]) -> list[Step]:
    """`(position, how many members read up to there or further)`, newest first, at most 64 steps.

    Exact where a message lies above the 48 newest marks. Below, members are counted as having read less than
    they have, never more, so that nobody is told of a reader who was none.
    """
    steps: list[Step] = []
    ordered = sorted(marks, reverse=True)
    index, count = 0, len(ordered)
    while index < count and len(steps) < EXACT_STEPS:
        mark = ordered[index]
        while index < count and ordered[index] == mark:
            index += 1
        steps.append((mark, index))
    size = max(1, -(-(count - index) // COARSE_STEPS))
    while index < count:
        index = min(count, index + size)
        mark = ordered[index - 1]
        while index < count and ordered[index] == mark:
            index += 1
        steps.append((mark, index))
    return steps


def count_before(ordered: list[str], position: str) -> int:
    """How many of these marks, in ascending order, are before this position."""
    return bisect_left(ordered, position)
