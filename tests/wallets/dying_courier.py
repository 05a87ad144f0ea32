"""`python -m tests.wallets.dying_courier POINT`: carries the outbox once and dies by SIGKILL at a point."""

import os
import signal
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messenger.settings")
django.setup()

from django.db.models import QuerySet  # noqa: E402

from chat import outbox  # noqa: E402
from chat.pipeline.parts import event_log  # noqa: E402

POINTS = ("taken", "halfway", "appended", "removed")
HALFWAY = 3  # of the events that wait


def die(*_) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(point: str) -> None:
    """Let `carry` end there: rows read, some appended, all appended, all appended and removed."""
    append_one, append_all = event_log().append, outbox._append
    appended = []

    def append_some(*event) -> None:
        append_one(*event)
        appended.append(event)
        if len(appended) == HALFWAY:
            time.sleep(0.3)  # so that the log has them
            die()

    def append_and_remove(rows) -> None:
        append_all(rows)
        die()

    if point == "taken":
        outbox._append = die
    elif point == "halfway":
        event_log().append = append_some
    elif point == "appended":
        QuerySet.delete = die
    else:
        outbox._append = append_and_remove


if __name__ == "__main__":
    die_at(sys.argv[1])
    outbox.carry()
