"""The table of dates: anchor days, Korean days, the evening's second try."""

from datetime import UTC, date, datetime, timedelta

import pytest

from wallets.schedules.calendar import KOREA, evening_try, occurrence_after, occurrence_at


def korea(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=KOREA)


def days(first: datetime, repeat: str, count: int) -> list[date]:
    """The Korean days of the first runs; each keeps the first one's time of day."""
    runs = [occurrence_at(first, repeat, number).astimezone(KOREA) for number in range(count)]
    assert {run.time() for run in runs} == {first.astimezone(KOREA).time()}
    return [run.date() for run in runs]


def test_a_month_without_the_31st_runs_on_its_last_day_and_the_next_one_on_the_31st_again():
    assert days(korea(2027, 1, 31, 9, 30), "monthly", 14) == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
        date(2027, 5, 31),
        date(2027, 6, 30),
        date(2027, 7, 31),
        date(2027, 8, 31),
        date(2027, 9, 30),
        date(2027, 10, 31),
        date(2027, 11, 30),
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
    ]


@pytest.mark.parametrize(
    ("anchor", "february"),
    [
        ((2028, 1, 31), date(2028, 2, 29)),
        ((2028, 1, 30), date(2028, 2, 29)),
        ((2028, 1, 29), date(2028, 2, 29)),
        ((2027, 1, 29), date(2027, 2, 28)),
        ((2027, 1, 28), date(2027, 2, 28)),
        ((2100, 1, 29), date(2100, 2, 28)),
        ((2000, 1, 30), date(2000, 2, 29)),
    ],
)
def test_february_by_year_and_anchor(anchor, february):
    first = korea(*anchor, 0, 0)
    assert days(first, "monthly", 3) == [first.date(), february, first.date().replace(month=3)]


def test_the_29th_of_february_as_anchor_comes_back_every_month_and_in_leap_years():
    first = korea(2028, 2, 29, 12, 0)
    assert days(first, "monthly", 2)[1] == date(2028, 3, 29)
    assert occurrence_at(first, "monthly", 12) == korea(2029, 2, 28, 12, 0)
    assert occurrence_at(first, "monthly", 48) == korea(2032, 2, 29, 12, 0)


def test_the_day_is_that_of_korea_even_where_utc_still_has_yesterday():
    """08:00 on 1 March in Seoul is 23:00 on 28 February UTC: the anchor is the 1st."""
    first = datetime(2027, 2, 28, 23, 0, tzinfo=UTC)
    assert occurrence_at(first, "monthly", 1) == datetime(2027, 3, 31, 23, 0, tzinfo=UTC)
    assert days(first, "monthly", 3) == [date(2027, 3, 1), date(2027, 4, 1), date(2027, 5, 1)]
    assert occurrence_at(first, "monthly", 1).tzinfo is UTC


def test_daily_and_weekly_cross_months_years_and_leap_days():
    assert days(korea(2027, 12, 30, 23, 59), "daily", 4) == [
        date(2027, 12, 30),
        date(2027, 12, 31),
        date(2028, 1, 1),
        date(2028, 1, 2),
    ]
    assert days(korea(2028, 2, 22, 0, 0), "weekly", 3) == [
        date(2028, 2, 22),
        date(2028, 2, 29),
        date(2028, 3, 7),
    ]


def test_what_runs_once_has_no_second_run():
    first = korea(2027, 1, 31, 9, 0)
    assert occurrence_at(first, "once", 0) == first
    assert occurrence_after(first, "once", None, 0) is None
    with pytest.raises(ValueError, match="once"):
        occurrence_at(first, "once", 1)


def test_the_end_day_still_runs_and_the_day_after_does_not():
    first = korea(2027, 1, 31, 23, 30)
    assert occurrence_after(first, "monthly", date(2027, 2, 28), 0) == korea(2027, 2, 28, 23, 30)
    assert occurrence_after(first, "monthly", date(2027, 2, 27), 0) is None
    assert occurrence_after(first, "daily", date(2027, 2, 1), 0) == first + timedelta(days=1)
    assert occurrence_after(first, "daily", date(2027, 1, 31), 0) is None
    assert occurrence_after(first, "weekly", None, 500) == first + timedelta(weeks=501)


@pytest.mark.parametrize(
    ("tried", "again"),
    [
        ((2027, 1, 31, 0, 0), (2027, 1, 31, 18, 0)),
        ((2027, 1, 31, 9, 12, 30), (2027, 1, 31, 18, 0)),
        ((2027, 1, 31, 17, 59, 59), (2027, 1, 31, 18, 0)),
        ((2027, 1, 31, 18, 0), (2027, 1, 31, 19, 0)),
        ((2027, 1, 31, 20, 15), (2027, 1, 31, 21, 15)),
        ((2027, 1, 31, 22, 59, 59), (2027, 1, 31, 23, 59, 59)),
        ((2027, 1, 31, 23, 0), None),
        ((2027, 1, 31, 23, 59, 59), None),
    ],
)
def test_a_refused_run_is_tried_again_that_evening_or_not_at_all(tried, again):
    moment = korea(*tried)
    assert evening_try(moment) == (korea(*again) if again else None)
    assert evening_try(moment.astimezone(UTC)) == (korea(*again) if again else None)
