"""Each second of a load: what was counted in it, its percentiles, and the CPU of both sides."""

import numpy as np
import pytest

from chat.loadtest.timeline import Timeline
from tests.loadtest.conftest import EVERYTHING, USERS
from tests.loadtest.crooked_server import crooked_server

START_US = 5e6


def test_events_are_counted_in_their_second():
    timeline = Timeline()
    timeline.count("sent", START_US, np.array([5.0e6, 5.9e6, 7.1e6]))
    timeline.count("delivered", START_US, np.array([7.2e6, 6.1e6]), each=10)
    rows = timeline.rows({})
    assert [row["sent"] for row in rows] == [2, 0, 1]
    assert [row["delivered"] for row in rows] == [0, 10, 10]
    assert [row["second"] for row in rows] == [0, 1, 2]


def test_latencies_belong_to_the_second_in_which_they_ended():
    timeline = Timeline()
    timeline.count("acknowledged", START_US, np.array([5.1e6, 5.2e6, 8.3e6]))
    timeline.add_latencies(START_US, np.array([5.1e6, 5.2e6, 8.3e6]), np.array([1000.0, 3000.0, 90_000.0]))
    rows = timeline.rows({})
    assert [row["p99_ms"] for row in rows] == [3.0, None, None, 90.0]
    assert rows[0]["p50_ms"] == pytest.approx(1, rel=0.01)


def test_processes_are_added_up():
    first, second = Timeline(), Timeline()
    for timeline in (first, second):
        timeline.count("sent", START_US, np.array([5.5e6, 6.5e6]))
        timeline.add_latencies(START_US, np.array([6.5e6]), np.array([2000.0]))
    second.count("refused", START_US, np.array([7.5e6]))
    first.merge(second)
    assert [(row["sent"], row["refused"]) for row in first.rows({})] == [(2, 0), (2, 0), (0, 1)]
    assert first.latencies[1].count == 2


def test_cores_stand_beside_their_second():
    timeline = Timeline()
    timeline.count("sent", START_US, np.array([5.0e6, 6.0e6]))
    rows = timeline.rows({1: {"server_cores": 0.5, "load_cores": 0.2}})
    assert [(row["server_cores"], row["load_cores"]) for row in rows] == [(None, None), (0.5, 0.2)]


def test_the_timeline_of_a_run_adds_up_to_its_counts(play):
    with crooked_server() as url:
        _, report = play(url, "--rate", "20", "--duration", "2", "--processes", "2")
    timeline = report["timeline"]
    assert [second["sent"] for second in timeline[:2]] == [pytest.approx(20, abs=1)] * 2
    for counted, total in (("sent", "sent"), ("acknowledged", "acknowledged"), ("delivered", "deliveries")):
        assert sum(second[counted] for second in timeline) == report[total]
    assert sum(bar["count"] for bar in report["histogram"]) == report["acknowledged"]
    for side in ("server_cores", "load_cores"):
        # A quiet second may take less than the kernel counts in.
        assert sum(second[side] for second in timeline) > 0
        assert max(second[side] for second in timeline) < 4


def test_users_start_spread_over_the_ramp_up(play):
    with crooked_server() as url:
        exit_code, report = play(url, "--ramp-up", "2", "--processes", "2")
    assert exit_code == 0, report["failures"]
    half = EVERYTHING // USERS * 2
    assert [second["sent"] for second in report["timeline"][:2]] == [half, half]
    assert report["latencies"]["send_to_ack"]["max_ms"] < 500
