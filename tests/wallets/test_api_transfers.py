"""Sending, giving back and planning over HTTP: shapes, keys and repeats."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.conftest import PASSWORD
from tests.wallets.conftest import PIN, balance
from tests.wallets.entrances import ask, refused, stage
from wallets.models import LedgerEntry, ScheduledTransfer, Transfer
from wallets.schedules.runs import run_due

__all__ = ["stage"]

API = "/api/v1/"


def send(client, source, target, amount, key="", **more):
    body = {"source": source.pk, "target": target.pk, "amount": amount, "pin": PIN, **more}
    return client.post(f"{API}transfers/", body, headers={"idempotency-key": key or uuid4().hex})


def test_a_transfer_and_its_receipt(as_alice, as_bob, alice, alice_wallet, bob_wallet):
    answer = send(as_alice, alice_wallet, bob_wallet, 30_000, memo=" 김밥  값 ")
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer
    made = answer.json()
    assert made == {
        "id": made["id"],
        "kind": "transfer",
        "source": alice_wallet.pk,
        "target": bob_wallet.pk,
        "amount": 30_000,
        "memo": "김밥 값",
        "created_at": made["created_at"],
        "source_label": "alice",
        "target_label": "bob",
        "reverses": None,
        "reversed_by": None,
        "actor": {"id": alice.pk, "username": "alice"},
    }
    assert made["created_at"].endswith("Z")
    for reader in (as_alice, as_bob):
        assert reader.get(f"{API}transfers/{made['id']}/").json() == made
    assert (balance(alice_wallet), balance(bob_wallet)) == (70_000, 130_000)


def test_a_receipt_is_for_both_sides_only(as_alice, as_charlie, charlie_wallet, alice_wallet, bob_wallet):
    made = send(as_alice, alice_wallet, bob_wallet, 1).json()
    answer = as_charlie.get(f"{API}transfers/{made['id']}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("name", ["deposit", "transfer", "reversal", "pay", "cash"])
def test_the_same_key_again_is_the_first_answer(stage, as_alice, name):
    first = ask(as_alice, stage, name, idempotency_key="k")
    before = Transfer.objects.count()
    again = ask(as_alice, stage, name, idempotency_key="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Transfer.objects.count() == before


@pytest.mark.parametrize("name", ["deposit", "transfer", "pay", "cash"])
def test_the_same_key_for_another_amount(stage, as_alice, name):
    assert ask(as_alice, stage, name, idempotency_key="k").status_code == 201
    refused(
        422, "idempotency_key_reused", lambda: ask(as_alice, stage, name, amount=999, idempotency_key="k")
    )


def test_the_same_key_for_another_kind_of_request(stage, as_alice):
    assert ask(as_alice, stage, "transfer", idempotency_key="k").status_code == 201
    for name in ("deposit", "reversal", "cash"):
        refused(
            422, "idempotency_key_reused", lambda name=name: ask(as_alice, stage, name, idempotency_key="k")
        )


def test_a_refused_request_does_not_use_up_its_key(stage, as_alice):
    refused(
        422, "balance_too_low", lambda: ask(as_alice, stage, "transfer", amount=10**8, idempotency_key="k")
    )
    answer = ask(as_alice, stage, "transfer", idempotency_key="k")
    assert (answer.status_code, answer.get("Idempotency-Replayed")) == (201, None)


def test_a_deposit_comes_from_outside(stage, as_alice):
    made = ask(as_alice, stage, "deposit").json()
    assert (made["kind"], made["source"], made["source_label"]) == ("deposit", None, "outside")
    assert made["target"] == stage["wallets"]


def test_money_goes_back_once(stage, as_alice, as_bob, bob_wallet):
    made = ask(as_alice, stage, "reversal").json()
    assert (made["kind"], made["target"], made["amount"]) == ("reversal", bob_wallet.pk, 5_000)
    assert made["reverses"] == str(stage["transfer"])
    given = as_bob.get(f"{API}transfers/{stage['transfer']}/").json()
    assert given["reversed_by"] == made["id"]
    refused(409, "already_reversed", lambda: ask(as_alice, stage, "reversal"))
    refused(409, "not_reversible", lambda: ask(as_bob, {**stage, "transfer": made["id"]}, "reversal"))


def test_a_session_sends_too_and_its_pin_is_remembered(alice, alice_wallet, bob_wallet):
    browser = Client()
    browser.login(email=alice.email, password=PASSWORD)
    body = {"source": alice_wallet.pk, "target": bob_wallet.pk, "amount": 1, "pin": PIN}
    answer = browser.post(
        f"{API}transfers/", body, content_type="application/json", headers={"idempotency-key": "k"}
    )
    assert answer.status_code == 201


def test_a_transfer_over_http_has_a_fixed_number_of_queries(as_alice, alice_wallet, bob_wallet):
    send(as_alice, alice_wallet, bob_wallet, 1)
    counts = []
    for _again in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert send(as_alice, alice_wallet, bob_wallet, 1).status_code == 201
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def planned(client, source, target, **more):
    body = {
        "source": source.pk,
        "target": target.pk,
        "amount": 1_000,
        "pin": PIN,
        "first_run_at": (timezone.now() + timedelta(days=1)).isoformat(),
        **more,
    }
    headers = {"idempotency-key": body.pop("key")} if "key" in body else {}
    return client.post(f"{API}scheduled-transfers/", body, headers=headers)


def test_a_plan_its_run_and_its_list(as_alice, alice_wallet, bob_wallet):
    made = planned(as_alice, alice_wallet, bob_wallet, memo="용돈", repeat="monthly", ends_on="2031-01-31")
    assert made.status_code == 201, made.content
    plan = made.json()
    assert (plan["source"], plan["target"], plan["target_label"]) == (alice_wallet.pk, bob_wallet.pk, "bob")
    assert (plan["repeat"], plan["state"], plan["ends_on"]) == ("monthly", "active", "2031-01-31")
    assert plan["next_run_at"] == plan["first_run_at"]
    assert plan["first_run_at"].endswith("Z")
    assert run_due(timezone.now() + timedelta(days=2)) == 1
    detail = as_alice.get(f"{API}scheduled-transfers/{plan['id']}/").json()
    (run,) = detail["runs"]
    assert (run["occurrence"], run["tries"], run["refusal"], run["reason"]) == (0, 1, "", "")
    assert as_alice.get(f"{API}transfers/{run['transfer']}/").json()["kind"] == "scheduled"
    listed = as_alice.get(f"{API}scheduled-transfers/?wallet={alice_wallet.pk}").json()["results"]
    assert [one["id"] for one in listed] == [plan["id"]]
    assert as_alice.get(f"{API}scheduled-transfers/").json()["results"] == listed


def test_a_refused_run_says_why(as_alice, alice_wallet, bob_wallet):
    plan = planned(as_alice, alice_wallet, bob_wallet, amount=200_000).json()
    assert run_due(timezone.now() + timedelta(days=1, minutes=1)) == 1
    (run,) = as_alice.get(f"{API}scheduled-transfers/{plan['id']}/").json()["runs"]
    assert (run["transfer"], run["refusal"]) == (None, "balance_too_low")
    assert run["reason"] == "The balance was too low."


def test_cancel_until_the_run(as_alice, as_bob, alice_wallet, bob_wallet):
    url = f"{API}scheduled-transfers/{planned(as_alice, alice_wallet, bob_wallet).json()['id']}/"
    assert as_bob.delete(url).status_code == 404
    assert as_alice.delete(url).status_code == 204
    assert as_alice.get(url).json()["state"] == "cancelled"
    refused(409, "schedule_over", lambda: as_alice.delete(url))


def test_the_key_of_a_plan_may_be_left_out(as_alice, alice_wallet, bob_wallet):
    later = {"first_run_at": "2029-06-01T09:00:00+09:00"}
    first = planned(as_alice, alice_wallet, bob_wallet, key="k", **later)
    again = planned(as_alice, alice_wallet, bob_wallet, key="k", **later)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    refused(
        422,
        "idempotency_key_reused",
        lambda: planned(as_alice, alice_wallet, bob_wallet, key="k", amount=2, **later),
    )
    refused(400, "idempotency_key_required", lambda: planned(as_alice, alice_wallet, bob_wallet, key=""))
    planned(as_alice, alice_wallet, bob_wallet, **later)
    assert ScheduledTransfer.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_run_at", "2020-01-01T00:00:00Z"),
        ("first_run_at", "2099-01-01T00:00:00Z"),
        ("first_run_at", "tomorrow"),
        ("first_run_at", None),
        ("repeat", "hourly"),
        ("ends_on", "2020-01-01"),
        ("ends_on", "31.12.2026"),
        ("memo", "x" * 101),
    ],
)
def test_plans_that_are_none(as_alice, alice_wallet, bob_wallet, field, value):
    answer = refused(
        400, "validation_failed", lambda: planned(as_alice, alice_wallet, bob_wallet, **{field: value})
    )
    assert list(answer.json()["errors"]) == [field]


def test_a_time_without_an_offset_is_korean(as_alice, alice_wallet, bob_wallet):
    made = planned(as_alice, alice_wallet, bob_wallet, first_run_at="2029-06-01T09:00:00")
    assert made.json()["first_run_at"] == "2029-06-01T00:00:00Z"


def test_the_list_of_plans_costs_the_same_however_long(as_alice, alice_wallet, bob_wallet):
    counts = []
    for number in (1, 5):
        for _plan in range(number):
            planned(as_alice, alice_wallet, bob_wallet)
        with CaptureQueriesContext(connection) as queries:
            as_alice.get(f"{API}scheduled-transfers/?wallet={alice_wallet.pk}")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert LedgerEntry.objects.count() == 4
