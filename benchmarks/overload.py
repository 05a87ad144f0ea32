"""`python -m benchmarks.overload`: three times the peak for a minute, over sockets and over HTTP.

Finds what a site accepts at most, drives three times that with clients that obey, and checks what it still
accepts, how soon, with how much memory, whether health checks answer, and how soon it is itself again.
Over sockets that is three times the messages a second, whatever is answered. A client over HTTP waits for
each answer: there it is three times as many clients as give the peak, each sending without a pause.
"""

import argparse
import json
import math
import statistics
import sys
import time
from dataclasses import dataclass

from benchmarks.printing import table_head, table_row
from benchmarks.sites import measure_on_parts, people_of, running_site, web_pids
from benchmarks.watching import Watch, answered, between, normal_after, resident_mb
from chat.loadtest.conduct import conduct
from chat.loadtest.plan import Plan, VirtualUser
from chat.loadtest.report import Report

USERS, QUICK_USERS = 1_000, 100
SECONDS, QUICK_SECONDS = 60, 8
PEAK_SECONDS, QUICK_PEAK_SECONDS = 8, 3
STILL_GROWS = 1.1
TIMES = 3
BEFORE_SECONDS, AFTER_SECONDS = 5, 12
LEAST_OF_PEAK = 0.8
MOST_P99_MS = 2_000
MOST_HEALTH_MS = 3_000  # what the health check of docker-compose.yml waits for
MOST_GROWTH = 1.1  # of memory, in the last third of the minute against the second
BACK_WITHIN_SECONDS = 10
# Normal again: as before, give or take; never stricter than this.
AS_BEFORE, LEAST_NORMAL_MS = 3, 50
_ENDLESS = 1_000_000
COLUMNS = (
    "transport", "parts", "web processes", "peak/s", "offered", "accepted/s", "of peak", "p99 accepted ms",
    "refused", "held back", "web MB fresh/before/most/after", "healthz max ms",
    "normal after s: ack/loop/archive", "lost/doubled/disorder", "goals", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Ladder:
    """The amounts that the search for the peak tries: `first`, then each `step` times the last."""

    unit: str
    first: int
    step: float
    attempts: int

    @property
    def most(self) -> int:
        """The highest amount that may be tried."""
        return math.ceil(self.first * self.step ** (self.attempts - 1))


LADDERS = {"ws": Ladder("messages/s", 3_000, 1.5, 8), "http": Ladder("clients", 125, 2, 5)}
QUICK_LADDERS = {"ws": Ladder("messages/s", 1_000, 1.5, 3), "http": Ladder("clients", 10, 2, 2)}


def measure(site, transport: str, *, quick: bool) -> dict:
    """Peak and overload of one transport on this site."""
    fresh_mb = resident_mb(web_pids(site))
    ladder = (QUICK_LADDERS if quick else LADDERS)[transport]
    users = QUICK_USERS if quick else USERS
    people, channel = people_of(site, (TIMES * ladder.most if transport == "http" else users) + 1)
    drive = Drive(site.url(), people[:-1], channel, transport)
    amount, peak, attempts = find_peak(drive, ladder, QUICK_PEAK_SECONDS if quick else PEAK_SECONDS)
    offered = TIMES * (amount if transport == "http" else peak)
    seconds = QUICK_SECONDS if quick else SECONDS
    time.sleep(BEFORE_SECONDS)
    with Watch(site, people[-1], channel) as watch:
        time.sleep(BEFORE_SECONDS)
        report = drive.play(offered, seconds)
        ended = report.outcome.first_send_us / 1e6 + seconds
        time.sleep(max(0.0, ended + AFTER_SECONDS - time.monotonic()))
    result = {
        "transport": transport,
        "peak": round(peak),
        "attempts": attempts,
        "offered": f"{offered:,.0f} {ladder.unit}",
        "accepted": round(accepted_per_second(report, seconds)),
        **_told(report),
        **_seen(watch, ended - seconds, ended),
    }
    result["memory_mb"]["fresh"] = round(fresh_mb)
    return {**result, "goals": find_goals(result)}


class Drive:
    """Plays loads of these people: over sockets an open loop in which all send and receive, over HTTP a
    closed one in which nobody receives."""

    def __init__(self, url: str, people: list[VirtualUser], channel: int, transport: str) -> None:
        self.url, self.people, self.channel, self.transport = url, people, channel, transport

    def play(self, amount: float, seconds: float) -> Report:
        """So many messages a second, or so many clients."""
        sockets = self.transport == "ws"
        people = self.people if sockets else self.people[: int(amount)]
        plan = Plan(
            url=self.url,
            channel=self.channel,
            users=people,
            senders=len(people),
            receivers=len(people) if sockets else 0,
            messages=_ENDLESS,
            rate=amount if sockets else 0.0,
            duration_seconds=seconds,
            transport=self.transport,
        )
        return conduct(plan, None)


def find_peak(drive: Drive, ladder: Ladder, seconds: float) -> tuple[int, float, dict[int, int]]:
    """The amount that gave the most, how many a second were accepted then, and each attempt; amounts grow
    until what is accepted hardly does."""
    attempts: dict[int, int] = {}
    amount, grows = ladder.first, True
    while grows and len(attempts) < ladder.attempts:
        best = max(attempts.values(), default=0)
        attempts[amount] = round(accepted_per_second(drive.play(amount, seconds), seconds))
        grows = attempts[amount] > STILL_GROWS * best
        amount = math.ceil(amount * ladder.step)
    best = max(attempts, key=attempts.get)
    return best, attempts[best], attempts


def accepted_per_second(report: Report, seconds: float) -> float:
    """Over the time in which was sent; what was acknowledged later does not count."""
    timeline = report.as_dict()["timeline"]
    return sum(each["acknowledged"] for each in timeline if each["second"] < seconds) / seconds


def _told(report: Report) -> dict:
    """What the load generator says."""
    found = report.as_dict()
    return {
        "p99_ms": found["latencies"]["send_to_ack"].get("p99_ms"),
        "refused": found["refused"],
        "held_back": found["held_back"],
        "lost": found["lost"],
        "doubled": found["doubled"],
        "out_of_order": found["out_of_order"],
        "errors": found["errors"],
        "note": "; ".join(found["load_generator_was_the_limit"]),
    }


def _seen(watch: Watch, began: float, ended: float) -> dict:
    """What was seen from outside before, while and after."""
    ack_limit, lag_limit = (
        max(LEAST_NORMAL_MS, AS_BEFORE * statistics.median(answered(between(samples, 0, began)) or [0]))
        for samples in (watch.ack_ms, watch.lag_ms)
    )
    third = (ended - began) / 3
    memory = {
        "before": max(between(watch.memory_mb, 0, began)),
        "most": max(between(watch.memory_mb, began, ended + AFTER_SECONDS)),
        "after": watch.memory_mb[-1][1],
        "second_third": max(between(watch.memory_mb, began + third, ended - third)),
        "last_third": max(between(watch.memory_mb, ended - third, ended)),
    }
    return {
        "memory_mb": {name: round(value) for name, value in memory.items()},
        "health_max_ms": _bounded(max(between(watch.health_ms, began, ended + AFTER_SECONDS))),
        "normal_after_seconds": {
            "ack": _bounded(normal_after(watch.ack_ms, ended, ack_limit)),
            "loop": _bounded(normal_after(watch.lag_ms, ended, lag_limit)),
            "archive": _bounded(watch.archive_caught_up_after(ended)),
        },
    }


def _bounded(value: float) -> float | None:
    """JSON knows no infinity: None for what never came."""
    return None if value == float("inf") else round(value, 1)


def find_goals(result: dict) -> dict[str, bool]:
    """Each goal and whether it was met."""
    memory, normal = result["memory_mb"], result["normal_after_seconds"]
    faults = result["lost"] + result["doubled"] + result["out_of_order"]
    return {
        f"≥ {LEAST_OF_PEAK} of the peak": result["accepted"] >= LEAST_OF_PEAK * result["peak"],
        f"p99 ≤ {MOST_P99_MS} ms": result["p99_ms"] is not None and result["p99_ms"] <= MOST_P99_MS,
        "memory bounded": memory["last_third"] <= MOST_GROWTH * memory["second_third"],
        "health answers": _within(result["health_max_ms"], MOST_HEALTH_MS),
        f"normal within {BACK_WITHIN_SECONDS} s": all(
            _within(value, BACK_WITHIN_SECONDS) for value in normal.values()
        ),
        "nothing lost": not faults and not result["errors"],
    }


def _within(value: float | None, limit: float) -> bool:
    return value is not None and value <= limit


def row(parts: str, processes: int, result: dict) -> str:
    """One line of the table."""
    memory, normal = result["memory_mb"], result["normal_after_seconds"]
    missed = [name for name, met in result["goals"].items() if not met]
    cells = (
        result["transport"],
        parts,
        processes,
        f"{result['peak']:,}",
        result["offered"],
        f"{result['accepted']:,}",
        f"{result['accepted'] / max(1, result['peak']):.2f}",
        result["p99_ms"],
        f"{result['refused']:,}",
        f"{result['held_back']:,}",
        " / ".join(str(memory[when]) for when in ("fresh", "before", "most", "after")),
        result["health_max_ms"] or "none",
        " / ".join("never" if value is None else f"{value:g}" for value in normal.values()),
        f"{result['lost']} / {result['doubled']} / {result['out_of_order']}",
        f"MISSED: {', '.join(missed)}" if missed else "met",
        "; ".join(filter(None, [result["note"], json.dumps(result["errors"]) if result["errors"] else ""])),
    )
    return table_row(cells)


def head() -> str:
    """The table's first two lines."""
    return table_head(COLUMNS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=["embedded", "real"], default=["embedded", "real"])
    parser.add_argument("--transports", nargs="+", choices=LADDERS, default=list(LADDERS))
    parser.add_argument("--quick", action="store_true", help="a small load, to see that everything runs")
    parser.add_argument("--here", action="store_true", help="only this environment, print JSON")
    arguments = parser.parse_args()
    if arguments.here:
        results = {}
        for transport in arguments.transports:
            with running_site() as site:
                results[transport] = measure(site, transport, quick=arguments.quick)
        print(json.dumps(results))
        return
    options = ["--transports", *arguments.transports, *(["--quick"] if arguments.quick else [])]
    results = measure_on_parts("benchmarks.overload", arguments.parts, *options)
    rows = [(parts, each) for parts, found in results.items() for each in found.values()]
    print(head())
    for parts, result in rows:
        print(row(parts, 1, result))
    print(json.dumps({"benchmark": "overload", **results}, ensure_ascii=False))
    sys.exit(0 if all(all(result["goals"].values()) for _, result in rows) else 1)


if __name__ == "__main__":
    main()
