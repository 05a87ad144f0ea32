"""The report of all rows as one document, and the folder that shows it: JSON, CSV and a page."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from chat.loadtest.page.render import render_page
from chat.loadtest.report import Report

_COUNTS = ("sent", "acknowledged", "deliveries", "stored", "lost", "doubled", "out_of_order", "refused")
_RATES = ("seconds", "messages_per_second", "deliveries_per_second", "archived_after_seconds")
_LATENCY = ("mean_ms", "min_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms")
_LATENCIES = ("send_to_ack", "send_to_own_receipt", "send_to_every_receiver")


def document(kind: str, reports: list[Report], configuration: dict, planned: int) -> dict:
    """Everything, for report.json. Passed: every planned row was played to its end and met its goals."""
    rows = [report.as_dict() for report in reports]
    complete = len(rows) == planned and not (kind == "matrix" and rows[-1]["interrupted"])
    return {
        "kind": kind,
        "began_at": rows[0]["began_at"],
        "machine": rows[0]["hardware"],
        "configuration": configuration,
        "rows": rows,
        "rows_planned": planned,
        "passed": complete and not any(row["failures"] for row in rows),
    }


def write_folder(found: dict, folder: Path) -> None:
    """Write report.json, rows.csv, timeline.csv and index.html."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    _write_csv(folder / "rows.csv", map(_flat, found["rows"]))
    seconds = ({"row": row["name"], **second} for row in found["rows"] for second in row["timeline"])
    _write_csv(folder / "timeline.csv", seconds)
    (folder / "index.html").write_text(render_page(found))


def _flat(row: dict) -> dict:
    latencies = {
        f"{name}_{column}": row["latencies"][name].get(column) for name in _LATENCIES for column in _LATENCY
    }
    return {
        "row": row["name"],
        "transport": row["transport"],
        "users": row["settings"]["users"],
        "messages": row["settings"]["messages"],
        **{name: row[name] for name in (*_COUNTS, *_RATES)},
        "errors": sum(row["errors"].values()),
        **latencies,
        "goals_missed": "; ".join(goal["name"] for goal in row["goals"] if not goal["met"]),
    }


def _write_csv(path: Path, rows: Iterable[dict]) -> None:
    rows = list(rows)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0] if rows else ["row"])
        writer.writeheader()
        writer.writerows(rows)
