"""`python -m benchmarks.history`: a page of history in a store of 1,000,000 messages against one of 10,000.

First (newest), middle and last (oldest) page, through the MessageStore port, on the embedded store and, with
MONGODB_URI, on MongoDB. Large and small store take turns; the ratio is that of the medians.
"""

import argparse
import os
import statistics
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.messages import make_message
from benchmarks.printing import print_result
from benchmarks.sites import drop_database, own_database
from chat.pipeline.embedded_store import SqliteStore
from chat.pipeline.mongo import MongoStore
from chat.pipeline.ports import MessageStore

_BATCH = 10_000
_PAGE = 50
_CHANNEL = 1


def fill(store: MessageStore, count: int) -> None:
    """Write the messages as the worker does, in batches."""
    messages = (make_message(number, _CHANNEL) for number in range(count))
    while batch := list(islice(messages, _BATCH)):
        store.write(batch, [batch[-1][1]])


def pages(count: int) -> dict[str, dict]:
    """The bounds of the first, the middle and the last page."""
    return {
        "first": {"before": None, "after": None},
        "middle": {"before": make_message(count // 2)[1], "after": None},
        "last": {"before": make_message(_PAGE)[1], "after": None},
    }


def page_seconds(store: MessageStore, bounds: dict) -> float:
    """How long one page takes."""
    began = time.perf_counter()
    found = store.page(_CHANNEL, limit=_PAGE, **bounds)
    seconds = time.perf_counter() - began
    if len(found) != _PAGE:
        raise RuntimeError(f"a page of {len(found)} messages")
    return seconds


def compare(large: MessageStore, small: MessageStore, counts: tuple[int, int], rounds: int) -> dict:
    """Medians in ms and their ratio, for each page."""
    result = {}
    large_pages, small_pages = (pages(count) for count in counts)
    for name in large_pages:
        times = [
            (page_seconds(large, large_pages[name]), page_seconds(small, small_pages[name]))
            for _ in range(rounds)
        ]
        medians = [statistics.median(column) * 1000 for column in zip(*times, strict=True)]
        result[name] = {
            "large_ms": round(medians[0], 3),
            "small_ms": round(medians[1], 3),
            "ratio": round(medians[0] / medians[1], 2),
        }
    return result


def report(store: str, counts: tuple[int, int], result: dict) -> None:
    """Print one store's result."""
    cells = " | ".join(
        f"{name} {page['large_ms']} / {page['small_ms']} ms = {page['ratio']}"
        for name, page in result.items()
    )
    print_result(f"history, {store}, {counts[0]:,} / {counts[1]:,}", cells, {"store": store, "pages": result})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=300)
    arguments = parser.parse_args()
    counts = (arguments.large, arguments.small)
    with TemporaryDirectory(prefix="messenger-benchmark-") as folder:
        stores = [SqliteStore(path=Path(folder) / f"{count}.sqlite3") for count in counts]
        _measure("embedded", stores, counts, arguments.rounds)
    uri = os.environ.get("MONGODB_URI")
    if not uri:
        print("MongoDB was not measured: MONGODB_URI is not set.")
        return
    own = [own_database(uri).replace("benchmark_", f"benchmark_{count}_") for count in counts]
    try:
        _measure("MongoDB", [MongoStore(uri=one) for one in own], counts, arguments.rounds)
    finally:
        for one in own:
            drop_database(one)


def _measure(name: str, stores: list[MessageStore], counts: tuple[int, int], rounds: int) -> None:
    for store, count in zip(stores, counts, strict=True):
        fill(store, count)
    report(name, counts, compare(*stores, counts, rounds))
    for store in stores:
        store.close()


if __name__ == "__main__":
    main()
