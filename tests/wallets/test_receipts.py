"""What a channel is told of its wallets' money: exactly what committed."""

import pytest

from chat.models import OutboxEvent
from tests.wallets.conftest import PIN, key
from wallets.refusals import BalanceTooLow
from wallets.services import transfers, wallets


def send(actor, source, target, amount, **more):
    fields = {"pin": PIN, "key": key(), **more}
    return transfers.transfer(actor=actor, source_id=source.pk, target_id=target.pk, amount=amount, **fields)


@pytest.fixture
def receipts(recorded, channel):
    """The channel's receipts that wait to be carried."""
    return lambda: [event for event in recorded(channel.pk) if event.kind == "receipt"]


def test_a_movement_of_a_group_wallet_is_told_in_its_channel(
    alice, alice_wallet, group_wallet, channel, receipts
):
    OutboxEvent.objects.all().delete()
    made = send(alice, alice_wallet, group_wallet, 30_000, memo="11월").transfer
    (receipt,) = receipts()
    assert receipt.slip == {
        "transfer": str(made.pk),
        "wallet": group_wallet.pk,
        "wallet_name": "회비통장",
        "purpose": "transfer",
        "amount": 30_000,
        "balance_after": 80_000,
        "actor": {"id": alice.pk, "username": "alice"},
        "counterparty": "alice",
        "memo": "11월",
        "dues_plan": None,
    }


def test_between_two_wallets_of_the_channel_both_tell(alice, group_wallet, channel, receipts):
    second = wallets.open_group(user=alice, channel_id=channel.pk, name="여행", pin=PIN)
    OutboxEvent.objects.all().delete()
    send(alice, group_wallet, second, 1)
    assert [(r.slip["wallet_name"], r.slip["amount"], r.slip["counterparty"]) for r in receipts()] == [
        ("회비통장", -1, "여행"),
        ("여행", 1, "회비통장"),
    ]
    assert len({r.id for r in receipts()}) == 2


def test_personal_wallets_a_refusal_and_a_repeat_tell_nothing(
    alice, bob, alice_wallet, bob_wallet, group_wallet, receipts
):
    send(alice, group_wallet, alice_wallet, 1, key="k")
    before = len(receipts())
    send(alice, alice_wallet, bob_wallet, 1)
    send(alice, group_wallet, alice_wallet, 1, key="k")
    with pytest.raises(BalanceTooLow):
        send(alice, group_wallet, alice_wallet, 10**6)
    assert len(receipts()) == before
