"""The same request many times at once, in one process or in several: one transfer, and all hear of it."""

import pytest

from accounts.refusals import Refusal
from chat.models import OutboxEvent
from tests.wallets.conftest import balance, fill
from tests.wallets.crowd import all_at_once, counted, order, people, repeat, send
from wallets.ledger import poster
from wallets.models import LedgerEntry, Transfer, TransferKind
from wallets.services import transfers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["together", "apart"])
def posting(request, monkeypatch) -> str:
    """One poster for all threads, or one for each order, as in processes."""
    if request.param == "apart":
        monkeypatch.setattr(poster, "post", lambda order: poster.Poster().post(order))
    return request.param


def rows() -> tuple[int, int, int]:
    return Transfer.objects.count(), LedgerEntry.objects.count(), OutboxEvent.objects.count()


def test_one_request_sent_64_times_is_one_transfer(posting):
    source, target = people(2, 10_000)
    before = rows()
    answers = all_at_once(*(lambda: send(source, target, 700, key="once") for _ in range(64)))
    assert counted(answers) == {"posted": 1, "replayed": 63}
    told = {
        (a.transfer.pk, a.transfer.amount, a.transfer.request_digest, a.transfer.created_at) for a in answers
    }
    assert len({pk for pk, *_ in told}) == 1
    assert rows() == (before[0] + 1, before[1] + 2, before[2])
    assert (balance(source), balance(target)) == (9_300, 10_700)


def test_one_key_for_two_requests_at_once_is_one_of_them(posting):
    source, target = people(2, 10_000)
    answers = all_at_once(
        *(
            lambda amount=amount: repeat(1, lambda: send(source, target, amount, key="k"))
            for amount in (1, 2) * 16
        )
    )
    assert counted(answers) == {"posted": 1, "replayed": 15, "idempotency_key_reused": 16}


def test_one_key_for_requests_that_share_no_wallet_is_one_of_them(posting):
    """No lock makes these meet: only the key's index does."""
    wallets = people(16)
    actor = wallets[0].owner
    answers = all_at_once(
        *(
            lambda wallet=wallet: repeat(1, lambda: poster.post(order(None, wallet, 5, actor, key="k")))
            for wallet in wallets
        )
    )
    assert counted(answers) == {"posted": 1, "idempotency_key_reused": 15}
    assert sum(balance(wallet) for wallet in wallets) == 5


def test_another_person_may_use_the_same_key(posting):
    crowd = people(20, 100)
    answers = all_at_once(
        *(
            lambda number=number: send(crowd[number], crowd[number - 1], 10, key="k")
            for number in range(len(crowd))
        )
    )
    assert counted(answers) == {"posted": 20}
    assert {balance(wallet) for wallet in crowd} == {100}


def test_a_refused_burst_does_not_use_up_its_key(posting):
    source, target = people(2, 500)
    before = rows()
    burst = [lambda: repeat(1, lambda: send(source, target, 700, key="k"))] * 32
    assert counted(all_at_once(*burst)) == {"balance_too_low": 32}
    assert rows() == before
    fill(source, 200, source.owner)
    assert counted(all_at_once(*burst)) == {"posted": 1, "replayed": 31}
    assert balance(source) == 0


def test_a_burst_that_money_overtakes_is_posted_once(posting):
    source, target = people(2, 500)
    burst = [lambda: repeat(1, lambda: send(source, target, 700, key="k"))] * 31
    top_up = order(None, source, 200, source.owner)
    *answers, _ = all_at_once(*burst, lambda: poster.post(top_up))
    seen = counted(answers)
    assert set(seen) <= {"posted", "replayed", "balance_too_low"}
    assert seen["posted"] == (1 if seen.total() > seen["balance_too_low"] else 0)
    assert balance(source) == (0 if seen["posted"] else 700)


def test_a_transfer_is_given_back_once_however_many_ask(posting):
    source, target = people(2, 10_000)
    given = send(source, target, 4_000).transfer

    def give_back(number: int):
        return transfers.reverse(
            actor=target.owner, transfer_id=given.pk, pin="246810", key=f"back {number}", credential="t"
        )

    answers = all_at_once(
        *(lambda number=number: repeat(1, lambda: give_back(number)) for number in range(16))
    )
    assert counted(answers) == {"posted": 1, "already_reversed": 15}
    assert Transfer.objects.filter(kind=TransferKind.REVERSAL).count() == 1
    assert (balance(source), balance(target)) == (10_000, 10_000)


def test_an_operators_reversal_is_the_same_however_often(posting, operator):
    source, target = people(2, 10_000)
    given = send(source, target, 4_000).transfer
    answers = all_at_once(
        *(
            lambda: transfers.reverse_as_operator(operator=operator, transfer_id=given.pk, reason="오류")
            for _ in range(16)
        )
    )
    assert counted(answers) == {"posted": 1, "replayed": 15}
    assert not any(isinstance(answer, Refusal) for answer in answers)
