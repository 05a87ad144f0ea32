"""`python -m benchmarks.soak`: everything at once for long: do memory, open files and lags stay flat?

Members talk all along, others come, read, search, react, change, take back, show photos, pay and go. The ten
minutes by default say as much as two hours of an evening at 20 messages a second; `--seconds 7200` takes that
time.
"""

import argparse
import json
import re
import statistics
import sys
import threading
import time

import httpx
import psutil

from benchmarks.everyday import Everyday
from benchmarks.printing import table_head, table_row
from benchmarks.sites import measure_on_parts, people_of, running_site, web_pids
from chat.loadtest.conduct import conduct
from chat.loadtest.plan import Plan

SECONDS, QUICK_SECONDS = 600, 30
RATE, QUICK_RATE = 240, 40  # messages a second: 144,000 in ten minutes, as many as 20 a second in two hours
MEMBERS, QUICK_MEMBERS = 200, 20
VISITORS, VISITS_PER_SECOND = 20, 10.0
SAMPLE_SECONDS = 1.0
WARM_UP = 0.4  # of the time: until then rings, caches and pools fill up to their bounds
MOST_GROWTH = 0.05  # of memory, by its slope over what follows
MOST_FILES_MORE = 20
MOST_LAG_SECONDS = 10.0
_DRAIN_SECONDS = 120
_LAG = re.compile(r"^messenger_(archive|search)_lag_seconds (\S+)", re.MULTILINE)
COLUMNS = (
    "parts", "seconds", "messages", "visits", "process", "MB at first/warm/last", "growth after warm-up",
    "files warm/last", "lag s archive/search", "faults", "goals",
)  # fmt: skip

Samples = list[tuple[float, float]]  # when, value


class Gauges:
    """Memory, open files and lags, once a second from beginning to end."""

    def __init__(self, site) -> None:
        self._processes = {
            "web": [psutil.Process(pid) for pid in web_pids(site)],
            "worker": [psutil.Process(worker.handle.pid) for worker in site.workers],
        }
        self._metrics = f"http://127.0.0.1:{site.ports[0]}/metrics"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.memory_mb: dict[str, Samples] = {name: [] for name in self._processes}
        self.files: dict[str, Samples] = {name: [] for name in self._processes}
        self.lags: dict[str, Samples] = {"archive": [], "search": []}
        self.unanswered = 0

    def __enter__(self) -> "Gauges":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            now = time.monotonic()
            for name, processes in self._processes.items():
                megabytes = sum(process.memory_info().rss for process in processes) / 2**20
                self.memory_mb[name].append((now, megabytes))
                self.files[name].append((now, sum(process.num_fds() for process in processes)))
            try:
                for name, seconds in self.ask_lags().items():
                    self.lags[name].append((now, seconds))
            except httpx.HTTPError:
                self.unanswered += 1

    def ask_lags(self) -> dict[str, float]:
        """How old the oldest event is that waits for the archive and for the search index."""
        told = httpx.get(self._metrics, timeout=30).raise_for_status().text
        return {name: float(value) for name, value in _LAG.findall(told)}


def measure(site, *, seconds: float, quick: bool) -> dict:
    """One soak of this site."""
    members = QUICK_MEMBERS if quick else MEMBERS
    people, channel = people_of(site, members + VISITORS)
    talkers, visitors = people[:members], people[members:]
    plan = Plan(
        url=site.url(),
        channel=channel,
        users=talkers,
        senders=members,
        receivers=members,
        rate=QUICK_RATE if quick else RATE,
        duration_seconds=seconds,
    )
    everyday = Everyday(site.url(), visitors, channel, VISITS_PER_SECOND)
    with everyday, Gauges(site) as gauges:
        began = time.monotonic()
        report = conduct(plan).as_dict()
        ended = time.monotonic()
    drained = _drain(gauges)
    ledger = site.manage("check_ledger")
    warm = began + WARM_UP * (ended - began)
    unanswered = {"metrics not answered": gauges.unanswered} if gauges.unanswered else {}
    result = {
        "seconds": round(seconds),
        "messages": report["acknowledged"],
        "visits": everyday.done.total(),
        "deeds": dict(everyday.done),
        "paid": everyday.paid,
        "processes": {name: _judge(gauges, name, warm) for name in gauges.memory_mb},
        "lag_most_seconds": {
            name: round(max(value for _, value in samples), 1) for name, samples in gauges.lags.items()
        },
        "drained": drained,
        "ledger": ledger.strip().splitlines()[-1],
        "lost": report["lost"] + report["doubled"] + report["out_of_order"],
        "faults": {**everyday.faults, **report["errors"], **unanswered},
    }
    return {**result, "goals": find_goals(result)}


