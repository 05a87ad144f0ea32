"""Sign-up, log-in and my account, as forms."""

import pytest

from accounts.models import User
from chat import services
from tests.conftest import PASSWORD

NEW = {"username": "박민준", "email": "minjun@example.com", "password": "kkotgil-7351"}


def test_signing_up_logs_in_and_welcomes(visitor):
    answer = visitor.post("/accounts/signup/", NEW, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    page = answer.content.decode()
    assert "박민준님, 반가워요." in page
    assert "아직 들어간 채널이 없어요" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "minjun"}, "이메일 주소가 맞는지 확인해 주세요."),
        ({"username": "  "}, "비워 둘 수 없어요."),
        ({"username": "\u202egpj"}, "글 방향을 바꾸는 문자"),
        ({"password": "짧아"}, "비밀번호가 너무 짧아요."),
    ],
)
def test_sign_up_refuses_at_the_field_and_keeps_what_was_typed(visitor, change, sentence):
    answer = visitor.post("/accounts/signup/", NEW | change)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert ("박민준" in page) or ("minjun@example.com" in page)
    assert NEW["password"] not in page
    assert not User.objects.exists()


def test_a_taken_address_is_said_at_its_field(visitor, alice):
    page = visitor.post("/accounts/signup/", NEW | {"email": "ALICE@example.com"}).content.decode()
    assert "이 이메일로 만든 계정이 이미 있어요." in page
    assert 'id="id_email_error"' in page


def test_a_wrong_log_in_says_one_sentence_and_keeps_the_address(visitor, alice):
    for email, password in (("alice@example.com", "wrong"), ("nobody@example.com", PASSWORD)):
        page = visitor.post("/accounts/login/", {"email": email, "password": password}).content.decode()
        assert "이메일이나 비밀번호가 맞지 않아요." in page
        assert f'value="{email}"' in page


def test_log_in_goes_on_to_where_somebody_was_going(visitor, alice, channel):
    target = f"/channels/{channel.pk}/"
    page = visitor.get("/accounts/login/", {"next": target}).content.decode()
    assert f'name="next" value="{target}"' in page
    form = {"email": "alice@example.com", "password": PASSWORD, "next": target}
    assert visitor.post("/accounts/login/", form)["Location"] == target


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_log_in_does_not_lead_to_a_foreign_site(visitor, alice, target):
    form = {"email": "alice@example.com", "password": PASSWORD, "next": target}
    assert visitor.post("/accounts/login/", form)["Location"] == "/"


def test_log_out_asks_on_get_and_leaves_on_post(alice_browser):
    assert "로그아웃할까요" in alice_browser.get("/accounts/logout/").content.decode()
    assert alice_browser.get("/").status_code == 200
    assert alice_browser.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert alice_browser.get("/").status_code == 302


def test_my_name_changes_and_a_bad_one_stays_in_the_field(alice_browser, alice):
    page = alice_browser.post("/accounts/me/", {"username": "앨리스"}, follow=True).content.decode()
    assert "이름을 바꿨어요." in page
    page = alice_browser.post("/accounts/me/", {"username": "\u202egpj"}).content.decode()
    assert "글 방향을 바꾸는 문자" in page
    alice.refresh_from_db()
    assert alice.username == "앨리스"


def test_a_new_password_keeps_this_browser_logged_in(alice_browser, visitor, alice):
    wrong = {"current_password": "wrong", "new_password": "sanbada-4471"}
    page = alice_browser.post("/accounts/me/password/", wrong).content.decode()
    assert 'id="id_current_password_error"' in page
    right = wrong | {"current_password": PASSWORD}
    page = alice_browser.post("/accounts/me/password/", right, follow=True).content.decode()
    assert "비밀번호를 바꿨어요." in page
    assert alice_browser.get("/accounts/me/").status_code == 200
    log_in = {"email": "alice@example.com", "password": "sanbada-4471"}
    assert visitor.post("/accounts/login/", log_in).status_code == 302


def test_deleting_an_account_needs_the_password_and_then_logs_out(charlie_browser, charlie):
    page = charlie_browser.post("/accounts/me/delete/", {"password": "wrong"}).content.decode()
    assert "비밀번호가 달라요." in page
    assert charlie_browser.post("/accounts/me/delete/", {"password": PASSWORD}).status_code == 302
    charlie.refresh_from_db()
    assert charlie.deleted_at is not None
    assert charlie_browser.get("/").status_code == 302


def test_the_last_admin_is_told_where_a_successor_is_missing(alice_browser, channel, alice):
    page = alice_browser.post("/accounts/me/delete/", {"password": PASSWORD}).content.decode()
    assert "‘등산회’의 마지막 관리자예요." in page
    services.close_channel(user=alice, channel_id=channel.pk)
    assert alice_browser.post("/accounts/me/delete/", {"password": PASSWORD}).status_code == 302


def test_light_and_dark_are_remembered_and_nothing_else_is(alice_browser):
    alice_browser.post("/accounts/appearance/", {"theme": "dark"})
    assert 'data-theme="dark"' in alice_browser.get("/").content.decode()
    alice_browser.cookies["theme"] = '"><script>'
    page = alice_browser.get("/").content.decode()
    assert "data-theme" not in page
    assert "<script>" not in page


def test_english_is_the_second_language(visitor):
    assert '<html lang="ko"' in visitor.get("/accounts/login/").content.decode()
    page = visitor.get("/accounts/login/", headers={"accept-language": "en-GB,en"}).content.decode()
    assert '<html lang="en"' in page
    assert "New here?" in page
    visitor.post("/accounts/language/", {"language": "en", "next": "/accounts/login/"})
    assert "New here?" in visitor.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("path", ["me/", "me/data/", "me/delete/", "logout/"])
def test_pages_of_the_account_stand_under_me(alice_browser, path):
    page = alice_browser.get(f"/accounts/{path}").content.decode()
    current = [link for link in page.split("<a ") if 'aria-current="page"' in link.partition(">")[0]]
    assert ["/accounts/me/" in link for link in current] == [True]
