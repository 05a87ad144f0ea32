"""What the worker does beside the archive: each task at its interval, whatever happens to another."""

import time

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from chat import jobs


@pytest.fixture
def no_tasks(monkeypatch):
    monkeypatch.setattr(jobs, "_tasks", {})


def keep_doing(job: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    jobs.keep_doing(job, lambda: time.monotonic() > until)


@pytest.mark.django_db
def test_each_task_of_the_job_has_its_own_interval(no_tasks):
    done = []
    jobs.register("count", lambda: done.append("often"), every_seconds=0.1)
    jobs.register("count", lambda: done.append("rarely"), every_seconds=60)
    jobs.register("other", lambda: done.append("another job"), every_seconds=0)
    keep_doing("count", 0.75)
    assert jobs.names() == ["count", "other"]
    assert done.count("rarely") == 1
    assert 3 <= done.count("often") <= 8
    assert "another job" not in done


@pytest.mark.django_db
def test_a_task_that_did_something_is_asked_again_at_once(no_tasks):
    left = [1, 1, 1, 0]
    jobs.register("drain", lambda: left.pop(0), every_seconds=60)
    keep_doing("drain", 0.5)
    assert left == []


@pytest.mark.django_db
def test_a_task_that_fails_is_logged_tried_again_and_stops_no_other(no_tasks, caplog):
    done = []

    def fail_differently():
        done.append("failing")
        raise OperationalError("away") if len(done) < 2 else RuntimeError("a mistake")

    jobs.register("mixed", fail_differently, every_seconds=0.1)
    jobs.register("mixed", lambda: done.append("working"), every_seconds=0.1)
    assert jobs.failures.values["mixed"] == 0
    keep_doing("mixed", 0.5)
    assert jobs.failures.values["mixed"] == done.count("failing") >= 2
    assert done.count("working") >= 2
    assert "mixed: waiting (OperationalError)" in caplog.text
    assert "RuntimeError" in caplog.text


def test_an_unknown_job_is_refused_and_the_known_ones_are_named():
    with pytest.raises(CommandError, match="archive, search, outbox"):
        call_command("worker", only="archive,laundry")
