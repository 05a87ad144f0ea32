"""Crowds for races: people with money, and what each of them does at the same moment as all others."""

import random
from collections import Counter

from django.db import connection

from accounts.models import User
from accounts.refusals import Refusal
from tests.racing import at_once
from tests.wallets.conftest import PIN, fill, key
from wallets.ledger.orders import Order, Posted, digest
from wallets.models import EXTERNAL_ID, TransferKind, Wallet
from wallets.services import transfers, wallets

MOST_SECONDS = 240


def people(count: int, won: int = 0) -> list[Wallet]:
    """So many people, each with a wallet of `won`."""
    made = []
    for number in range(count):
        name = f"person{number}"
        user = User.objects.create(email=f"{name}@example.com", username=name, password="!")
        made.append(wallets.open_personal(user=user, pin=PIN))
        if won:
            fill(made[-1], won, user)
    return made


def send(source: Wallet, target: Wallet, amount: int, **more) -> Posted:
    """What the owner of a personal wallet does who logged in once."""
    return transfers.transfer(
        actor=source.owner,
        source_id=source.pk,
        target_id=target.pk,
        amount=amount,
        **{"pin": PIN, "credential": f"t:{source.pk}", "key": key(), **more},
    )


def order(source: Wallet | None, target: Wallet, amount: int, actor: User, **more) -> Order:
    """What services make of a request, without the reading before it. No source: a deposit."""
    fields = {
        "kind": TransferKind.TRANSFER if source else TransferKind.DEPOSIT,
        "source_id": source.pk if source else EXTERNAL_ID,
        "target_id": target.pk,
        "amount": amount,
        "actor_id": actor.pk,
        "key": key(),
        **more,
    }
    return Order(digest=digest(**fields), **fields)


def repeat(times: int, action) -> list:
    """What each call returned; a refusal is an answer too."""
    answers = []
    for _ in range(times):
        try:
            answers.append(action())
        except Refusal as refusal:
            answers.append(refusal)
    return answers


def all_at_once(*actions) -> list:
    """The answers of all. Fails with the first that is neither an answer nor a refusal."""
    outcomes = at_once(*actions, seconds=MOST_SECONDS)
    answers = [
        answer for outcome in outcomes for answer in (outcome if isinstance(outcome, list) else [outcome])
    ]
    for answer in answers:
        if not isinstance(answer, Posted | Refusal):
            raise AssertionError(f"neither posted nor refused: {answer!r}") from (
                answer if isinstance(answer, Exception) else None
            )
    return answers


def counted(answers: list) -> Counter:
    """How many were posted, replayed, or refused with which code."""
    return Counter(
        ("replayed" if answer.replayed else "posted") if isinstance(answer, Posted) else answer.code
        for answer in answers
    )


def random_transfers(wallets_: list[Wallet], count: int, seed: int) -> list:
    """Answers to so many transfers of 1 to 5,000 won between two of the wallets."""
    dice = random.Random(seed)

    def one():
        source, target = dice.sample(wallets_, 2)
        return send(source, target, dice.randint(1, 5_000))

    return repeat(count, one)


def deadlocks() -> int:
    """How many InnoDB has seen since it started."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
        return int(cursor.fetchone()[1])
