"""What `manage.py worker` does again and again beside the archive. Apps register their tasks at start: so the
worker does what wallets need without knowing them."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, close_old_connections

from chat.meters import Counter

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Task:
    """`work` of `job`, begun every so many seconds. It returns how much it did: after something there may be
    more, and it is asked again at once."""

    job: str
    work: Callable[[], int | None]
    every_seconds: float


failures = Counter(
    "messenger_job_failures_total",
    "Times a task of the worker failed, by job, its database away included.",
    label="work",  # "job" is what Prometheus calls who was asked
)
_tasks: dict[Callable, Task] = {}


def register(job: str, work: Callable[[], int | None], *, every_seconds: float) -> None:
    """Have the worker do this as part of the job that `--only` names. The same work again replaces it.

    Any number of workers may do it at the same moment, and kill -9 may end it anywhere: the work itself has
    to bear both. It returns soon, also when there is much to do: the worker ends only between two calls.
    """
    _tasks[work] = Task(job, work, every_seconds)
    failures.add(0, label=job)


def names() -> list[str]:
    """The jobs that have tasks, each once."""
    return list(dict.fromkeys(task.job for task in _tasks.values()))


def keep_doing(job: str, stopping: Callable[[], bool]) -> None:
    """Do the job's tasks, each at its interval, until told to stop."""
    next_at = {task: 0.0 for task in _tasks.values() if task.job == job}
    while not stopping():
        for task in next_at:
            if time.monotonic() >= next_at[task] and not stopping():
                did_something = _do(task)
                next_at[task] = time.monotonic() + (0 if did_something else task.every_seconds)
        time.sleep(POLL_SECONDS)
    close_old_connections()


def _do(task: Task) -> bool:
    try:
        close_old_connections()
        return bool(task.work())
    except DatabaseError as error:
        logger.warning("%s: waiting (%s)", task.job, type(error).__name__)
    except Exception:  # a mistake in one task must not end the others for good
        logger.exception("%s: %s failed", task.job, task.work.__name__)
    failures.add(label=task.job)
    return False
