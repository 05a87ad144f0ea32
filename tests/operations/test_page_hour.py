"""The arithmetic behind the page: minutes, rates, percentiles, drawings."""

from datetime import UTC, datetime, timedelta

import pytest

from operations.figures import minutes_beyond
from operations.hour import MINUTES, Hour, brief, percentile
from operations.models import Sample
from operations.sparkline import HEIGHT, WIDTH, draw

NOW = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
BOUNDS = (0.1, 0.5, 1.0)


def samples(values: list, *, process: str = "a:1:1", last=NOW, has_ended: bool = False) -> list[Sample]:
    """One each minute, the newest at `last`."""
    begin = last - timedelta(minutes=len(values) - 1)
    return [
        Sample(
            process=process,
            kind="web",
            number=0,
            started_at=begin,
            at=begin + timedelta(minutes=minute),
            cpu_seconds=minute * 30,
            values={"n": value},
            is_of_minute=True,
            has_ended=has_ended and minute == len(values) - 1,
        )
        for minute, value in enumerate(values)
    ]


def test_a_rate_is_what_grew_in_each_minute():
    rates = Hour(samples([0, 60, 60, 180]), NOW).rates("n")
    assert rates[-3:] == [1, 0, 2]
    assert rates[:-3] == [None] * (MINUTES - 3)


def test_rates_of_processes_are_added_and_their_labels_too():
    both = samples([0, 60]) + samples([{"x": 1, "y": 0}, {"x": 31, "y": 30, "z": 60}], process="b:1:1")
    assert Hour(both, NOW).rates("n")[-1] == 3


def test_a_process_that_began_anew_is_another_one():
    old = samples([500, 560], last=NOW - timedelta(minutes=2), has_ended=True)
    assert Hour(old + samples([0, 60], process="a:1:2"), NOW).rates("n")[-1] == 1


def test_now_is_unknown_once_a_process_is_silent():
    silent = Hour(samples([1, 2, 3], last=NOW - timedelta(seconds=40)), NOW)
    assert silent.rates("n")[-1] is None
    assert silent.processes[0].is_silent
    assert not Hour(samples([1], last=NOW - timedelta(seconds=30)), NOW).processes[0].is_silent


def test_the_newest_sample_counts_against_the_one_a_minute_before():
    fine = samples([0, 60])
    for second in range(10, 60, 10):
        fine.append(
            Sample(
                process="a:1:1",
                kind="web",
                number=0,
                started_at=NOW,
                at=NOW - timedelta(seconds=60 - second),
                cpu_seconds=0,
                values={"n": second},
                is_of_minute=False,
            )
        )
    fine.sort(key=lambda sample: sample.at)
    hour = Hour(fine, NOW)
    assert hour.rates("n")[-1] == 1
    assert hour.processes[0].now.cpu == pytest.approx(0.5)


def test_levels_are_added_and_the_worst_is_the_highest():
    both = samples([5, 7]) + samples([1, 2], process="b:1:1")
    hour = Hour(both, NOW)
    assert (hour.levels("n")[-1], hour.worst("n")[-1]) == (9, 7)
    assert hour.levels("unheard of")[-1] is None


def test_growth_within_the_hour_is_by_label():
    assert Hour(samples([{"x": 1}, {"x": 4, "y": 2}]), NOW).growth("n") == {"x": 3, "y": 2}


def test_percentiles_are_of_what_came_in_that_minute():
    hour = Hour(samples([[100, 0, 0, 0], [100, 100, 0, 0], [100, 100, 0, 0]]), NOW)
    assert hour.percentiles("n", BOUNDS, 0.5)[-2:] == [pytest.approx(0.3), None]


@pytest.mark.parametrize(
    ("counts", "share", "found"),
    [
        ([0, 0, 0, 0], 0.99, None),
        ([100, 0, 0, 0], 0.5, 0.05),
        ([50, 50, 0, 0], 0.99, 0.492),
        ([0, 0, 0, 5], 0.99, 1.0),
    ],
)
def test_percentile(counts, share, found):
    assert percentile(counts, BOUNDS, share) == (None if found is None else pytest.approx(found))


def test_minutes_beyond_a_limit_are_counted_up_to_now():
    assert minutes_beyond([9, 1, 5, 6], 4) == 2
    assert minutes_beyond([9, 9, 4], 4) == 0
    assert minutes_beyond([9, None, 9], 4) == 1


@pytest.mark.parametrize(
    ("value", "said"), [(None, "–"), (0, "0"), (0.25, "0.2"), (3.0, "3"), (9.96, "10.0"), (1284.4, "1,284")]
)
def test_numbers_are_brief(value, said):
    assert brief(value) == said


def test_a_drawing_stands_on_zero_and_has_holes():
    drawing = draw([0.0, 4.0, None, 2.0, None])
    assert drawing.line == "M0.0 38.0L60.0 2.0M150.0 20.0L180.0 20.0"
    assert drawing.area.endswith(f"L180.0 {HEIGHT}Z")
    assert (drawing.least, drawing.most) == ("0", "4")
    assert draw([None, None]).line == ""
    assert f"L{WIDTH:.1f} " in draw([1.0, 1.0]).line
