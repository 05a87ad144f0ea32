"""Spend requests: somebody else says yes, above the limit two do, and the money moves once."""

import pytest

from accounts.refusals import Refusal
from tests.wallets.club import close, enter
from tests.wallets.conftest import PIN, balance
from wallets.models import AuditRecord, SpendApproval, SpendRequest, SpendState, Transfer, Wallet, WalletRole
from wallets.refusals import (
    BalanceTooLow,
    PinLocked,
    PinWrong,
    SpendersOnly,
    WalletClosed,
    WalletLocked,
)
from wallets.services import members, spending, wallets
from wallets.spending.refusals import AskerOnly, OwnRequest, RequestDecided, RequestNotFound


def ask(user, wallet: Wallet, amount: int = 12_000) -> SpendRequest:
    return spending.ask(user=user, wallet_id=wallet.pk, amount=amount, reason="김밥 20줄")


def approve(user, request: SpendRequest, pin=PIN) -> SpendRequest:
    return spending.approve(user=user, request_id=request.pk, pin=pin)


def limit(alice, wallet: Wallet, won: int | None = 10_000) -> None:
    wallets.change_wallet(user=alice, wallet_id=wallet.pk, approval_limit=won)


def refused(refusal: type[Refusal], action) -> None:
    """Raises this refusal; no money moves, no request changes and nobody has said anything."""

    def rows() -> tuple:
        return (
            Transfer.objects.count(),
            list(SpendRequest.objects.values()),
            list(SpendApproval.objects.values()),
        )

    before = rows()
    with pytest.raises(refusal):
        action()
    assert rows() == before


def waiting(request: SpendRequest) -> bool:
    request.refresh_from_db()
    return request.state == SpendState.WAITING and request.transfer is None


def test_the_owner_approves_and_the_asker_has_the_money(
    alice, bob, bob_wallet, channel, group_wallet, recorded
):
    request = ask(bob, group_wallet)

    done = approve(alice, request)

    assert (done.state, done.transfer.amount, done.transfer.actor) == (SpendState.PAID, 12_000, alice)
    assert (done.transfer.kind, done.transfer.memo) == ("spending", "김밥 20줄")
    assert (balance(group_wallet), balance(bob_wallet)) == (38_000, 112_000)
    assert [(each.user, each.approved) for each in done.approvals.all()] == [(alice, True)]
    assert done.decided_at is not None
    assert recorded(channel.pk)[-1].slip["transfer"] == str(done.transfer.pk)
    assert AuditRecord.objects.last().action == "spend_approved"


def test_saying_yes_twice_pays_once(alice, bob, bob_wallet, group_wallet):
    request = ask(bob, group_wallet)

    first, again = approve(alice, request), approve(alice, request)

    assert again.transfer == first.transfer
    assert balance(group_wallet) == 38_000


def test_a_treasurer_approves_the_owner_and_the_owner_the_treasurer(alice, alice_wallet, group_wallet):
    tina = enter("tina", group_wallet, WalletRole.TREASURER)

    for asker, other in ((alice, tina), (tina, alice)):
        request = ask(asker, group_wallet)
        refused(OwnRequest, lambda asker=asker, request=request: approve(asker, request))
        assert approve(other, request).state == SpendState.PAID


def test_members_and_strangers_approve_and_decline_nothing(bob, bob_wallet, charlie, dana, group_wallet):
    mina = enter("mina", group_wallet)
    request = ask(bob, group_wallet)

    refused(OwnRequest, lambda: approve(bob, request))
    refused(SpendersOnly, lambda: approve(mina, request))
    refused(SpendersOnly, lambda: spending.decline(user=mina, request_id=request.pk))
    for outsider in (charlie, dana):
        refused(RequestNotFound, lambda outsider=outsider: approve(outsider, request))
        decline = {"user": outsider, "request_id": request.pk}
        refused(RequestNotFound, lambda decline=decline: spending.decline(**decline))
        refused(RequestNotFound, lambda decline=decline: spending.withdraw(**decline))


def test_who_left_approves_nothing(alice, bob, bob_wallet, group_wallet):
    tina = enter("tina", group_wallet, WalletRole.TREASURER)
    request = ask(bob, group_wallet)
    members.leave(user=tina, wallet_id=group_wallet.pk)

    refused(RequestNotFound, lambda: approve(tina, request))


def test_above_the_limit_two_who_may_spend_say_yes(alice, bob, bob_wallet, group_wallet):
    limit(alice, group_wallet)
    tina, tom = (enter(name, group_wallet, WalletRole.TREASURER) for name in ("tina", "tom"))
    mina = enter("mina", group_wallet)
    request = ask(bob, group_wallet)

    assert approve(tina, request).state == SpendState.WAITING
    approve(tina, request)
    assert waiting(request)
    refused(SpendersOnly, lambda: approve(mina, request))

    assert approve(tom, request).state == SpendState.PAID
    assert balance(group_wallet) == 38_000
    refused(RequestDecided, lambda: approve(alice, request))


def test_up_to_the_limit_one_is_enough(alice, bob, bob_wallet, group_wallet):
    limit(alice, group_wallet, 12_000)
    enter("tina", group_wallet, WalletRole.TREASURER)

    assert approve(alice, ask(bob, group_wallet)).state == SpendState.PAID