def _drain(gauges: Gauges) -> bool:
    """Whether archive and search index caught up once nobody talked any more."""
    until = time.monotonic() + _DRAIN_SECONDS
    while any(gauges.ask_lags().values()):
        if time.monotonic() > until:
            return False
        time.sleep(SAMPLE_SECONDS)
    return True


def _judge(gauges: Gauges, name: str, warm: float) -> dict:
    memory, files = gauges.memory_mb[name], gauges.files[name]
    after = [(at, value) for at, value in memory if at >= warm]
    tail = max(1, len(memory) // 10)
    return {
        "memory_mb": [round(memory[0][1]), round(after[0][1]), round(memory[-1][1])],
        "growth": round(growth(after), 3),
        "files": [
            round(statistics.median(value for at, value in files if warm <= at < warm + tail)),
            round(statistics.median(value for _, value in files[-tail:])),
        ],
    }


def growth(samples: Samples) -> float:
    """By how much of its mean a value grew over these samples: the slope of the line through them, so that
    one high sample at an end says nothing."""
    times, values = zip(*samples, strict=True)
    slope = statistics.linear_regression(times, values).slope
    return slope * (times[-1] - times[0]) / statistics.fmean(values)


def find_goals(result: dict) -> dict[str, bool]:
    """Each goal and whether it was met."""
    each = result["processes"].values()
    return {
        "memory flat": all(one["growth"] <= MOST_GROWTH for one in each),
        "files flat": all(one["files"][1] - one["files"][0] <= MOST_FILES_MORE for one in each),
        "lag bounded": result["drained"] and result["lag_most_seconds"]["archive"] <= MOST_LAG_SECONDS,
        "nothing lost": not result["lost"],
        "no faults": not result["faults"],
    }


def rows(parts: str, result: dict) -> list[str]:
    """A line for each kind of process."""
    missed = [name for name, met in result["goals"].items() if not met]
    return [
        table_row(
            (
                parts,
                result["seconds"],
                f"{result['messages']:,}",
                f"{result['visits']:,}",
                name,
                " / ".join(map(str, one["memory_mb"])),
                f"{one['growth']:+.1%}",
                " / ".join(map(str, one["files"])),
                " / ".join(map(str, result["lag_most_seconds"].values())),
                json.dumps(result["faults"], ensure_ascii=False) if result["faults"] else "none",
                f"MISSED: {', '.join(missed)}" if missed else "met",
            )
        )
        for name, one in result["processes"].items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=["embedded", "real"], default=["embedded", "real"])
    parser.add_argument("--seconds", type=float, help=f"how long; {SECONDS} by default")
    parser.add_argument("--quick", action="store_true", help="few people, to see that everything runs")
    parser.add_argument("--here", action="store_true", help="only this environment, print JSON")
    arguments = parser.parse_args()
    seconds = arguments.seconds or (QUICK_SECONDS if arguments.quick else SECONDS)
    if arguments.here:
        with running_site() as site:
            print(json.dumps(measure(site, seconds=seconds, quick=arguments.quick), ensure_ascii=False))
        return
    options = ["--seconds", str(seconds), *(["--quick"] if arguments.quick else [])]
    results = measure_on_parts("benchmarks.soak", arguments.parts, *options)
    print(table_head(COLUMNS))
    for parts, result in results.items():
        print("\n".join(rows(parts, result)))
    print(json.dumps({"benchmark": "soak", **results}, ensure_ascii=False))
    sys.exit(0 if all(all(result["goals"].values()) for result in results.values()) else 1)


if __name__ == "__main__":
    main()
