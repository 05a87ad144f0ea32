"""`python -m benchmarks.slow_readers`: 200 of 1,000 members read 1 KB/s; what do the others notice?

Runs in which the 200 read slowly and runs in which they read whatever comes take turns on one site; medians
are compared. (Leaving them out instead would count what 200 more members cost as the cost of slowness.)
"""

import argparse
import json
import statistics
import sys

from benchmarks.crawling import Readers
from benchmarks.printing import table_head, table_row
from benchmarks.sites import measure_on_parts, people_of, running_site, web_pids
from benchmarks.watching import resident_mb
from chat.loadtest.conduct import conduct
from chat.loadtest.plan import Plan

MEMBERS, SLOW = 1_000, 200
RATE, SECONDS = 500, 20
QUICK_MEMBERS, QUICK_SLOW, QUICK_RATE, QUICK_SECONDS = 100, 20, 200, 4
PAIRS, QUICK_PAIRS = 5, 1
MOST_CHANGE = 0.2
COLUMNS = (
    "parts", "web processes", "members", "slow", "messages/s", "pairs", "p99 all fast ms", "p99 with slow ms",
    "moved", "p50 fast/slow ms", "web MB fresh/fast/slow", "kernel's socket MB with slow",
    "dropped by the server", "read by a slow one KB/s", "lost/doubled/disorder", "goal",
)  # fmt: skip


def measure(site, *, quick: bool) -> dict:
    """Pairs of runs, all reading fast and some slowly; the load is the same for the others."""
    members, slow = (QUICK_MEMBERS, QUICK_SLOW) if quick else (MEMBERS, SLOW)
    rate, seconds = (QUICK_RATE, QUICK_SECONDS) if quick else (RATE, SECONDS)
    fresh_mb = resident_mb(web_pids(site))
    people, channel = people_of(site, members)
    plan = Plan(
        url=site.url(),
        channel=channel,
        users=people[slow:],
        senders=members - slow,
        receivers=members - slow,
        rate=rate,
        duration_seconds=seconds,
    )
    conduct(plan, None)  # nobody pays for what is done the first time
    runs: dict[str, list[dict]] = {"fast": [], "slow": []}
    for number in range(QUICK_PAIRS if quick else PAIRS):
        for name in ("fast", "slow") if number % 2 == 0 else ("slow", "fast"):
            readers = Readers(site.url(), people[:slow], channel, slow=name == "slow")
            runs[name].append(_run(site, plan, readers))
    return {"members": members, "slow": slow, "rate": rate, "fresh_mb": round(fresh_mb), "runs": runs}


def _run(site, plan: Plan, readers: Readers) -> dict:
    with readers:
        found = conduct(plan, None).as_dict()
        memory_mb, kernel_mb = resident_mb(web_pids(site)), socket_memory_mb()
    every = found["latencies"]["send_to_every_receiver"]
    return {
        "p50_ms": every["p50_ms"],
        "p99_ms": every["p99_ms"],
        "faults": [found["lost"], found["doubled"], found["out_of_order"]],
        "errors": found["errors"],
        "memory_mb": round(memory_mb),
        "kernel_mb": kernel_mb,
        "dropped": readers.closed,
        "slow_bytes": readers.bytes_read,
        "seconds": found["seconds"],
    }


def socket_memory_mb() -> int:
    """What the kernel holds for all TCP sockets of this machine: there waits what a slow reader leaves."""
    with open("/proc/net/sockstat") as file:
        line = next(line.split() for line in file if line.startswith("TCP:"))
    return round(int(line[line.index("mem") + 1]) * 4096 / 2**20)


def moved(result: dict) -> float:
    """By which part the median p99 of the others changed."""
    fast, slow = (
        statistics.median(run["p99_ms"] for run in result["runs"][name]) for name in ("fast", "slow")
    )
    return slow / fast - 1


def is_met(result: dict) -> bool:
    """Whether the others noticed next to nothing and lost nothing."""
    runs = [run for each in result["runs"].values() for run in each]
    return moved(result) < MOST_CHANGE and not any(sum(run["faults"]) or run["errors"] for run in runs)


def row(parts: str, processes: int, result: dict) -> str:
    """One line of the table."""
    fast, slow = result["runs"]["fast"], result["runs"]["slow"]

    def median(runs: list[dict], name: str) -> str:
        return f"{statistics.median(run[name] for run in runs):.1f}"

    faults = [sum(part) for part in zip(*(run["faults"] for run in fast + slow), strict=True)]
    read = sum(run["slow_bytes"] / run["seconds"] for run in slow) / len(slow) / result["slow"]
    memory = [max(run["memory_mb"] for run in runs) for runs in (fast, slow)]
    cells = (
        parts,
        processes,
        result["members"],
        result["slow"],
        result["rate"],
        len(slow),
        f"{median(fast, 'p99_ms')} ({', '.join(str(round(run['p99_ms'])) for run in fast)})",
        f"{median(slow, 'p99_ms')} ({', '.join(str(round(run['p99_ms'])) for run in slow)})",
        f"{moved(result):+.0%}",
        f"{median(fast, 'p50_ms')} / {median(slow, 'p50_ms')}",
        f"{result['fresh_mb']} / {memory[0]} / {memory[1]}",
        max(run["kernel_mb"] for run in slow),
        max(run["dropped"] for run in slow),
        f"{read / 1024:.2f}",
        " / ".join(map(str, faults)),
        "met" if is_met(result) else f"MISSED: < {MOST_CHANGE:.0%}, nothing lost",
    )
    return table_row(cells)


def head() -> str:
    """The table's first two lines."""
    return table_head(COLUMNS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=["embedded", "real"], default=["embedded", "real"])
    parser.add_argument("--quick", action="store_true", help="a small load, to see that everything runs")
    parser.add_argument("--here", action="store_true", help="only this environment, print JSON")
    arguments = parser.parse_args()
    if arguments.here:
        with running_site() as site:
            print(json.dumps(measure(site, quick=arguments.quick)))
        return
    options = ["--quick"] if arguments.quick else []
    results = measure_on_parts("benchmarks.slow_readers", arguments.parts, *options)
    print(head())
    for parts, result in results.items():
        print(row(parts, 1, result))
    print(json.dumps({"benchmark": "slow readers", **results}, ensure_ascii=False))
    sys.exit(0 if all(map(is_met, results.values())) else 1)


if __name__ == "__main__":
    main()
