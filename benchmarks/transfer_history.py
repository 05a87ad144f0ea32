"""Load 4: a page of a wallet with very many entries against one with few."""

import statistics
import time

from django.db import connection

from accounts.models import User
from wallets.browsing import page_of
from wallets.models import EXTERNAL_ID, Wallet, WalletKind
from wallets.services.history import history

PAGE = 50
CHUNK = 100_000
# A deposit of one won each, numbered and with its balance, as the ledger would have written them.
TRANSFERS = """INSERT INTO wallets_transfer (id, kind, source_id, target_id, amount, memo, actor_id,
    idempotency_key, request_digest, created_at)
    WITH RECURSIVE numbers (n) AS (SELECT %(first)s UNION ALL SELECT n + 1 FROM numbers WHERE n < %(last)s)
    SELECT CONCAT('00000000-0000-7000-8000-', LPAD(HEX(%(wallet)s * 100000000 + n), 12, '0')), 'deposit',
    %(outside)s, %(wallet)s, 1, '', %(owner)s, n, '', NOW(6) - INTERVAL (%(count)s - n) SECOND FROM numbers"""
SIDES = """INSERT INTO wallets_ledgerentry
    (wallet_id, transfer_id, sequence, amount, balance_after, created_at)
    SELECT %(outside)s, id, NULL, -1, NULL, created_at FROM wallets_transfer
    WHERE target_id = %(wallet)s AND CAST(idempotency_key AS UNSIGNED) BETWEEN %(first)s AND %(last)s
    UNION ALL SELECT %(wallet)s, id, CAST(idempotency_key AS UNSIGNED), 1,
    CAST(idempotency_key AS UNSIGNED), created_at FROM wallets_transfer
    WHERE target_id = %(wallet)s AND CAST(idempotency_key AS UNSIGNED) BETWEEN %(first)s AND %(last)s"""
BALANCE = "UPDATE wallets_wallet SET balance = %(count)s, last_sequence = %(count)s WHERE id = %(wallet)s"


def fill(person: User, count: int) -> Wallet:
    """The person's wallet with so many entries."""
    wallet = Wallet.objects.create(kind=WalletKind.PERSONAL, owner=person)
    numbers = {"wallet": wallet.pk, "owner": person.pk, "outside": EXTERNAL_ID, "count": count}
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION max_recursive_iterations = 1000000000")
        for first in range(1, count + 1, CHUNK):
            span = {"first": first, "last": min(first + CHUNK - 1, count)}
            for statement in (TRANSFERS, SIDES):
                cursor.execute(statement, numbers | span)
        cursor.execute(BALANCE, numbers)
    return wallet


def ask_service(person: User, wallet: Wallet, before: int | None) -> None:
    """A page of the books, as the API asks for it."""
    books = history(user=person, wallet_id=wallet.pk)
    numbers = books.portion(before, backwards=False)
    page = books.entries.filter(sequence__gte=numbers.start, sequence__lt=numbers.stop)[:PAGE]
    found = [entry.transfer.source.pk for entry in page]
    if len(found) != PAGE:
        raise RuntimeError(f"a page of {len(found)} entries")


def compare_pages(site, *, large: int, small: int, rounds: int) -> dict:
    """Medians in ms and their ratio, for each way of asking; large and small take turns."""
    counts = {"large": large, "small": small}
    tokens = {name: site.sign_up(name) for name in counts}
    people = {name: User.objects.get(pk=tokens[name][0]) for name in counts}
    wallets = {name: fill(people[name], count) for name, count in counts.items()}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE TABLE wallets_ledgerentry, wallets_transfer")
        cursor.fetchall()
    clients = {name: site.api(tokens[name][1]) for name in counts}

    def first(name: str) -> None:
        ask_service(people[name], wallets[name], None)

    def middle(name: str) -> None:
        ask_service(people[name], wallets[name], counts[name] // 2)

    def last(name: str) -> None:
        ask_service(people[name], wallets[name], PAGE + 1)

    def page(name: str) -> None:
        page_of(history(user=people[name], wallet_id=wallets[name].pk), None)

    def over_http(name: str) -> None:
        clients[name].get(f"wallets/{wallets[name].pk}/entries/").raise_for_status()

    ways = {"first": first, "middle": middle, "last": last, "page with sums": page, "HTTP": over_http}
    result = {name: _ratio(way, rounds) for name, way in ways.items()}
    for client in clients.values():
        client.close()
    return result


def _ratio(way, rounds: int) -> dict:
    took: dict[str, list[float]] = {"large": [], "small": []}
    for _ in range(rounds):
        for name, times in took.items():
            began = time.perf_counter()
            way(name)
            times.append(time.perf_counter() - began)
    large, small = (statistics.median(times) * 1_000 for times in took.values())
    return {"large_ms": round(large, 2), "small_ms": round(small, 2), "ratio": round(large / small, 2)}
