"""The search for the highest rate ends close below the first rate that fails, from either side."""

import pytest

from benchmarks.load import search_highest


def server_that_bears(limit: int):
    def attempt(rate: int) -> dict:
        latency = {"count": 1, "p99_ms": float(rate)}
        failures = [] if rate <= limit else ["too much"]
        return {"rate": rate, "failures": failures, "latencies": {"send_to_every_receiver": latency}}

    return attempt


@pytest.mark.parametrize("limit", [700, 1000, 5200, 20_000])
def test_the_found_rate_is_borne_and_within_four_percent(limit):
    found = search_highest(server_that_bears(limit), first=1000)
    assert found["rate"] <= limit < found["rate"] * 1.04
    assert [attempt["rate"] for attempt in found["attempts"]] == sorted(
        {a["rate"] for a in found["attempts"]}
    )


def test_a_server_that_bears_nothing_shows_its_lowest_attempt():
    found = search_highest(server_that_bears(0), first=1000)
    assert found["failures"] == ["too much"]
    assert found["rate"] == found["attempts"][0]["rate"]
