"""The statement as a spreadsheet gets it: it adds up, and nothing in it is a formula."""

import csv
import io

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.wallets.conftest import PIN, fill, key
from tests.wallets.days import books, on_a_day
from wallets import statement
from wallets.models import AuditRecord
from wallets.services import transfers, wallets
from wallets.statement import safe_text

__all__ = ["books", "on_a_day"]

HEAD = [
    "Date", "Time (Korea)", "Kind", "Counterparty", "Memo", "Amount", "Balance after it",
    "Transfer number", "Sequence",
]  # fmt: skip


def whole(answer) -> str:
    """What the server sends, piece by piece."""

    async def pieces() -> bytes:
        return b"".join([piece async for piece in answer])

    return async_to_sync(pieces)().decode()


def raw(client, wallet, **days) -> str:
    answer = client.get(f"/api/v1/wallets/{wallet.pk}/entries.csv", days)
    assert answer.status_code == 200, answer
    return whole(answer)


def table(client, wallet, **days) -> tuple[list[list[str]], dict[str, int]]:
    """The rows between head and foot, and the foot."""
    head, *rows, foot = csv.reader(io.StringIO(raw(client, wallet, **days).removeprefix("\ufeff")))
    assert head == HEAD
    assert foot[0] == "Total"
    assert len(foot) == len(HEAD)
    return rows, dict(zip(foot[1::2], map(int, foot[2::2]), strict=True))


def adds_up(rows: list[list[str]], foot: dict[str, int]) -> None:
    amounts = [int(row[5]) for row in rows]
    assert foot["In"] == sum(amount for amount in amounts if amount > 0)
    assert foot["Out"] == -sum(amount for amount in amounts if amount < 0)
    assert foot["Opening balance"] + foot["In"] - foot["Out"] == foot["Closing balance"]
    balance = foot["Opening balance"]
    for row in rows:
        balance += int(row[5])
        assert int(row[6]) == balance
    assert balance == foot["Closing balance"]


def test_everything_oldest_first(as_alice, books, alice_wallet):
    rows, foot = table(as_alice, alice_wallet)
    transfer = as_alice.get(books).json()["results"][2]["transfer"]
    assert rows[2] == [
        "2026-03-02",
        "00:00:00",
        "transfer",
        "회비통장",
        "회비",
        "-1000",
        "79000",
        transfer,
        "3",
    ]
    assert [row[8] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0][2:6] == ["deposit", "outside", "", "100000"]
    assert foot == {"Opening balance": 0, "In": 100_700, "Out": 21_500, "Closing balance": 79_200}
    adds_up(rows, foot)


@pytest.mark.parametrize(
    ("first", "last", "expected", "opening"),
    [
        ("2026-03-01", "2026-03-01", ["2"], 100_000),
        ("2026-03-02", "2026-03-05", ["3", "4", "5"], 80_000),
        ("2026-03-03", "2026-03-04", [], 79_000),
        ("2026-01-01", "2026-02-01", [], 0),
        ("2027-01-01", None, [], 79_200),
    ],
)
def test_some_days_add_up_too(as_alice, books, alice_wallet, first, last, expected, opening):
    days = {name: day for name, day in (("from", first), ("to", last)) if day}
    rows, foot = table(as_alice, alice_wallet, **days)
    assert [row[8] for row in rows] == expected
    assert foot["Opening balance"] == opening
    adds_up(rows, foot)


def test_a_wallet_without_entries(as_charlie, charlie_wallet):
    rows, foot = table(as_charlie, charlie_wallet)
    assert (rows, set(foot.values())) == ([], {0})


def test_pieces_fit_together(monkeypatch, as_alice, alice, alice_wallet):
    monkeypatch.setattr(statement, "ROWS_AT_ONCE", 3)
    for amount in range(1, 8):
        fill(alice_wallet, amount, alice)
    rows, foot = table(as_alice, alice_wallet)
    assert [row[8] for row in rows] == [str(number) for number in range(1, 9)]
    adds_up(rows, foot)


