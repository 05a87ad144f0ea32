"""Exactly once, whatever happens at the same moment: four workers, kill -9 at every step, a cancel, a role
that goes."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from tests.racing import at_once
from tests.site import ROOT, Process
from tests.wallets.conftest import balance
from tests.wallets.due import PATIENCE_SECONDS, due_transfers, wait_until
from wallets.ledger import audit
from wallets.models import ScheduledRun, ScheduledTransfer, ScheduleState, Transfer, Wallet
from wallets.refusals import ScheduleOver
from wallets.schedules import runs, services
from wallets.schedules.runs import run_due
from wallets.services import members

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def environment(folder: Path) -> dict:
    """For child processes: this test's database, and embedded parts in a folder."""
    servers = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC", "MONGODB_URI", "REDIS_URL")
    inherited = {key: value for key, value in os.environ.items() if key not in servers}
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        folder.mkdir(exist_ok=True)
        (folder / "db.sqlite3").symlink_to(name)
    else:
        inherited["DATABASE_URL"] = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}"))
    return {**inherited, "DATA_DIR": str(folder)}


def check_once_each(occurrences: int, wallets: list[Wallet]) -> None:
    """As many transfers and runs as occurrences, each under its own key; every won is still there."""
    assert Transfer.objects.filter(kind="scheduled").count() == occurrences
    assert ScheduledRun.objects.count() == occurrences
    told = ScheduledRun.objects.select_related("transfer")
    assert {run.transfer.idempotency_key for run in told} == {
        f"§schedule:{run.schedule_id}:{run.occurrence}" for run in told
    }
    assert {(run.tries, run.refusal) for run in told} == {(1, "")}
    assert sum(balance(wallet) for wallet in wallets) == len(wallets) * 100_000
    assert audit.differences() == []


def nothing_is_due() -> bool:
    due = ScheduledTransfer.objects.filter(state=ScheduleState.ACTIVE, next_run_at__lte=timezone.now())
    return not due.exists()


def sized(count: int) -> int:
    """The stated size on a server; a fifth of it on SQLite, where every commit has the one file to itself."""
    return count if connection.vendor == "mysql" else count // 5


def test_four_workers_run_a_thousand_due_transfers_once_each(circle, tmp_path):
    count = sized(1_000)
    due_transfers(circle, count)
    workers = [
        Process("worker --only schedule", environment(tmp_path / str(number)), tmp_path / f"{number}.log")
        for number in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    try:
        wait_until(nothing_is_due, "the workers do not finish")
        assert [worker.end(signal.SIGTERM) for worker in workers] == [0] * WORKERS
    finally:
        for worker in workers:
            if worker.runs:
                worker.end(signal.SIGKILL)
    check_once_each(count, circle)
    assert run_due() == 0
    shares = [worker.log.read_text().count("scheduled transfers:") for worker in workers]
    if connection.vendor != "sqlite":  # there, whoever has the one lock may keep it
        assert sum(share > 0 for share in shares) > 1, shares


@pytest.mark.parametrize("point", ["claimed", "posted", "written", "committed"])
def test_a_worker_killed_at_every_run_still_runs_each_once(circle, tmp_path, point):
    due_transfers(circle, sized(100))
    due_transfers(circle, sized(10), repeat="daily", days_ago=9)
    done = subprocess.run(
        [sys.executable, "-m", "tests.wallets.dying_worker", point],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= sized(200) - 1
    check_once_each(sized(200), circle)
    assert run_due() == 0


def test_of_a_cancel_and_a_run_at_once_exactly_one_wins(circle):
    winners: Counter = Counter()
    for number in range(sized(200)):
        due_transfers(circle, 1)
        schedule = ScheduledTransfer.objects.latest("pk")
        ahead = {0: (0, 0), 1: (0.004, 0), 2: (0, 0.004)}[number % 3]

        def cancel(schedule=schedule, pause=ahead[0]):
            time.sleep(pause)
            return services.cancel(user=schedule.created_by, schedule_id=schedule.pk)

        def run(pause=ahead[1]):
            time.sleep(pause)
            return run_due()

        cancelled, ran = at_once(cancel, run)
        schedule.refresh_from_db()
        moved = Transfer.objects.filter(idempotency_key=f"§schedule:{schedule.pk}:0").count()
        if isinstance(cancelled, ScheduleOver):
            assert (ran, moved, schedule.state) == (1, 1, ScheduleState.DONE)
        else:
            assert isinstance(cancelled, ScheduledTransfer), cancelled
            assert (ran, moved, schedule.state) == (0, 0, ScheduleState.CANCELLED)
        winners[schedule.state] += 1
    assert set(winners) == {ScheduleState.DONE, ScheduleState.CANCELLED}, winners
    assert Transfer.objects.filter(kind="scheduled").count() == winners[ScheduleState.DONE]


@pytest.mark.usefixtures("row_locks")
def test_a_second_worker_claims_the_next_row_and_waits_for_nobody(circle):
    due_transfers(circle, 300)
    claimed, let_go = threading.Event(), threading.Event()

    def hold() -> int:
        with transaction.atomic():
            held = runs._claim(timezone.now(), set()).pk
            claimed.set()
            let_go.wait(20)
            return held

    def claim_three() -> tuple[list[int], float]:
        claimed.wait(20)
        began, found = time.monotonic(), []
        with transaction.atomic():
            for _ in range(3):
                found.append(runs._claim(timezone.now(), set(found)).pk)
        let_go.set()
        return found, time.monotonic() - began

    held, (found, seconds) = at_once(hold, claim_three)
    first = ScheduledTransfer.objects.earliest("pk").pk
    assert (held, found) == (first, [first + 1, first + 2, first + 3])
    assert seconds < 1


@pytest.mark.usefixtures("row_locks")
def test_a_role_that_goes_between_its_reading_and_the_lock_is_read_again(
    alice, bob, bob_wallet, group_wallet, monkeypatch
):
    """bob becomes a mere member at the worst moment: his right was read, the wallets are not locked yet."""
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    due = timezone.now()
    ScheduledTransfer.objects.create(
        source=group_wallet, target=bob_wallet, amount=10, created_by=bob, first_run_at=due, next_run_at=due
    )
    read, taken = runs.both_ends, []

    def take_the_role():
        return members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="member")

    def read_and_then_lose_the_role(**asked):
        ends = read(**asked)
        if not taken:
            taken.extend(at_once(take_the_role))
        return ends

    monkeypatch.setattr(runs, "both_ends", read_and_then_lose_the_role)
    assert run_due() == 1
    assert taken[0].role == "member"
    run = ScheduledRun.objects.get()
    assert (run.tries, run.refusal, run.transfer) == (1, "spenders_only", None)
    assert balance(group_wallet) == 50_000
