"""What the database refuses by itself, and that the audit finds whatever was done behind its back."""

import io

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.wallets.conftest import fill
from tests.wallets.crowd import send
from wallets.guards import install_guards, missing, remove_guards
from wallets.ledger import audit
from wallets.models import AuditRecord, LedgerEntry, ScheduledRun, ScheduledTransfer, Transfer, Wallet

WRITTEN_ONCE = [Transfer, LedgerEntry, AuditRecord]


@pytest.fixture
def books(alice, alice_wallet, bob_wallet, group_wallet):
    """Some transfers of every kind of wallet."""
    send(alice_wallet, bob_wallet, 30_000)
    send(alice_wallet, group_wallet, 1_000)
    return alice_wallet


def refused(action) -> None:
    with pytest.raises((DatabaseError, TypeError)), transaction.atomic():
        action()


def everything() -> list[list[tuple]]:
    return [list(model.objects.order_by("pk").values_list()) for model in (*WRITTEN_ONCE, Wallet)]


@pytest.mark.parametrize("model", WRITTEN_ONCE)
def test_what_is_written_stays_as_it_is(books, model):
    before = everything()
    row = model.objects.last()
    table = model._meta.db_table
    column = "detail" if model is AuditRecord else "amount"
    with connection.cursor() as cursor:
        for attempt in (
            row.save,
            lambda: row.save(force_update=True),
            row.delete,
            lambda: model.objects.filter(pk=row.pk).update(created_at=row.created_at.replace(year=2000)),
            lambda: model.objects.bulk_update([row], ["created_at"]),
            lambda: model.objects.filter(pk=row.pk).delete(),
            lambda: model.objects.all()._raw_delete(using="default"),
            lambda: cursor.execute(f"UPDATE {table} SET {column} = {column}"),  # noqa: S608
            lambda: cursor.execute(f"DELETE FROM {table}"),  # noqa: S608
            lambda: cursor.execute(f"REPLACE INTO {table} SELECT * FROM {table}"),  # noqa: S608
        ):
            refused(attempt)
    assert everything() == before


def test_a_balance_changes_only_with_an_entry(books):
    before = everything()
    stale = Wallet.objects.get(pk=books.pk)
    fill(stale, 10, stale.owner)
    with connection.cursor() as cursor:
        for attempt in (
            lambda: Wallet.objects.filter(pk=books.pk).update(balance=10**9),
            lambda: Wallet.objects.update(balance=0),
            stale.save,
            lambda: Wallet.objects.bulk_update([stale], ["balance"]),
            lambda: cursor.execute("UPDATE wallets_wallet SET balance = balance + 1"),
            lambda: cursor.execute("DELETE FROM wallets_wallet"),
            Wallet.objects.get(pk=books.pk).delete,
        ):
            refused(attempt)
    assert everything() != before  # the deposit
    assert Wallet.objects.get(pk=books.pk).balance == 69_010


def test_a_balance_is_never_negative_whoever_writes_it(books):
    with connection.cursor() as cursor:
        refused(
            lambda: cursor.execute(
                "UPDATE wallets_wallet SET balance = -1, last_sequence = last_sequence + 1"
            )
        )


def test_an_occurrence_has_one_run(alice, alice_wallet, bob_wallet):
    now = timezone.now()
    schedule = ScheduledTransfer.objects.create(
        source=alice_wallet, target=bob_wallet, amount=1, created_by=alice, first_run_at=now
    )
    run = {"schedule": schedule, "planned_at": now, "tried_at": now}
    ScheduledRun.objects.create(occurrence=0, **run)
    refused(lambda: ScheduledRun.objects.create(occurrence=0, **run))
    ScheduledRun.objects.create(occurrence=1, **run)


def test_the_guards_come_back_with_the_next_migrate(transactional_db):
    remove_guards(connection)
    names = missing(connection)
    assert len(names) == 8
    found = audit.differences()
    assert {(difference.question, difference.subject) for difference in found} == {
        ("a trigger is missing", name) for name in names
    }
    for _ in range(2):
        install_guards(using="default")
    assert missing(connection) == set()


# What is done to the books of `alice_wallet`, the question that finds it, and the won it names. Each keeps as
# much as possible right, so that no other question can stand in for the one that is to find it.
DAMAGES = {
    "a balance raised": (
        ["UPDATE wallets_wallet SET balance = balance + 7 WHERE id = %(wallet)s"],
        "a balance is not the sum of its entries",
        7,
    ),
    "a number skipped": (
        ["UPDATE wallets_wallet SET last_sequence = last_sequence + 1 WHERE id = %(wallet)s"],
        "a balance is not the sum of its entries",
        0,
    ),
    "a balance after an entry changed": (
        [
            "UPDATE wallets_ledgerentry SET balance_after = balance_after + 7 WHERE wallet_id = %(wallet)s"
            " AND sequence = 2"
        ],
        "a balance after an entry",
        7,
    ),
    "a hole in the numbers": (
        [
            "UPDATE wallets_ledgerentry SET sequence = sequence + 1 WHERE wallet_id = %(wallet)s"
            " AND sequence = 3",
            "UPDATE wallets_wallet SET last_sequence = last_sequence + 1 WHERE id = %(wallet)s",
        ],
        "a balance after an entry",
        0,
    ),
    "money from nowhere": (
        [
            "UPDATE wallets_ledgerentry SET amount = amount + 7, balance_after = balance_after + 7"
            " WHERE wallet_id = %(wallet)s AND sequence = 3",
            "UPDATE wallets_wallet SET balance = balance + 7 WHERE id = %(wallet)s",
        ],
        "entries do not sum to zero",
        7,
    ),
    "a transfer of another amount": (
        ["UPDATE wallets_transfer SET amount = amount + 7 WHERE id = %(transfer)s"],
        "a transfer's two sides",
        7,
    ),
    "a transfer from somebody else": (
        ["UPDATE wallets_transfer SET source_id = %(other)s WHERE id = %(transfer)s"],
        "a transfer's two sides",
        0,
    ),
    "a side removed": (
        ["DELETE FROM wallets_ledgerentry WHERE transfer_id = %(transfer)s AND amount > 0"],
        "a transfer's two sides",
        30_000,
    ),
    "a transfer's entries removed": (
        ["DELETE FROM wallets_ledgerentry WHERE transfer_id = %(transfer)s"],
        "a transfer's two sides",
        30_000,
    ),
}


def unguarded():
    """A transaction in which the books may be damaged; the test takes it back."""
    remove_guards(connection)
    return transaction.atomic()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", DAMAGES)
def test_the_audit_finds(books, group_wallet, name):
    statements, question, won = DAMAGES[name]
    transfer = Transfer.objects.get(source=books, amount=30_000)
    subject = {"wallet": books.pk, "other": group_wallet.pk, "transfer": transfer.pk.hex}
    if connection.features.has_native_uuid_field:
        subject["transfer"] = str(transfer.pk)
    printed = io.StringIO()
    with unguarded(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, subject)
        found = [d for d in audit.differences() if d.question != "a trigger is missing"]
        with pytest.raises(SystemExit) as ended:
            call_command("check_ledger", stdout=printed)
        transaction.set_rollback(True)
    install_guards(using="default")
    assert (question, won) in {(difference.question, abs(difference.won)) for difference in found}
    assert ended.value.code == 1
    assert f"{won:,} won unexplained" in printed.getvalue()
    assert question in printed.getvalue()


def test_check_ledger_is_content_with_right_books(books):
    printed = io.StringIO()
    call_command("check_ledger", stdout=printed)
    assert "0 differences, 0 won unexplained" in printed.getvalue()
