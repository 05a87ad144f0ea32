"""Every entrance of money over HTTP, refused in every way: the status, the code, and not one row written."""

import pytest

from chat import services as chat_services
from tests.wallets.conftest import PIN, key
from tests.wallets.entrances import (
    KEYED,
    NAMES,
    WITH_AMOUNT,
    WITH_PIN,
    ask,
    client_of,
    entrances,
    refused,
    stage,
)
from wallets.models import Pin, WalletMember
from wallets.schedules import services as schedules
from wallets.services import transfers, wallets

__all__ = ["stage"]

ENDS = ["source", "target"]
BAD_AMOUNTS = [0, -1, 1.5, 1000.0, "1000", "1,000", "1,000원", "1e3", True, 2**63, 10**10 + 1, None, [], ...]
OWNERS = ["change", "close", "role", "remove", "set pin"]
SPENDERS = [
    "deposit", "transfer", "reversal", "plan transfer", "schedules", "schedule", "cancel", "make plan",
    "change plan", "remind", "exempt", "unexempt", "cash", "decline",
]  # fmt: skip
NUMBERED = [
    "wallets/{}/", "wallets/{}/entries/", "wallets/{}/members/", "wallets/{}/members/{}/", "wallets/{}/dues/",
    "dues/{}/", "dues/{}/board/", "spend-requests/{}/", "scheduled-transfers/{}/", "transfers/{}/",
    "scheduled-transfers/?wallet={}", "wallets/?channel={}",
]  # fmt: skip
OF_MEMBERS = [name for name in NAMES if name not in (*OWNERS, *SPENDERS)]


@pytest.mark.parametrize("name", NAMES)
def test_anonymous(stage, anonymous, name):
    refused(401, "not_authenticated", lambda: ask(anonymous, stage, name))


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_finds_nothing(stage, as_charlie, charlie_wallet, name):
    refused(404, "not_found", lambda: ask(as_charlie, stage, name))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("receipt", "withdraw")])
def test_whoever_left_finds_nothing(stage, as_bob, bob, channel, name):
    """But the receipt of the own payment."""
    chat_services.leave(user=bob, channel_id=channel.pk)
    refused(404, "not_found", lambda: ask(as_bob, stage, name))


@pytest.mark.parametrize("name", SPENDERS)
def test_a_member_without_the_right(stage, as_bob, name):
    refused(403, "spenders_only", lambda: ask(as_bob, stage, name))


@pytest.mark.parametrize("name", [name for name in OWNERS if name != "remove"])
def test_a_treasurer_is_no_owner(stage, as_bob, bob, name):
    WalletMember.objects.filter(user=bob).update(role="treasurer")
    refused(403, "owner_only", lambda: ask(as_bob, stage, name))


def test_nobody_else_is_put_out_by_a_member(stage, as_bob, bob, alice):
    refused(403, "owner_only", lambda: ask(as_bob, {**stage, "bob": alice.pk}, "remove"))


@pytest.mark.parametrize("name", [name for name in OF_MEMBERS if name not in ("wallet", "receipt")])
def test_the_books_are_for_the_joined(stage, dana, name):
    refused(404, "not_found", lambda: ask(client_of(dana), stage, name))


@pytest.mark.parametrize("name", [*WITH_AMOUNT, "reversal", "approve"])
def test_a_closed_wallet(stage, as_alice, alice, name):
    schedules.cancel(user=alice, schedule_id=stage["schedule"])
    transfers.transfer(
        actor=alice, source_id=stage["wallets"], target_id=stage["own"], amount=55_000, pin=PIN, key=key()
    )
    wallets.close_wallet(user=alice, wallet_id=stage["wallets"])
    refused(409, "wallet_closed", lambda: ask(as_alice, stage, name))


@pytest.mark.parametrize("name", KEYED)
def test_a_locked_wallet(stage, as_alice, operator, name):
    wallets.lock_as_operator(operator=operator, wallet_id=stage["wallets"], reason="신고")
    refused(423, "wallet_locked", lambda: ask(as_alice, stage, name))


@pytest.mark.parametrize("name", WITH_PIN)
def test_a_locked_pin(stage, as_alice, name):
    Pin.objects.update(locked_at="2026-01-01T00:00Z")
    refused(423, "pin_locked", lambda: ask(as_alice, stage, name))


