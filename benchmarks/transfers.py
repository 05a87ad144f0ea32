"""`python -m benchmarks.transfers`: money moved in a second, against hand-written SQL, on MariaDB or MySQL.

1 anybody to anybody among 1,000 wallets, 2 everybody into one group wallet, 3 the same over HTTP, 4 a page of
1,000,000 entries against one of 1,000. The books are audited after each. Needs DATABASE_URL (`make stack`).
"""

import argparse
import os
import statistics
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.printing import print_result
from benchmarks.sites import raise_open_files

DURABILITY = """SELECT @@version, @@innodb_flush_log_at_trx_commit, @@sync_binlog, @@log_bin,
    @@innodb_doublewrite, @@innodb_flush_method"""
PARTS = ("uniform", "group", "others", "http", "history")


@contextmanager
def own_site(*, webs: int, workers: int):
    """A site with a database of its own, which this process uses too."""
    from django.db import connection, connections

    from tests.site import Site

    with (
        TemporaryDirectory(prefix="messenger-benchmark-") as folder,
        Site(Path(folder), webs=webs, workers=workers) as site,
    ):
        connections.settings["default"]["NAME"] = site.name
        connection.close()
        try:
            yield site
        finally:
            connection.close()


def check_books() -> None:
    """Raises when a won is unexplained."""
    from wallets.ledger import audit

    differences = audit.differences()
    if differences:
        raise RuntimeError("; ".join(map(str, differences)))


def compare(name: str, ours, theirs, ends, arguments) -> dict:
    """Median of each side, its ratio, and what was refused or failed, in pairs that take turns."""
    from benchmarks.transfer_loads import best_count, in_pairs, spread

    counts = [best_count(side, arguments.clients, ends, arguments.search_seconds) for side in (ours, theirs)]
    pairs = in_pairs(ours, theirs, counts, ends, arguments.seconds, arguments.rounds)
    check_books()
    rates = [[side.per_second for side in column] for column in zip(*pairs, strict=True)]
    medians = [statistics.median(column) for column in rates]
    last = pairs[-1][0]
    failures = [failure for pair in pairs for side in pair for failure in side.failures]
    result = {
        "applied_per_second": round(medians[0]),
        "twin_per_second": round(medians[1]),
        "ratio": round(statistics.median(a / b for a, b in zip(*rates, strict=True)), 2),
        "clients": counts[0],
        "twin_clients": counts[1],
        "spread": [round(spread(column), 2) for column in rates],
        "p50_ms": round(last.quantile(0.5), 1),
        "p99_ms": round(last.quantile(0.99), 1),
        "refused_or_failed": len(failures),
        "first_failure": failures[0] if failures else None,
    }
    line = (
        f"{result['applied_per_second']:,}/s with {counts[0]} | twin {result['twin_per_second']:,}/s with "
        f"{counts[1]} | ratio {result['ratio']} | p50/p99 {result['p50_ms']}/{result['p99_ms']} ms | "
        f"refused {len(failures)} | spread {result['spread'][0]}, {result['spread'][1]}"
    )
    print_result(f"transfers: {name}", line, result)
    return result


def measure_services(arguments) -> None:
    """Loads 1 and 2, and what else is told for comparison."""
    from benchmarks.transfer_crowd import make_crowd
    from benchmarks.transfer_loads import (
        LedgerClient,
        ServiceClient,
        TwinClient,
        into,
        remember_pins,
        to_and_fro,
        uniform,
        zipf,
    )

    with own_site(webs=0, workers=0):
        group, wallets = make_crowd(arguments.wallets)
        careful, bare = partial(TwinClient, asks_rights=True), partial(TwinClient, asks_rights=False)
        loads = [("uniform", uniform(wallets)), ("group", into(group, wallets))]
        for name, ends in loads:
            if name in arguments.parts:
                remember_pins(wallets)
                compare(f"{name}, service", ServiceClient, careful, ends, arguments)
                compare(f"{name}, ledger alone", LedgerClient, bare, ends, arguments)
        if "others" in arguments.parts:
            for name, ends in (
                ("Zipf 1.0", zipf(wallets, 1.0)),
                ("Zipf 2.0", zipf(wallets, 2.0)),
                ("A ↔ B", to_and_fro(wallets)),
            ):
                remember_pins(wallets)
                compare(f"{name}, service", ServiceClient, careful, ends, arguments)


def measure_http(arguments) -> None:
    """Load 3."""
    from benchmarks.transfer_http import pay_over_http

    with own_site(webs=1, workers=1) as site:
        result = pay_over_http(site, clients=arguments.http_clients, seconds=arguments.http_seconds)
        check_books()
    line = (
        f"{result['applied_per_second']:,}/s applied, {result['rejected']} refused, {result['unexplained']} "
        f"unexplained | p50/p95/p99 {result['p50_ms']}/{result['p95_ms']}/{result['p99_ms']} ms"
    )
    print_result(f"transfers: HTTP, {arguments.http_clients} clients, one group wallet", line, result)


def measure_history(arguments) -> None:
    """Load 4."""
    from benchmarks.transfer_history import compare_pages

    with own_site(webs=1, workers=0) as site:
        result = compare_pages(site, large=arguments.entries, small=1_000, rounds=arguments.rounds * 20)
        check_books()
    cells = " | ".join(
        f"{name} {page['large_ms']} / {page['small_ms']} ms = {page['ratio']}"
        for name, page in result.items()
    )
    print_result(f"transfers: pages of {arguments.entries:,} / 1,000 entries", cells, result)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--wallets", type=int, default=1_000)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16, 64, 128])
    parser.add_argument("--seconds", type=float, default=3, help="of each run")
    parser.add_argument("--search-seconds", type=float, default=1, help="for each number of clients")
    parser.add_argument("--rounds", type=int, default=3, help="pairs of runs")
    parser.add_argument("--http-clients", type=int, default=64)
    parser.add_argument("--http-seconds", type=float, default=15)
    parser.add_argument("--entries", type=int, default=1_000_000)
    arguments = parser.parse_args()
    if not os.environ.get("DATABASE_URL", "").startswith("mysql"):
        parser.error("DATABASE_URL names no MariaDB or MySQL; `make stack` prints one.")
    import django

    django.setup()
    raise_open_files()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(DURABILITY)
        names = ("server", "flush_log_at_trx_commit", "sync_binlog", "log_bin", "doublewrite", "flush_method")
        durability = dict(zip(names, cursor.fetchone(), strict=True))
    line = ", ".join(f"{name} {value}" for name, value in durability.items())
    print_result("transfers: durability", line, durability)
    if {"uniform", "group", "others"} & set(arguments.parts):
        measure_services(arguments)
    for part, measure in (("http", measure_http), ("history", measure_history)):
        if part in arguments.parts:
            measure(arguments)


if __name__ == "__main__":
    main()
