"""Where the page's numbers come from: each process writes them down, whatever becomes of the database."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chat.meters import METERS, Counter, Distribution, Reading
from operations import figures, sampler
from operations.books import check_books
from operations.models import BooksCheck, Sample
from operations.sampler import Sampler, values_now


@pytest.fixture
def meters(monkeypatch):
    """Three of our own in place of the real ones."""
    names = ("t_count", "t_sizes", "t_level", "t_broken", "t_missing")
    monkeypatch.setattr(sampler, "METERS_NEEDED", names)
    made = (
        Counter("t_count", "", label="kind"),
        Distribution("t_sizes", "", (1, 2)),
        Reading("t_level", "", lambda: 7),
        Reading("t_broken", "", lambda: 1 / 0),
    )
    yield made
    for name in names:
        METERS.pop(name, None)


def wait_until(holds, seconds: float = 10) -> None:
    """Return once it holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def run_for(one: Sampler, until) -> None:
    """Let it run until this holds, then end it."""
    one.start()
    try:
        wait_until(until)
    finally:
        one.end()
    assert not one.is_alive()


def test_what_is_counted_is_written_down_and_what_cannot_be_read_is_left_out(meters):
    count, sizes, *_ = meters
    count.add(3, label="a")
    sizes.observe_all([1, 2, 9])
    assert values_now() == {"t_count": {"a": 3}, "t_sizes": [1, 1, 1], "t_level": 7}


@pytest.mark.django_db(transaction=True)
def test_a_process_says_who_it_is_and_that_it_ended(meters):
    run_for(Sampler("web", 2), Sample.objects.exists)
    first, last = Sample.objects.order_by("pk")
    assert (first.kind, first.number, first.process) == ("web", 2, last.process)
    assert (first.has_ended, last.has_ended, first.is_of_minute, last.is_of_minute) == (
        False,
        True,
        True,
        True,
    )
    assert first.values["t_level"] == 7
    assert first.memory_bytes > 10_000_000
    assert first.started_at < first.at <= last.at


@pytest.mark.django_db(transaction=True)
def test_it_goes_on_when_the_database_was_away(meters, monkeypatch, caplog):
    monkeypatch.setattr(sampler, "EVERY_SECONDS", 0.02)
    table, aside = Sample._meta.db_table, "samples_aside"

    def rename(old: str, new: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")

    rename(table, aside)
    one = Sampler("worker", 0)
    one.start()
    try:
        wait_until(lambda: "not reachable" in caplog.text)
        rename(aside, table)
        wait_until(Sample.objects.exists)
    finally:
        one.end()
        if table not in connection.introspection.table_names():
            rename(aside, table)


@pytest.mark.django_db(transaction=True)
def test_rows_of_yesterday_and_fine_rows_go(meters):
    now = timezone.now()
    own = Sampler("web", 0)

    def sample(age: timedelta, **changed) -> int:
        fields = {"kind": "web", "number": 0, "started_at": now, "cpu_seconds": 0, "memory_bytes": 0}
        fields |= {"process": own._who["process"], "values": {}, "is_of_minute": True, **changed}
        return Sample.objects.create(at=now - age, **fields).pk

    gone = {
        sample(timedelta(days=1, minutes=1)),
        sample(timedelta(days=2), process="another"),
        sample(timedelta(minutes=4), is_of_minute=False),
    }
    kept = {
        sample(timedelta(hours=23)),
        sample(timedelta(minutes=2), is_of_minute=False),
        sample(timedelta(minutes=4), is_of_minute=False, process="another"),
    }
    run_for(own, lambda: not Sample.objects.filter(pk__in=gone).exists())
    left = set(Sample.objects.values_list("pk", flat=True))
    assert (left & gone, left & kept) == (set(), kept)


def test_every_meter_that_the_page_needs_exists(db):
    import chat.sockets.node
    import messenger.asgi  # noqa: F401  (declares what only a web process counts)

    assert chat.sockets.node
    missing = set(figures.METERS_NEEDED) - METERS.keys()
    assert missing <= {figures.UNARCHIVED}  # declared by the tail of a process that serves


def test_the_books_are_checked_when_it_is_time(db):
    check_books()
    check_books()
    (check,) = BooksCheck.objects.all()
    assert (check.differences, check.won) == (0, 0)
    assert check.took_seconds > 0
    BooksCheck.objects.update(began_at=timezone.now() - timedelta(minutes=6))
    check_books()
    assert BooksCheck.objects.count() == 2


def test_books_that_take_long_are_checked_less_often(db):
    ago = timezone.now() - timedelta(minutes=30)
    BooksCheck.objects.create(began_at=ago, took_seconds=20, differences=0, won=0)
    check_books()
    assert BooksCheck.objects.count() == 1
    BooksCheck.objects.update(began_at=ago - timedelta(minutes=31), took_seconds=600)
    check_books()
    assert BooksCheck.objects.count() == 2
