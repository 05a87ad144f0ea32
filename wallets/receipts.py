"""Receipts: what the channel of a group wallet is told of each movement, exactly when it committed.

An outbox row in the transaction of the entries; the worker carries it to the log, and readers drop a repeat
by its id, which the transfer and the wallet make.
"""

from chat import outbox
from chat.pipeline.events import SystemEvent, now_ms, slip_id
from wallets.ledger.orders import Order
from wallets.ledger.rows import Side
from wallets.models import Wallet

RECEIPT = "receipt"


def record_receipts(moved: list[tuple[Order, Wallet, Side]]) -> None:
    """Write the events beside the entries of group wallets, in their transaction."""
    sent_at = now_ms()
    outbox.record_all([_event(order, wallet, side, sent_at) for order, wallet, side in moved])


def _event(order: Order, wallet: Wallet, side: Side, sent_at: int) -> SystemEvent:
    return SystemEvent(
        channel=wallet.channel_id,
        id=slip_id(f"receipt:{side.transfer_id}:{wallet.pk}"),
        kind=RECEIPT,
        sent_at=sent_at,
        slip={
            "transfer": str(side.transfer_id),
            "wallet": wallet.pk,
            "wallet_name": wallet.name,
            "purpose": str(order.kind),
            "amount": side.amount,
            "balance_after": side.balance_after,
            "actor": {"id": order.actor_id, "username": order.actor_name},
            "counterparty": order.source_label if side.amount > 0 else order.target_label,
            "memo": order.memo,
            "dues_plan": order.dues_plan_id,
        },
    )
