"""Which limit a growing site meets at about how many members, read off between the simulated sizes."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.sizing.costs import Costs

CONNECTIONS = 300  # what docker-compose.yml gives MySQL; its own default is 151
RETURN_SECONDS = 20  # so long until all sockets were back, docs/load.md, Five thousand come back


@dataclass(frozen=True, slots=True)
class LimitOfSite:
    """`fullness` of a site reaches 1 where the limit is met. `then` is what to do."""

    what: str
    fullness: Callable[[dict], float]
    then: str


def limits(costs: Costs) -> list[LimitOfSite]:
    """All that the simulation counts."""
    return [*_of_web_processes(costs), *_of_servers(costs)]


def _of_web_processes(costs: Costs) -> list[LimitOfSite]:
    hearing = ("reading the log", "whispers")
    return [
        LimitOfSite(
            f"{costs['most_sockets']:,.0f} sockets on one web process",
            lambda site: site["sockets"] / costs["most_sockets"],
            "a second web process; from here on Redis",
        ),
        LimitOfSite(
            f"a process hears more than {costs['goal']:.0%} of a core of others: log and whispers",
            lambda site: sum(site["web"]["cores_all"][name] for name in hearing) / costs["goal"],
            "more processes do not help; whispers by channel (not built)",
        ),
        LimitOfSite(
            f"sockets that come back after {RETURN_SECONDS} s no longer resume from memory",
            lambda site: RETURN_SECONDS / site["kafka"]["resume_seconds"],
            "nothing breaks: they page history; raise `RECENT` (code)",
        ),
    ]


def _of_servers(costs: Costs) -> list[LimitOfSite]:
    return [
        LimitOfSite(
            "Redis, one core",
            lambda site: site["redis"]["cores"],
            "whispers by channel, several Redis (not built)",
        ),
        LimitOfSite(
            f"{CONNECTIONS} connections, what `docker-compose.yml` gives MySQL",
            lambda site: site["mysql"]["connections"] / CONNECTIONS,
            "`--max-connections`: ten a web process and fifty",
        ),
        LimitOfSite(
            "one worker for the search index",
            lambda site: site["workers"]["search"],
            "more workers: on Kafka they divide the partitions",
        ),
        LimitOfSite(
            "one worker for the archive",
            lambda site: site["workers"]["archive"],
            "more workers, in the same way",
        ),
        LimitOfSite(
            "MySQL: read marks",
            lambda site: site["mysql"]["marks"],
            "marks elsewhere, or MySQL by channel (not built)",
        ),
        LimitOfSite(
            "MySQL: transfers on the day of dues",
            lambda site: site["mysql"]["transfers"],
            "MySQL by wallet (not built)",
        ),
        LimitOfSite(
            "a partition of the log, as fast as one was seen",
            lambda site: site["kafka"]["fullest_partition"],
            "`KAFKA_PARTITIONS` with a new topic",
        ),
        LimitOfSite(
            f"three brokers read at {costs['broker_megabytes']:.0f} MB/s each",
            lambda site: site["kafka"]["read_mb_per_second_all"] / (3 * costs["broker_megabytes"]),
            "more brokers, faster networks",
        ),
        LimitOfSite(
            f"{costs['shard_terabytes']:.0f} TB of MongoDB after a year",
            lambda site: site["mongodb"]["gigabytes_a_year"] / 1e3 / costs["shard_terabytes"],
            "shards by hash of the channel (not tried)",
        ),
    ]


def met_at(fullness: Callable[[dict], float], sites: list[dict]) -> float:
    """Members at which it is 1, on straight lines between the sites over two logarithmic axes; infinite when
    the largest does not reach it."""
    points = [(site["members"], fullness(site)) for site in sites]
    for (members, low), (more, high) in zip(points, points[1:], strict=False):
        if high >= 1:
            if low <= 0 or low >= 1:
                return float(more if low <= 0 else members)
            share = math.log(1 / low) / math.log(high / low)
            return members * (more / members) ** share
    return math.inf
