"""`python -m benchmarks.scaling`: one, two and four web processes behind one address, on the real servers.

Loads 1 and 2 of benchmarks.load, overload, slow readers and reconnect, each with every number of processes.
All share this machine's cores with the load generator, the worker and the servers: what more processes bring
on more cores is not measured here.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable

from benchmarks import load, overload, reconnect, slow_readers
from benchmarks.load_table import markdown
from benchmarks.printing import table_head, table_row
from benchmarks.sites import names_real_servers, running_site

PROCESSES = (1, 2, 4)
COLUMNS = ("measured", *(f"{count} web" for count in PROCESSES), *(f"{count} / 1" for count in PROCESSES[1:]))


def measure(part: str, processes: int, quick: bool) -> dict:
    """One part with so many processes, on a site of its own."""
    with running_site(processes=processes) as site:
        return PARTS[part](site, quick)


def _storms(site, quick: bool) -> dict:
    return {ending: reconnect.measure(site, ending, quick=quick) for ending in reconnect.ENDINGS}


PARTS: dict[str, Callable] = {
    "load 1": load.LOADS["1"],
    "load 2": load.LOADS["2"],
    "overload ws": lambda site, quick: overload.measure(site, "ws", quick=quick),
    "overload http": lambda site, quick: overload.measure(site, "http", quick=quick),
    "slow readers": lambda site, quick: slow_readers.measure(site, quick=quick),
    "reconnect": _storms,
}

# What is compared: part, name, how to read it.
NUMBERS: tuple[tuple[str, str, Callable[[dict], float | None]], ...] = (
    ("load 1", "deliveries/s", lambda found: found["deliveries_per_second"]),
    ("load 1", "own message back, mean ms", lambda found: _latency(found, "own_receipt", "mean")),
    ("load 1", "own message back, p99 ms", lambda found: _latency(found, "own_receipt", "p99")),
    ("load 2", "every receiver, p50 ms", lambda found: _latency(found, "every_receiver", "p50")),
    ("load 2", "every receiver, p99 ms", lambda found: _latency(found, "every_receiver", "p99")),
    ("load 2", "every receiver, max ms", lambda found: _latency(found, "every_receiver", "max")),
    ("overload ws", "peak/s", lambda found: found["peak"]),
    ("overload ws", "accepted/s at three times that", lambda found: found["accepted"]),
    ("overload ws", "accepted, p99 ms", lambda found: found["p99_ms"]),
    ("overload http", "peak/s", lambda found: found["peak"]),
    ("overload http", "accepted/s at three times that", lambda found: found["accepted"]),
    ("overload http", "accepted, p99 ms", lambda found: found["p99_ms"]),
    ("slow readers", "p99 of the others moved by, %", lambda found: 100 * slow_readers.moved(found)),
    ("reconnect", "SIGTERM, all back, s", lambda found: found["SIGTERM"]["all_back_seconds"]),
    ("reconnect", "kill -9, all back, s", lambda found: found["kill -9"]["all_back_seconds"]),
)


def _latency(report: dict, receipt: str, name: str) -> float | None:
    return report["latencies"][f"send_to_{receipt}"].get(f"{name}_ms")


def table(results: dict[str, dict[int, dict]]) -> str:
    """Each number with every count of processes, and how it compares to one process."""
    lines = [table_head(COLUMNS)]
    for part, name, read in NUMBERS:
        if part not in results:
            continue
        values = [read(results[part][count]) for count in PROCESSES]
        ratios = [value / values[0] if value is not None and values[0] else None for value in values[1:]]
        cells = [f"{part}: {name}", *map(_number, values)]
        # How a change by per cent changes says nothing.
        cells += ["-" if ratio is None or "%" in name else f"{ratio:.2f}" for ratio in ratios]
        lines.append(table_row(cells))
    return "\n".join(lines)


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def details(results: dict[str, dict[int, dict]]) -> str:
    """The tables of the parts themselves."""
    parts = []
    for count in PROCESSES:
        loads = {name[-1]: found[count] for name, found in results.items() if name.startswith("load ")}
        if loads:
            parts.append(markdown({f"real servers, {count} web": loads}))
    by_count = [(name, count, found) for name, each in results.items() for count, found in each.items()]
    rows = [overload.row("real", count, found) for name, count, found in by_count if "overload" in name]
    parts += [overload.head(), *rows] if rows else []
    rows = [slow_readers.row("real", count, found) for name, count, found in by_count if "slow" in name]
    parts += [slow_readers.head(), *rows] if rows else []
    rows = [
        reconnect.row("real", count, ending, storm)
        for name, count, found in by_count
        if name == "reconnect"
        for ending, storm in found.items()
    ]
    return "\n".join(parts + ([reconnect.head(), *rows] if rows else []))


def missed(results: dict[str, dict[int, dict]]) -> list[str]:
    """The goals of the parts that were missed. More processes have no goal of their own on shared cores."""
    found = []
    for part, each in results.items():
        for count, result in each.items():
            if part.startswith("load "):
                met = not result["failures"]
            elif part.startswith("overload"):
                met = all(result["goals"].values())
            elif part == "slow readers":
                met = slow_readers.is_met(result)
            else:
                met = all(map(reconnect.is_met, result.values()))
            found += [] if met else [f"{part} with {count}"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="small loads, to see that everything runs")
    arguments = parser.parse_args()
    if not names_real_servers():
        print("needs the real servers (make stack): several web processes share Redis")
        sys.exit(1)
    results: dict[str, dict[int, dict]] = {}
    for part in arguments.only:
        results[part] = {count: measure(part, count, arguments.quick) for count in PROCESSES}
        print(f"{part}: done", file=sys.stderr, flush=True)
    print(table(results))
    print(f"\n{os.cpu_count()} cores, shared by web processes, worker, servers and load generator.\n")
    print(details(results))
    print(json.dumps({"benchmark": "scaling", **results}, ensure_ascii=False))
    goals = missed(results)
    if goals:
        print("missed: " + ", ".join(goals), file=sys.stderr)
    sys.exit(1 if goals else 0)


if __name__ == "__main__":
    main()