def test_as_a_spreadsheet_wants_it(as_alice, alice_wallet):
    text = raw(as_alice, alice_wallet)
    assert text.startswith("\ufeff")
    assert text.count("\n") == text.count("\r\n") == 3
    assert "100000" in text
    assert "100,000" not in text


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "  =", "\u3000＝", "\u00a0+"]
)
def test_no_text_is_a_formula(sign):
    assert safe_text(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize("text", ["", "김밥", "a=b", "3-4월", "'=1", "1,000원"])
def test_harmless_text_stays(text):
    assert safe_text(text) == text


def test_memos_and_names_are_texts_and_amounts_are_numbers(alice, as_bob, bob_wallet, alice_wallet, channel):
    trap = wallets.open_group(user=alice, channel_id=channel.pk, name="@SUM(A1)", pin=PIN)
    fill(trap, 5_000, alice)
    transfers.transfer(
        actor=alice,
        source_id=trap.pk,
        target_id=bob_wallet.pk,
        amount=10,
        memo='=HYPERLINK("x")',
        pin=PIN,
        key=key(),
    )
    transfers.transfer(
        actor=bob_wallet.owner,
        source_id=bob_wallet.pk,
        target_id=alice_wallet.pk,
        amount=7,
        pin=PIN,
        key=key(),
    )
    rows, foot = table(as_bob, bob_wallet)
    assert rows[1][3:5] == ["'@SUM(A1)", '\'=HYPERLINK("x")']
    assert rows[2][5] == "-7"
    adds_up(rows, foot)


def test_the_file_is_called_after_the_wallet(as_alice, alice, channel):
    wallet = wallets.open_group(user=alice, channel_id=channel.pk, name='회비/"1"\U0001f4b0', pin=PIN)
    answer = as_alice.get(f"/api/v1/wallets/{wallet.pk}/entries.csv", {"from": "2026-01-01"})
    name = "%ED%9A%8C%EB%B9%84__1_%F0%9F%92%B0_2026-01-01.csv"
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"


def test_in_the_language_of_the_reader(alice, alice_wallet):
    browser = Client(headers={"accept-language": "ko"})
    browser.force_login(alice)
    head, row, foot = whole(browser.get(f"/api/v1/wallets/{alice_wallet.pk}/entries.csv")).splitlines()
    assert head.startswith("\ufeff날짜,시각")
    assert ",채우기,바깥," in row
    assert foot == "합계,처음 잔액,0,들어온 돈,100000,나간 돈,0,마지막 잔액,100000"


def test_an_export_is_noted(as_alice, alice, alice_wallet, as_charlie):
    raw(as_alice, alice_wallet, to="2030-01-01")
    record = AuditRecord.objects.filter(action="exported").get()
    assert (record.actor_id, record.wallet_id) == (alice.pk, alice_wallet.pk)
    assert record.detail == {"days": [None, "2030-01-01"], "entries": 1}
    assert as_charlie.get(f"/api/v1/wallets/{alice_wallet.pk}/entries.csv").status_code == 404
    assert AuditRecord.objects.filter(action="exported").count() == 1


@pytest.mark.parametrize("days", [{"from": "x"}, {"from": "2026-03-02", "to": "2026-03-01"}])
def test_days_that_are_none(as_alice, alice_wallet, days):
    answer = as_alice.get(
        f"/api/v1/wallets/{alice_wallet.pk}/entries.csv", days, headers={"accept": "text/csv"}
    )
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not AuditRecord.objects.filter(action="exported").exists()


def test_rows_are_read_in_pieces_and_not_at_once(monkeypatch, as_alice, alice, alice_wallet):
    monkeypatch.setattr(statement, "ROWS_AT_ONCE", 2)
    for _entry in range(7):
        fill(alice_wallet, 1, alice)
    answer = as_alice.get(f"/api/v1/wallets/{alice_wallet.pk}/entries.csv")
    assert answer.is_async  # or Django would read all before it sends the first, see _pieces
    with CaptureQueriesContext(connection) as queries:
        whole(answer)
    assert sum('"wallets_ledgerentry"' in query["sql"].replace("`", '"') for query in queries) == 4
