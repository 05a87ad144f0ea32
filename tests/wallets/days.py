"""Books with entries on days of the past."""

from datetime import UTC, datetime

import pytest

from tests.wallets.conftest import PIN, key
from wallets.services import transfers


@pytest.fixture
def on_a_day(monkeypatch):
    """Sets the clock, UTC."""

    def turn_to(moment: str) -> None:
        then = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: then)

    yield turn_to
    monkeypatch.undo()


@pytest.fixture
def books(on_a_day, monkeypatch, request, alice, bob, channel) -> str:
    """alice's wallet with five entries on four days; the address of its books."""
    on_a_day("2026-02-28T03:00:00")
    own, bobs, group = (request.getfixturevalue(f"{name}_wallet") for name in ("alice", "bob", "group"))
    moves = [
        ("2026-03-01T14:59:59", 20_000, bobs, "저녁"),  # one second before midnight in Korea
        ("2026-03-01T15:00:00", 1_000, group, "회비"),
        ("2026-03-05T00:00:00", 500, bobs, "커피 100%"),
    ]
    for moment, amount, target, memo in moves:
        on_a_day(moment)
        transfers.transfer(
            actor=alice, source_id=own.pk, target_id=target.pk, amount=amount, memo=memo, pin=PIN, key=key()
        )
    transfers.transfer(
        actor=bob, source_id=bobs.pk, target_id=own.pk, amount=700, memo="돌려줌", pin=PIN, key=key()
    )
    monkeypatch.undo()
    return f"/api/v1/wallets/{own.pk}/entries/"
