"""The right to a transfer is asked in one query by hand: it says what the other questions say."""

import pytest
from django.utils import timezone

from accounts.refusals import Refusal
from chat import services as chat_services
from chat.models import Channel
from tests.wallets.conftest import PIN
from wallets.models import EXTERNAL_ID, Wallet
from wallets.rights import both_ends, payable, spendable
from wallets.services import members, wallets


def together(user, source_id: int, target_id: int):
    """The one query."""
    return both_ends(user=user, source_id=source_id, target_id=target_id)


def alone(user, source_id: int, target_id: int):
    """The questions one by one."""
    return spendable(user=user, wallet_id=source_id), payable(user=user, wallet_id=target_id)


def outcome(ask, *asked):
    """What it answers, or the refusal's kind and field."""
    try:
        ends = ask(*asked)
    except Refusal as refusal:
        return type(refusal).__name__, refusal.field
    return "allowed", [(e.pk, e.label, e.kind, e.rights_version, e.approval_limit) for e in ends]


@pytest.fixture
def wallets_of_all_kinds(
    alice, bob, charlie, channel, alice_wallet, bob_wallet, charlie_wallet, group_wallet
):
    """Numbers of open, closed, foreign and impossible wallets, of open and of closed channels."""
    limited = wallets.open_group(user=alice, channel_id=channel.pk, name="한도", pin=PIN)
    wallets.change_wallet(user=alice, wallet_id=limited.pk, approval_limit=1)
    members.join(user=bob, wallet_id=limited.pk)
    members.set_role(actor=alice, wallet_id=limited.pk, user_id=bob.pk, role="treasurer")
    shut = wallets.open_group(user=alice, channel_id=channel.pk, name="닫힘", pin=PIN)
    members.join(user=bob, wallet_id=shut.pk)
    wallets.close_wallet(user=alice, wallet_id=shut.pk)
    wallets.close_wallet(user=charlie, wallet_id=charlie_wallet.pk)
    other = chat_services.create_channel(user=bob, name="다른 모임")
    foreign = wallets.open_group(user=bob, channel_id=other.pk, name="남의 통장", pin=PIN)
    ended = chat_services.create_channel(user=bob, name="끝난 모임")
    orphan = wallets.open_group(user=bob, channel_id=ended.pk, name="남은 통장", pin=PIN)
    Channel.objects.filter(pk=ended.pk).update(closed_at=timezone.now())
    known = Wallet.objects.exclude(pk=EXTERNAL_ID).values_list("pk", flat=True)
    assert {foreign.pk, orphan.pk} < set(known)
    return [*known, EXTERNAL_ID, 0, -1, 10**9, 2**63]


def test_both_ends_are_judged_as_each_alone(alice, bob, charlie, dana, bob_wallet, wallets_of_all_kinds):
    seen = set()
    for user in (alice, bob, charlie, dana):
        for number in wallets_of_all_kinds:
            for asked in ((user, number, bob_wallet.pk), (user, bob_wallet.pk, number)):
                answer = outcome(together, *asked)
                assert answer == outcome(alone, *asked), asked
                seen.add(answer[0])
    assert seen == {"allowed", "WalletNotFound", "WalletClosed", "SpendersOnly"}
