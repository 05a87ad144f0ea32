"""The PIN: slow to compute, guessed five times at most however many guess at once, and never in the way of
whoever knows it."""

import time

import pytest

from accounts.refusals import Refusal
from tests.conftest import PASSWORD
from tests.racing import at_once
from tests.wallets.conftest import PIN, key
from wallets import pins
from wallets.models import AuditRecord, Pin
from wallets.refusals import PinLocked, PinMalformed, PinWrong
from wallets.services import transfers, wallets

WRONG = "135791"


@pytest.fixture
def computed(monkeypatch) -> list[str]:
    """One item for each hash that was computed to compare a guess."""
    compared, verify = [], pins.PinHasher.verify

    def counting(self, guess: str, encoded: str) -> bool:
        compared.append(guess)
        return verify(self, guess, encoded)

    monkeypatch.setattr(pins.PinHasher, "verify", counting)
    return compared


@pytest.fixture
def guess(alice, alice_wallet):
    """`guess(pin)`: what became of it, a refusal or None."""

    def check(pin: object, *, credential: str = "", user=alice) -> Refusal | None:
        try:
            pins.check_pin(wallet_id=alice_wallet.pk, pin=pin, user_id=user.pk, credential=credential)
        except Refusal as refusal:
            return refusal
        return None

    return check


def row(wallet) -> Pin:
    return Pin.objects.get(wallet=wallet)


def codes(answers: list) -> list:
    return [getattr(answer, "code", answer) for answer in answers]


def test_the_hash_of_a_running_site_is_slow(light_pins, monkeypatch):
    monkeypatch.setattr(pins.PinHasher, "work_factor", light_pins)
    began = time.process_time()
    hashed = pins.hash_pin(PIN)
    assert hashed.startswith("pin_scrypt$")
    assert (
        pins.PinHasher().decode(hashed).items()
        >= {
            "work_factor": 2**14,
            "block_size": 8,
            "parallelism": 1,
        }.items()
    )
    assert time.process_time() - began > 0.01


def test_the_hash_is_of_no_use_without_the_pepper(settings, guess, alice_wallet):
    assert PIN not in row(alice_wallet).hash
    assert pins.hash_pin(PIN) != pins.hash_pin(PIN)
    settings.PIN_PEPPER = "another"
    assert isinstance(guess(PIN), PinWrong)


@pytest.mark.parametrize("pin", ["123", "1234567", "12 34", "abcd", "٠١٢٣٤٥", "", None, 123456, True])
def test_what_is_no_pin_is_neither_set_nor_right(pin, guess, alice_wallet):
    with pytest.raises(PinMalformed):
        pins.check_new_pin(pin)
    assert isinstance(guess(pin), PinWrong)


def test_five_wrong_guesses_lock_it_and_the_right_one_is_refused_without_a_look(guess, computed):
    answers = [guess(WRONG) for _ in range(5)]
    assert [getattr(answer, "tries_left", None) for answer in answers] == [4, 3, 2, 1, None]
    assert (answers[-1].code, answers[-1].status) == ("pin_locked", 423)
    assert isinstance(guess(PIN), PinLocked)
    assert len(computed) == 5


def test_a_right_guess_gives_all_tries_back(guess, alice_wallet):
    for _ in range(3):
        assert [guess(WRONG).tries_left for _ in range(4)] == [4, 3, 2, 1]
        assert guess(PIN) is None
    assert (row(alice_wallet).tries, row(alice_wallet).locked_at) == (0, None)


@pytest.mark.django_db(transaction=True)
def test_a_refused_transfer_does_not_take_its_guess_back(alice, alice_wallet, bob_wallet):
    for left in (4, 3):
        with pytest.raises(PinWrong) as wrong:
            transfers.transfer(
                actor=alice,
                source_id=alice_wallet.pk,
                target_id=bob_wallet.pk,
                amount=1,
                pin=WRONG,
                key=key(),
            )
        assert wrong.value.tries_left == left
    assert row(alice_wallet).tries == 2


