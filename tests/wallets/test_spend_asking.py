"""Asking a group wallet for money: who may, for what, and who sees and hears of it."""

import pytest

from accounts.text import InvalidInput
from tests.wallets.test_spend_requests import approve, ask, refused
from tests.wallets.test_transfers import BAD_AMOUNTS
from wallets.dues.refusals import NoPersonalWallet
from wallets.models import SpendState
from wallets.refusals import AmountInvalid, WalletNotFound
from wallets.services import members, spending
from wallets.spending.refusals import RequestNotFound


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_only_whole_amounts_are_asked_for(bob, bob_wallet, group_wallet, amount):
    refused(AmountInvalid, lambda: ask(bob, group_wallet, amount))


@pytest.mark.parametrize("reason", ["", "  ", "가" * 201, "a\u202eb"])
def test_a_request_gives_its_reason(bob, bob_wallet, group_wallet, reason):
    refused(
        InvalidInput,
        lambda: spending.ask(user=bob, wallet_id=group_wallet.pk, amount=1, reason=reason),
    )


def test_who_is_not_in_the_wallet_asks_for_nothing(
    bob, bob_wallet, charlie, charlie_wallet, dana, group_wallet
):
    refused(WalletNotFound, lambda: ask(charlie, group_wallet))
    refused(WalletNotFound, lambda: ask(dana, group_wallet))
    refused(WalletNotFound, lambda: ask(bob, bob_wallet))
    members.leave(user=bob, wallet_id=group_wallet.pk)
    refused(WalletNotFound, lambda: ask(bob, group_wallet))


def test_the_money_goes_to_a_wallet_of_ones_own(bob, group_wallet):
    refused(NoPersonalWallet, lambda: ask(bob, group_wallet))


def test_everybody_in_the_wallet_sees_the_requests(alice, bob, bob_wallet, charlie, group_wallet):
    paid, open_one = ask(bob, group_wallet), ask(bob, group_wallet)
    approve(alice, paid)

    seen = {"user": bob, "wallet_id": group_wallet.pk}
    assert list(spending.requests_of(**seen)) == [open_one, paid]
    assert list(spending.requests_of(**seen, state=SpendState.WAITING)) == [open_one]
    assert spending.may_approve(user=alice, request=open_one)
    assert not spending.may_approve(user=alice, request=spending.request_for(user=alice, request_id=paid.pk))
    assert not spending.may_approve(user=bob, request=open_one)
    withdrawn = spending.withdraw(user=bob, request_id=open_one.pk)
    assert not spending.may_approve(user=alice, request=withdrawn)
    with pytest.raises(WalletNotFound):
        spending.requests_of(user=charlie, wallet_id=group_wallet.pk)
    for request_id in (0, -1, 10**6, 2**63):
        with pytest.raises(RequestNotFound):
            spending.request_for(user=bob, request_id=request_id)


def test_the_channel_is_told_of_asking_declining_and_withdrawing(
    alice, bob, bob_wallet, channel, group_wallet, recorded
):
    def told() -> list[tuple]:
        slips = [event.slip for event in recorded(channel.pk) if event.kind == "spending"]
        return [(slip["request"], slip["state"], slip["amount"]) for slip in slips]

    declined, withdrawn, paid = (ask(bob, group_wallet) for _ in range(3))
    spending.decline(user=alice, request_id=declined.pk)
    spending.withdraw(user=bob, request_id=withdrawn.pk)
    approve(alice, paid)

    assert told() == [
        (declined.pk, "waiting", 12_000),
        (withdrawn.pk, "waiting", 12_000),
        (paid.pk, "waiting", 12_000),
        (declined.pk, "declined", 12_000),
        (withdrawn.pk, "withdrawn", 12_000),
    ]
    assert {event.kind for event in recorded(channel.pk)[-1:]} == {"receipt"}
