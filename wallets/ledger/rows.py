"""Reads and writes the rows of a batch: one statement for each table, by hand.

Here every request of a busy day waits for one thread, and Django's bulk_create and Case/When took most of
what a transfer cost. The guards, keys and checks of the tables are the same for whoever writes.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from wallets.models import Transfer, Wallet

TRANSFER = (
    "kind", "source_id", "target_id", "amount", "memo", "actor_id", "idempotency_key", "request_digest",
    "reverses_id", "dues_plan_id", "dues_member_id",
)  # fmt: skip
BALANCE = ("balance", "last_sequence", "sent_on", "sent_that_day")


class Side(NamedTuple):
    """One side of a transfer as it stands in the books; EXTERNAL's has no number and no balance."""

    wallet_id: int
    transfer_id: UUID
    sequence: int | None
    amount: int
    balance_after: int | None


def transfers_of(keys: list[tuple[int, str]]) -> list[Transfer]:
    """What these (actor, key) have moved already. Pair by pair: with IN for both columns the database would
    look for each of 64 × 64 combinations."""
    pairs = " OR ".join(["(actor_id = %s AND idempotency_key = %s)"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM wallets_transfer WHERE {pairs}",  # noqa: S608  names of ours
            [value for key in keys for value in key],
        )
        found = [row[0] for row in cursor.fetchall()]
    return list(Transfer.objects.filter(pk__in=found)) if found else []


def insert_transfers(transfers: list[Transfer], now: datetime) -> None:
    """All in one statement; then they count as saved. Raises IntegrityError for a key that is taken."""
    rows = []
    for transfer in transfers:
        values = [getattr(transfer, name) for name in TRANSFER]
        values[8] = values[8] and _stored(values[8])
        rows.append((_stored(transfer.pk), *map(_plain, values)))
    _insert("wallets_transfer", ("id", *TRANSFER), rows, now)
    for transfer in transfers:
        transfer._state.adding, transfer._state.db = False, connection.alias


def insert_entries(sides: list[Side], now: datetime) -> None:
    """Both sides of all transfers in one statement."""
    rows = [(side[0], _stored(side[1]), *side[2:]) for side in sides]
    columns = ("wallet_id", "transfer_id", "sequence", "amount", "balance_after")
    _insert("wallets_ledgerentry", columns, rows, now)


def update_balances(wallets: list[Wallet]) -> None:
    """One statement for all wallets: each gets its own values."""
    case = f"CASE id {'WHEN %s THEN %s ' * len(wallets)}END"
    changes = ", ".join(f"{name} = {case}" for name in BALANCE)
    values = [value for name in BALANCE for wallet in wallets for value in (wallet.pk, getattr(wallet, name))]
    marks = ", ".join(["%s"] * len(wallets))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE wallets_wallet SET {changes} WHERE id IN ({marks})",  # noqa: S608  names of ours
            values + [wallet.pk for wallet in wallets],
        )


def _insert(table: str, columns: tuple[str, ...], rows: list[tuple], now: datetime) -> None:
    at = connection.ops.adapt_datetimefield_value(now)
    marks = ", ".join([f"({', '.join(['%s'] * (len(columns) + 1))})"] * len(rows))
    names = ", ".join((*columns, "created_at"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) VALUES {marks}",  # noqa: S608  names of ours
            [value for row in rows for value in (*row, at)],
        )


def _stored(key: UUID) -> str:
    """As Django keeps a UUID in this database."""
    return str(key) if connection.features.has_native_uuid_field else key.hex


def _plain(value):
    """An enumeration's member as its text: drivers quote exact types only."""
    return str(value) if isinstance(value, str) else value
