"""`python -m benchmarks.search`: searching a channel of 1,000,000 messages, on the embedded store and, with
MONGODB_URI, on MongoDB. Exit code 1 when one kind of query takes longer than 200 ms at p95.

Through the service that page and API call: the index, reading the messages, looking at their present text,
marking. The times of a kind of query are those of different words; each figure is the median of the repeats,
which ask for other words.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from itertools import islice
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.korean import Talk
from benchmarks.printing import print_result, table_head, table_row
from benchmarks.search_site import LARGE, fill, prepare
from benchmarks.sites import drop_database, own_database

_GOAL_MS = 200
_PAGE = 20
_LATER_PAGES = 4
_OLD_MESSAGES = 50_000  # phrases are taken from these, the oldest


class Kind(NamedTuple):
    """A kind of query: what makes one; in which channel, None for all of the reader; whether its later pages
    are what counts."""

    make: Callable[[], str]
    channel_id: int | None = LARGE
    later: bool = False


def kinds(seed: int) -> dict[str, Kind]:
    """By what makes them easy or hard."""
    chance, words = random.Random(seed), Talk().words
    common, middle, rare = words[:40], words[200:2_000], words[20_000:]
    pairs, letters = [word for word in words if len(word) == 2], "".join(words)
    said = [text.split() for text in islice(Talk().texts(_OLD_MESSAGES), 0, None, 100)]
    said = [text for text in said if len(text) > 3]

    def one(of: list[str]) -> Callable[[], str]:
        return lambda: chance.choice(of)

    def some(of: list[str], count: int) -> Callable[[], str]:
        return lambda: " ".join(chance.sample(of, count))

    def quoted(count: int) -> Callable[[], str]:
        return lambda: f'"{some(common, count)()}"'

    def phrase() -> str:
        return f'"{" ".join(chance.choice(said)[1:4])}"'

    return {
        "frequent word": Kind(one(common)),
        "middling word": Kind(one(middle)),
        "rare word": Kind(one(rare)),
        "word of two letters": Kind(one(pairs)),
        "one letter": Kind(lambda: chance.choice(letters)),
        "any two letters": Kind(lambda: "".join(chance.sample(letters, 2))),
        "word that is not there": Kind(lambda: f"{chance.choice(rare)}{chance.choice(rare)}"),
        "not there, of frequent letters": Kind(lambda: "".join(chance.sample(common, 3))),
        "two frequent words": Kind(some(common, 2)),
        "three frequent words": Kind(some(common, 3)),
        "two middling words": Kind(some(middle, 2)),
        "frequent and rare word": Kind(lambda: f"{chance.choice(common)} {chance.choice(rare)}"),
        "phrase of two frequent words": Kind(quoted(2)),
        "phrase of three words, old": Kind(phrase),
        "phrase that is not there": Kind(quoted(3)),
        "by a person": Kind(lambda: f"from:@member{chance.randint(1, 9):03} {chance.choice(common)}"),
        "pages 2 to 4, frequent word": Kind(one(common), later=True),
        "pages 2 to 4, two frequent words": Kind(some(common, 2), later=True),
        "all channels, frequent word": Kind(one(common), None),
        "all channels, rare word": Kind(one(rare), None),
        "all channels, phrase of three words": Kind(phrase, None),
        "all channels, word that is not there": Kind(lambda: "".join(chance.sample(common, 3)), None),
        "all channels, pages 2 to 4": Kind(one(common), None, later=True),
    }


def measure(rounds: int, seed: int) -> dict[str, dict]:
    """Of each kind p50, p95 and worst in ms, how much a page held, and which part of the pages ended before
    they were full and before the end."""
    return {name: _measure_kind(kind, rounds) for name, kind in kinds(seed).items()}


def _measure_kind(kind: Kind, rounds: int) -> dict:
    times, hits, cut = [], 0, 0
    for _ in range(rounds):
        for seconds, findings in _pages(kind):
            times.append(seconds * 1000)
            hits += len(findings.hits)
            cut += findings.next is not None and len(findings.hits) < _PAGE
    return {
        "p50_ms": statistics.median(times),
        "p95_ms": statistics.quantiles(times, n=20)[18],
        "max_ms": max(times),
        "hits": hits / len(times),
        "cut_short": cut / len(times),
    }


def _pages(kind: Kind) -> list[tuple[float, object]]:
    """What counts of one query's pages, with the seconds that each took."""
    from accounts.models import User
    from chat.search.finding import search

    reader, text, before, pages = User.objects.get(pk=1), kind.make(), None, []
    for _ in range(_LATER_PAGES if kind.later else 1):
        began = time.perf_counter()
        findings = search(user=reader, text=text, channel_id=kind.channel_id, before=before, limit=_PAGE)
        pages.append((time.perf_counter() - began, findings))
        before = findings.next
        if before is None:
            break
    return pages[1:] if kind.later and len(pages) > 1 else pages


