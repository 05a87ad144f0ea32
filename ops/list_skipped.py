#!/usr/bin/env python3
"""Prints one line for each reason why a test ran in none of the given JUnit reports."""

import sys
from collections import Counter
from xml.etree import ElementTree


def read_reasons(path):
    """Each test of one report with the reason it was skipped for, or None when it ran."""
    for case in ElementTree.parse(path).iter("testcase"):  # noqa: S314  (pytest's own report)
        skipped = case.find("skipped")
        # An expected failure is reported as a skip too, but it did run.
        ran = skipped is None or skipped.get("type") == "pytest.xfail"
        yield (case.get("classname"), case.get("name")), None if ran else skipped.get("message", "")


def list_skipped(paths):
    """The reasons, with how many tests each kept from running; a test that ran anywhere does not count."""
    skipped, ran = {}, set()
    for path in paths:
        for test, reason in read_reasons(path):
            if reason is None:
                ran.add(test)
            else:
                skipped[test] = reason
    return Counter(reason for test, reason in skipped.items() if test not in ran)


if __name__ == "__main__":
    for reason, count in sorted(list_skipped(sys.argv[1:]).items()):
        print(f"{count} test{'s' if count > 1 else ''}: {reason}")
