"""Each web and worker process writes down what it counted, in a thread of its own: a database that is slow or
away delays nobody."""

import atexit
import logging
import os
import socket
import sys
import threading
import time
from datetime import datetime, timedelta

import psutil
from django.db import DatabaseError, connection
from django.utils import timezone

from chat.meters import METERS, Counter, Distribution
from operations.figures import METERS_NEEDED
from operations.models import Sample

logger = logging.getLogger(__name__)
EVERY_SECONDS = 10
FINE_ROWS_KEPT = timedelta(minutes=3)
KEPT = timedelta(days=1)
END_SECONDS = 2


def begin(kind: str, number: int) -> "Sampler":
    """Sample this process until it ends."""
    sampler = Sampler(kind, number)
    sampler.start()
    atexit.register(sampler.end)
    return sampler


def values_now() -> dict[str, float | list[int] | dict[str, float]]:
    """What this process counted: numbers, numbers by label, or the counts of a distribution. A meter whose
    reading cannot be taken now is left out."""
    found = {}
    for name in METERS_NEEDED:
        meter = METERS.get(name)
        try:
            if isinstance(meter, Counter):
                found[name] = dict(meter.values) if meter.label else meter.values[""]
            elif isinstance(meter, Distribution):
                found[name] = list(meter.counts)
            elif meter is not None:
                found[name] = meter.read()
        except Exception as error:  # a reading looks at parts that may be away, and each fails in its own way
            logger.debug("samples: %s cannot be read (%s)", name, type(error).__name__)
    return found


class Sampler(threading.Thread):
    """Writes a row at once, every EVERY_SECONDS, and a last one at the end of the process."""

    def __init__(self, kind: str, number: int) -> None:
        super().__init__(name="samples", daemon=True)
        self._ending = threading.Event()
        self._itself = psutil.Process()
        started = datetime.fromtimestamp(self._itself.create_time(), timezone.get_current_timezone())
        self._who = {
            "process": f"{socket.gethostname()}:{os.getpid()}:{started.timestamp():.0f}"[:150],
            "kind": kind,
            "number": number,
            "command": " ".join(sys.argv[1:])[:200],
            "started_at": started,
        }
        self._minute = 0

    def run(self) -> None:
        """Until `end`. Outlives whatever goes wrong."""
        while not self._ending.is_set():
            self._write(has_ended=False)
            self._ending.wait(EVERY_SECONDS)
        self._write(has_ended=True)

    def end(self) -> None:
        """Say that the process ended and did not die, if the database takes that soon."""
        self._ending.set()
        self.join(END_SECONDS)

    def _write(self, *, has_ended: bool) -> None:
        try:
            minute = int(time.time() // 60)
            is_new_minute = minute != self._minute
            Sample.objects.create(
                **self._who,
                at=timezone.now(),
                cpu_seconds=time.process_time(),
                memory_bytes=self._itself.memory_info().rss,
                values=values_now(),
                is_of_minute=is_new_minute or has_ended,
                has_ended=has_ended,
            )
            self._minute = minute
            if is_new_minute:
                self._forget()
        except DatabaseError as error:
            logger.warning("samples: the database is not reachable (%s)", type(error).__name__)
        except Exception:
            logger.exception("samples: a row could not be written")
        finally:
            connection.close()

    def _forget(self) -> None:
        now = timezone.now()
        own = Sample.objects.filter(process=self._who["process"], is_of_minute=False)
        own.filter(at__lt=now - FINE_ROWS_KEPT).delete()
        Sample.objects.filter(at__lt=now - KEPT).delete()
