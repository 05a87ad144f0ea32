"""Receipts: what the channel of a group wallet is told of each movement, exactly when it committed.

An outbox row in the transaction of the entries; the worker carries it to the log, and readers drop a repeat
by its id, which the transfer and the wallet make.
"""

from chat import outbox
from chat.pipeline.events import SystemEvent, now_ms, slip_id
from wallets.ledger.orders import Order
from wallets.models import LedgerEntry

RECEIPT = "receipt"


def record_receipts(moved: list[tuple[Order, LedgerEntry]]) -> None:
    """Write the events beside the entries of group wallets, in their transaction."""
    sent_at = now_ms()
    outbox.record_all([_event(order, entry, sent_at) for order, entry in moved])


def _event(order: Order, entry: LedgerEntry, sent_at: int) -> SystemEvent:
    wallet = entry.wallet
    return SystemEvent(
        channel=wallet.channel_id,
        id=slip_id(f"receipt:{entry.transfer_id}:{wallet.pk}"),
        kind=RECEIPT,
        sent_at=sent_at,
        slip={
            "transfer": str(entry.transfer_id),
            "wallet": wallet.pk,
            "wallet_name": wallet.name,
            "purpose": str(order.kind),
            "amount": entry.amount,
            "balance_after": entry.balance_after,
            "actor": {"id": order.actor_id, "username": order.actor_name},
            "counterparty": order.source_label if entry.amount > 0 else order.target_label,
            "memo": order.memo,
            "dues_plan": order.dues_plan_id,
        },
    )
