"""`python -m benchmarks.load`: the four loads, on embedded parts and on real servers, as a table.

1 everybody talks at once, 2 a busy channel and the highest rate it bears, 3 a quiet channel, 4 the stock
way beside ours. Real servers are measured when the environment names them (`make stack`).
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.load_table import markdown
from benchmarks.sites import SERVER_VARIABLES, names_real_servers, play, running_site

_P99_LIMIT_MS = 1_000
_FIRST_RATE = 5_000
_STEP = 1.25
_NARROWING = 3
_SEARCH_SECONDS = 10


def talk_at_once(site, quick: bool) -> dict:
    """Load 1: 2,000 members, 50 messages each, closed loop."""
    users, messages = ("200", "10") if quick else ("2000", "50")
    return play(site, "--users", users, "--messages", messages, "--mean-limit-ms", "1000")


def busy_channel(site, quick: bool) -> dict:
    """Load 2: 500 members, 5,000 messages/s, 20 s."""
    rate, seconds = ("500", "4") if quick else ("5000", "20")
    limits = ("--max-limit-ms", "1000")
    return play(site, "--users", "500", "--rate", rate, "--duration", seconds, *limits)


def highest_rate(site, quick: bool) -> dict:
    """Load 2 again: the highest rate with p99 within a second and no fault, to within about 3 %."""
    first, seconds = (500, "3") if quick else (_FIRST_RATE, str(_SEARCH_SECONDS))

    def attempt(rate: int) -> dict:
        # Far beyond what it bears nobody waits for the backlog: 5 s late is failed.
        limits = ("--p99-limit-ms", str(_P99_LIMIT_MS), "--receipt-timeout", "5")
        return play(site, "--users", "500", "--rate", str(rate), "--duration", seconds, *limits)

    return search_highest(attempt, first)


def search_highest(attempt: Callable[[int], dict], first: int) -> dict:
    """The report of the highest rate without failures, or of the lowest tried, with all attempts."""
    tried: dict[int, dict] = {}

    def bears(rate: int) -> bool:
        tried[rate] = attempt(rate)
        return not tried[rate]["failures"]

    good, bad, rate = 0, 0, first
    while not (good and bad) and rate > first / 10:
        if bears(rate):
            good, rate = rate, round(rate * _STEP)
        else:
            bad, rate = rate, round(rate / _STEP)
    for _ in range(_NARROWING if good else 0):
        rate = round((good + bad) / 2)
        good, bad = (rate, bad) if bears(rate) else (good, rate)
    attempts = [
        {
            "rate": rate,
            "p99_ms": tried[rate]["latencies"]["send_to_every_receiver"].get("p99_ms"),
            "failures": tried[rate]["failures"],
        }
        for rate in sorted(tried)
    ]
    return {**tried[good or min(tried)], "attempts": attempts}


def quiet_channel(site, quick: bool) -> dict:
    """Load 3: 500 members, 10 messages/s."""
    return play(site, "--users", "500", "--rate", "10", "--duration", "4" if quick else "30")


def quiet_channel_awake(site, quick: bool) -> dict:
    """Load 3 with readers that never sleep: what the server takes without the price of waking them."""
    return play(site, "--users", "500", "--rate", "10", "--duration", "4" if quick else "30", "--busy-poll")


def beside_stock(site, quick: bool) -> dict:
    """Load 4, our half: 500 members, closed loop for 20 s, as the stock chat is measured."""
    return play(site, "--users", "500", "--messages", "1000000", "--duration", "3" if quick else "20")


LOADS: dict[str, Callable] = {
    "1": talk_at_once,
    "2": busy_channel,
    "2 highest": highest_rate,
    "3": quiet_channel,
    "3 awake": quiet_channel_awake,
    "4": beside_stock,
}


def measure_here(names: list[str], quick: bool) -> dict:
    """The loads on the parts that this environment names, each on a site of its own."""
    results = {}
    for name in names:
        with running_site() as site:
            results[name] = LOADS[name](site, quick)
        print(f"load {name}: {results[name]['failures'] or 'ok'}", file=sys.stderr, flush=True)
    return results


def measure_in(environment: dict, arguments: argparse.Namespace) -> dict:
    """The same in a process of its own, because settings are read once."""
    command = [sys.executable, "-m", "benchmarks.load", "--here", "--loads", *arguments.loads]
    command += ["--quick"] if arguments.quick else []
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def measure_stock(quick: bool) -> dict:
    """Load 4, the stock half."""
    command = [sys.executable, "-m", "benchmarks.stock", "--seconds", "3" if quick else "20"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--loads", nargs="+", choices=LOADS, default=list(LOADS))
    parser.add_argument("--parts", nargs="+", choices=["embedded", "real"], default=["embedded", "real"])
    parser.add_argument("--out", type=Path, default=Path("var/load"), help="folder for load.json and load.md")
    parser.add_argument("--quick", action="store_true", help="small loads, to see that everything runs")
    parser.add_argument("--here", action="store_true", help="only this environment, print JSON")
    arguments = parser.parse_args()
    if arguments.here:
        print(json.dumps(measure_here(arguments.loads, arguments.quick)))
        return
    results = {}
    if "embedded" in arguments.parts:
        embedded = {name: value for name, value in os.environ.items() if name not in SERVER_VARIABLES}
        results["embedded"] = measure_in(embedded, arguments)
    if "real" in arguments.parts and names_real_servers():
        results["real servers"] = measure_in(dict(os.environ), arguments)
    if "4" in arguments.loads and os.environ.get("REDIS_URL"):
        results["stock"] = {"4": measure_stock(arguments.quick)}
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "load.json").write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    table = markdown(results)
    (arguments.out / "load.md").write_text(table)
    print(table)


if __name__ == "__main__":
    main()
