"""Every request about money that the API knows, on one stage, so that each can be refused in every way."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.credentials import issue_token
from accounts.models import User
from tests.wallets.conftest import PIN, key
from wallets.models import (
    AuditRecord,
    DuesExemption,
    DuesPlan,
    DuesReminder,
    LedgerEntry,
    ScheduledTransfer,
    SpendApproval,
    SpendRequest,
    Transfer,
    Wallet,
    WalletMember,
)
from wallets.schedules import services as schedules
from wallets.services import dues, spending, transfers

COUNTED = [
    AuditRecord, DuesExemption, DuesPlan, DuesReminder, LedgerEntry, ScheduledTransfer, SpendApproval,
    SpendRequest, Transfer, Wallet, WalletMember,
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entrance:
    """One request: what alice (withdraw: bob) may ask of the stage."""

    method: str
    address: str
    body: dict | None = None
    keyed: bool = False


def entrances(stage: dict) -> dict[str, Entrance]:
    """All of them by name, for wallets and rows of the stage."""
    group, plan, asked = (f"{name}/{stage[name]}/" for name in ("wallets", "dues", "spend-requests"))
    given = f"transfers/{stage['transfer']}/"
    planned = f"scheduled-transfers/{stage['schedule']}/"
    sent = {"source": stage["wallets"], "target": stage["own"], "amount": 1_000, "pin": PIN}
    later = (timezone.now() + timedelta(days=1)).isoformat()
    member = f"{group}members/{stage['bob']}/"
    return {
        "wallet": Entrance("get", group),
        "change": Entrance("patch", group, {"description": "x"}),
        "close": Entrance("delete", group),
        "members": Entrance("get", f"{group}members/"),
        "role": Entrance("patch", member, {"role": "treasurer"}),
        "remove": Entrance("delete", member),
        "set pin": Entrance("post", f"{group}pin/", {"password": "x", "pin": PIN}),
        "deposit": Entrance("post", f"{group}deposits/", {"amount": 1_000}, keyed=True),
        "entries": Entrance("get", f"{group}entries/"),
        "statement": Entrance("get", f"{group}entries.csv"),
        "transfer": Entrance("post", "transfers/", sent, keyed=True),
        "receipt": Entrance("get", given),
        "reversal": Entrance("post", f"{given}reversal/", {"pin": PIN}, keyed=True),
        "schedules": Entrance("get", f"scheduled-transfers/?wallet={stage['wallets']}"),
        "plan transfer": Entrance("post", "scheduled-transfers/", {**sent, "first_run_at": later}),
        "schedule": Entrance("get", planned),
        "cancel": Entrance("delete", planned),
        "plans": Entrance("get", f"{group}dues/"),
        "make plan": Entrance("post", f"{group}dues/", {"title": "회비", "amount": 1_000, "day": 5}),
        "plan": Entrance("get", plan),
        "change plan": Entrance("patch", plan, {"grace_days": 3}),
        "board": Entrance("get", f"{plan}board/"),
        "pay": Entrance("post", f"{plan}pay/", {"amount": 1_000, "pin": PIN}, keyed=True),
        "remind": Entrance("post", f"{plan}remind/", {}),
        "exempt": Entrance("post", f"{plan}exemptions/", {"member": stage["bob"]}),
        "unexempt": Entrance("delete", f"{plan}exemptions/?member={stage['bob']}"),
        "cash": Entrance("post", f"{plan}cash/", {"member": stage["bob"], "amount": 1_000}, keyed=True),
        "requests": Entrance("get", f"{group}spend-requests/"),
        "ask": Entrance("post", f"{group}spend-requests/", {"amount": 1_000, "reason": "김밥"}),
        "request": Entrance("get", asked),
        "approve": Entrance("post", f"{asked}approve/", {"pin": PIN}, keyed=True),
        "decline": Entrance("post", f"{asked}decline/", {}),
        "withdraw": Entrance("post", f"{asked}withdraw/"),
    }  # fmt: skip


NAMES = list(
    entrances(dict.fromkeys(("wallets", "dues", "spend-requests", "transfer", "schedule", "own", "bob")))
)
KEYED = ["deposit", "transfer", "reversal", "pay", "cash", "approve"]
WITH_AMOUNT = ["deposit", "transfer", "plan transfer", "make plan", "pay", "cash", "ask"]
WITH_PIN = ["transfer", "reversal", "plan transfer", "pay", "approve"]


@pytest.fixture
def stage(alice, bob, alice_wallet, bob_wallet, group_wallet) -> dict:
    """The group's wallet with dues that bob owes, his payment, his request and alice's planned transfer."""
    group = group_wallet.pk
    plan = dues.make_plan(user=alice, wallet_id=group, title="월회비", amount=10_000, day=5)
    paid = transfers.transfer(
        actor=bob, source_id=bob_wallet.pk, target_id=group, amount=5_000, pin=PIN, key=key()
    )
    request = spending.ask(user=bob, wallet_id=group, amount=3_000, reason="간식")
    schedule = schedules.plan_transfer(
        user=alice, source_id=group, target_id=alice_wallet.pk, amount=100, pin=PIN,
        first_run_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    return {
        "wallets": group, "dues": plan.pk, "spend-requests": request.pk, "transfer": paid.transfer.pk,
        "schedule": schedule.pk, "own": alice_wallet.pk, "bob": bob.pk,
    }  # fmt: skip


def client_of(user: User | None) -> APIClient:
    """A program with this person's token."""
    client = APIClient()
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_token(user)[0]}", HTTP_ACCEPT_LANGUAGE="en")
    return client


def ask(
    client: APIClient, stage: dict, name: str, *, keyed: bool = True, idempotency_key: str = "", **changes
):
    """Send the request with these changes to its body; a changed value of `...` is left out."""
    entrance = entrances(stage)[name]
    headers = {"idempotency-key": idempotency_key or uuid4().hex} if entrance.keyed and keyed else {}
    body = entrance.body
    if body is not None:
        body = {field: value for field, value in {**body, **changes}.items() if value is not ...}
    return getattr(client, entrance.method)(f"/api/v1/{entrance.address}", body, headers=headers)


def written() -> list[int]:
    """How many rows there are of everything."""
    return [model.objects.count() for model in COUNTED]


def refused(status: int, code: str, request):
    """The refusal that this request gets: a problem document, and nothing written."""
    before = written()
    answer = request()
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert written() == before
    return answer
