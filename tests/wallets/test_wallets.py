"""Opening, changing and closing wallets."""

import pytest

from accounts.refusals import Refusal
from accounts.services import WrongPassword, delete_account
from accounts.text import InvalidInput
from chat import services as chat_services
from chat.refusals import ChannelNotFound
from tests.conftest import PASSWORD
from tests.racing import at_once
from tests.wallets.conftest import PIN, balance, fill, key
from wallets.models import AuditRecord, Pin, Wallet, WalletMember
from wallets.pins import check_pin
from wallets.refusals import (
    AmountInvalid,
    NameTaken,
    OwnerOnly,
    PinMalformed,
    WalletClosed,
    WalletExists,
    WalletNotEmpty,
    WalletNotFound,
)
from wallets.services import members, transfers, wallets
from wallets.services.history import history

BAD_PINS = ["", "123", "1234567", "12a4", "１２３４", " 1234", 1234, None, True, ["1234"]]


def refused(refusal: type[Refusal], action) -> Refusal:
    """The refusal that this raises, after which nothing is there that was not before."""
    before = (Wallet.objects.count(), Pin.objects.count(), WalletMember.objects.count())
    with pytest.raises(refusal) as raised:
        action()
    assert (Wallet.objects.count(), Pin.objects.count(), WalletMember.objects.count()) == before
    return raised.value


def test_a_person_has_one_wallet(alice, alice_wallet):
    assert (alice_wallet.kind, alice_wallet.my_role, alice_wallet.balance) == ("personal", "owner", 0)
    refused(WalletExists, lambda: wallets.open_personal(user=alice, pin=PIN))


@pytest.mark.parametrize("pin", BAD_PINS)
def test_a_pin_is_four_to_six_digits(alice, channel, alice_wallet, pin):
    refused(PinMalformed, lambda: wallets.open_group(user=alice, channel_id=channel.pk, name="a", pin=pin))
    refused(
        PinMalformed,
        lambda: wallets.set_pin(user=alice, wallet_id=alice_wallet.pk, password=PASSWORD, pin=pin),
    )


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_open_at_once_one_does(alice):
    outcomes = at_once(*[lambda: wallets.open_personal(user=alice, pin=PIN)] * 20)
    assert sum(isinstance(outcome, Wallet) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, WalletExists) for outcome in outcomes) == 19
    assert Wallet.objects.filter(owner=alice).count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_who_join_at_once_are_one_member(bob, channel, alice):
    wallet = wallets.open_group(user=alice, channel_id=channel.pk, name="회비통장", pin=PIN)
    outcomes = at_once(*[lambda: members.join(user=bob, wallet_id=wallet.pk)] * 20)
    assert {outcome.pk for outcome in outcomes} == {WalletMember.objects.get(user=bob).pk}


def test_a_group_wallet_is_opened_in_a_channel_of_mine(alice, charlie, channel, group_wallet):
    refused(
        ChannelNotFound,
        lambda: wallets.open_group(user=charlie, channel_id=channel.pk, name="내 통장", pin=PIN),
    )
    refused(
        NameTaken, lambda: wallets.open_group(user=alice, channel_id=channel.pk, name=" 회비통장", pin=PIN)
    )
    for name in ("", "\u202eabc", "가" * 51):
        refused(
            InvalidInput,
            lambda name=name: wallets.open_group(user=alice, channel_id=channel.pk, name=name, pin=PIN),
        )


def test_lists_show_mine_and_those_of_my_channels(
    alice, bob, charlie, dana, channel, bob_wallet, group_wallet
):
    second = wallets.open_group(user=alice, channel_id=channel.pk, name="여행", pin=PIN)
    assert [w.pk for w in wallets.my_wallets(bob)] == [bob_wallet.pk, group_wallet.pk]
    assert {w.pk: w.my_role for w in wallets.wallets_of_channel(dana, channel.pk)} == {
        group_wallet.pk: None,
        second.pk: None,
    }
    assert not wallets.wallets_of_channel(charlie, channel.pk).exists()
    assert not wallets.my_wallets(charlie).exists()


def test_who_has_not_joined_does_not_read_the_books(dana, charlie, group_wallet):
    for stranger in (dana, charlie):
        with pytest.raises(WalletNotFound):
            history(user=stranger, wallet_id=group_wallet.pk)


