"""Which partitions of the log a web process needs for its people, and which share of the records they hold:
what it reads with FOLLOW_PARTITIONS=needed."""

import zlib

import numpy as np

from benchmarks.sizing.costs import Costs
from benchmarks.sizing.hour import Hour, Shape
from benchmarks.sizing.people import make_people
from chat.pipeline.events import CONTROL_CHANNEL

MEMBERS = 200_000
SOCKETS = (10, 30, 100, 300, 1_000, 3_000, 10_000)  # of a process
PARTITIONS = (12, 48, 192)


class Following:
    """What each process of a counted hour needs of a log of so many partitions. Arrays over the processes."""

    def __init__(self, hour: Hour, partitions: int) -> None:
        self.hour, self.partitions = hour, partitions
        self.partition = partitions_of(hour.people.channels, partitions)
        control = _partition_of(CONTROL_CHANNEL, partitions) + np.arange(hour.shape.processes) * partitions
        keys = np.union1d(hour.pair_process * partitions + self.partition[hour.pair_channel], control)
        process, partition = keys // partitions, keys % partitions
        self.records_of_partition = np.bincount(self.partition, hour.said, partitions)
        self.followed = np.bincount(process, minlength=hour.shape.processes)
        self.records = np.bincount(process, self.records_of_partition[partition], hour.shape.processes)

    @property
    def expected(self) -> float:
        """Partitions that a process needs on average, by the formula."""
        return expected_partitions(self.hour.channels_of, self.partitions)


def partitions_of(channels: int, partitions: int) -> np.ndarray:
    """Of channels 1, 2, …: dealt out as the log's client does (KafkaLogReader.partition_of)."""
    numbers = (_partition_of(number, partitions) for number in range(1, channels + 1))
    return np.fromiter(numbers, np.int64, channels)


def _partition_of(channel: int, partitions: int) -> int:
    return zlib.crc32(b"%d" % channel) % partitions


def expected_partitions(channels: np.ndarray, partitions: int) -> float:
    """1 + (P − 1) · (1 − (1 − 1/P)^k), the mean over processes with k channels each: the control channel's,
    and of the others those into which one falls."""
    return float((1 + (partitions - 1) * (1 - (1 - 1 / partitions) ** channels)).mean())


def follow_by_size(costs: Costs, seed: int) -> list[dict]:
    """What processes of several sizes need of logs of several partitions, of one site; the means over its
    processes. `own_share`: records of channels that somebody of the process is in."""
    chance = np.random.default_rng([seed, 0])
    people = make_people(MEMBERS, costs, chance)
    found = []
    for sockets in SOCKETS:
        processes = max(
            1, round(MEMBERS * costs["online_share"] * (1 + costs["second_socket_share"]) / sockets)
        )
        anywhere, together = (Hour(people, Shape(processes, near), costs, chance) for near in (False, True))
        for partitions in PARTITIONS:
            following = Following(anywhere, partitions)
            found.append(
                {
                    "sockets": sockets,
                    "channels": float(anywhere.channels_of.mean()),
                    "partitions": partitions,
                    "followed": float(following.followed.mean()),
                    "expected": following.expected,
                    "records_share": _share(following),
                    "records_share_together": _share(Following(together, partitions)),
                    "own_share": float(anywhere.frames_of.mean()) / anywhere.records,
                }
            )
    return found


def _share(following: Following) -> float:
    return float(following.records.mean()) / following.hour.records
