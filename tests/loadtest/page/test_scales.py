"""Axes end at round values that hold everything, and words stand where their values lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.loadtest.page.scales import Nines, at_values, from_zero, in_decades, short, spanning


def labels(scale) -> list[str]:
    return [tick.label for tick in scale.ticks()]


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (668, ["0", "200", "400", "600", "800"]),
        (1.17, ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"]),
        (6, ["0", "1", "2", "3", "4", "5", "6"]),
        (0.03, ["0", "0.005", "0.01", "0.015", "0.02", "0.025", "0.03"]),
        (19_282, ["0", "5,000", "10,000", "15,000", "20,000"]),
        (0, ["0", "1"]),
    ],
)
def test_axes_from_zero_are_written_at_round_steps(highest, expected):
    assert labels(from_zero(highest)) == expected


@given(st.floats(0.001, 1e9))
def test_any_value_lies_on_its_axis_below_few_ticks(highest):
    scale = from_zero(highest)
    ticks = scale.ticks()
    assert scale.high >= highest * (1 - 1e-9)
    assert 3 <= len(ticks) <= 7
    assert [tick.place for tick in ticks] == sorted({tick.place for tick in ticks})
    assert (ticks[0].place, ticks[-1].place) == (0, pytest.approx(1))


def test_seconds_end_where_the_load_ended():
    scale = spanning(0, 13)
    assert labels(scale) == ["0", "5", "10"]
    assert scale.place(13) == 1
    assert labels(spanning(0, 2, least_step=1)) == ["0", "1", "2"]


@given(st.lists(st.floats(0.01, 1e7), min_size=1, max_size=8))
def test_logarithmic_axes_hold_every_value_and_at_least_two_marks(values):
    scale = in_decades(values)
    assert scale.low <= min(values) <= max(values) <= scale.high
    assert 2 <= len(scale.ticks()) <= 12
    assert all(0 <= tick.place <= 1 for tick in scale.ticks())


def test_logarithmic_axes_are_written_in_ones_twos_and_fives():
    assert labels(in_decades([8.6, 4800])) == [
        "5",
        "10",
        "20",
        "50",
        "100",
        "200",
        "500",
        "1,000",
        "2,000",
        "5,000",
    ]


def test_a_logarithmic_axis_of_nothing_above_zero_still_stands():
    assert labels(in_decades([0.0])) == ["1", "2"]
    assert in_decades([5.0]).place(0) == 0


def test_people_stand_at_equal_distances_for_equal_ratios():
    scale = at_values([400, 100, 200, 100])
    assert labels(scale) == ["100", "200", "400"]
    assert [tick.place for tick in scale.ticks()] == pytest.approx([0, 0.5, 1])
    assert at_values([500]).place(500) == pytest.approx(0.5)


def test_each_further_nine_takes_the_same_room():
    scale = Nines(99.99)
    places = [tick.place for tick in scale.ticks()]
    assert labels(scale) == ["p50", "p90", "p99", "p99.9", "p99.99"]
    assert (
        places[2] - places[1] == pytest.approx(places[3] - places[2]) == pytest.approx(places[4] - places[3])
    )
    assert labels(Nines(99.9))[-1] == "p99.9"


def test_values_of_an_axis_have_no_digits_that_say_nothing():
    assert [short(value) for value in (0, 0.5, 2000, 0.30000000000000004, 1e6)] == [
        "0",
        "0.5",
        "2,000",
        "0.3",
        "1,000,000",
    ]