def test_only_the_owner_changes_the_wallet(alice, bob, charlie, group_wallet):
    changed = wallets.change_wallet(
        user=alice, wallet_id=group_wallet.pk, name="새 이름", description="", approval_limit=10_000
    )
    assert (changed.name, changed.approval_limit) == ("새 이름", 10_000)
    note = AuditRecord.objects.filter(action="changed").get()
    assert note.detail["before"]["name"] == "회비통장"
    for user, refusal in ((bob, OwnerOnly), (charlie, WalletNotFound)):
        with pytest.raises(refusal):
            wallets.change_wallet(user=user, wallet_id=group_wallet.pk, name="x")
    for limit in (0, -1, True, "5"):
        with pytest.raises(AmountInvalid):
            wallets.change_wallet(user=alice, wallet_id=group_wallet.pk, approval_limit=limit)


def test_a_new_pin_is_proved_by_the_account_and_unlocks(alice, bob, alice_wallet, group_wallet):
    Pin.objects.filter(pk=alice_wallet.pk).update(tries=5, locked_at=alice_wallet.created_at)
    with pytest.raises(WrongPassword):
        wallets.set_pin(user=alice, wallet_id=alice_wallet.pk, password="no", pin="135790")
    wallets.set_pin(user=alice, wallet_id=alice_wallet.pk, password=PASSWORD, pin="135790")
    check_pin(wallet_id=alice_wallet.pk, pin="135790", user_id=alice.pk)
    with pytest.raises(OwnerOnly):
        wallets.set_pin(user=bob, wallet_id=group_wallet.pk, password=PASSWORD, pin="135790")
    with pytest.raises(WalletNotFound):
        wallets.set_pin(user=bob, wallet_id=alice_wallet.pk, password=PASSWORD, pin="135790")


def test_a_wallet_is_closed_when_it_is_empty_and_opened_again_with_its_history(alice, bob, alice_wallet):
    refused(WalletNotEmpty, lambda: wallets.close_wallet(user=alice, wallet_id=alice_wallet.pk))
    target = wallets.open_personal(user=bob, pin=PIN)
    transfers.transfer(
        actor=alice, source_id=alice_wallet.pk, target_id=target.pk, amount=100_000, pin=PIN, key=key()
    )
    wallets.close_wallet(user=alice, wallet_id=alice_wallet.pk)
    assert not wallets.my_wallets(alice).exists()
    refused(WalletClosed, lambda: wallets.close_wallet(user=alice, wallet_id=alice_wallet.pk))
    again = wallets.open_personal(user=alice, pin="135790")
    assert (again.pk, again.last_sequence) == (alice_wallet.pk, 2)
    fill(again, 1, alice)


def test_only_the_owner_closes(alice, bob, channel, charlie):
    wallet = wallets.open_group(user=alice, channel_id=channel.pk, name="빈 통장", pin=PIN)
    members.join(user=bob, wallet_id=wallet.pk)
    refused(OwnerOnly, lambda: wallets.close_wallet(user=bob, wallet_id=wallet.pk))
    refused(WalletNotFound, lambda: wallets.close_wallet(user=charlie, wallet_id=wallet.pk))
    wallets.close_wallet(user=alice, wallet_id=wallet.pk)
    wallets.open_group(user=alice, channel_id=channel.pk, name="빈 통장", pin=PIN)  # the name is free again


def test_a_channel_with_money_stays_open(alice, channel, group_wallet, alice_wallet):
    with pytest.raises(WalletNotEmpty) as raised:
        chat_services.close_channel(user=alice, channel_id=channel.pk)
    assert "회비통장" in str(raised.value.detail)
    transfers.transfer(
        actor=alice, source_id=group_wallet.pk, target_id=alice_wallet.pk, amount=50_000, pin=PIN, key=key()
    )
    chat_services.close_channel(user=alice, channel_id=channel.pk)
    group_wallet.refresh_from_db()
    assert group_wallet.closed_at is not None


def test_an_account_with_money_stays(charlie, charlie_wallet, bob, bob_wallet):
    fill(charlie_wallet, 1, charlie)
    with pytest.raises(WalletNotEmpty):
        delete_account(user=charlie, password=PASSWORD)
    transfers.transfer(
        actor=charlie, source_id=charlie_wallet.pk, target_id=bob_wallet.pk, amount=1, pin=PIN, key=key()
    )
    delete_account(user=charlie, password=PASSWORD)
    charlie_wallet.refresh_from_db()
    assert charlie_wallet.closed_at is not None
    assert balance(bob_wallet) == 100_001
