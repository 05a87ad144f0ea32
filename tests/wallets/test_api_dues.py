"""Dues and spend requests over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.wallets.conftest import balance
from tests.wallets.entrances import ask, client_of, refused, stage
from wallets.dues.periods import current_period, months_after, period_text
from wallets.models import DuesPlan, SpendRequest
from wallets.services import dues, members, reminders, spending, wallets

__all__ = ["stage"]

API = "/api/v1/"


@pytest.fixture
def daylight(monkeypatch):
    """Reminding is possible, whatever the time is."""
    monkeypatch.setattr(reminders, "QUIET_FROM_HOUR", 24)
    monkeypatch.setattr(reminders, "QUIET_UNTIL_HOUR", 0)


def test_a_plan(as_alice, as_bob, group_wallet):
    url = f"{API}wallets/{group_wallet.pk}/dues/"
    made = as_alice.post(url, {"title": " 월회비 ", "amount": 10_000, "day": 31, "grace_days": 2})
    assert made.status_code == 201, made.content
    plan = made.json()
    assert plan == {
        "id": plan["id"],
        "wallet": group_wallet.pk,
        "title": "월회비",
        "amount": 10_000,
        "day": 31,
        "grace_days": 2,
        "starts_on": period_text(current_period()),
        "ended_on": None,
        "everyone": True,
        "reminds": True,
    }
    assert as_bob.get(url).json() == {"results": [plan], "next": None, "previous": None}
    assert as_bob.get(f"{API}dues/{plan['id']}/").json() == plan


def test_a_plan_for_some(as_alice, alice, bob, group_wallet):
    later = period_text(months_after(current_period(), 2))
    body = {"title": "여행", "amount": 5_000, "day": 1, "members": [alice.pk, bob.pk], "exempt": [alice.pk]}
    plan = as_alice.post(f"{API}wallets/{group_wallet.pk}/dues/", {**body, "starts_on": later}).json()
    assert (plan["everyone"], plan["starts_on"]) == (False, later)
    board = as_alice.get(f"{API}dues/{plan['id']}/board/?period={later}").json()
    assert {row["user"]["username"]: row["status"] for row in board["rows"]} == {
        "bob": "unpaid",
        "alice": "exempt",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", None), ("title", "x" * 51), ("day", 0), ("day", 32), ("day", "5"),
        ("day", True), ("grace_days", -1), ("grace_days", 1.5), ("starts_on", "2026"),
        ("starts_on", "2026-13"), ("starts_on", 202601), ("starts_on", "1999-01"), ("members", "all"),
        ("members", ["1"]), ("exempt", 1),
    ],
)  # fmt: skip
def test_plans_that_are_none(as_alice, group_wallet, field, value):
    body = {"title": "회비", "amount": 1_000, "day": 5, field: value}
    answer = refused(
        400, "validation_failed", lambda: as_alice.post(f"{API}wallets/{group_wallet.pk}/dues/", body)
    )
    assert list(answer.json()["errors"]) == [field]


def test_nobody_owes_who_is_not_in_the_wallet(as_alice, charlie, group_wallet):
    for field in ("members", "exempt"):
        body = {"title": "회비", "amount": 1_000, "day": 5, field: [charlie.pk]}
        refused(
            404, "not_found", lambda body=body: as_alice.post(f"{API}wallets/{group_wallet.pk}/dues/", body)
        )


def test_a_plan_is_changed_and_ended(stage, as_alice):
    url = f"{API}dues/{stage['dues']}/"
    changed = as_alice.patch(url, {"title": "회비", "reminds": False}).json()
    assert (changed["title"], changed["reminds"], changed["ended_on"]) == ("회비", False, None)
    for body in ({"ended": False}, {"ended": True, "title": "x"}):
        refused(400, "validation_failed", lambda body=body: as_alice.patch(url, body))
    assert as_alice.patch(url, {"ended": True}).json()["ended_on"] == period_text(current_period())
    refused(409, "plan_over", lambda: as_alice.patch(url, {"ended": True}))


def test_the_amount_of_a_plan_stays(stage, as_alice):
    as_alice.patch(f"{API}dues/{stage['dues']}/", {"amount": 1, "day": 1})
    assert list(DuesPlan.objects.values_list("amount", "day")) == [(10_000, 5)]


def test_the_board_says_who_has_paid(stage, as_bob, bob):
    pay = ask(as_bob, stage, "pay", amount=...)
    assert (pay.status_code, pay.json()["amount"], pay.json()["kind"]) == (201, 10_000, "dues")
    board = as_bob.get(f"{API}dues/{stage['dues']}/board/").json()
    assert board["period"] == period_text(current_period())
    assert board["counts"] == {"unpaid": 1, "partial": 0, "paid": 1, "prepaid": 0, "exempt": 0}
    assert (board["paid_people"], board["collected"], board["missing"]) == (1, 10_000, 10_000)
    assert [row["user"]["username"] for row in board["rows"]] == ["alice", "bob"]
    assert (board["mine"]["status"], board["mine"]["paid_through"]) == ("paid", board["period"])
    assert board["mine"]["completed_at"].endswith("Z")
    assert (board["may_manage"], board["previous"]) == (False, None)
    ahead = as_bob.get(f"{API}dues/{stage['dues']}/board/?period={board['following']}").json()
    assert ahead["counts"]["unpaid"] == 2


def test_paying_twice_without_an_amount(stage, as_bob, bob_wallet):
    first = ask(as_bob, stage, "pay", amount=..., idempotency_key="k")
    again = ask(as_bob, stage, "pay", amount=..., idempotency_key="k")
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert again["Idempotency-Replayed"] == "true"
    refused(409, "nothing_owed", lambda: ask(as_bob, stage, "pay", amount=...))
    assert balance(bob_wallet) == 85_000


def test_paying_a_year_and_not_more(stage, as_bob):
    refused(422, "pays_too_far_ahead", lambda: ask(as_bob, stage, "pay", amount=140_000))
    ahead = period_text(months_after(current_period(), 2))
    assert ask(as_bob, stage, "pay", amount=..., period=ahead).json()["amount"] == 30_000


@pytest.mark.parametrize("period", ["2020-01", "9999-12"])
def test_months_that_the_plan_does_not_have(stage, as_bob, period):
    refused(404, "not_found", lambda: as_bob.get(f"{API}dues/{stage['dues']}/board/?period={period}"))
    refused(404, "not_found", lambda: ask(as_bob, stage, "pay", amount=..., period=period))


@pytest.mark.parametrize("period", ["2026", "2026-1", "2026-13", "0000-01", "x"])
def test_months_that_are_none(stage, as_alice, period):
    refused(
        400, "validation_failed", lambda: as_alice.get(f"{API}dues/{stage['dues']}/board/?period={period}")
    )
    for name in ("pay", "remind", "exempt"):
        refused(400, "validation_failed", lambda name=name: ask(as_alice, stage, name, period=period))


def test_cash_counts_for_the_member(stage, as_alice):
    made = ask(as_alice, stage, "cash", amount=10_000).json()
    assert (made["kind"], made["source"], made["target"]) == ("deposit", None, stage["wallets"])
    board = as_alice.get(f"{API}dues/{stage['dues']}/board/").json()
    assert {row["user"]["username"]: row["status"] for row in board["rows"]} == {
        "alice": "unpaid",
        "bob": "paid",
    }


def test_exempt_and_back(stage, as_alice, bob):
    url = f"{API}dues/{stage['dues']}/"
    month = period_text(current_period())

    def status() -> str:
        return next(
            row["status"]
            for row in as_alice.get(f"{url}board/").json()["rows"]
            if row["user"]["id"] == bob.pk
        )

    for period in ({"period": month}, {}):
        for _twice in range(2):
            answer = as_alice.post(f"{url}exemptions/", {"member": bob.pk, "reason": "군대", **period})
            assert answer.status_code == 204
        assert status() == "exempt"
        query = "".join(f"&period={value}" for value in period.values())
        for _twice in range(2):
            assert as_alice.delete(f"{url}exemptions/?member={bob.pk}{query}").status_code == 204
        assert status() == "unpaid"


def test_remind_once_a_day(daylight, stage, as_alice):
    made = ask(as_alice, stage, "remind")
    assert made.status_code == 201, made.content
    assert made.json()["people"] == 2
    assert made.json()["period"] == period_text(current_period())
    refused(409, "reminded_today", lambda: ask(as_alice, stage, "remind"))
    board = as_alice.get(f"{API}dues/{stage['dues']}/board/").json()
    assert (len(board["reminders"]), board["rows"][0]["reminded"]) == (1, 1)


def test_not_at_night(monkeypatch, stage, as_alice):
    monkeypatch.setattr(reminders, "QUIET_FROM_HOUR", 0)
    refused(409, "quiet_hours", lambda: ask(as_alice, stage, "remind"))


def test_a_request_is_asked_for_and_paid(stage, as_alice, as_bob, bob, bob_wallet):
    made = ask(as_bob, stage, "ask", amount=2_000, reason=" 김밥  값 ")
    assert made.status_code == 201, made.content
    asked = made.json()
    assert asked == {
        "id": asked["id"],
        "wallet": stage["wallets"],
        "asked_by": {"id": bob.pk, "username": "bob"},
        "amount": 2_000,
        "reason": "김밥 값",
        "state": "waiting",
        "created_at": asked["created_at"],
        "decided_at": None,
        "transfer": None,
        "approvals": [],
    }
    before = balance(bob_wallet)
    first = ask(as_alice, {**stage, "spend-requests": asked["id"]}, "approve", idempotency_key="k")
    assert (first.status_code, first.json()["state"]) == (200, "paid")
    assert "Idempotency-Replayed" not in first
    again = ask(as_alice, {**stage, "spend-requests": asked["id"]}, "approve", idempotency_key="k")
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert balance(bob_wallet) == before + 2_000
    (answer,) = first.json()["approvals"]
    assert (answer["user"]["username"], answer["approved"]) == ("alice", True)
    assert as_bob.get(f"{API}transfers/{first.json()['transfer']}/").json()["kind"] == "spending"


def test_above_the_limit_two_people_say_yes(stage, alice, bob, dana, as_alice):
    members.join(user=dana, wallet_id=stage["wallets"])
    wallets.change_wallet(user=alice, wallet_id=stage["wallets"], approval_limit=1_000)
    first = ask(as_alice, stage, "approve").json()
    assert (first["state"], len(first["approvals"])) == ("waiting", 1)
    second = ask(client_of(dana), stage, "approve", pin=...)
    assert second.json()["state"] == "paid"


def test_nobody_approves_the_own_request(stage, as_bob):
    refused(403, "own_request", lambda: ask(as_bob, stage, "approve"))


def test_declined_and_withdrawn_requests_are_over(stage, as_alice, as_bob):
    refused(403, "asker_only", lambda: ask(as_alice, stage, "withdraw"))
    declined = ask(as_alice, stage, "decline", comment="다음에").json()
    assert (declined["state"], declined["approvals"][0]["comment"]) == ("declined", "다음에")
    for client, name in ((as_alice, "approve"), (as_alice, "decline"), (as_bob, "withdraw")):
        refused(409, "request_decided", lambda client=client, name=name: ask(client, stage, name))
    asked = ask(as_bob, stage, "ask").json()
    withdrawn = ask(as_bob, {**stage, "spend-requests": asked["id"]}, "withdraw").json()
    assert withdrawn["state"] == "withdrawn"


def test_requests_by_state_and_pages(stage, as_alice, as_bob):
    ask(as_alice, stage, "decline")
    made = [ask(as_bob, stage, "ask").json()["id"] for _request in range(3)]
    url = f"{API}wallets/{stage['wallets']}/spend-requests/"
    waiting = as_bob.get(url, {"state": "waiting"}).json()["results"]
    assert [request["id"] for request in waiting] == made[::-1]
    first = as_bob.get(url, {"limit": 3}).json()
    assert [one["id"] for one in as_bob.get(first["next"]).json()["results"]] == [stage["spend-requests"]]
    refused(400, "validation_failed", lambda: as_bob.get(url, {"state": "gone"}))


@pytest.mark.parametrize("reason", ["", "  ", None, "x" * 201, ...])
def test_a_request_says_what_for(stage, as_bob, reason):
    refused(400, "validation_failed", lambda: ask(as_bob, stage, "ask", reason=reason))


def test_whoever_has_no_wallet_opens_one_first(stage, dana):
    members.join(user=dana, wallet_id=stage["wallets"])
    for name in ("ask", "pay"):
        refused(409, "no_personal_wallet", lambda name=name: ask(client_of(dana), stage, name))


def test_lists_and_boards_cost_the_same_however_long(stage, alice, bob, dana, as_alice):
    group = f"{API}wallets/{stage['wallets']}/"
    addresses = [f"{group}dues/", f"{group}spend-requests/", f"{API}dues/{stage['dues']}/board/"]
    wallets.change_wallet(user=alice, wallet_id=stage["wallets"], approval_limit=1)
    ask(as_alice, stage, "approve")

    def costs() -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert as_alice.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    before = costs()
    members.join(user=dana, wallet_id=stage["wallets"])
    dues.make_plan(user=alice, wallet_id=stage["wallets"], title="둘", amount=1, day=1)
    for _request in range(3):
        made = spending.ask(user=bob, wallet_id=stage["wallets"], amount=5_000, reason="x")
        ask(as_alice, {**stage, "spend-requests": made.pk}, "approve")
    assert SpendRequest.objects.filter(approvals__isnull=False).count() == 4
    assert costs() == before
