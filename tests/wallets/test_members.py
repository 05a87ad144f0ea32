"""Who is in a group wallet, what they may do, and what happens when they leave."""

import pytest

from chat import services as chat_services
from tests.racing import at_once
from tests.wallets.conftest import PIN, balance, fill, key
from wallets.models import AuditRecord, Transfer, WalletMember, WalletRole
from wallets.refusals import (
    OwnerHandsOverFirst,
    OwnerOnly,
    SpendersOnly,
    WalletMemberNotFound,
    WalletNotFound,
)
from wallets.services import members, transfers, wallets
from wallets.services.history import history


def roles(wallet) -> dict[str, str]:
    return {
        m.user.username: m.role for m in WalletMember.objects.filter(wallet=wallet).select_related("user")
    }


def test_members_of_the_channel_join_and_nobody_else(dana, charlie, group_wallet, bob_wallet):
    first = members.join(user=dana, wallet_id=group_wallet.pk)
    assert members.join(user=dana, wallet_id=group_wallet.pk) == first
    for number in (group_wallet.pk, bob_wallet.pk, 10**9):
        with pytest.raises(WalletNotFound):
            members.join(user=charlie, wallet_id=number)


def test_the_owner_gives_roles(alice, bob, charlie, dana, group_wallet):
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    assert roles(group_wallet) == {"alice": "owner", "bob": "treasurer"}
    for actor, refusal in ((bob, OwnerOnly), (charlie, WalletNotFound), (dana, WalletNotFound)):
        with pytest.raises(refusal):
            members.set_role(actor=actor, wallet_id=group_wallet.pk, user_id=alice.pk, role="member")
    for nobody in (dana.pk, 2**70):
        with pytest.raises(WalletMemberNotFound):
            members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=nobody, role="member")
    with pytest.raises(OwnerHandsOverFirst):
        members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=alice.pk, role="member")


def test_a_handover_closes_nothing_and_leaves_one_owner(alice, bob, group_wallet, alice_wallet, bob_wallet):
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="owner")
    assert roles(group_wallet) == {"alice": "treasurer", "bob": "owner"}
    assert balance(group_wallet) == 50_000
    members.remove_member(actor=bob, wallet_id=group_wallet.pk, user_id=alice.pk)
    with pytest.raises(SpendersOnly):
        transfers.transfer(
            actor=alice, source_id=group_wallet.pk, target_id=alice_wallet.pk, amount=1, pin=PIN, key=key()
        )
    notes = AuditRecord.objects.filter(wallet=group_wallet).values_list("action", flat=True)
    assert [*notes] == ["opened", "joined", "role", "role", "left"]


@pytest.mark.django_db(transaction=True)
def test_two_handovers_at_once_leave_one_owner(alice, bob, dana, group_wallet):
    members.join(user=dana, wallet_id=group_wallet.pk)
    at_once(
        *(
            lambda user=user: members.set_role(
                actor=alice, wallet_id=group_wallet.pk, user_id=user.pk, role="owner"
            )
            for user in (bob, dana)
        )
    )
    assert list(roles(group_wallet).values()).count("owner") == 1


def test_members_leave_and_the_owner_hands_over_first(alice, bob, group_wallet):
    with pytest.raises(OwnerHandsOverFirst):
        members.leave(user=alice, wallet_id=group_wallet.pk)
    members.leave(user=bob, wallet_id=group_wallet.pk)
    with pytest.raises(WalletNotFound):
        members.leave(user=bob, wallet_id=group_wallet.pk)
    members.join(user=bob, wallet_id=group_wallet.pk)
    with pytest.raises(OwnerOnly):
        members.remove_member(actor=bob, wallet_id=group_wallet.pk, user_id=alice.pk)


def test_who_goes_from_the_channel_goes_from_its_wallets(alice, bob, channel, group_wallet):
    chat_services.kick(actor=alice, channel_id=channel.pk, user_id=bob.pk)
    assert roles(group_wallet) == {"alice": "owner"}
    with pytest.raises(WalletNotFound):
        history(user=bob, wallet_id=group_wallet.pk)


def test_the_owner_of_a_wallet_neither_leaves_nor_is_kicked(alice, bob, channel, group_wallet):
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="owner")
    for go in (
        lambda: chat_services.leave(user=bob, channel_id=channel.pk),
        lambda: chat_services.kick(actor=alice, channel_id=channel.pk, user_id=bob.pk),
    ):
        with pytest.raises(OwnerHandsOverFirst) as raised:
            go()
        assert "회비통장" in str(raised.value.detail)
    assert chat_services.members(user=bob, channel_id=channel.pk).count() == 2


def test_an_operator_hands_over_where_the_owner_does_not(operator, bob, alice, group_wallet):
    members.hand_over_as_operator(
        operator=operator, wallet_id=group_wallet.pk, user_id=bob.pk, reason="연락이 안 됨"
    )
    assert roles(group_wallet) == {"alice": "treasurer", "bob": "owner"}
    assert AuditRecord.objects.filter(actor=operator, action="role").count() == 2


def test_the_last_of_a_channel_takes_the_empty_wallet_with_them(charlie):
    channel = chat_services.create_channel(user=charlie, name="혼자")
    wallet = wallets.open_group(user=charlie, channel_id=channel.pk, name="빈 통장", pin=PIN)
    chat_services.leave(user=charlie, channel_id=channel.pk)
    wallet.refresh_from_db()
    assert wallet.closed_at is not None


@pytest.mark.django_db(transaction=True)
def test_who_is_kicked_while_joining_is_in_neither(alice, bob, channel, group_wallet):
    for _ in range(20):
        at_once(
            lambda: members.join(user=bob, wallet_id=group_wallet.pk),
            lambda: chat_services.kick(actor=alice, channel_id=channel.pk, user_id=bob.pk),
        )
        assert roles(group_wallet) == {"alice": "owner"}
        chat_services.join(user=bob, channel_id=channel.pk)


@pytest.mark.django_db(transaction=True)
def test_no_transfer_commits_after_the_right_is_gone(alice, bob, group_wallet, bob_wallet):
    """The right is read before the lock: whoever loses it in between spends nothing any more."""
    group = group_wallet.pk
    for _ in range(20):
        members.set_role(actor=alice, wallet_id=group, user_id=bob.pk, role="treasurer")
        before = Transfer.objects.count()
        sent, _taken = at_once(
            lambda: transfers.transfer(
                actor=bob, source_id=group, target_id=bob_wallet.pk, amount=1, pin=PIN, key=key()
            ),
            lambda: members.set_role(actor=alice, wallet_id=group, user_id=bob.pk, role=WalletRole.MEMBER),
        )
        right_lost_at = AuditRecord.objects.filter(wallet=group, action="role").latest("id").created_at
        if isinstance(sent, Exception):
            assert isinstance(sent, SpendersOnly)
            assert Transfer.objects.count() == before
        else:
            assert sent.transfer.created_at <= right_lost_at
    fill(group_wallet, 1, alice)
