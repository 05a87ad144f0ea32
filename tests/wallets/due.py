"""Scheduled transfers that are due, for the tests of their runs."""

import time
from datetime import timedelta

from django.utils import timezone

from wallets.models import ScheduledTransfer, Wallet

PATIENCE_SECONDS = 150


def due_transfers(wallets: list[Wallet], count: int, *, repeat: str = "once", days_ago: int = 0) -> None:
    """Plans that are due, from each wallet to others in turn, 10 won each."""
    first = timezone.now() - timedelta(days=days_ago, seconds=5)
    people = len(wallets)
    ScheduledTransfer.objects.bulk_create(
        ScheduledTransfer(
            source=wallets[number % people],
            target=wallets[
                (number % len(wallets) + 1 + number // len(wallets) % (len(wallets) - 1)) % len(wallets)
            ],
            amount=10,
            created_by=wallets[number % people].owner,
            repeat=repeat,
            first_run_at=first,
            next_run_at=first,
        )
        for number in range(count)
    )


def wait_until(reached, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
