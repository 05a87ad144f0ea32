"""Somebody else holds the locks: a transfer waits, tries again, gives up honestly, and never goes by what it
knew before it waited."""

import contextlib
import threading
import time

import pytest
from django.db import connection

from chat.models import OutboxEvent
from tests.racing import at_once
from tests.wallets.conftest import balance, key
from tests.wallets.crowd import all_at_once, counted, order, people, repeat, send
from wallets.ledger import poster, retrying
from wallets.models import LedgerEntry, Transfer, Wallet, WalletMember
from wallets.refusals import LedgerBusy, SpendersOnly, WalletClosed
from wallets.services import members, transfers, wallets

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("row_locks")]
WAIT_SECONDS = 5


@contextlib.contextmanager
def another_session():
    """A cursor of a session of its own, in a transaction that ends with the block."""
    import MySQLdb  # there only where the real servers are

    named = connection.get_connection_params()
    named = {name: named[name] for name in ("host", "port", "user", "password", "database") if name in named}
    session = MySQLdb.connect(**named)
    try:
        yield session.cursor()
        session.commit()
    finally:
        session.close()


def lock(cursor, wallet: Wallet) -> None:
    cursor.execute("SELECT id FROM wallets_wallet WHERE id = %s FOR UPDATE", [wallet.pk])


def wait_until_somebody_waits(cursor) -> None:
    """Return once another session of this database has been asking for a locked row for a moment."""
    deadline = time.monotonic() + WAIT_SECONDS
    asking = """SELECT COUNT(*) FROM information_schema.processlist
        WHERE db = DATABASE() AND id <> CONNECTION_ID() AND time_ms > 50
        AND info LIKE '%%FOR UPDATE%%'"""
    while time.monotonic() < deadline:
        cursor.execute(asking)
        if cursor.fetchone()[0]:
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def impatient() -> None:
    """This thread's connection gives up a lock after one second."""
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION innodb_lock_wait_timeout = 1")


def rows() -> tuple[int, int, int]:
    return Transfer.objects.count(), LedgerEntry.objects.count(), OutboxEvent.objects.count()


def test_whoever_waits_too_long_is_told_that_nothing_moved(monkeypatch, alice, group_wallet, alice_wallet):
    monkeypatch.setattr(retrying, "LONGEST_SECONDS", 1.5)
    before, began = rows(), time.monotonic()
    impatient()
    with another_session() as other:
        lock(other, group_wallet)
        with pytest.raises(LedgerBusy) as busy:
            poster.post(order(alice_wallet, group_wallet, 10, alice))
    assert (busy.value.status, busy.value.code) == (503, "ledger_busy")
    assert time.monotonic() - began >= 2
    assert rows() == before


def test_a_lock_that_is_gone_in_time_is_only_a_delay(alice, group_wallet, alice_wallet):
    def pay():
        impatient()
        return poster.post(order(alice_wallet, group_wallet, 10, alice))

    with another_session() as other:
        lock(other, group_wallet)
        late = threading.Timer(1.5, other.connection.commit)
        late.start()
        began = time.monotonic()
        [answer] = all_at_once(pay)
        late.join()
    assert time.monotonic() - began > 1
    assert counted([answer]) == {"posted": 1}


def test_a_wait_ends_while_somebody_still_waits_for_the_answer():
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@innodb_lock_wait_timeout")
        assert cursor.fetchone()[0] + retrying.LONGEST_SECONDS <= 15


def test_one_stuck_wallet_does_not_hold_up_the_others_one_by_one(monkeypatch, alice, group_wallet):
    monkeypatch.setattr(retrying, "LONGEST_SECONDS", 0)
    free, *_ = people(1)

    def pay(wallet: Wallet) -> list:
        impatient()
        return repeat(1, lambda: poster.post(order(None, wallet, 10, alice)))

    began = time.monotonic()
    with another_session() as other:
        lock(other, group_wallet)
        answers = all_at_once(*(lambda wallet=wallet: pay(wallet) for wallet in [group_wallet, free] * 20))
    assert counted(answers) == {"posted": 20, "ledger_busy": 20}
    assert balance(free) == 200
    assert time.monotonic() - began < 10


