"""The line that tells how far a load is."""

import time

import pytest

from chat.loadtest.progress import Progress


@pytest.fixture
def shown(capsys):
    """The last line that was drawn."""
    return lambda: capsys.readouterr().err.rpartition("\r")[2].rstrip()


def test_it_shows_per_cent_counts_and_the_time_left(shown):
    Progress("ws 10 × 40", expected=400).show(sent=110, acknowledged=100, delivered=1000)
    line = shown()
    assert line.startswith("ws 10 × 40 ██████░░░░░░░░░░░░░░░░░░  25%")
    assert "sent 110  acknowledged 100  delivered 1,000" in line
    assert line.endswith("0:03 left")


def test_the_nearer_of_two_ends_counts(shown):
    progress = Progress("ws", expected=1_000_000, duration_seconds=2)
    progress.show(10, 10, 10)
    time.sleep(0.5)
    progress.show(20, 20, 20)
    assert " 75%" in shown()


def test_without_any_answer_nothing_is_foretold(shown):
    Progress("ws", expected=100).show(sent=5, acknowledged=0, delivered=0)
    line = shown()
    assert "  0%" in line
    assert "left" not in line


def test_a_line_covers_the_longer_one_before_it(capsys):
    progress = Progress("ws", expected=100)
    progress.show(5, 5, 5)
    progress.say("done")
    long, short = capsys.readouterr().err.split("\r")[1:]
    assert len(short) >= len(long.rstrip())
