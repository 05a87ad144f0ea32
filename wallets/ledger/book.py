"""Writes transfers into the books: all of a batch in the transaction of the caller.

The one place that changes a balance. Wallets are locked first, in one query and in key order, so two batches
never wait for each other crosswise; rows that refer to a wallet are inserted afterwards, for their foreign
key would take a share lock that the update then had to raise.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from accounts.refusals import Refusal
from wallets import metrics
from wallets.ledger.orders import Order, Posted
from wallets.ledger.rows import Side, insert_entries, insert_transfers, transfers_of, update_balances
from wallets.models import EXTERNAL_ID, Transfer, Wallet
from wallets.models.wallet import MOST_BALANCE
from wallets.receipts import record_receipts
from wallets.refusals import (
    AlreadyReversed,
    BalanceLimit,
    BalanceTooLow,
    DayLimit,
    KeyReused,
    RightsChanged,
    TransferLimit,
    WalletClosed,
    WalletLocked,
    WalletNotFound,
)


@dataclass(slots=True)
class Batch:
    """One transaction's work: what is locked, what is known, what is to be written."""

    wallets: dict[int, Wallet]
    first: dict[tuple[int, str], Transfer]
    reversed: set
    now: datetime
    today: date
    changed: dict[int, Wallet] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    receipts: list[tuple[Order, Wallet, Side]] = field(default_factory=list)


def post(orders: list[Order], *, patient: bool = True) -> list[Posted | Refusal | RightsChanged]:
    """Judge each order on the locked balances in the order of arrival, and write those that may.

    A refusal stands in the answer and touches nobody else. Call inside a transaction; locks the wallets,
    after which the caller may lock nothing more; not `patient`, a lock that is taken is an error at once.
    Raises IntegrityError where another process posted the same key meanwhile.
    """
    batch = _lock(orders, patient)
    answers: list[Posted | Refusal | RightsChanged] = []
    for order in orders:
        try:
            answers.append(_judge(order, batch))
        except (Refusal, RightsChanged) as refusal:
            answers.append(refusal)
    if batch.transfers:
        _write(batch)
    return answers


def _lock(orders: list[Order], patient: bool) -> Batch:
    ids = {order.source_id for order in orders} | {order.target_id for order in orders}
    ids.discard(EXTERNAL_ID)  # stores no balance: locking it would make every deposit wait for every other
    locked = Wallet.objects.select_for_update(nowait=not patient).filter(pk__in=ids).order_by("pk")
    wallets = {wallet.pk: wallet for wallet in locked}
    known = transfers_of([(order.actor_id, order.key) for order in orders])
    first = {(transfer.actor_id, transfer.idempotency_key): transfer for transfer in known}
    wanted = [order.reverses_id for order in orders if order.reverses_id]
    gone = (
        set(Transfer.objects.filter(reverses__in=wanted).values_list("reverses", flat=True))
        if wanted
        else set()
    )
    return Batch(wallets, first, gone, timezone.now(), timezone.localdate())


def _judge(order: Order, batch: Batch) -> Posted:
    first = batch.first.get((order.actor_id, order.key))
    if first is not None:
        if first.request_digest != order.digest:
            raise KeyReused
        return Posted(first, replayed=True)
    source = _usable(order.source_id, batch)
    target = _usable(order.target_id, batch)
    if order.rights_version is not None and source.rights_version != order.rights_version:
        raise RightsChanged
    if order.reverses_id in batch.reversed:
        raise AlreadyReversed
    if order.limited:
        _check_limits(order, source, batch.today)
    if source is not None and source.balance < order.amount:
        raise BalanceTooLow(order.amount - source.balance)
    if target is not None and target.balance + order.amount > MOST_BALANCE:
        raise BalanceLimit
    return Posted(_move(order, source, target, batch), replayed=False)


def _usable(wallet_id: int, batch: Batch) -> Wallet | None:
    """The locked wallet; None for EXTERNAL."""
    if wallet_id == EXTERNAL_ID:
        return None
    wallet = batch.wallets.get(wallet_id)
    if wallet is None:
        raise WalletNotFound
    if wallet.closed_at is not None:
        raise WalletClosed
    if wallet.locked_at is not None:
        raise WalletLocked
    return wallet


def _check_limits(order: Order, source: Wallet | None, today: date) -> None:
    if order.amount > settings.TRANSFER_LIMIT:
        raise TransferLimit(settings.TRANSFER_LIMIT)
    if source is not None:
        sent = source.sent_that_day if source.sent_on == today else 0
        if sent + order.amount > settings.DAY_LIMIT:
            raise DayLimit(max(settings.DAY_LIMIT - sent, 0))


def _move(order: Order, source: Wallet | None, target: Wallet | None, batch: Batch) -> Transfer:
    transfer = Transfer(
        kind=order.kind,
        source_id=order.source_id,
        target_id=order.target_id,
        amount=order.amount,
        memo=order.memo,
        actor_id=order.actor_id,
        idempotency_key=order.key,
        request_digest=order.digest,
        reverses_id=order.reverses_id,
        dues_plan_id=order.dues_plan_id,
        dues_member_id=order.dues_member_id,
        created_at=batch.now,
    )
    batch.transfers.append(transfer)
    batch.first[order.actor_id, order.key] = transfer
    if order.reverses_id:
        batch.reversed.add(order.reverses_id)
    if source is not None and order.limited:
        source.sent_that_day = order.amount + (source.sent_that_day if source.sent_on == batch.today else 0)
        source.sent_on = batch.today
    for wallet, wallet_id, amount in (
        (source, order.source_id, -order.amount),
        (target, order.target_id, order.amount),
    ):
        _enter(order, transfer, wallet, wallet_id, amount, batch)
    return transfer


def _enter(
    order: Order, transfer: Transfer, wallet: Wallet | None, wallet_id: int, amount: int, batch: Batch
) -> None:
    if wallet is None:
        batch.sides.append(Side(wallet_id, transfer.pk, None, amount, None))
        return
    wallet.balance += amount
    wallet.last_sequence += 1
    side = Side(wallet_id, transfer.pk, wallet.last_sequence, amount, wallet.balance)
    batch.sides.append(side)
    batch.changed[wallet_id] = wallet
    if wallet.channel_id is not None:
        batch.receipts.append((order, wallet, side))


def _write(batch: Batch) -> None:
    insert_transfers(batch.transfers, batch.now)
    insert_entries(batch.sides, batch.now)
    update_balances(list(batch.changed.values()))
    metrics.count_applied(batch.transfers)
    if batch.receipts:
        record_receipts(batch.receipts)