@pytest.mark.django_db(transaction=True)
def test_fifty_wrong_guesses_at_once_are_five(guess, computed, alice_wallet):
    answers = at_once(*(lambda: guess(WRONG) for _ in range(50)))
    assert set(codes(answers)) <= {"pin_wrong", "pin_locked"}
    assert len(computed) <= 5
    assert row(alice_wallet).locked_at is not None
    assert isinstance(guess(PIN), PinLocked)
    assert len(computed) <= 5


@pytest.mark.django_db(transaction=True)
def test_the_right_one_among_wrong_ones_does_not_open_a_lock(guess, alice_wallet):
    """Whether it was right in time is a matter of luck; that a lock stays locked is not."""
    for _ in range(5):
        pins.unlock(alice_wallet.pk)
        answers = at_once(*(lambda pin=pin: guess(pin) for pin in [WRONG] * 12 + [PIN]))
        if row(alice_wallet).locked_at is not None:
            assert isinstance(guess(PIN), PinLocked)
        assert set(codes(answers)) <= {"pin_wrong", "pin_locked", None}


@pytest.mark.django_db(transaction=True)
def test_twenty_right_ones_at_once_are_all_right(guess, alice_wallet):
    assert at_once(*(lambda: guess(PIN) for _ in range(20))) == [None] * 20
    assert row(alice_wallet).tries == 0


def test_a_new_pin_unlocks_and_the_old_one_is_wrong(alice, guess, alice_wallet):
    for _ in range(5):
        guess(WRONG)
    wallets.set_pin(user=alice, wallet_id=alice_wallet.pk, password=PASSWORD, pin="1029")
    assert isinstance(guess(PIN), PinWrong)
    assert guess("1029") is None


def test_the_accounts_password_is_asked_for_a_new_pin(alice, guess, alice_wallet):
    with pytest.raises(Refusal) as wrong:
        wallets.set_pin(user=alice, wallet_id=alice_wallet.pk, password="guessed", pin="1029")
    assert wrong.value.code == "wrong_password"
    assert guess(PIN) is None


def test_an_operator_lets_it_be_tried_again(operator, guess, alice_wallet):
    for _ in range(5):
        guess(WRONG)
    wallets.unlock_as_operator(operator=operator, wallet_id=alice_wallet.pk, reason="본인 확인")
    assert AuditRecord.objects.get(action="pin_unlocked").detail == {"reason": "본인 확인"}
    assert guess(PIN) is None


def test_a_right_one_is_remembered_for_the_same_person_and_log_in_only(guess, computed, bob):
    assert guess(PIN, credential="t:1") is None
    assert guess(PIN, credential="t:1") is None
    assert len(computed) == 1
    for other in ({"credential": "t:2"}, {"credential": "t:1", "user": bob}, {"credential": ""}):
        assert guess(PIN, **other) is None
    assert len(computed) == 4
    assert guess(PIN) is None  # without a log-in nothing is remembered
    assert len(computed) == 5


def test_a_wrong_one_is_counted_beside_a_remembered_one_and_forgets_it(guess, computed, alice_wallet):
    guess(PIN, credential="t:1")
    assert guess(WRONG, credential="t:1").tries_left == 4
    assert guess(PIN, credential="t:1") is None
    assert len(computed) == 3


def test_a_locked_one_is_not_remembered(guess):
    guess(PIN, credential="t:1")
    for _ in range(5):
        guess(WRONG, credential="t:2")
    assert isinstance(guess(PIN, credential="t:1"), PinLocked)


def test_a_new_pin_is_asked_for_at_once(alice, guess, alice_wallet):
    guess(PIN, credential="t:1")
    wallets.set_pin(user=alice, wallet_id=alice_wallet.pk, password=PASSWORD, pin="1029")
    assert isinstance(guess(PIN, credential="t:1"), PinWrong)


def test_after_three_minutes_it_is_compared_again(guess, computed, monkeypatch):
    assert pins.REMEMBERED_SECONDS == 180
    monkeypatch.setattr(pins, "REMEMBERED_SECONDS", 0)
    for _ in range(2):
        guess(PIN, credential="t:1")
    assert len(computed) == 2
