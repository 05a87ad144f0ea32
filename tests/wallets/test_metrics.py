"""What is counted of money: once for what moved, by its code for what was refused, nothing for what was
undone."""

from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from tests.wallets.conftest import PIN, balance, key
from tests.wallets.due import korea, plan
from wallets import metrics
from wallets.ledger import retrying
from wallets.ledger.retrying import while_rights_change
from wallets.models import ScheduledTransfer, Transfer, TransferKind
from wallets.refusals import LedgerBusy, PinLocked, PinWrong, RightsChanged
from wallets.schedules.runs import run_due
from wallets.services import transfers

__all__ = ["plan"]

pytestmark = pytest.mark.django_db(transaction=True)


class Grown:
    """How much the counters grew since the test began, without what did not."""

    def __init__(self) -> None:
        self._counters = {"applied": metrics.applied, "refused": metrics.refused, "retried": metrics.retried}
        self._before = {name: dict(counter.values) for name, counter in self._counters.items()}

    def __getattr__(self, name: str) -> dict[str, float]:
        before = self._before[name]
        now = self._counters[name].values
        return {
            label: now[label] - before.get(label, 0) for label in now if now[label] != before.get(label, 0)
        }


@pytest.fixture
def send(alice, alice_wallet, bob_wallet):
    """alice sends bob 1,000 won, or what is said otherwise."""

    def transfer(**changed):
        asked = {"amount": 1_000, "pin": PIN, "key": key(), **changed}
        return transfers.transfer(actor=alice, source_id=alice_wallet.pk, target_id=bob_wallet.pk, **asked)

    return transfer


@pytest.fixture
def grown(send) -> Grown:
    """Counts from here on: the wallets are filled."""
    return Grown()


def test_what_moved_is_counted_once_also_when_it_is_asked_for_twice(send, grown):
    before = sum(metrics.transfer_seconds.counts)
    asked = {"key": key()}
    send(**asked)
    assert send(**asked).replayed
    assert (grown.applied, grown.refused, grown.retried) == ({"transfer": 1}, {}, {})
    assert sum(metrics.transfer_seconds.counts) == before + 2


def test_a_refusal_is_counted_by_its_code(send, grown, alice_wallet):
    for changed in ({"amount": 200_000}, {"amount": 0}, {"pin": "135791"}, {"key": ""}):
        with pytest.raises(Exception, match=r".+"):
            send(**changed)
    assert grown.refused == {
        "balance_too_low": 1,
        "amount_invalid": 1,
        "pin_wrong": 1,
        "idempotency_key_required": 1,
    }
    assert grown.applied == {}
    assert balance(alice_wallet) == 100_000


def test_what_is_rolled_back_did_not_move(grown):
    with transaction.atomic():
        metrics.count_applied([Transfer(kind=TransferKind.SCHEDULED)])
        metrics.count_run(3, "balance_too_low")
        transaction.set_rollback(True)
    assert (grown.applied, grown.refused) == ({}, {})


def test_a_lock_of_the_pin_is_counted_once(send, grown):
    before = metrics.pin_locks.values[""]
    for _ in range(4):
        with pytest.raises(PinWrong):
            send(pin="135791")
    for _ in range(3):
        with pytest.raises(PinLocked):
            send(pin="135791")
    assert metrics.pin_locks.values[""] == before + 1
    assert grown.refused == {"pin_wrong": 4, "pin_locked": 3}


def test_each_try_that_the_database_undid_is_counted_by_its_reason(grown):
    undone = iter([OperationalError(1205, "is locked"), OperationalError(1213, "locked: deadlock")])

    def action() -> str:
        for error in undone:
            raise error
        return "done"

    assert retrying.retrying(action) == "done"
    assert grown.retried == {"lock_wait": 1, "deadlock": 1}


def test_changed_rights_are_counted(grown):
    def action() -> None:
        raise RightsChanged

    with pytest.raises(LedgerBusy):
        while_rights_change(action)
    assert grown.retried == {"rights_changed": retrying.RIGHTS_TRIES}


def test_a_scheduled_transfer_is_counted_with_how_late_it_ran(plan, grown):
    counted, seconds = sum(metrics.schedule_lateness_seconds.counts), metrics.schedule_lateness_seconds.sum
    plan()
    assert run_due(korea(1, 31) + timedelta(seconds=90)) == 1
    assert sum(metrics.schedule_lateness_seconds.counts) == counted + 1
    assert metrics.schedule_lateness_seconds.sum == pytest.approx(seconds + 90)
    assert grown.applied == {"scheduled": 1}


def test_a_refused_run_is_counted_by_its_code(plan, grown):
    plan(amount=10_000_000)
    assert run_due(korea(1, 31)) == 1
    assert grown.refused == {"balance_too_low": 1}
    assert grown.applied == {}


def test_how_long_the_longest_overdue_one_waits(plan):
    overdue = metrics.schedule_overdue.read
    first, second = plan(), plan()
    assert overdue() == 0
    for late, made in ((40, first), (5, second)):
        due_at = timezone.now() - timedelta(seconds=late)
        ScheduledTransfer.objects.filter(pk=made.pk).update(next_run_at=due_at)
    assert overdue() == pytest.approx(40, abs=3)
    while run_due():
        pass
    assert overdue() == 0


def test_orders_posted_together_are_counted_once_a_batch(send):
    before = sum(metrics.posted_together.counts)
    send()
    assert sum(metrics.posted_together.counts) == before + 1
