"""One transfer at a time: what moves, what is refused, and that a refusal leaves no trace."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.refusals import Refusal
from chat import services as chat_services
from tests.wallets.conftest import PIN, balance, fill, key
from wallets.ledger.orders import key_of_ours
from wallets.models import LedgerEntry, Transfer, Wallet
from wallets.refusals import (
    AlreadyReversed,
    AmountInvalid,
    BalanceLimit,
    BalanceTooLow,
    DayLimit,
    KeyMalformed,
    KeyRequired,
    KeyReused,
    NeedsSecondPerson,
    NotReversible,
    SameWallet,
    SpendersOnly,
    TransferLimit,
    TransferNotFound,
    WalletClosed,
    WalletLocked,
    WalletNotFound,
)
from wallets.services import members, transfers, wallets
from wallets.services.history import counterparty, history

BAD_AMOUNTS = [0, -1, 1.5, "1,000", "1e3", "1000", True, 2**63, 10**10 + 1, None]


def send(actor, source, target, amount, **more):
    fields = {"pin": PIN, "key": key(), **more}
    return transfers.transfer(
        actor=actor, source_id=source.pk, target_id=target.pk, amount=amount, **fields
    ).transfer


def rows() -> tuple[int, int]:
    return Transfer.objects.count(), LedgerEntry.objects.count()


def refused(refusal: type[Refusal], action) -> Refusal:
    """The refusal that this raises, which must not have written anything."""
    before = rows()
    with pytest.raises(refusal) as raised:
        action()
    assert rows() == before
    return raised.value


def test_a_transfer_moves_the_amount_and_numbers_both_sides(alice, alice_wallet, bob_wallet):
    made = send(alice, alice_wallet, bob_wallet, 30_000, memo="  김밥   값 ")
    assert (balance(alice_wallet), balance(bob_wallet)) == (70_000, 130_000)
    assert made.memo == "김밥 값"
    sides = LedgerEntry.objects.filter(transfer=made).order_by("amount")
    assert [(e.wallet_id, e.amount, e.sequence, e.balance_after) for e in sides] == [
        (alice_wallet.pk, -30_000, 2, 70_000),
        (bob_wallet.pk, 30_000, 2, 130_000),
    ]


def test_between_a_person_and_a_group_and_between_groups(alice, channel, alice_wallet, group_wallet):
    second = wallets.open_group(user=alice, channel_id=channel.pk, name="여행", pin=PIN)
    send(alice, alice_wallet, group_wallet, 10_000)
    send(alice, group_wallet, second, 60_000)
    send(alice, second, alice_wallet, 1)
    assert [balance(w) for w in (alice_wallet, group_wallet, second)] == [90_001, 0, 59_999]


def test_a_deposit_comes_from_outside(alice, alice_wallet):
    before = LedgerEntry.objects.filter(wallet=1).count()
    fill(alice_wallet, 5, alice)
    outside = LedgerEntry.objects.filter(wallet=1).last()
    assert (outside.amount, outside.sequence, outside.balance_after) == (-5, None, None)
    assert LedgerEntry.objects.filter(wallet=1).count() == before + 1


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_only_whole_won_move(alice, alice_wallet, bob_wallet, amount):
    refused(AmountInvalid, lambda: send(alice, alice_wallet, bob_wallet, amount))
    refused(AmountInvalid, lambda: fill(alice_wallet, amount, alice))


def test_the_last_won_goes_and_one_more_does_not(alice, alice_wallet, bob_wallet):
    short = refused(BalanceTooLow, lambda: send(alice, alice_wallet, bob_wallet, 100_001))
    assert short.missing == 1
    send(alice, alice_wallet, bob_wallet, 100_000)
    assert balance(alice_wallet) == 0


def test_not_to_itself(alice, alice_wallet):
    refused(SameWallet, lambda: send(alice, alice_wallet, alice_wallet, 1))


def test_a_strangers_wallet_is_not_there(
    bob, charlie, alice_wallet, bob_wallet, group_wallet, charlie_wallet
):
    refused(WalletNotFound, lambda: send(bob, alice_wallet, bob_wallet, 1))
    refused(WalletNotFound, lambda: send(charlie, group_wallet, charlie_wallet, 1))
    refused(WalletNotFound, lambda: send(charlie, charlie_wallet, group_wallet, 1))
    refused(WalletNotFound, lambda: fill(group_wallet, 1, charlie))
    refused(WalletNotFound, lambda: fill(alice_wallet, 1, charlie))


@pytest.mark.parametrize("number", [0, 1, -1, 10**9, 2**63, 2**70])
def test_numbers_of_no_wallet_and_of_the_outside(alice, alice_wallet, number):
    no_wallet = Wallet(pk=number)
    refused(WalletNotFound, lambda: send(alice, alice_wallet, no_wallet, 1))
    refused(WalletNotFound, lambda: send(alice, no_wallet, alice_wallet, 1))


def test_a_member_sees_the_groups_money_but_does_not_spend_it(bob, bob_wallet, group_wallet, dana):
    refused(SpendersOnly, lambda: send(bob, group_wallet, bob_wallet, 1))
    refused(SpendersOnly, lambda: fill(group_wallet, 1, bob))
    refused(SpendersOnly, lambda: send(dana, group_wallet, bob_wallet, 1))


def test_whoever_left_the_channel_spends_nothing_of_it(alice, bob, channel, bob_wallet, group_wallet):
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    send(bob, group_wallet, bob_wallet, 1)
    chat_services.leave(user=bob, channel_id=channel.pk)
    refused(WalletNotFound, lambda: send(bob, group_wallet, bob_wallet, 1))
    refused(WalletNotFound, lambda: send(bob, bob_wallet, group_wallet, 1))


def test_closed_and_locked_wallets_stand_still(
    alice, operator, alice_wallet, bob_wallet, charlie, charlie_wallet
):
    wallets.close_wallet(user=charlie, wallet_id=charlie_wallet.pk)
    refused(WalletClosed, lambda: send(alice, alice_wallet, charlie_wallet, 1))
    refused(WalletClosed, lambda: send(charlie, charlie_wallet, alice_wallet, 1))
    wallets.lock_as_operator(operator=operator, wallet_id=bob_wallet.pk, reason="신고")
    refused(WalletLocked, lambda: send(alice, alice_wallet, bob_wallet, 1))
    wallets.unlock_as_operator(operator=operator, wallet_id=bob_wallet.pk, reason="확인")
    send(alice, alice_wallet, bob_wallet, 1)


def test_limits(settings, alice, alice_wallet, bob_wallet):
    settings.TRANSFER_LIMIT, settings.DAY_LIMIT = 40_000, 60_000
    refused(TransferLimit, lambda: send(alice, alice_wallet, bob_wallet, 40_001))
    send(alice, alice_wallet, bob_wallet, 40_000)
    left = refused(DayLimit, lambda: send(alice, alice_wallet, bob_wallet, 20_001))
    assert "20,000" in str(left.detail)
    send(alice, alice_wallet, bob_wallet, 20_000)
    refused(DayLimit, lambda: send(alice, alice_wallet, bob_wallet, 1))


def test_a_wallet_holds_only_so_much(monkeypatch, alice, alice_wallet, bob_wallet):
    monkeypatch.setattr("wallets.ledger.book.MOST_BALANCE", 100_500)
    send(alice, alice_wallet, bob_wallet, 500)
    refused(BalanceLimit, lambda: send(alice, alice_wallet, bob_wallet, 1))


def test_above_the_approval_limit_a_second_person_is_needed(alice, alice_wallet, group_wallet):
    wallets.change_wallet(user=alice, wallet_id=group_wallet.pk, approval_limit=10_000)
    refused(NeedsSecondPerson, lambda: send(alice, group_wallet, alice_wallet, 10_001))
    send(alice, group_wallet, alice_wallet, 10_000)


def test_the_same_key_again_is_the_same_transfer(alice, alice_wallet, bob_wallet):
    once = transfers.transfer(
        actor=alice, source_id=alice_wallet.pk, target_id=bob_wallet.pk, amount=1, pin=PIN, key="k"
    )
    again = transfers.transfer(
        actor=alice, source_id=alice_wallet.pk, target_id=bob_wallet.pk, amount=1, pin=PIN, key="k"
    )
    assert (once.replayed, again.replayed) == (False, True)
    assert once.transfer == again.transfer
    assert balance(alice_wallet) == 99_999


def test_the_same_key_for_something_else_is_refused(alice, bob, alice_wallet, bob_wallet):
    send(alice, alice_wallet, bob_wallet, 1, key="k")
    for other in ({"amount": 2}, {"amount": 1, "memo": "x"}):
        amount = other.pop("amount")
        refused(
            KeyReused,
            lambda amount=amount, other=other: send(
                alice, alice_wallet, bob_wallet, amount, key="k", **other
            ),
        )
    send(bob, bob_wallet, alice_wallet, 1, key="k")  # another person's key is another key


def test_a_refused_request_does_not_use_up_its_key(alice, alice_wallet, bob_wallet):
    refused(BalanceTooLow, lambda: send(alice, alice_wallet, bob_wallet, 100_001, key="k"))
    fill(alice_wallet, 1, alice)
    send(alice, alice_wallet, bob_wallet, 100_001, key="k")


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        ("", KeyRequired),
        (None, KeyRequired),
        ("x" * 256, KeyMalformed),
        ("열쇠", KeyMalformed),
        ("a\nb", KeyMalformed),
    ],
)
def test_keys_are_printable_and_required(alice, alice_wallet, bob_wallet, bad, refusal):
    refused(refusal, lambda: send(alice, alice_wallet, bob_wallet, 1, key=bad))
    send(alice, alice_wallet, bob_wallet, 1, key="x" * 255)


def reverse(actor, transfer, **more):
    return transfers.reverse(actor=actor, transfer_id=transfer.pk, pin=PIN, **{"key": key(), **more}).transfer


def test_whoever_got_the_money_gives_it_back_once(alice, bob, charlie, alice_wallet, bob_wallet):
    given = send(alice, alice_wallet, bob_wallet, 30_000)
    refused(WalletNotFound, lambda: reverse(alice, given))
    refused(TransferNotFound, lambda: reverse(charlie, given))
    back = reverse(bob, given)
    assert (back.kind, back.reverses_id, back.amount) == ("reversal", given.pk, 30_000)
    assert (balance(alice_wallet), balance(bob_wallet)) == (100_000, 100_000)
    refused(AlreadyReversed, lambda: reverse(bob, given))
    refused(NotReversible, lambda: reverse(alice, back))


def test_giving_back_is_not_held_up_by_limits(settings, alice, bob, alice_wallet, bob_wallet):
    given = send(alice, alice_wallet, bob_wallet, 30_000)
    settings.TRANSFER_LIMIT = settings.DAY_LIMIT = 1
    reverse(bob, given)
    send(bob, bob_wallet, alice_wallet, 1)  # nor does it use up the day's


def test_money_that_is_spent_cannot_be_given_back(alice, bob, alice_wallet, bob_wallet, group_wallet):
    given = send(alice, alice_wallet, bob_wallet, 30_000)
    send(bob, bob_wallet, group_wallet, 120_000)
    refused(BalanceTooLow, lambda: reverse(bob, given))


def test_an_operator_reverses_a_deposit_once(alice, operator, alice_wallet):
    deposit = Transfer.objects.get(target=alice_wallet)
    for _ in range(2):
        transfers.reverse_as_operator(operator=operator, transfer_id=deposit.pk, reason="잘못 넣음")
    assert balance(alice_wallet) == 0
    assert Transfer.objects.count() == 2
    with pytest.raises(TransferNotFound):
        transfers.reverse_as_operator(operator=operator, transfer_id=uuid4(), reason="x")


def test_a_receipt_is_for_those_who_may_see_either_wallet(
    alice, bob, charlie, dana, alice_wallet, group_wallet
):
    made = send(alice, alice_wallet, group_wallet, 1)
    for reader in (alice, bob):
        assert transfers.transfer_for(user=reader, transfer_id=made.pk) == made
    for stranger in (charlie, dana):
        with pytest.raises(TransferNotFound):
            transfers.transfer_for(user=stranger, transfer_id=made.pk)


@pytest.mark.parametrize(("target", "statements"), [("bob_wallet", 7), ("group_wallet", 8)])
def test_a_transfer_is_one_read_and_at_most_eight_statements(
    request, alice, alice_wallet, target, statements
):
    target = request.getfixturevalue(target)
    send(alice, alice_wallet, target, 1, credential="t:1")
    with CaptureQueriesContext(connection) as asked:
        send(alice, alice_wallet, target, 1, credential="t:1")
    asked = [query["sql"] for query in asked]
    # The test's own transaction makes savepoints of BEGIN and COMMIT.
    assert "SAVEPOINT" in asked[1]
    assert "SAVEPOINT" in asked[-1]
    assert len(asked) == 1 + statements, asked
    locks = [statement for statement in asked if "FOR UPDATE" in statement]
    assert len(locks) == (1 if connection.features.has_select_for_update else 0)


def test_reading_a_wallets_entries_asks_thrice_whatever_their_number(alice, alice_wallet, group_wallet):
    for _ in range(2):
        send(alice, alice_wallet, group_wallet, 1)
    with CaptureQueriesContext(connection) as asked:
        found = history(user=alice, wallet_id=group_wallet.pk).entries
        others = [counterparty(entry).label for entry in found]
    assert (others[:2], len(others), len(asked)) == (["alice", "alice"], 3, 3)


def test_nobody_takes_a_key_that_the_product_makes_itself(alice, alice_wallet, bob_wallet):
    ours = key_of_ours("schedule", 1, 0)
    refused(KeyMalformed, lambda: send(alice, alice_wallet, bob_wallet, 1, key=ours))
