"""Runs a transaction again when the database asks for it, or when rights changed before it had its locks."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from wallets import metrics
from wallets.refusals import LedgerBusy, RightsChanged

T = TypeVar("T")
MOST_TRIES = 5
LONGEST_SECONDS = 6  # whoever has waited for locks that long is told so, rather than made to wait on
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.01, 0.2
# InnoDB: lock wait timeout (rolls back the statement only, so the transaction must not go on), deadlock, and
# what MySQL says for a lock that was not to be waited for (MariaDB says 1205).
TEMPORARY = {1205, 1213, 3572}
DEADLOCK = 1213
RIGHTS_TRIES = 3


def retrying(action: Callable[[], T]) -> T:
    """The action's answer, in a transaction of its own; the whole of it again after a deadlock or a lock wait
    that took too long. Raises LedgerBusy after MOST_TRIES or LONGEST_SECONDS, and RuntimeError inside another
    transaction: after a deadlock InnoDB has rolled that one back too, and its caller would go on without
    knowing."""
    began = time.monotonic()
    for number in range(MOST_TRIES):
        try:
            with transaction.atomic(durable=True):
                return action()
        except OperationalError as error:
            if not is_temporary(error):
                raise
            last = error
            metrics.retried.add(label=_reason_of(error))
        if time.monotonic() - began > LONGEST_SECONDS:
            break
        pause = min(FIRST_PAUSE_SECONDS * 2**number, LONGEST_PAUSE_SECONDS)
        time.sleep(random.uniform(0, pause))  # noqa: S311  so that two do not meet again
    raise LedgerBusy(retry_after_seconds=1) from last


def while_rights_change(action: Callable[[], T]) -> T:
    """The action's answer; the whole of it again, rights read anew, after RightsChanged. Raises LedgerBusy
    after RIGHTS_TRIES."""
    for _ in range(RIGHTS_TRIES):
        try:
            return action()
        except RightsChanged:
            metrics.retried.add(label=metrics.RIGHTS_CHANGED)
    raise LedgerBusy(retry_after_seconds=1)


def is_temporary(error: OperationalError) -> bool:
    """Whether the same transaction may succeed when it is run again."""
    if connection.vendor == "sqlite":
        return "locked" in str(error)
    return bool(error.args) and error.args[0] in TEMPORARY


def _reason_of(error: OperationalError) -> str:
    return metrics.DEADLOCK if error.args and error.args[0] == DEADLOCK else metrics.LOCK_WAIT


def forbid_nesting() -> None:
    """Raises RuntimeError inside a transaction, as atomic(durable=True) would, for whoever only waits for
    another thread's. The transaction around a test does not count."""
    inside = connection.in_atomic_block and not connection.atomic_blocks[-1]._from_testcase
    if inside:
        raise RuntimeError("Money is never moved inside another transaction.")
