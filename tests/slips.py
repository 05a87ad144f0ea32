"""Slips for tests: receipts as wallets write them, without a wallet."""

import json

import msgspec

from chat.pipeline.events import SystemEvent, slip_id
from tests.site import Site

CARRIED_SECONDS = 15
AT_ONCE = 100  # what fits into one argument of a command


def receipt(
    channel_id: int,
    number: int,
    *,
    actor: str = "윤재현",
    purpose: str = "dues",
    amount: int = 30_000,
    sent_at: int = 1_795_316_400_000,
    wallet_name: str = "등산 회비",
    **fields,
) -> SystemEvent:
    """The receipt of the movement with this number; by default 30,000 won of dues, paid at noon in Seoul on
    22 November 2026."""
    return SystemEvent(
        channel=channel_id,
        id=slip_id(f"receipt:{channel_id}-{number}:1"),
        kind="receipt",
        sent_at=sent_at,
        slip={
            "transfer": f"0199-{number}",
            "wallet": 1,
            "wallet_name": wallet_name,
            "purpose": purpose,
            "amount": amount,
            "balance_after": 1_218_000 + 30_000 * number,
            "actor": {"id": sum(map(ord, actor)), "username": actor},
            "counterparty": actor,
            "memo": "",
            "dues_plan": None,
            **fields,
        },
    )


def record(site: Site, *events: SystemEvent) -> None:
    """Write the events into the outbox of the site, as a transaction of money does, and return when its
    worker has carried them: what is said afterwards stands behind them."""
    for start in range(0, len(events), AT_ONCE):
        told = json.dumps([msgspec.to_builtins(event) for event in events[start : start + AT_ONCE]])
        lines = (
            "import time, msgspec",
            "from chat import outbox",
            "from chat.models import OutboxEvent",
            "from chat.pipeline.events import SystemEvent",
            f"outbox.record_all(msgspec.json.decode({told!r}, type=list[SystemEvent]))",
            f"until = time.monotonic() + {CARRIED_SECONDS}",
            "while OutboxEvent.objects.exists():",
            "    assert time.monotonic() < until, 'the worker carries nothing'",
            "    time.sleep(0.05)",
        )
        site.manage("shell", "-v0", "-c", "\n".join(lines))
