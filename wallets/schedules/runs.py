"""Runs scheduled transfers: claim, posting and what became of it in ONE transaction, so that each occurrence
moves its money exactly once, however many workers there are and wherever one of them is killed."""

import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.refusals import Refusal
from chat.refusals import AccountInactive
from wallets import metrics
from wallets.ledger import book
from wallets.ledger.orders import Order, Posted, digest, key_of_ours
from wallets.ledger.retrying import retrying
from wallets.models import Repeat, ScheduledRun, ScheduledTransfer, ScheduleState, TransferKind
from wallets.refusals import LedgerBusy, RightsChanged
from wallets.rights import both_ends
from wallets.schedules.calendar import evening_try, occurrence_after, occurrence_at
from wallets.services.transfers import check_ways

logger = logging.getLogger(__name__)
BATCH = 50


class Stuck(Exception):
    """A mistake of ours with one schedule, which must not hold up all that are due after it."""

    def __init__(self, schedule_id: int) -> None:
        self.schedule_id = schedule_id
        super().__init__(f"schedule {schedule_id}")


def run_due(now: datetime | None = None) -> int:
    """Run what is due (at `now`, for tests), longest overdue first; returns how many runs that were.

    At most BATCH; call again until it returns 0. What was missed for days runs once for each occurrence, in
    order. Safe in any number of workers. Where the database is away or a wallet is locked for long, nothing
    is written and the next call tries again; that is no refusal, and what is due after it runs meanwhile.
    """
    now = now or timezone.now()
    done, aside, claimed = 0, set(), []
    while done < BATCH:
        try:
            if not retrying(lambda: _run_next(now, aside, claimed)):
                break
            done += 1
        except RightsChanged:
            metrics.retried.add(label=metrics.RIGHTS_CHANGED)
        except Stuck as stuck:
            logger.exception("scheduled transfer %d could not run", stuck.schedule_id)
            aside.add(stuck.schedule_id)
        except LedgerBusy:
            logger.warning("scheduled transfers wait: the ledger is busy")
            if not claimed or claimed[-1] in aside:
                break
            aside.add(claimed[-1])
    if done:
        logger.info("scheduled transfers: %d ran", done)
    return done


def _run_next(now: datetime, aside: set[int], claimed: list[int]) -> bool:
    """One run, in the transaction of the caller; False when nothing is due that no other worker has. Its
    number is the last in `claimed`, also when the transaction fails."""
    schedule = _claim(now, aside)
    if schedule is None:
        return False
    claimed.append(schedule.pk)
    try:
        _run(schedule, now)
    except (OperationalError, InterfaceError, RightsChanged):
        raise
    except Exception as error:
        raise Stuck(schedule.pk) from error
    return True


def _claim(now: datetime, aside: set[int]) -> ScheduledTransfer | None:
    """Lock the first due schedule that nobody else has. Filter and order are those of the index schedule_due,
    so InnoDB locks this row and no other; with `state` among the order too, MariaDB sorts, and locks all that
    are due. SQLite has no row locks: there the transaction, which began as a writing one, holds off every
    other worker."""
    due = ScheduledTransfer.objects.select_for_update(skip_locked=True)
    due = due.filter(state=ScheduleState.ACTIVE, next_run_at__lte=now).exclude(pk__in=aside)
    return due.order_by("next_run_at", "id").first()


def _run(schedule: ScheduledTransfer, now: datetime) -> None:
    """Post the transfer and write down what became of it. A first refusal leaves the evening's try to come; a
    second one stands."""
    run = schedule.runs.filter(occurrence=schedule.occurrence).first() or _first_try(schedule)
    answer = _post(schedule)
    posted = isinstance(answer, Posted)
    run.tries, run.tried_at = run.tries + 1, now
    run.transfer, run.refusal = (answer.transfer, "") if posted else (None, answer.code)
    run.save()
    metrics.count_run((now - schedule.next_run_at).total_seconds(), run.refusal)
    again = evening_try(now) if not posted and run.tries == 1 else None
    if again is not None:
        schedule.next_run_at = again
    else:
        _go_on(schedule, posted)
    schedule.save(update_fields=["state", "occurrence", "next_run_at"])


def _first_try(schedule: ScheduledTransfer) -> ScheduledRun:
    planned_at = occurrence_at(schedule.first_run_at, schedule.repeat, schedule.occurrence)
    return ScheduledRun(schedule=schedule, occurrence=schedule.occurrence, planned_at=planned_at, tries=0)


def _go_on(schedule: ScheduledTransfer, posted: bool) -> None:
    """To the next occurrence, or to the end."""
    schedule.next_run_at = occurrence_after(
        schedule.first_run_at, schedule.repeat, schedule.ends_on, schedule.occurrence
    )
    if schedule.next_run_at is not None:
        schedule.occurrence += 1
    elif schedule.repeat == Repeat.ONCE and not posted:
        schedule.state = ScheduleState.FAILED
    else:
        schedule.state = ScheduleState.DONE


def _post(schedule: ScheduledTransfer) -> Posted | Refusal:
    """Raises RightsChanged: everything is rolled back and the occurrence claimed again."""
    try:
        order = _order(schedule)
    except Refusal as refusal:
        return refusal
    [answer] = book.post([order])
    if isinstance(answer, RightsChanged):
        raise answer
    return answer


def _order(schedule: ScheduledTransfer) -> Order:
    """The order of this occurrence, if whoever planned it still may. Raises the Refusal.

    The right is read after the claim but before the wallets are locked: a role can go in between. Its
    version was read in the same statement, so the ledger sees that under its lock. Without the version a
    treasurer who is removed at that moment would still pay; locking the wallets already for the reading would
    make everybody else wait.
    """
    user = schedule.created_by
    if not user.is_active:
        raise AccountInactive
    source, target = both_ends(user=user, source_id=schedule.source_id, target_id=schedule.target_id)
    check_ways(source, target, schedule.amount)
    moved = {"source_id": source.pk, "target_id": target.pk, "amount": schedule.amount, "memo": schedule.memo}
    key = key_of_ours("schedule", schedule.pk, schedule.occurrence)
    return Order(
        kind=TransferKind.SCHEDULED,
        **moved,
        actor_id=user.pk,
        key=key,
        digest=digest(kind="scheduled", key=key, **moved),
        rights_version=source.rights_version,
        actor_name=user.public_name,
        source_label=source.label,
        target_label=target.label,
    )
