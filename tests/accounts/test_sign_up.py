import pytest

from accounts.models import User
from accounts.services import EmailTaken, sign_up
from tests.racing import at_once

GOOD = {"email": "dora@example.com", "username": "dora", "password": "a long enough secret"}


def test_sign_up_answers_the_person_without_the_password(anonymous):
    answer = anonymous.post("/api/v1/accounts/", GOOD)
    assert answer.status_code == 201
    assert answer.json() == {"id": User.objects.get().pk, "email": "dora@example.com", "username": "dora"}


def test_password_is_kept_as_a_hash(db):
    user = sign_up(**GOOD)
    assert GOOD["password"] not in user.password
    assert user.check_password(GOOD["password"])


@pytest.mark.parametrize("email", ["dora@example.com", "DORA@Example.COM", "  dora@example.com "])
def test_one_address_is_one_account(anonymous, email):
    sign_up(**GOOD)
    answer = anonymous.post("/api/v1/accounts/", GOOD | {"email": email})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "dóra@example.com"),
        ("email", "x" * 190 + "@example.com"),
        ("username", "   "),
        ("username", "x" * 31),
        ("username", "do\x07ra"),
        ("username", "do\u202era"),
        ("username", "\u3164\u3164"),
        ("username", "\u200b"),
        ("username", "do\x00ra"),
        ("password", "short"),
        ("password", "password"),
        ("password", "8675309867"),
        ("password", "dora@example.com"),
        ("password", "x1" * 65),
    ],
)
def test_values_that_break_a_rule_are_refused_with_their_field(anonymous, field, value):
    answer = anonymous.post("/api/v1/accounts/", GOOD | {field: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert list(answer.json()["errors"]) == [field]
    assert not User.objects.exists()


@pytest.mark.parametrize("missing", ["email", "username", "password"])
def test_missing_values_are_refused(anonymous, missing):
    body = {name: value for name, value in GOOD.items() if name != missing}
    answer = anonymous.post("/api/v1/accounts/", body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [missing]


def test_names_are_tidied(db):
    decomposed = "\u1112\u1169\u11bc"  # 홍 in three parts, as macOS writes it
    assert sign_up(**GOOD | {"username": f"  {decomposed}   길동 "}).username == "홍 길동"


def test_length_is_counted_after_tidying(db):
    assert len(sign_up(**GOOD | {"username": "\u1112\u1169\u11bc" * 30}).username) == 30


def test_domain_is_kept_in_its_ascii_form(db):
    assert sign_up(**GOOD | {"email": "dora@한국.kr"}).email == "dora@xn--3e0b707e.kr"


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_at_once_make_one_account():
    outcomes = at_once(*[lambda: sign_up(**GOOD)] * 6)
    assert [type(outcome) for outcome in outcomes].count(EmailTaken) == 5
    assert User.objects.count() == 1
