"""Months that dues are owed for. A period is a month: its first day in code and tables, "2026-11" in text."""

import re
from calendar import monthrange
from datetime import date, timedelta

from django.utils import timezone

_TEXT = re.compile(r"\d{4}-\d{2}", re.ASCII)


def period_of(day: date) -> date:
    """The period that this day lies in."""
    return day.replace(day=1)


def current_period() -> date:
    """The period of today, in Korean time."""
    return period_of(timezone.localdate())


def parse_period(text: str) -> date:
    """The period that is written "2026-11". Raises ValueError for anything else."""
    if not _TEXT.fullmatch(text):
        raise ValueError("not a period")
    return date(int(text[:4]), int(text[5:]), 1)


def period_text(period: date) -> str:
    """The period as people and interfaces write it: "2026-11"."""
    return f"{period:%Y-%m}"


def months_after(period: date, months: int) -> date:
    """The period so many months later; earlier where `months` is negative. Raises ValueError out of the
    calendar."""
    count = period.year * 12 + period.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Every period from `first` to `last`, both included; none where `last` is earlier."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [months_after(first, months) for months in range(count)]


def due_on(period: date, day: int) -> date:
    """The day by which a period is paid: the month's last where it has no such day."""
    return period.replace(day=min(day, monthrange(period.year, period.month)[1]))


def is_late(period: date, day: int, grace_days: int, today: date) -> bool:
    """Whether the due day and the days of grace are over."""
    return today > due_on(period, day) + timedelta(days=grace_days)