def test_after_a_deadlock_the_whole_transfer_is_done_again(alice):
    """InnoDB rolls back the transaction that changed least: here ours, with all its savepoints."""
    one, two = people(2, 1_000)
    with another_session() as other:
        other.execute("UPDATE accounts_user SET is_staff = is_staff + 2")
        lock(other, two)

        def hold() -> None:
            wait_until_somebody_waits(other)
            lock(other, one)
            other.connection.rollback()

        outcomes = at_once(hold, lambda: poster.post(order(one, two, 10, one.owner)))
    assert outcomes[0] is None
    assert counted(outcomes[1:]) == {"posted": 1}
    assert (balance(one), balance(two)) == (990, 1_010)


def while_it_waits(wallet: Wallet, pay, *changes: tuple[str, list]):
    """What became of `pay`, which found these changes committed when it got the lock of the wallet."""
    with another_session() as other:
        lock(other, wallet)

        def change() -> None:
            wait_until_somebody_waits(other)
            for statement, values in changes:
                other.execute(statement, values)
            other.connection.commit()

        done, answer = at_once(change, pay)
    assert done is None
    return answer


def test_a_right_that_went_while_it_waited_is_gone(bob, alice, group_wallet, bob_wallet):
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    before = rows()
    member = WalletMember.objects.get(wallet=group_wallet, user=bob)
    answer = while_it_waits(
        group_wallet,
        lambda: transfers.transfer(
            actor=bob, source_id=group_wallet.pk, target_id=bob_wallet.pk, amount=1, pin="246810", key=key()
        ),
        ("UPDATE wallets_walletmember SET role = 'member' WHERE id = %s", [member.pk]),
        ("UPDATE wallets_wallet SET rights_version = rights_version + 1 WHERE id = %s", [group_wallet.pk]),
    )
    assert isinstance(answer, SpendersOnly)
    assert rows() == before


def test_a_wallet_that_was_closed_while_it_waited_gets_nothing(alice, alice_wallet, charlie_wallet):
    before = rows()
    answer = while_it_waits(
        charlie_wallet,
        lambda: send(alice_wallet, charlie_wallet, 1),
        ("UPDATE wallets_wallet SET closed_at = NOW(6) WHERE id = %s", [charlie_wallet.pk]),
    )
    assert isinstance(answer, WalletClosed)
    assert rows() == before


def test_changing_a_wallet_never_touches_the_money_that_moves_meanwhile(alice, group_wallet):
    def rename(number: int) -> None:
        for turn in range(10):
            wallets.change_wallet(user=alice, wallet_id=group_wallet.pk, name=f"통장 {number}.{turn}")

    paying = [lambda: repeat(10, lambda: poster.post(order(None, group_wallet, 10, alice))) for _ in range(4)]
    outcomes = at_once(*paying, *(lambda number=number: rename(number) for number in range(4)))
    assert outcomes[4:] == [None] * 4
    assert counted(sum(outcomes[:4], [])) == {"posted": 40}
    assert balance(group_wallet) == 50_400


def test_closing_and_paying_at_once_leaves_no_money_in_a_closed_wallet(alice, charlie, charlie_wallet):
    payer, *_ = people(1, 10_000)
    for _ in range(10):
        Wallet.objects.filter(pk=charlie_wallet.pk).update(closed_at=None)
        paid, closed = at_once(
            lambda: send(payer, charlie_wallet, 5),
            lambda: wallets.close_wallet(user=charlie, wallet_id=charlie_wallet.pk),
        )
        wallet = Wallet.objects.get(pk=charlie_wallet.pk)
        assert (closed is None) == (wallet.closed_at is not None)
        assert wallet.balance == 0 or wallet.closed_at is None
        if wallet.balance:
            transfers.reverse(actor=charlie, transfer_id=paid.transfer.pk, pin="246810", key=key())


def test_a_receipt_that_cannot_be_written_takes_the_transfer_back(alice, alice_wallet, group_wallet):
    before = rows()
    refuse = """CREATE TRIGGER no_receipts BEFORE INSERT ON chat_outboxevent FOR EACH ROW
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no receipts today'"""
    with connection.cursor() as cursor:
        cursor.execute(refuse)
        try:
            with pytest.raises(Exception, match="no receipts today"):
                poster.post(order(alice_wallet, group_wallet, 10, alice))
        finally:
            cursor.execute("DROP TRIGGER no_receipts")
    assert rows() == before
    assert balance(group_wallet) == 50_000
