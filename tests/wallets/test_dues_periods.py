"""Months of dues: how they are written, when they are due and when that is late."""

from datetime import date

import pytest

from wallets.dues.periods import (
    due_on,
    is_late,
    months_after,
    months_between,
    parse_period,
    period_of,
    period_text,
)


def test_a_period_is_written_as_year_and_month():
    assert period_text(date(2026, 11, 1)) == "2026-11"
    assert parse_period("2026-11") == date(2026, 11, 1)
    assert period_of(date(2026, 11, 30)) == date(2026, 11, 1)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "0000-01", "2026-1", "2026-11-01", "２０２６-11", "2026-11\n"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError):
        parse_period(text)


def test_months_pass_over_the_year():
    assert months_after(date(2026, 11, 1), 2) == date(2027, 1, 1)
    assert months_after(date(2027, 1, 1), -1) == date(2026, 12, 1)
    assert months_after(date(2026, 11, 1), 0) == date(2026, 11, 1)
    assert months_between(date(2026, 11, 1), date(2027, 2, 1)) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    ]
    assert months_between(date(2026, 12, 1), date(2026, 11, 1)) == []


@pytest.mark.parametrize(
    ("period", "day", "due"),
    [
        (date(2026, 12, 1), 5, date(2026, 12, 5)),
        (date(2027, 2, 1), 31, date(2027, 2, 28)),
        (date(2028, 2, 1), 30, date(2028, 2, 29)),
        (date(2026, 11, 1), 31, date(2026, 11, 30)),
    ],
)
def test_a_day_that_the_month_lacks_is_its_last(period, day, due):
    assert due_on(period, day) == due


def test_late_begins_after_the_days_of_grace():
    december = date(2026, 12, 1)
    assert not is_late(december, 5, 0, date(2026, 12, 5))
    assert is_late(december, 5, 0, date(2026, 12, 6))
    assert not is_late(december, 5, 3, date(2026, 12, 8))
    assert is_late(december, 5, 3, date(2026, 12, 9))
