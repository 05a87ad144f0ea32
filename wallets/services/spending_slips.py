"""What the channel is told of a spend request: that it was asked, declined or withdrawn. That it was paid
stands in the receipt."""

from chat import outbox
from chat.pipeline.events import SystemEvent, now_ms, slip_id
from wallets.models import SpendRequest

SPENDING = "spending"


def tell(request: SpendRequest) -> None:
    """Write the event beside the request's change, in its transaction. A repeat for the same state has the
    same id."""
    event = SystemEvent(
        channel=request.wallet.channel_id,
        id=slip_id(f"spending:{request.pk}:{request.state}"),
        kind=SPENDING,
        sent_at=now_ms(),
        slip={
            "request": request.pk,
            "wallet": request.wallet_id,
            "wallet_name": request.wallet.name,
            "state": str(request.state),
            "amount": request.amount,
            "reason": request.reason,
            "asked_by": {"id": request.asked_by_id, "username": request.asked_by.public_name},
        },
    )
    outbox.record_all([event])
