"""One-time codes at the log-in: of pages, API and admin site."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken

from accounts import codes, half_in
from accounts.credentials import issue_token, person_of_token
from accounts.models import Attempt
from accounts.services import deactivate, delete_account
from tests.accounts.letterbox import letters
from tests.accounts.phone import code_of, switched_on, wrong_code_of
from tests.conftest import PASSWORD
from tests.racing import at_once

LOGIN, CODE, MINE = "/accounts/login/", "/accounts/login/code/", "/accounts/me/codes/"
API, ADMIN = "/api/v1/accounts/login/", "/admin/login/"
PROOF = {"email": "alice@example.com", "password": PASSWORD}


@pytest.fixture
def recovery_codes(alice) -> list[str]:
    """alice's log-ins ask for codes."""
    return switched_on(alice)


@pytest.fixture
def browser(db) -> Client:
    """Somebody's browser, logged in nowhere."""
    return Client()


def half_way(browser: Client) -> None:
    """alice's password is given."""
    answer = browser.post(LOGIN, PROOF)
    assert (answer.status_code, answer.headers["Location"]) == (302, CODE)


def is_in(browser: Client) -> bool:
    return browser.get("/accounts/me/").status_code == 200


def api(**fields):
    return Client().post(API, PROOF | fields, content_type="application/json")


def test_the_site_asks_for_the_code_after_the_password(browser, alice, recovery_codes):
    answer = browser.post(LOGIN, PROOF | {"next": "/wallets/"})
    assert answer.headers["Location"] == f"{CODE}?next=%2Fwallets%2F"
    assert not is_in(browser)
    assert 'value="/wallets/"' in browser.get(answer.headers["Location"]).content.decode()
    answer = browser.post(CODE, {"code": code_of(alice), "next": "/wallets/"})
    assert answer.headers["Location"] == "/wallets/"
    assert is_in(browser)


def test_who_has_no_codes_is_asked_for_none(browser, alice):
    browser.post(LOGIN, PROOF)
    assert is_in(browser)


@pytest.mark.parametrize(
    "given", ["", "12345", "1234567", "x", "abcde-f0123", "１２３４５６", "-12345", "0x1234"]
)
def test_wrong_codes_let_nobody_in(browser, alice, recovery_codes, given):
    half_way(browser)
    assert "field__error" in browser.post(CODE, {"code": given}).content.decode()
    assert "field__error" in browser.post(CODE, {"code": wrong_code_of(alice)}).content.decode()
    assert not is_in(browser)


def test_a_code_without_a_password_is_not_even_looked_at(browser, alice, recovery_codes):
    answer = browser.post(CODE, {"code": code_of(alice)})
    assert (answer.status_code, answer.headers["Location"]) == (302, LOGIN)
    assert not is_in(browser)


def test_a_used_code_is_not_taken_twice(browser, alice, recovery_codes):
    code = code_of(alice)
    assert api(code=code).status_code == 200
    assert api(code=code).json()["code"] == "wrong_code"
    half_way(browser)
    assert "이미 쓴 코드" in browser.post(CODE, {"code": code}).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_two_at_once_with_one_code_one_comes_in(alice, recovery_codes, kind):
    code = code_of(alice) if kind == "app" else recovery_codes[0]
    outcomes = at_once(*[lambda: codes.check(alice, code)] * 2)
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "WrongCode"]


def test_each_recovery_code_works_once_and_is_kept_as_a_hash(browser, alice, recovery_codes):
    assert len(set(recovery_codes)) == codes.RECOVERY_CODES
    kept = " ".join(StaticToken.objects.values_list("token", flat=True))
    assert not any(code.replace("-", "") in kept for code in recovery_codes)
    half_way(browser)
    browser.post(CODE, {"code": f" {recovery_codes[3].upper()} "})
    assert is_in(browser)
    assert api(code=recovery_codes[3]).json()["code"] == "wrong_code"
    assert api(code=recovery_codes[4]).status_code == 200
    assert codes.recovery_codes_left(alice) == codes.RECOVERY_CODES - 2


def test_the_api_needs_the_code_too(alice, recovery_codes):
    for code in ({}, {"code": ""}):
        refused = api(**code)
        assert (refused.status_code, refused.json()["code"]) == (401, "code_needed")
    refused = api(code=wrong_code_of(alice))
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_code")
    assert not AuthToken.objects.exists()
    assert api(code=code_of(alice)).status_code == 200


def test_nobody_learns_without_the_password_that_codes_are_on(alice, recovery_codes):
    for code in ("", code_of(alice)):
        assert api(password="wrong", code=code).json()["code"] == "wrong_credentials"


def test_wrong_codes_are_limited_over_all_entrances(browser, alice, recovery_codes):
    Attempt.objects.filter(key=f"code:{alice.pk}").update(failures=codes.WRONG_CODES_PER_ACCOUNT - 1)
    assert api(code=wrong_code_of(alice)).status_code == 401
    refused = api(code=code_of(alice))
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    half_way(browser)
    assert browser.post(CODE, {"code": code_of(alice)}).status_code == 429
    assert not is_in(browser)


@pytest.mark.parametrize("change", ["late", "password", "shut out"])
def test_who_is_half_way_in_has_to_begin_again(browser, alice, recovery_codes, monkeypatch, change):
    half_way(browser)
    if change == "late":
        monkeypatch.setattr(half_in, "SECONDS", -1)
    elif change == "password":
        alice.set_password("another secret altogether")
        alice.save()
    else:
        deactivate(user=alice)
    assert browser.post(CODE, {"code": code_of(alice)}).headers["Location"] == LOGIN
    assert not is_in(browser)


