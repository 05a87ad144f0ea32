from datetime import timedelta

import pytest
from django.utils import timezone
from knox.models import AuthToken

from accounts.attempts import TooManyAttempts
from accounts.credentials import person_of_token
from accounts.models import Attempt
from accounts.services import (
    WRONG_GUESSES_PER_ACCOUNT,
    WRONG_GUESSES_PER_ADDRESS,
    WrongCredentials,
    authenticate_person,
    deactivate,
)
from tests.conftest import PASSWORD
from tests.racing import at_once

LOGIN = "/api/v1/accounts/login/"


def _log_in(client, email="alice@example.com", password=PASSWORD):
    return client.post(LOGIN, {"email": email, "password": password})


def test_token_opens_my_account(anonymous, alice):
    answer = _log_in(anonymous).json()
    assert answer["user"] == {"id": alice.pk, "email": "alice@example.com", "username": "alice"}
    assert answer["expires_at"].endswith("Z")
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {answer['token']}")
    assert anonymous.get("/api/v1/accounts/me/").json()["id"] == alice.pk


def test_token_is_kept_as_a_hash(anonymous, alice):
    token = _log_in(anonymous).json()["token"]
    kept = AuthToken.objects.get()
    assert token not in (kept.digest, kept.token_key)


def test_unknown_address_and_wrong_password_are_told_the_same(anonymous, alice):
    wrong = _log_in(anonymous, password="not this one")
    unknown = _log_in(anonymous, email="nobody@example.com")
    nonsense = _log_in(anonymous, email="no address")
    assert wrong.status_code == unknown.status_code == nonsense.status_code == 401
    assert wrong.json() == unknown.json() == nonsense.json()
    assert wrong.json()["code"] == "wrong_credentials"


def test_deactivated_person_cannot_log_in(anonymous, alice):
    deactivate(user=alice)
    assert _log_in(anonymous).json()["code"] == "wrong_credentials"


def test_account_is_locked_after_too_many_wrong_guesses(anonymous, alice):
    for _guess in range(WRONG_GUESSES_PER_ACCOUNT):
        assert _log_in(anonymous, password="wrong").status_code == 401
    locked = _log_in(anonymous)
    assert (locked.status_code, locked.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(locked["Retry-After"]) <= 900


def test_lock_holds_for_every_spelling_of_the_address(anonymous, alice):
    for _guess in range(WRONG_GUESSES_PER_ACCOUNT):
        _log_in(anonymous, password="wrong")
    assert _log_in(anonymous, email=" ALICE@Example.com").status_code == 429


def test_lock_ends(anonymous, alice):
    for _guess in range(WRONG_GUESSES_PER_ACCOUNT):
        _log_in(anonymous, password="wrong")
    Attempt.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert _log_in(anonymous, password="wrong").status_code == 401
    assert _log_in(anonymous).status_code == 200  # one more wrong guess did not lock it again


def test_right_password_clears_the_account_but_not_the_address(anonymous, alice):
    for _guess in range(3):
        _log_in(anonymous, password="wrong")
    _log_in(anonymous)
    assert Attempt.objects.get(key="login:alice@example.com").failures == 0
    assert Attempt.objects.get(key="address:127.0.0.1").failures == 3


def test_address_is_locked_after_guessing_at_many_accounts(anonymous, alice):
    Attempt.objects.create(key="address:127.0.0.1", failures=WRONG_GUESSES_PER_ADDRESS - 1)
    assert _log_in(anonymous, email="somebody@example.com").status_code == 401
    assert _log_in(anonymous).status_code == 429


def test_limits_can_be_switched_off(anonymous, alice, settings):
    settings.RATE_LIMITS = False
    for _guess in range(WRONG_GUESSES_PER_ACCOUNT + 1):
        assert _log_in(anonymous, password="wrong").status_code == 401
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("password", [1, None, [], {}, "", "x" * 100_000])
def test_odd_passwords_are_refused(anonymous, alice, password):
    assert _log_in(anonymous, password=password).status_code in (400, 401)


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer x", "Bearer a b", "Bearer " + "f" * 5000, "Bearer \u00e9", "Bearer zz%00"],
)
def test_broken_tokens_are_refused(anonymous, header):
    anonymous.credentials(HTTP_AUTHORIZATION=header)
    answer = anonymous.get("/api/v1/accounts/me/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_beginning_of_a_token_is_not_enough(anonymous, alice):
    token = _log_in(anonymous).json()["token"]
    other_end = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert person_of_token(other_end) is None
    assert person_of_token(token[:15]) is None


def test_expired_token_is_dead(anonymous, alice):
    token = _log_in(anonymous).json()["token"]
    assert person_of_token(token).user == alice
    AuthToken.objects.update(expiry=timezone.now())
    assert person_of_token(token) is None


@pytest.mark.django_db(transaction=True)
def test_simultaneous_guesses_do_not_slip_past_the_limit(alice):
    def guess():
        return authenticate_person(email=alice.email, password="wrong", address="192.0.2.1")

    kinds = [type(outcome) for outcome in at_once(*[guess] * 15)]
    assert kinds.count(WrongCredentials) == WRONG_GUESSES_PER_ACCOUNT
    assert kinds.count(TooManyAttempts) == 5
