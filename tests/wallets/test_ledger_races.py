"""Many at once: nothing is lost, minted or spent twice, and nobody waits crosswise.

`together` is one process, whose orders meet in its poster; `apart` gives each order a poster of its own, so
that threads meet only at the rows, as processes do. The audit after each test is in conftest.py.
"""

import json
import os
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Min, Sum

from accounts.refusals import Refusal
from tests.site import ROOT
from tests.wallets.conftest import balance, key
from tests.wallets.crowd import (
    all_at_once,
    counted,
    deadlocks,
    order,
    people,
    random_transfers,
    repeat,
    send,
)
from wallets.ledger import poster
from wallets.models import LedgerEntry, Wallet
from wallets.services import transfers

pytestmark = pytest.mark.django_db(transaction=True)
READ_SECONDS = 0.01


@pytest.fixture(params=["together", "apart"])
def posting(request, monkeypatch) -> str:
    """How threads post: see above."""
    if request.param == "apart":
        monkeypatch.setattr(poster, "post", lambda order: poster.Poster().post(order))
    return request.param


@pytest.fixture
def apart(monkeypatch) -> None:
    """Each order by itself."""
    monkeypatch.setattr(poster, "post", lambda order: poster.Poster().post(order))


class Reader:
    """Sums all balances every 10 ms, in one statement, while money moves."""

    def __init__(self, wallets: list[Wallet]) -> None:
        self.wallets = Wallet.objects.filter(pk__in=[wallet.pk for wallet in wallets])
        self.seen: list[tuple[int, int]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def _read(self) -> None:
        while not self._ended.wait(READ_SECONDS):
            sums = self.wallets.aggregate(all=Sum("balance"), least=Min("balance"))
            self.seen.append((sums["all"], sums["least"]))
        connection.close()

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._ended.set()
        self._thread.join()


def check_conserved(reader: Reader, total: int) -> None:
    assert len(reader.seen) > 10
    assert {seen for seen, _ in reader.seen} == {total}
    assert min(least for _, least in reader.seen) >= 0


@pytest.mark.usefixtures("row_locks")
def test_money_is_conserved_at_every_moment(posting):
    threads, count = (16, 500) if posting == "together" else (16, 60)
    bank = people(8, 100_000)
    with Reader(bank) as reader:
        answers = all_at_once(
            *(lambda seed=seed: random_transfers(bank, count, seed) for seed in range(threads))
        )
    assert len(answers) == threads * count
    assert set(counted(answers)) <= {"posted", "balance_too_low"}
    check_conserved(reader, 800_000)


def own_environment() -> dict[str, str]:
    """The environment of a process that works on this test's database."""
    named = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return {**os.environ, "DATABASE_URL": f"sqlite:///{named}"}
    url = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{named}"))
    return {**os.environ, "DATABASE_URL": url, "PIN_PEPPER": settings.PIN_PEPPER}


@pytest.mark.usefixtures("row_locks")
def test_money_is_conserved_between_processes():
    processes, threads, count = 4, 4, 100
    bank = people(8, 100_000)
    ids = [str(wallet.pk) for wallet in bank]
    clerks = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.wallets.clerk", str(100 * number), str(threads), str(count), *ids],
            cwd=ROOT,
            env=own_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    time.sleep(1)
    with Reader(bank) as reader:
        for clerk in clerks:
            clerk.stdin.write("go\n")
            clerk.stdin.flush()
        printed = [clerk.communicate(timeout=120)[0] for clerk in clerks]
    assert [clerk.returncode for clerk in clerks] == [0] * processes
    answers = [json.loads(line) for line in printed]
    assert sum(sum(answer.values()) for answer in answers) == processes * threads * count
    assert set().union(*answers) <= {"posted", "balance_too_low"}
    check_conserved(reader, 800_000)


def test_everybody_pays_into_one_wallet(posting, alice, group_wallet):
    # Apart, each thread is one more connection to the server, which allows 300.
    threads, each = (500, 1) if posting == "together" else (50, 10)
    if connection.vendor == "sqlite":
        threads, each = 50, 2
    answers = all_at_once(
        *(
            lambda: repeat(each, lambda: poster.post(order(None, group_wallet, 100, alice)))
            for _ in range(threads)
        )
    )
    assert counted(answers) == {"posted": threads * each}
    assert balance(group_wallet) == 50_000 + 100 * threads * each
    numbers = LedgerEntry.objects.filter(wallet=group_wallet).order_by("sequence")
    assert list(numbers.values_list("sequence", flat=True)) == list(range(1, threads * each + 2))


def test_an_account_is_drained_to_the_last_won_and_no_further(posting):
    source, target = people(2)
    transfers.deposit(actor=source.owner, wallet_id=source.pk, amount=10_000, key=key())
    answers = all_at_once(*(lambda: repeat(1, lambda: send(source, target, 1_000)) for _ in range(20)))
    assert counted(answers) == {"posted": 10, "balance_too_low": 10}
    assert {answer.missing for answer in answers if isinstance(answer, Refusal)} == {1_000}
    assert (balance(source), balance(target)) == (0, 10_000)


@pytest.mark.usefixtures("row_locks")
def test_two_who_pay_each_other_never_deadlock(apart):
    one, other = people(2, 1_000_000)
    before = deadlocks()

    def pay(number: int) -> list:
        source, target = (one, other) if number % 2 else (other, one)
        return repeat(250, lambda: poster.post(order(source, target, 1, source.owner)))

    answers = all_at_once(*(lambda number=number: pay(number) for number in range(16)))
    assert counted(answers) == {"posted": 4_000}
    assert deadlocks() - before == 0
    assert (balance(one), balance(other)) == (1_000_000, 1_000_000)


@pytest.mark.usefixtures("row_locks")
def test_a_ring_around_a_group_wallet_never_deadlocks(apart, alice, bob, channel, group_wallet):
    ring = people(5, 1_000_000)
    before = deadlocks()

    def pay(number: int) -> list:
        source, following = ring[number % 5], ring[(number + 1) % 5]
        targets = iter([following, group_wallet] * 150)
        return repeat(300, lambda: poster.post(order(source, next(targets), 1, source.owner)))

    answers = all_at_once(*(lambda number=number: pay(number) for number in range(10)))
    assert counted(answers) == {"posted": 3_000}
    assert deadlocks() - before == 0
    assert balance(group_wallet) == 50_000 + 1_500
