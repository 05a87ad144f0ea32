import pytest
from django.test import Client

from accounts.credentials import (
    credential_of_session,
    credential_of_token,
    issue_token,
    person_of_session,
    person_of_token,
)
from accounts.services import change_password, deactivate, reactivate
from accounts.signals import access_revoked
from tests.conftest import PASSWORD

NEW = "another long secret"


@pytest.fixture
def revoked():
    """What access_revoked told, as (user_id, credential)."""
    told = []

    def listen(sender, user_id, credential, **kwargs):
        told.append((user_id, credential))

    access_revoked.connect(listen)
    yield told
    access_revoked.disconnect(listen)


@pytest.fixture
def browser(alice):
    """alice with a session."""
    client = Client()
    client.force_login(alice)
    return client


@pytest.mark.django_db(transaction=True)
def test_logged_out_token_is_dead_and_told(as_alice, alice, revoked):
    token = as_alice._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    credential = person_of_token(token).credential
    assert credential == credential_of_token(token[:15])
    assert as_alice.post("/api/v1/accounts/logout/").status_code == 204
    assert as_alice.get("/api/v1/accounts/me/").status_code == 401
    assert as_alice.post("/api/v1/accounts/logout/").status_code == 401
    assert person_of_token(token) is None
    assert revoked == [(alice.pk, credential)]


@pytest.mark.django_db(transaction=True)
def test_logging_out_one_token_leaves_the_others(as_alice, alice):
    other, _expires_at = issue_token(alice)
    as_alice.post("/api/v1/accounts/logout/")
    assert person_of_token(other).user == alice


@pytest.mark.django_db(transaction=True)
def test_session_is_dead_before_its_end_is_told(browser, alice):
    key = browser.session.session_key
    assert person_of_session(key).user == alice
    found = []

    def listen(sender, credential, **kwargs):
        found.append((credential, person_of_session(key)))

    access_revoked.connect(listen)
    browser.logout()
    browser.session.flush()
    access_revoked.disconnect(listen)
    assert found == [(credential_of_session(key), None)]


def test_logging_out_over_the_api_needs_the_csrf_token_of_the_session(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    answer = browser.post("/api/v1/accounts/logout/")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert browser.get("/api/v1/accounts/me/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_changed_password_kills_all_tokens_and_other_sessions(as_alice, alice, browser, revoked):
    other = Client()
    other.force_login(alice)
    other_key = other.session.session_key
    answer = browser.post(
        "/api/v1/accounts/me/password/",
        {"current_password": PASSWORD, "new_password": NEW},
        content_type="application/json",
    )
    assert answer.status_code == 204
    assert as_alice.get("/api/v1/accounts/me/").status_code == 401
    assert person_of_session(other_key) is None  # before Django itself finds and deletes it
    assert person_of_session(browser.session.session_key).user == alice
    assert other.get("/api/v1/accounts/me/").status_code == 401
    assert browser.get("/api/v1/accounts/me/").status_code == 200
    assert revoked == [(alice.pk, None)]


def test_wrong_or_weak_passwords_change_nothing(as_alice, alice):
    wrong = as_alice.post("/api/v1/accounts/me/password/", {"current_password": "wrong", "new_password": NEW})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    weak = as_alice.post(
        "/api/v1/accounts/me/password/", {"current_password": PASSWORD, "new_password": "1234"}
    )
    assert list(weak.json()["errors"]) == ["new_password"]
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_deactivated_person_is_out_everywhere(as_alice, alice, browser, revoked):
    deactivate(user=alice)
    assert person_of_session(browser.session.session_key) is None
    assert as_alice.get("/api/v1/accounts/me/").status_code == 401
    assert browser.get("/api/v1/accounts/me/").status_code == 401
    assert revoked == [(alice.pk, None)]
    reactivate(user=alice)
    assert as_alice.get("/api/v1/accounts/me/").status_code == 401  # tokens stay dead


def test_foreign_or_made_up_sessions_are_nobody(db):
    assert person_of_session("x" * 32) is None
    assert person_of_session("") is None


@pytest.mark.django_db(transaction=True)
def test_failing_listener_does_not_undo_a_change(alice):
    def fail(sender, **kwargs):
        raise RuntimeError

    access_revoked.connect(fail)
    try:
        change_password(user=alice, current=PASSWORD, new=NEW)
    finally:
        access_revoked.disconnect(fail)
    alice.refresh_from_db()
    assert alice.check_password(NEW)
