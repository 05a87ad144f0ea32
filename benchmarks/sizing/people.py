"""Made-up members and their channels: families, small clubs, a few very large ones."""

from dataclasses import dataclass

import numpy as np

from benchmarks.sizing.costs import Costs


@dataclass(frozen=True, slots=True)
class People:
    """`channel[i]` and `person[i]` are membership i; memberships of a channel stand together. `size` of each
    channel."""

    members: int
    size: np.ndarray
    channel: np.ndarray
    person: np.ndarray

    @property
    def channels(self) -> int:
        """How many there are."""
        return len(self.size)


def make_people(members: int, costs: Costs, chance: np.random.Generator) -> People:
    """So many members with `channels_per_person` channels on average.

    Most people of a channel live near each other (their numbers do), so that clubs overlap as a village's do;
    the others come from anywhere.
    """
    memberships = round(members * costs["channels_per_person"])
    size = _sizes(memberships, members, costs, chance)
    channel = np.repeat(np.arange(len(size), dtype=np.int32), size)
    centre = chance.integers(0, members, len(size), dtype=np.int32)
    reach = np.maximum(costs["neighbours"], 2 * size).astype(np.int32)
    away = reach[channel] * (chance.random(len(channel), np.float32) - 0.5)
    person = centre[channel] + away.astype(np.int32)
    far = chance.random(len(channel), np.float32) >= costs["near_share"]
    person[far] = chance.integers(0, members, int(far.sum()), dtype=np.int32)
    return People(members, size, channel, person % members)


def _sizes(memberships: int, members: int, costs: Costs, chance: np.random.Generator) -> np.ndarray:
    """Sizes of channels that add up to so many memberships: a bounded Pareto distribution, and large ones."""
    least, most, slope = costs["least_members"], min(costs["most_members"], members), costs["size_slope"]
    large = int(memberships * costs["large_share"] // costs["large_members"])
    large_size = round(min(costs["large_members"], members))
    wanted = memberships - large * large_size
    sizes = np.empty(0, np.int64)
    while sizes.sum() < wanted:
        steps = chance.random(wanted // 8 + 16) * (1 - (least / most) ** slope)
        sizes = np.concatenate([sizes, (least * (1 - steps) ** (-1 / slope)).astype(np.int64)])
    sizes = sizes[: int(np.searchsorted(sizes.cumsum(), wanted)) + 1]
    return np.concatenate([np.full(large, large_size), sizes]).astype(np.int32)
