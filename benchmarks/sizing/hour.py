"""The busiest hour of a site, counted: who is there, who says how much where, what each web process gets."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.sizing.costs import Costs
from benchmarks.sizing.people import People

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Shape:
    """How the site is set up. `together`: people who live near each other are sent to one process; else
    anybody to any, as balancers do."""

    processes: int
    together: bool = False


class Hour:
    """What happened in the hour. Counts of one process are arrays over the processes."""

    def __init__(self, people: People, shape: Shape, costs: Costs, chance: np.random.Generator) -> None:
        self.people, self.shape, self._costs, self._chance = people, shape, costs, chance
        self.socket_person, self.socket_process = self._open_sockets()
        present = np.bincount(self.socket_person, minlength=people.members) > 0
        self.online = int(present.sum())
        self._liking = self._share_liking()
        self._say(present)
        self.pair_channel, self.pair_process, self.pair_sockets = self._meet()

    @property
    def sockets(self) -> int:
        """Open ones."""
        return len(self.socket_person)

    @cached_property
    def sockets_of(self) -> np.ndarray:
        """Of each process."""
        return np.bincount(self.socket_process, minlength=self.shape.processes)

    @cached_property
    def deliveries_of(self) -> np.ndarray:
        """Messages written to sockets, by process."""
        return self._by_process(self.said[self.pair_channel] * self.pair_sockets)

    @cached_property
    def frames_of(self) -> np.ndarray:
        """Messages that anybody of the process gets."""
        return self._by_process(self.said[self.pair_channel])

    @cached_property
    def channels_of(self) -> np.ndarray:
        """Channels with a socket on the process."""
        return self._by_process(np.ones(len(self.pair_process)))

    @property
    def records(self) -> int:
        """All that went into the log."""
        return int(self.said.sum())

    def _open_sockets(self) -> tuple[np.ndarray, np.ndarray]:
        """Everybody who is there has one, some a second one."""
        people, costs, chance = self.people, self._costs, self._chance
        there = np.flatnonzero(chance.random(people.members, np.float32) < costs["online_share"])
        second = there[chance.random(len(there), np.float32) < costs["second_socket_share"]]
        person = np.concatenate([there, second]).astype(np.int32)
        if self.shape.together:
            return person, (person.astype(np.int64) * self.shape.processes // people.members).astype(np.int32)
        return person, chance.integers(0, self.shape.processes, len(person), dtype=np.int32)

    def _share_liking(self) -> np.ndarray:
        """Of each membership: which share of what its person says and looks at falls to this channel."""
        people = self.people
        # Python's own powers: those of numpy differ in the last digit from processor to processor.
        hush, largest = self._costs["large_hush"], int(people.size.max())
        by_size = np.array([0.0, *(size**-hush for size in range(1, largest + 1))], np.float32)
        weight = by_size[people.size[people.channel]]
        total = np.bincount(people.person, weight, people.members)
        return (weight / total[people.person]).astype(np.float32)

    def _say(self, present: np.ndarray) -> None:
        """Sets `said`, messages by channel, and `accepted_of`, by process."""
        people, costs = self.people, self._costs
        in_hour = costs["messages_per_day"] * costs["hour_share"] * people.members / max(1, self.online)
        eager = np.where(present[people.person], self._liking * np.float32(in_hour), np.float32(0))
        self.said = self._chance.poisson(np.bincount(people.channel, eager, people.channels))
        self.accepted_of = self._chance.multinomial(self.said.sum(), self.sockets_of / max(1, self.sockets))

    def _meet(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(channel, process, sockets): where a channel has sockets, each pair once. Sets `windows`, `watched`
        and `marks`, too."""
        people, processes = self.people, self.shape.processes
        of_person = np.bincount(self.socket_person, minlength=people.members)
        order = np.argsort(self.socket_person, kind="stable")
        first = np.concatenate([[0], np.cumsum(of_person)[:-1]])
        parts, looking = [], []
        for nth in range(2):
            held = np.flatnonzero(of_person[people.person] > nth)
            process = self.socket_process[order[first[people.person[held]] + nth]]
            keys = people.channel[held].astype(np.int64) * processes + process
            parts.append(keys)
            looks = (
                self._chance.random(len(held), np.float32) < self._costs["looking_share"] * self._liking[held]
            )
            looking.append(keys[looks])
        self._count_windows(np.concatenate(looking))
        pairs, sockets = np.unique(np.concatenate(parts), return_counts=True)
        return pairs // processes, pairs % processes, sockets

    def _count_windows(self, keys: np.ndarray) -> None:
        """`windows` have a channel in front of somebody, `watched` are the pairs of channel and process that
        have any; each message moves the mark of each window, at most one a second."""
        pairs, windows = np.unique(keys, return_counts=True)
        said = np.minimum(self.said[pairs // self.shape.processes], HOUR)
        self.windows, self.watched, self.marks = len(keys), len(pairs), int((said * windows).sum())

    def _by_process(self, counts: np.ndarray) -> np.ndarray:
        return np.bincount(self.pair_process, counts, self.shape.processes)
