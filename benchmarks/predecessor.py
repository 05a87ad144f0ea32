"""`python -m benchmarks.predecessor`: the predecessor's published loads over ws, STOMP and HTTP, reported.

On the real servers where the environment names them, else on embedded parts. `--report docs/load/predecessor`
renews the sample that is kept with the docs.
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.printing import table_head, table_row
from benchmarks.sites import names_real_servers, play, running_site

NOTES = {
    True: {
        "parts": "MariaDB, Kafka, MongoDB, Redis on the same machine",
        "durability": "Kafka acks=all with one broker; MongoDB majority and journal; "
        "InnoDB flush_log_at_trx_commit=1",
    },
    False: {
        "parts": "embedded: SQLite files",
        "durability": "SQLite WAL, synchronous=FULL",
    },
}
COLUMNS = (
    "load", "messages/s", "mean ms", "p50", "p99", "max", "0.1 / 0.2 / 0.3 mean", "errors", "lost", "doubled",
    "disorder", "stored of accepted", "archived after s", "goals",
)  # fmt: skip


def row(found: dict) -> str:
    """A line of the table."""
    received = found["latencies"]["send_to_own_receipt"]
    times = received if received["count"] else found["latencies"]["send_to_ack"]
    published = (found["published"] or {}).get
    means = [(published(version) or {}).get("mean_ms") for version in ("0.1", "0.2", "0.3")]
    cells = [
        found["name"],
        f"{found['messages_per_second']:,.0f}",
        *(f"{times[name]:,.0f}" for name in ("mean_ms", "p50_ms", "p99_ms", "max_ms")),
        " / ".join("-" if mean is None else f"{mean:,.0f}" for mean in means),
        sum(found["errors"].values()) + found["refused"],
        *(found[name] for name in ("lost", "doubled", "out_of_order")),
        f"{found['stored']:,} / {found['acknowledged']:,}",
        found["archived_after_seconds"],
        "; ".join(goal["name"] for goal in found["goals"] if not goal["met"]) or "all met",
    ]
    return table_row(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--report", type=Path, default=Path("var/load/predecessor"), help="folder of the report"
    )
    parser.add_argument("--quick", action="store_true", help="small loads, to see that everything runs")
    arguments = parser.parse_args()
    notes = [f"--note={name}={text}" for name, text in NOTES[names_real_servers()].items()]
    rows = ["--rows", "100x50", "200x50"] if arguments.quick else []
    with running_site() as site:
        # Relative, for the report says how it was called.
        found = play(site, "--matrix", "predecessor", "--report", str(arguments.report), *notes, *rows)
    print(table_head(COLUMNS))
    for each in found["rows"]:
        print(row(each))
    print(json.dumps({"benchmark": "predecessor", "passed": found["passed"]}))
    sys.exit(0 if found["passed"] else 1)


if __name__ == "__main__":
    main()