def report(store: str, count: int, per_second: float | None, repeats: list[dict]) -> bool:
    """Print one store's result; returns whether every kind reaches the goal."""
    result = {
        kind: {name: round(statistics.median(one[kind][name] for one in repeats), 2) for name in figures}
        for kind, figures in repeats[0].items()
    }
    print(table_head((f"{store}, {count:,} messages", "p50 / p95 / max ms", "hits a page", "cut short")))
    for kind, one in result.items():
        times = f"{one['p50_ms']:.0f} / {one['p95_ms']:.0f} / {one['max_ms']:.0f}"
        print(table_row((kind, times, f"{one['hits']:.1f}", f"{one['cut_short']:.0%}")))
    slowest = max(result, key=lambda kind: result[kind]["p95_ms"])
    line = f"slowest p95 {result[slowest]['p95_ms']:.0f} ms ({slowest}), goal {_GOAL_MS} ms"
    if per_second:
        line += f" | indexed {per_second:,.0f} messages/s"
    details = {"store": store, "messages": count, "indexed_per_second": per_second, "queries": result}
    print_result(f"search, {store}, {count:,}, median of {len(repeats)}", line, details)
    return result[slowest]["p95_ms"] <= _GOAL_MS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=60, help="queries of each kind")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=("embedded", "mongodb"), help="one store instead of both")
    parser.add_argument(
        "--keep", help="a folder; what was filled stays there and in MongoDB for the next run"
    )
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="messenger-benchmark-") as folder:
        given = os.environ.pop("MONGODB_URI", "")
        data = {"DATA_DIR": arguments.keep or folder, "DATABASE_URL": "", "KAFKA_BOOTSTRAP_SERVERS": ""}
        os.environ |= data | {"REDIS_URL": ""}
        prepare()
        reached = []
        if arguments.only != "mongodb":
            reached.append(_measure("embedded", arguments))
        if arguments.only != "embedded":
            reached += _measure_mongodb(given, arguments)
    sys.exit(0 if all(reached) else 1)


def _measure_mongodb(given: str, arguments) -> list[bool]:
    from django.test import override_settings

    if not given:
        print("MongoDB was not measured: MONGODB_URI is not set.")
        return []
    own = own_database(given, "search" if arguments.keep else None)
    adapters = {
        "MESSAGE_STORE": "chat.pipeline.mongo.MongoStore",
        "SEARCH_INDEX": "chat.search.mongo.MongoIndex",
    }
    chosen = {name: {"BACKEND": one, "OPTIONS": {"uri": own}} for name, one in adapters.items()}
    try:
        with override_settings(**chosen):
            return [_measure("MongoDB", arguments, own)]
    finally:
        if not arguments.keep:
            drop_database(own)


def _measure(name: str, arguments, mongodb: str | None = None) -> bool:
    per_second = fill(arguments.messages, mongodb)
    repeats = [measure(arguments.rounds, seed) for seed in range(arguments.repeats)]
    return report(name, arguments.messages, per_second, repeats)


if __name__ == "__main__":
    main()