@pytest.mark.parametrize("name", WITH_PIN)
def test_a_wrong_pin_counts_and_one_that_is_none_does_not(stage, as_alice, name):
    refused(403, "pin_wrong", lambda: ask(as_alice, stage, name, pin="0000"))
    assert sum(Pin.objects.values_list("tries", flat=True)) == 1
    refused(400, "pin_malformed", lambda: ask(as_alice, stage, name, pin=int(PIN)))
    assert sum(Pin.objects.values_list("tries", flat=True)) == 1


@pytest.mark.parametrize("name", WITH_AMOUNT)
def test_amounts_that_are_none(stage, as_alice, name):
    for amount in BAD_AMOUNTS:
        if (name, amount) == ("pay", ...):
            continue  # then it is what I owe
        answer = refused(400, "amount_invalid", lambda bad=amount: ask(as_alice, stage, name, amount=bad))
        assert list(answer.json()["errors"]) == ["amount"]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", ["transfer", "plan transfer"])
def test_wallets_are_numbers(stage, as_alice, name, end):
    for wallet in ("1", True, 1.0, None, [2], ...):
        changes = {end: wallet}
        answer = refused(400, "validation_failed", lambda bad=changes: ask(as_alice, stage, name, **bad))
        assert list(answer.json()["errors"]) == [end]
    for wallet in (0, 1, -1, 2**63, 2**70):
        changes = {end: wallet}
        refused(404, "not_found", lambda unknown=changes: ask(as_alice, stage, name, **unknown))


@pytest.mark.parametrize("name", ["transfer", "plan transfer"])
def test_not_to_the_same_wallet(stage, as_alice, name):
    refused(422, "same_wallet", lambda: ask(as_alice, stage, name, target=stage["wallets"]))


@pytest.mark.parametrize("name", ["transfer", "plan transfer"])
def test_above_the_approval_limit(stage, as_alice, alice, name):
    wallets.change_wallet(user=alice, wallet_id=stage["wallets"], approval_limit=500)
    refused(422, "needs_second_person", lambda: ask(as_alice, stage, name))


def test_more_than_there_is(stage, as_alice):
    answer = refused(422, "balance_too_low", lambda: ask(as_alice, stage, "transfer", amount=55_001))
    assert "1 won" in answer.json()["detail"]


@pytest.mark.parametrize("name", KEYED)
def test_without_a_key(stage, as_alice, name):
    refused(400, "idempotency_key_required", lambda: ask(as_alice, stage, name, keyed=False))


@pytest.mark.parametrize("name", KEYED)
def test_a_malformed_key(stage, as_alice, name):
    for bad in ("k" * 256, "ké", "a\tb"):
        refused(
            400,
            "idempotency_key_malformed",
            lambda bad=bad: ask(as_alice, stage, name, idempotency_key=bad),
        )


@pytest.mark.parametrize("name", NAMES)
def test_wrong_method(stage, as_alice, name):
    address = f"/api/v1/{entrances(stage)[name].address}"
    refused(405, "method_not_allowed", lambda: as_alice.put(address, {}))


@pytest.mark.parametrize("name", sorted({*WITH_AMOUNT, *WITH_PIN, "role", "change"}))
def test_a_body_that_is_none(stage, as_alice, name):
    entrance = entrances(stage)[name]
    send = getattr(as_alice, entrance.method)
    for body, code in (("[]", "validation_failed"), ('"x"', "validation_failed"), ("{", "malformed")):
        options = {"content_type": "application/json", "headers": {"idempotency-key": "k"}}
        refused(
            400, code, lambda body=body, options=options: send(f"/api/v1/{entrance.address}", body, **options)
        )


def test_addresses_of_nothing(stage, as_alice):
    for number in (0, 2**63, 2**70, "x"):
        for address in NUMBERED:
            answer = as_alice.get(f"/api/v1/{address.replace('{}', str(number))}")
            assert answer.status_code in (400, 404, 405), address
            assert answer.json()["code"] in ("not_found", "validation_failed", "method_not_allowed")


def test_numbers_of_nobody(stage, as_alice):
    for number in (0, 2**63, 2**70):
        for name in ("role", "remove"):
            refused(404, "not_found", lambda name=name, n=number: ask(as_alice, {**stage, "bob": n}, name))
        refused(422, "not_in_plan", lambda n=number: ask(as_alice, {**stage, "bob": n}, "exempt"))