@pytest.mark.parametrize("member_first", [False, True])
def test_where_one_alone_may_spend_another_member_is_the_second(
    alice, bob, bob_wallet, group_wallet, member_first
):
    limit(alice, group_wallet)
    mina = enter("mina", group_wallet)
    request = ask(bob, group_wallet)
    first, second = (mina, alice) if member_first else (alice, mina)

    refused(OwnRequest, lambda: approve(bob, request))
    assert approve(first, request, PIN if first == alice else None).state == SpendState.WAITING
    done = approve(second, request, PIN if second == alice else None)

    assert (done.state, done.transfer.actor) == (SpendState.PAID, alice)


def test_who_alone_may_spend_and_asks_above_the_limit_needs_a_member(alice, alice_wallet, bob, group_wallet):
    small = ask(alice, group_wallet, 10_000)
    limit(alice, group_wallet)
    large = ask(alice, group_wallet)

    refused(OwnRequest, lambda: approve(alice, small))
    assert approve(alice, large).state == SpendState.WAITING
    assert approve(bob, large, None).state == SpendState.PAID


def test_a_yes_does_not_outlive_the_role(alice, bob, bob_wallet, group_wallet):
    limit(alice, group_wallet)
    tina, tom = (enter(name, group_wallet, WalletRole.TREASURER) for name in ("tina", "tom"))
    request = ask(bob, group_wallet)
    approve(tina, request)
    members.remove_member(actor=alice, wallet_id=group_wallet.pk, user_id=tina.pk)

    assert approve(tom, request).state == SpendState.WAITING
    assert approve(alice, request).state == SpendState.PAID


def test_a_limit_that_was_lifted_counts_when_yes_is_said_again(alice, bob, bob_wallet, group_wallet):
    limit(alice, group_wallet)
    request = ask(bob, group_wallet)
    assert approve(alice, request).state == SpendState.WAITING
    limit(alice, group_wallet, None)

    assert approve(alice, request).state == SpendState.PAID


def test_a_low_balance_leaves_the_request_waiting(alice, bob, bob_wallet, group_wallet):
    request = ask(bob, group_wallet, 50_001)

    refused(BalanceTooLow, lambda: approve(alice, request))

    assert waiting(request)
    assert AuditRecord.objects.last().action != "spend_approved"


def test_a_low_balance_takes_back_only_the_last_yes(alice, bob, bob_wallet, group_wallet):
    limit(alice, group_wallet)
    tina = enter("tina", group_wallet, WalletRole.TREASURER)
    request = ask(bob, group_wallet, 50_001)
    approve(tina, request)

    refused(BalanceTooLow, lambda: approve(alice, request))

    assert [each.user for each in request.approvals.all()] == [tina]


def test_a_stopped_wallet_pays_nothing(alice, bob, bob_wallet, group_wallet, operator):
    request = ask(bob, group_wallet)
    wallets.lock_as_operator(operator=operator, wallet_id=group_wallet.pk, reason="확인")

    refused(WalletLocked, lambda: approve(alice, request))


def test_a_closed_wallet_pays_nothing_and_is_not_asked(alice, bob, bob_wallet, group_wallet):
    request = ask(bob, group_wallet)
    close(group_wallet, alice)

    refused(WalletClosed, lambda: approve(alice, request))
    refused(WalletClosed, lambda: ask(bob, group_wallet))


def test_a_wrong_pin_approves_nothing_and_five_lock_it(alice, bob, bob_wallet, group_wallet):
    request = ask(bob, group_wallet)
    for _ in range(4):
        refused(PinWrong, lambda: approve(alice, request, "000000"))
    refused(PinLocked, lambda: approve(alice, request, None))
    refused(PinLocked, lambda: approve(alice, request))


def test_no_is_final(alice, bob, bob_wallet, group_wallet):
    request = ask(bob, group_wallet)

    done = spending.decline(user=alice, request_id=request.pk, comment="영수증을 올려 주세요")

    assert (done.state, done.approvals.get().comment) == (SpendState.DECLINED, "영수증을 올려 주세요")
    assert AuditRecord.objects.last().action == "spend_declined"
    for late in (
        lambda: approve(alice, request),
        lambda: spending.decline(user=alice, request_id=request.pk),
        lambda: spending.withdraw(user=bob, request_id=request.pk),
    ):
        refused(RequestDecided, late)


def test_who_said_yes_may_still_say_no(alice, bob, bob_wallet, group_wallet):
    limit(alice, group_wallet)
    request = ask(bob, group_wallet)
    approve(alice, request)
    spending.decline(user=alice, request_id=request.pk)

    assert [each.approved for each in request.approvals.all()] == [False]
    refused(RequestDecided, lambda: approve(alice, request))


def test_the_own_request_is_withdrawn_and_not_declined(alice, alice_wallet, bob, bob_wallet, group_wallet):
    request, own = ask(bob, group_wallet), ask(alice, group_wallet)
    refused(AskerOnly, lambda: spending.withdraw(user=alice, request_id=request.pk))
    refused(OwnRequest, lambda: spending.decline(user=alice, request_id=own.pk))

    assert spending.withdraw(user=bob, request_id=request.pk).state == SpendState.WITHDRAWN
    refused(RequestDecided, lambda: approve(alice, request))
    refused(RequestDecided, lambda: spending.withdraw(user=bob, request_id=request.pk))
