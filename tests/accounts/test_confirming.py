"""An e-mail address is confirmed by a link to it, on a site that sends mail."""

import pytest
from django.test import Client

from accounts import confirming
from accounts.models import Attempt, User
from accounts.services import deactivate
from tests.accounts.letterbox import letters, link_in
from tests.conftest import PASSWORD

ME, AGAIN, SPENT = "/accounts/me/", "/accounts/me/confirm/", "이제 쓸 수 없는 링크예요"
SIGN_UP = {"email": "dora@example.com", "username": "dora", "password": "a long enough secret"}


@pytest.fixture
def as_alice_here(with_mail, alice) -> Client:
    """alice in a browser, with an address that nobody confirmed."""
    browser = Client()
    browser.force_login(alice)
    return browser


def is_confirmed(user: User) -> bool:
    user.refresh_from_db()
    return user.email_verified_at is not None


def link_for(browser: Client) -> str:
    browser.post(AGAIN)
    return link_in(letters(1)[0])


@pytest.mark.parametrize("path", ["/accounts/signup/", "/api/v1/accounts/"])
def test_signing_up_sends_a_link_that_confirms(with_mail, db, path):
    kind = {"content_type": "application/json"} if path.startswith("/api/") else {}
    assert Client().post(path, SIGN_UP, **kind).status_code in (201, 302)
    (letter,) = letters(1)
    assert letter.to == ["dora@example.com"]
    assert "dora" not in letter.body.replace(link_in(letter), "")
    dora = User.objects.get(email="dora@example.com")
    assert "dora@example.com" in Client().get(link_in(letter)).content.decode()
    assert not is_confirmed(dora)
    for _time in range(2):
        assert Client().post(link_in(letter)).headers["Location"] == "/accounts/login/"
        assert is_confirmed(dora)


def test_the_account_page_says_what_is_missing_and_sends_the_link_again(as_alice_here, alice):
    page = as_alice_here.get(ME).content.decode()
    assert AGAIN in page
    assert as_alice_here.post(link_for(as_alice_here)).headers["Location"] == ME
    page = as_alice_here.get(ME).content.decode()
    assert AGAIN not in page
    assert "확인됨" in page
    as_alice_here.post(AGAIN)
    letters(1)


@pytest.mark.parametrize("token", ["x", "WzEsImFsaWNlQGV4YW1wbGUuY29tIl0:1:x", "WzFd"])
def test_made_up_links_confirm_nothing(with_mail, alice, token):
    for answer in (Client().get(f"/accounts/confirm/{token}/"), Client().post(f"/accounts/confirm/{token}/")):
        assert SPENT in answer.content.decode()
    assert not is_confirmed(alice)


def test_a_link_ends_after_three_days(as_alice_here, alice, monkeypatch):
    link = link_for(as_alice_here)
    monkeypatch.setattr(confirming, "SECONDS", -1)
    assert SPENT in Client().post(link).content.decode()
    assert not is_confirmed(alice)


def test_a_link_to_a_former_address_confirms_nothing(as_alice_here, as_alice, alice):
    link = link_for(as_alice_here)
    change = {"email": "alice@example.org", "password": PASSWORD}
    assert as_alice.patch("/api/v1/accounts/me/", change).status_code == 200
    assert SPENT in Client().post(link).content.decode()
    assert not is_confirmed(alice)


def test_a_new_address_is_confirmed_anew_and_the_former_one_is_told(with_mail, as_alice, alice):
    alice.email_verified_at = alice.date_joined
    alice.save()
    as_alice.patch("/api/v1/accounts/me/", {"username": "Alice"})
    assert is_confirmed(alice)
    as_alice.patch("/api/v1/accounts/me/", {"email": "alice@example.org", "password": PASSWORD})
    assert not is_confirmed(alice)
    told, asked = sorted(letters(2), key=lambda letter: letter.to)
    assert told.to == ["alice@example.com"]
    assert told.subject == "[Dues Messenger] Your e-mail address was changed"
    assert asked.to == ["alice@example.org"]
    Client().post(link_in(asked))
    assert is_confirmed(alice)


def test_an_address_that_an_operator_gives_is_unconfirmed(with_mail, operator, alice):
    alice.email_verified_at = alice.date_joined
    alice.save()
    admin = Client()
    admin.force_login(operator)
    page = f"/admin/accounts/user/{alice.pk}/change/"
    admin.post(page, {"email": "alice@example.com", "username": "Alice"})
    assert is_confirmed(alice)
    admin.post(page, {"email": "alice@example.org", "username": "Alice"})
    assert not is_confirmed(alice)
    assert alice.email == "alice@example.org"


def test_a_reset_confirms_too(with_mail, alice):
    Client().post("/accounts/forgotten/", {"email": "alice@example.com"})
    browser, link = Client(), link_in(letters(1)[0])
    browser.post(browser.get(link).headers["Location"], {"new_password": "a quite different secret"})
    assert is_confirmed(alice)


def test_nobody_who_was_shut_out_confirms(as_alice_here, alice):
    link = link_for(as_alice_here)
    deactivate(user=alice)
    assert SPENT in Client().post(link).content.decode()


@pytest.mark.parametrize("key", ["confirm:{}", "confirm from 127.0.0.1"])
def test_links_are_limited(as_alice_here, alice, key):
    most = confirming.LINKS_PER_ACCOUNT if "{}" in key else confirming.LINKS_PER_ADDRESS
    Attempt.objects.create(key=key.format(alice.pk), failures=most - 1)
    as_alice_here.post(AGAIN)
    letters(1)
    as_alice_here.post(AGAIN)
    assert "잠시" in as_alice_here.get(ME).content.decode()
    letters(1)


@pytest.mark.parametrize("body", [{"pin": "246810"}, {"pin": "246810", "channel": 0, "name": "회비통장"}])
def test_who_has_not_confirmed_opens_no_wallet(with_mail, as_alice, alice, channel, body):
    if "channel" in body:
        body = {**body, "channel": channel.pk}
    refused = as_alice.post("/api/v1/wallets/", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "address_unconfirmed")
    alice.email_verified_at = alice.date_joined
    alice.save()
    assert as_alice.post("/api/v1/wallets/", body).status_code == 201


def test_pages_say_why_no_wallet_is_opened(as_alice_here, channel):
    for path in ("/wallets/new/", f"/wallets/new/?channel={channel.pk}"):
        filled = {"pin": "246810", "pin_again": "246810", "channel_id": channel.pk, "name": "회비통장"}
        assert "먼저 이메일 주소를 확인해" in as_alice_here.post(path, filled).content.decode(), path


def test_a_site_without_mail_asks_nobody(alice, as_alice, mailoutbox):
    browser = Client()
    browser.force_login(alice)
    assert AGAIN not in browser.get(ME).content.decode()
    assert browser.post(AGAIN).status_code == 302
    assert as_alice.post("/api/v1/wallets/", {"pin": "246810"}).status_code == 201
    assert mailoutbox == []
