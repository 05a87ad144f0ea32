"""When it is quiet: every day, in the person's own zone, also over midnight."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chat.models import QuietHours
from chat.push.quiet import is_quiet


def hours(begins: str, ends: str, zone: str = "Asia/Seoul") -> QuietHours:
    return QuietHours(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), zone=zone)


def at(clock: str) -> datetime:
    """Korean time on a day in November, in UTC."""
    return datetime.fromisoformat(f"2026-11-23T{clock}:00+09:00").astimezone(UTC)


def test_over_midnight():
    night = hours("22:00", "07:00")
    clocks = ("21:59", "22:00", "23:59", "00:00", "06:59", "07:00")
    assert [is_quiet(night, at(clock)) for clock in clocks] == [
        False, True, True, True, True, False,
    ]  # fmt: skip


def test_within_a_day():
    lunch = hours("12:00", "13:00")
    assert [is_quiet(lunch, at(clock)) for clock in ("11:59", "12:00", "12:59", "13:00")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_in_the_zone_of_the_person():
    assert is_quiet(hours("22:00", "07:00", "Europe/Berlin"), at("07:00"))  # 23:00 there
    assert not is_quiet(hours("22:00", "07:00", "Europe/Berlin"), at("22:30"))  # 14:30 there


def test_nobody_without_quiet_hours_is_left_quiet():
    assert not is_quiet(None, at("03:00"))


@given(st.times(), st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_the_hours_and_their_reverse_divide_the_day(begins, ends, moment):
    moment = moment.replace(tzinfo=UTC)
    if begins != ends:
        day, night = (
            QuietHours(begins=begins, ends=ends, zone="UTC"),
            QuietHours(begins=ends, ends=begins, zone="UTC"),
        )
        assert is_quiet(day, moment) != is_quiet(night, moment)
        assert is_quiet(day, moment) == is_quiet(day, moment + timedelta(days=1))
