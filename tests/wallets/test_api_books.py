"""The books of a wallet over HTTP: order, pages, filters, and what they cost."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.wallets.conftest import fill
from tests.wallets.days import books, on_a_day
from tests.wallets.entrances import refused
from wallets.services import history

__all__ = ["books", "on_a_day"]


def numbers(client, address, **query) -> list[int]:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return [entry["sequence"] for entry in answer.json()["results"]]


def test_newest_first_with_the_balance_after_each(as_alice, books):
    page = as_alice.get(books).json()
    assert [(e["sequence"], e["amount"], e["balance_after"]) for e in page["results"]] == [
        (5, 700, 79_200),
        (4, -500, 78_500),
        (3, -1_000, 79_000),
        (2, -20_000, 80_000),
        (1, 100_000, 100_000),
    ]
    assert [e["counterparty"] for e in page["results"]] == ["bob", "bob", "회비통장", "bob", "outside"]
    newest = page["results"][0]
    assert newest == {
        "sequence": 5,
        "amount": 700,
        "balance_after": 79_200,
        "kind": "transfer",
        "transfer": newest["transfer"],
        "counterparty": "bob",
        "memo": "돌려줌",
        "created_at": "2026-03-05T00:00:00Z",
    }
    assert as_alice.get(f"/api/v1/transfers/{newest['transfer']}/").json()["amount"] == 700


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"direction": "in"}, [5, 1]),
        ({"direction": "out"}, [4, 3, 2]),
        ({"kind": "deposit"}, [1]),
        ({"q": "돌려"}, [5]),
        ({"q": "BOB"}, [5, 4, 2]),
        ({"q": "회비통"}, [3]),
        ({"q": "alice"}, []),  # the other side's name, not the own
        ({"q": "%"}, [4]),
        ({"q": ""}, [5, 4, 3, 2, 1]),
        ({"min": 1_000}, [3, 2, 1]),
        ({"max": 700}, [5, 4]),
        ({"min": 600, "max": 20_000, "direction": "out"}, [3, 2]),
    ],
)
def test_narrowed_down(as_alice, books, query, expected):
    assert numbers(as_alice, books, **query) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-03-01", "2026-03-01", [2]),
        ("2026-03-02", "2026-03-04", [3]),
        ("2026-03-02", None, [5, 4, 3]),
        (None, "2026-03-01", [2, 1]),
        (None, "2026-02-27", []),
        ("2026-03-03", "2026-03-04", []),
        ("2026-03-06", None, []),
        ("0001-01-01", "9999-12-31", [5, 4, 3, 2, 1]),
    ],
)
def test_days_are_korean_and_both_included(as_alice, books, first, last, expected):
    days = {name: day for name, day in (("from", first), ("to", last)) if day}
    assert numbers(as_alice, books, **days) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"}, {"to": "2026-02-30"}, {"direction": "up"}, {"kind": "gift"}, {"min": "x"},
        {"max": -1}, {"min": "9" * 30}, {"from": "2026-03-02", "to": "2026-03-01"}, {"cursor": "x"},
        {"q": "x" * 101},
    ],
)  # fmt: skip
def test_questions_that_are_none(as_alice, books, query):
    answer = refused(
        400, "malformed" if "cursor" in query else "validation_failed", lambda: as_alice.get(books, query)
    )
    assert answer.status_code == 400


def test_pages_go_both_ways_and_stay_whole_while_money_moves(as_alice, alice, alice_wallet, books):
    first = as_alice.get(books, {"limit": 2}).json()
    fill(alice_wallet, 1, alice)
    second = as_alice.get(first["next"]).json()
    third = as_alice.get(second["next"]).json()
    seen = [entry["sequence"] for page in (first, second, third) for entry in page["results"]]
    assert (seen, third["next"]) == ([5, 4, 3, 2, 1], None)
    assert as_alice.get(third["previous"]).json()["results"] == second["results"]


def test_the_filter_stays_in_the_links(as_alice, books):
    first = as_alice.get(books, {"direction": "out", "limit": 2}).json()
    assert [entry["sequence"] for entry in as_alice.get(first["next"]).json()["results"]] == [2]


def test_books_cost_the_same_however_long(as_alice, alice, alice_wallet, books):
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert as_alice.get(books).status_code == 200
        counts.append(len(queries))
        for _entry in range(10):
            fill(alice_wallet, 1, alice)
    assert counts[0] == counts[1] == 4
    entries = [
        query["sql"] for query in queries if "FROM `wallets_ledgerentry`" in query["sql"].replace('"', "`")
    ]
    assert len(entries) == 1
    assert "JOIN" not in entries[0]
    assert "sequence` >= 1" in entries[0].replace('"', "`")  # bounded below too, see SEARCHED


def test_a_rare_entry_is_found_in_portions_and_nothing_twice(
    monkeypatch, as_alice, alice, alice_wallet, books
):
    monkeypatch.setattr(history, "SEARCHED", 2)
    fill(alice_wallet, 5, alice)
    found, pages, url = [], 0, f"{books}?{urlencode({'q': '회비'})}"
    while url:
        page = as_alice.get(url).json()
        found += [entry["sequence"] for entry in page["results"]]
        url, pages, last = page["next"], pages + 1, url
    assert (found, pages) == ([3], 3)
    back, url = [], last
    while url:
        page = as_alice.get(url).json()
        back += [entry["sequence"] for entry in page["results"]]
        url = page["previous"]
    assert back == [3]


@pytest.mark.parametrize("searched", [1, 2, 3, 100])
@pytest.mark.parametrize(
    "query", ["direction=out", "direction=in", "q=bob", "kind=reversal", "min=700&to=2026-03-04"]
)
def test_portions_hold_what_the_whole_holds(monkeypatch, as_alice, books, query, searched):
    whole = [entry["sequence"] for entry in as_alice.get(f"{books}?{query}").json()["results"]]
    monkeypatch.setattr(history, "SEARCHED", searched)
    found, url = [], f"{books}?{query}&limit=1"
    while url:
        page = as_alice.get(url).json()
        found += [entry["sequence"] for entry in page["results"]]
        url = page["next"]
    assert found == whole


def test_a_question_without_an_answer_reads_one_portion(monkeypatch, as_alice, books):
    monkeypatch.setattr(history, "SEARCHED", 2)
    with CaptureQueriesContext(connection) as queries:
        page = as_alice.get(books, {"kind": "reversal"}).json()
    assert page["results"] == []
    assert page["next"]
    asked = [
        query["sql"] for query in queries if "ORDER BY" in query["sql"] and "ledgerentry" in query["sql"]
    ]
    assert len(asked) == 1
    assert "4" in asked[0].split("ORDER BY")[0]