def test_the_admin_site_asks_for_the_code(browser, operator):
    switched_on(operator)
    proof = {"username": operator.email, "password": PASSWORD}
    answer = browser.post(f"{ADMIN}?next=/admin/knox/authtoken/", proof)
    assert answer.headers["Location"] == f"{CODE}?next=%2Fadmin%2Fknox%2Fauthtoken%2F"
    assert browser.get("/admin/").status_code == 302
    browser.post(CODE, {"code": wrong_code_of(operator)})
    assert browser.get("/admin/").status_code == 302
    browser.post(CODE, {"code": code_of(operator)})
    assert browser.get("/admin/").status_code == 200


def test_operators_without_codes_are_kept_out_where_the_site_wants_them(browser, operator, settings):
    browser.post(ADMIN, {"username": operator.email, "password": PASSWORD})
    assert browser.get("/admin/").status_code == 200
    settings.ADMIN_NEEDS_CODE = True
    for page in ("/admin/", "/admin/operations/", "/admin/accounts/user/"):
        answer = browser.get(page, follow=True)
        assert answer.redirect_chain[-1][0] == MINE
        assert "먼저 일회용 코드를 켜" in answer.content.decode()
    switched_on(operator)
    assert browser.get("/admin/").status_code == 200


def test_where_operators_need_codes_others_see_the_usual_log_in(browser, alice, settings):
    settings.ADMIN_NEEDS_CODE = True
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == f"{ADMIN}?next=/admin/"
    browser.force_login(alice)
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == f"{ADMIN}?next=/admin/"


def test_setting_up_needs_password_and_a_code_and_ends_other_log_ins(with_mail, browser, alice):
    browser.post(LOGIN, PROOF)
    token, _expires_at = issue_token(alice)
    elsewhere = Client()
    elsewhere.post(LOGIN, PROOF)
    assert browser.post(f"{MINE}on/", {"code": "123456"}).headers["Location"] == MINE
    assert "field__error" in browser.post(MINE, {"password": "wrong"}).content.decode()
    assert not TOTPDevice.objects.exists()
    page = browser.post(MINE, {"password": PASSWORD}).content.decode()
    app = TOTPDevice.objects.get()
    assert codes.secret_of(app) in page
    assert "<svg" in page
    assert "field__error" in browser.post(f"{MINE}on/", {"code": wrong_code_of(alice)}).content.decode()
    assert not codes.is_on(alice)
    answer = browser.post(f"{MINE}on/", {"code": code_of(alice)})
    assert "no-store" in answer.headers["Cache-Control"]
    assert len(set(re.findall(r"<code>([0-9a-f]{5}-[0-9a-f]{5})</code>", answer.content.decode()))) == 10
    assert codes.is_on(alice)
    assert (is_in(browser), is_in(elsewhere), person_of_token(token)) == (True, False, None)
    assert letters(1)[0].subject == "[회비관리 메신저] 일회용 코드를 켰어요"
    page = browser.get(MINE).content.decode()
    assert codes.secret_of(app) not in page
    assert browser.post(f"{MINE}on/", {"code": code_of(alice)}).headers["Location"] == MINE


def test_an_app_that_was_never_confirmed_counts_for_nothing(alice):
    codes.begin(alice)
    assert api().status_code == 200
    switched_on(alice)
    app = codes.begin(alice)
    assert api(code=code_of(alice, app=app)).json()["code"] == "wrong_code"


def test_what_was_begun_is_forgotten_after_a_while(browser, alice, monkeypatch):
    browser.force_login(alice)
    browser.post(MINE, {"password": PASSWORD})
    monkeypatch.setattr(codes, "TO_SET_UP", -codes.TO_SET_UP)
    assert browser.post(f"{MINE}on/", {"code": code_of(alice)}).headers["Location"] == MINE
    assert not codes.is_on(alice)


def test_switching_off_needs_password_and_code(with_mail, browser, alice, recovery_codes):
    browser.force_login(alice)
    letters(1)
    for password, code in (
        (PASSWORD, wrong_code_of(alice)),
        ("wrong", code_of(alice)),
        ("", ""),
        (PASSWORD, ""),
    ):
        assert (
            "field__error"
            in browser.post(f"{MINE}off/", {"password": password, "code": code}).content.decode()
        )
        assert codes.is_on(alice)
    browser.post(f"{MINE}off/", {"password": PASSWORD, "code": code_of(alice)})
    assert not codes.is_on(alice)
    assert not StaticToken.objects.exists()
    assert letters(2)[1].subject == "[회비관리 메신저] 일회용 코드를 껐어요"
    assert browser.post(f"{MINE}off/", {}).headers["Location"] == MINE


def test_an_operator_helps_whose_phone_is_lost(with_mail, alice, operator, recovery_codes, capsys):
    call_command("forget_codes", "Alice@example.com")
    assert "asks for no codes any more" in capsys.readouterr().out
    assert not codes.is_on(alice)
    with pytest.raises(CommandError):
        call_command("forget_codes", "nobody@example.com")
    switched_on(alice)
    admin = Client()
    admin.force_login(operator)
    admin.post("/admin/accounts/user/", {"action": "forget_codes", "_selected_action": [alice.pk]})
    assert not codes.is_on(alice)
    assert len(letters(4)) == 4


def test_a_deleted_account_leaves_no_secret(alice, recovery_codes):
    delete_account(user=alice, password=PASSWORD)
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()


def test_secrets_of_apps_are_shown_nowhere_in_the_admin_site(operator):
    admin = Client()
    admin.force_login(operator)
    for page in ("otp_totp/totpdevice/", "otp_static/staticdevice/"):
        assert admin.get(f"/admin/{page}").status_code == 404
