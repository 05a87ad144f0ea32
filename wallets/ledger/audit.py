"""Whether the books are right: read-only, in one pass per question, whatever their size."""

from dataclasses import dataclass

from django.db import connection

from wallets import guards
from wallets.models import EXTERNAL_ID

# Each query answers with (subject, won that are not explained). The chain compares every entry with the one
# before it, so a hole in the numbers shows as well as a wrong balance.
QUESTIONS = {
    "entries do not sum to zero": """
        SELECT 'all', SUM(amount) FROM wallets_ledgerentry HAVING SUM(amount) <> 0""",
    "a transfer's two sides": """
        SELECT t.id, t.amount - SUM(CASE WHEN e.amount > 0 THEN e.amount ELSE 0 END)
        FROM wallets_transfer t LEFT JOIN wallets_ledgerentry e ON e.transfer_id = t.id
        GROUP BY t.id, t.amount, t.source_id, t.target_id HAVING COUNT(e.id) <> 2 OR SUM(e.amount) <> 0
        OR MAX(e.amount) <> t.amount
        OR MIN(CASE WHEN e.amount < 0 THEN e.wallet_id END) <> t.source_id
        OR MIN(CASE WHEN e.amount > 0 THEN e.wallet_id END) <> t.target_id""",
    "a balance is not the sum of its entries": """
        SELECT w.id, w.balance - COALESCE(SUM(e.amount), 0) FROM wallets_wallet w
        LEFT JOIN wallets_ledgerentry e ON e.wallet_id = w.id WHERE w.id <> %(external)s
        GROUP BY w.id, w.balance, w.last_sequence
        HAVING w.balance <> COALESCE(SUM(e.amount), 0) OR w.last_sequence <> COUNT(e.id)
        OR w.last_sequence <> COALESCE(MAX(e.sequence), 0)""",
    "a balance after an entry": """
        SELECT wallet_id, balance_after - running FROM (SELECT wallet_id, sequence, balance_after,
        SUM(amount) OVER (PARTITION BY wallet_id ORDER BY sequence) AS running,
        ROW_NUMBER() OVER (PARTITION BY wallet_id ORDER BY sequence) AS number
        FROM wallets_ledgerentry WHERE wallet_id <> %(external)s) AS chain
        WHERE balance_after <> running OR sequence <> number""",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """`won` of `subject` (a wallet or a transfer) that the books do not explain."""

    question: str
    subject: str
    won: int

    def __str__(self) -> str:
        return f"{self.question}: {self.subject}, {self.won:,} won unexplained"


def differences() -> list[Difference]:
    """Everything that is wrong; nothing is the good answer. Each question is one statement, so it sees one
    state of the books, also while money moves."""
    found = []
    with connection.cursor() as cursor:
        for question, query in QUESTIONS.items():
            cursor.execute(query, {"external": EXTERNAL_ID})
            found += [Difference(question, str(subject), int(won)) for subject, won in cursor.fetchall()]
    found += [Difference("a trigger is missing", name, 0) for name in sorted(guards.missing(connection))]
    return found
