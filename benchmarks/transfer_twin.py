"""What a careful hand would write for transfers: SQL on a bare MySQL connection, the same rows and the same
guarantees as the ledger's, one transfer in each transaction."""

import random
import time

import MySQLdb
from django.db import connection
from django.utils import timezone

from chat.pipeline.events import SystemEvent, encode, now_ms, slip_id
from wallets.ledger.orders import Order
from wallets.models.ledger import new_transfer_id

TRIES = 5
TEMPORARY = (1205, 1213)
DAY_LIMIT = 500_000_000

# Who may spend and pay: what services ask before they post.
RIGHTS = """SELECT w.id, w.kind, w.owner_id, w.rights_version, w.approval_limit, w.closed_at, p.locked_at,
    m.role, c.id FROM wallets_wallet w LEFT JOIN wallets_pin p ON p.wallet_id = w.id
    LEFT JOIN wallets_walletmember m ON m.wallet_id = w.id AND m.user_id = %s
    LEFT JOIN chat_membership c ON c.channel_id = w.channel_id AND c.user_id = %s WHERE w.id IN (%s, %s)"""
LOCK = """SELECT id, balance, last_sequence, sent_on, sent_that_day, rights_version, closed_at, locked_at,
    channel_id, name FROM wallets_wallet WHERE id IN (%s, %s) ORDER BY id FOR UPDATE"""
TRANSFER = """INSERT INTO wallets_transfer (id, kind, source_id, target_id, amount, memo, actor_id,
    idempotency_key, request_digest, reverses_id, dues_plan_id, dues_member_id, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, NULL, NULL, NULL, %s)"""
ENTRIES = """INSERT INTO wallets_ledgerentry (wallet_id, transfer_id, sequence, amount, balance_after,
    created_at) VALUES (%s, %s, %s, %s, %s, %s), (%s, %s, %s, %s, %s, %s)"""
BALANCES = """UPDATE wallets_wallet SET sent_on = IF(id = %s, %s, sent_on),
    sent_that_day = IF(id = %s, %s, sent_that_day), balance = IF(id = %s, %s, %s),
    last_sequence = last_sequence + 1 WHERE id IN (%s, %s)"""
OUTBOX = "INSERT INTO chat_outboxevent (channel_id, payload, created_at, due_at) VALUES (%s, %s, %s, %s)"
KNOWN = "SELECT id, request_digest FROM wallets_transfer WHERE actor_id = %s AND idempotency_key = %s"


class Twin:
    """One client with a connection of its own."""

    def __init__(self, *, asks_rights: bool) -> None:
        self._asks_rights = asks_rights
        self._session = MySQLdb.connect(**connection.get_connection_params())
        self._cursor = self._session.cursor()
        self._cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")

    def close(self) -> None:
        self._session.close()

    def transfer(self, order: Order) -> bool:
        """Whether it was applied; a refusal writes nothing. The whole again after a deadlock or a timeout."""
        for number in range(TRIES):
            try:
                applied = self._attempt(order)
                self._session.commit()
                return applied
            except MySQLdb.IntegrityError:
                self._session.rollback()
                return self._replay(order)
            except MySQLdb.OperationalError as error:
                self._session.rollback()
                if error.args[0] not in TEMPORARY:
                    raise
                time.sleep(random.uniform(0, 0.01 * 2**number))
        raise RuntimeError("too busy")

    def _attempt(self, order: Order) -> bool:
        cursor, ends = self._cursor, (order.source_id, order.target_id)
        if self._asks_rights:
            cursor.execute(RIGHTS, (order.actor_id, order.actor_id, *ends))
            found = {row[0]: row for row in cursor.fetchall()}
            if len(found) != 2 or found[order.source_id][2] != order.actor_id:
                return False
        cursor.execute(LOCK, ends)
        wallets = {row[0]: row for row in cursor.fetchall()}
        source, target = wallets[order.source_id], wallets[order.target_id]
        now, today = timezone.now().replace(tzinfo=None), timezone.localdate()
        sent = order.amount + (source[4] if source[3] == today else 0)
        if source[6] or source[7] or target[6] or target[7] or source[1] < order.amount or sent > DAY_LIMIT:
            return False
        if order.rights_version is not None and source[5] != order.rights_version:
            return False
        transfer = str(new_transfer_id())
        after = source[1] - order.amount, target[1] + order.amount
        asked = (order.amount, order.memo, order.actor_id, order.key, order.digest, now)
        cursor.execute(TRANSFER, (transfer, str(order.kind), *ends, *asked))
        cursor.execute(
            ENTRIES,
            (source[0], transfer, source[2] + 1, -order.amount, after[0], now)
            + (target[0], transfer, target[2] + 1, order.amount, after[1], now),
        )
        cursor.execute(BALANCES, (ends[0], today, ends[0], sent, ends[0], *after, *ends))
        for wallet, amount, balance in ((source, -order.amount, after[0]), (target, order.amount, after[1])):
            if wallet[8] is not None:
                event = _receipt(order, transfer, wallet, amount, balance)
                cursor.execute(OUTBOX, (wallet[8], event, now, now))
        return True

    def _replay(self, order: Order) -> bool:
        self._cursor.execute(KNOWN, (order.actor_id, order.key))
        known = self._cursor.fetchone()
        self._session.commit()
        return known is not None and known[1] == order.digest


def _receipt(order: Order, transfer: str, wallet: tuple, amount: int, balance: int) -> bytes:
    return encode(
        SystemEvent(
            channel=wallet[8],
            id=slip_id(f"receipt:{transfer}:{wallet[0]}"),
            kind="receipt",
            sent_at=now_ms(),
            slip={
                "transfer": transfer,
                "wallet": wallet[0],
                "wallet_name": wallet[9],
                "purpose": str(order.kind),
                "amount": amount,
                "balance_after": balance,
                "actor": {"id": order.actor_id, "username": order.actor_name},
                "counterparty": order.source_label if amount > 0 else order.target_label,
                "memo": order.memo,
                "dues_plan": None,
            },
        )
    )
