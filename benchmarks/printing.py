"""How a benchmark says its result."""

import json
from collections.abc import Iterable


def print_result(name: str, line: str, result: dict) -> None:
    """One table line for people, one line of JSON for programs."""
    print(f"| {name} | {line} |")
    print(json.dumps({"benchmark": name, **result}, ensure_ascii=False), flush=True)


def table_row(cells: Iterable[object]) -> str:
    """One line of a Markdown table."""
    return "| " + " | ".join(map(str, cells)) + " |"


def table_head(columns: tuple[str, ...]) -> str:
    """The first two lines of a Markdown table."""
    return table_row(columns) + "\n" + "|---" * len(columns) + "|"
