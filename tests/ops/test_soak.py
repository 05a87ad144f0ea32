"""How the soak judges what it measured; the soak itself runs by night and in `make prove`."""

import pytest

from benchmarks.soak import find_goals, growth

MET = {
    "processes": {"web": {"growth": 0.01, "files": [60, 62]}, "worker": {"growth": -0.2, "files": [30, 30]}},
    "lag_most_seconds": {"archive": 2.0, "search": 40.0},
    "drained": True,
    "lost": 0,
    "faults": {},
}


def line(first: float, last: float, count: int = 100) -> list[tuple[float, float]]:
    """A value that goes evenly from one to the other, with a sawtooth on it."""
    return [(at, first + (last - first) * at / (count - 1) + at % 4) for at in range(count)]


@pytest.mark.parametrize(("last", "grown"), [(200, 0.0), (240, 0.18), (160, -0.22)])
def test_growth_is_the_slope_over_the_whole_time(last, grown):
    assert growth(line(200, last)) == pytest.approx(grown, abs=0.01)


def test_one_high_sample_in_the_end_is_no_growth():
    assert growth([*line(200, 200), (100, 260)]) < 0.02


def test_what_stays_flat_meets_every_goal():
    assert all(find_goals(MET).values())


@pytest.mark.parametrize(
    ("goal", "missed"),
    [
        ("memory flat", {"processes": {"web": {"growth": 0.06, "files": [60, 60]}}}),
        ("files flat", {"processes": {"worker": {"growth": 0.0, "files": [30, 51]}}}),
        ("lag bounded", {"drained": False}),
        ("lag bounded", {"lag_most_seconds": {"archive": 10.1, "search": 0.0}}),
        ("nothing lost", {"lost": 1}),
        ("no faults", {"faults": {"pay: HTTP 503": 1}}),
    ],
)
def test_each_goal_can_be_missed(goal, missed):
    assert [name for name, met in find_goals({**MET, **missed}).items() if not met] == [goal]
