"""What is broken for a while is no refusal: a lock that lasts, a connection that breaks. Nothing is written,
and the next round tries again."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from tests.racing import at_once
from tests.wallets.due import due_transfers, wait_until
from wallets.models import ScheduledTransfer, ScheduleState, Transfer, Wallet
from wallets.schedules.runs import run_due

pytestmark = pytest.mark.django_db(transaction=True)


def hold_wallet(wallet: Wallet, held: threading.Event, let_go: threading.Event) -> None:
    """Another session that has the wallet's lock."""
    with transaction.atomic():
        Wallet.objects.select_for_update().get(pk=wallet.pk)
        held.set()
        let_go.wait(30)


def untouched(schedule: ScheduledTransfer) -> bool:
    """It waits as before, and nothing of it is written."""
    schedule.refresh_from_db()
    waits = (schedule.state, schedule.occurrence) == (ScheduleState.ACTIVE, 0)
    key = f"§schedule:{schedule.pk}:0"
    moved = Transfer.objects.filter(idempotency_key=key).exists()
    as_planned = schedule.next_run_at == schedule.first_run_at
    return waits and as_planned and not schedule.runs.exists() and not moved


@pytest.mark.usefixtures("row_locks")
def test_a_wallet_that_stays_locked_is_no_refusal_and_holds_up_no_other(circle):
    due_transfers(circle, 3)
    stuck = ScheduledTransfer.objects.get(source=circle[0])
    held, let_go = threading.Event(), threading.Event()

    def run_impatiently() -> int:
        held.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET innodb_lock_wait_timeout = 1")
        try:
            return run_due()
        finally:
            let_go.set()

    _, done = at_once(lambda: hold_wallet(circle[0], held, let_go), run_impatiently)
    assert done == 2
    assert untouched(stuck)
    assert run_due() == 1
    assert stuck.runs.get().tries == 1


@pytest.mark.usefixtures("row_locks")
def test_a_connection_that_breaks_in_the_middle_is_no_refusal(circle):
    due_transfers(circle, 1)
    held, let_go, session = threading.Event(), threading.Event(), []

    def run() -> int:
        held.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SELECT CONNECTION_ID()")
            session.extend(cursor.fetchone())
        return run_due()

    def waits_for_the_wallet() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT info FROM information_schema.processlist WHERE id = %s AND time_ms > 300", session
            )
            row = cursor.fetchone()
        return bool(row and row[0] and "wallets_wallet" in row[0] and "FOR UPDATE" in row[0])

    def kill() -> None:
        wait_until(lambda: bool(session), "no session")
        wait_until(waits_for_the_wallet, "the run does not wait for the wallet")
        with connection.cursor() as cursor:
            cursor.execute(f"KILL {session[0]}")
        let_go.set()

    _, broken, killed = at_once(lambda: hold_wallet(circle[0], held, let_go), run, kill)
    assert killed is None
    assert isinstance(broken, OperationalError), broken
    assert untouched(ScheduledTransfer.objects.get())
    assert run_due() == 1
