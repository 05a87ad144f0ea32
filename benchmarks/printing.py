"""How a benchmark says its result."""

import json


def print_result(name: str, line: str, result: dict) -> None:
    """One table line for people, one line of JSON for programs."""
    print(f"| {name} | {line} |")
    print(json.dumps({"benchmark": name, **result}, ensure_ascii=False), flush=True)
