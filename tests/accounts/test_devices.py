"""Where somebody is logged in: what the list says, and that ending one ends it at once."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone, translation
from knox.models import AuthToken

from accounts import devices
from accounts.credentials import credential_of_session, person_of_session, person_of_token
from accounts.housekeeping import forget_expired
from accounts.models import Device
from accounts.signals import access_revoked
from tests.conftest import PASSWORD

PAGE = "/accounts/me/devices/"
LOGIN = "/accounts/login/"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0 Safari/537.36"
)
GALAXY = "Mozilla/5.0 (Linux; Android 15; SM-S928N) SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36"


@pytest.fixture
def revoked():
    """What access_revoked told, as (user_id, credential)."""
    told = []

    def listen(sender, user_id, credential, **kwargs):
        told.append((user_id, credential))

    access_revoked.connect(listen)
    yield told
    access_revoked.disconnect(listen)


def browser_of(name: str, agent: str) -> Client:
    """This person, logged in through the form."""
    browser = Client(headers={"user-agent": agent, "accept-language": "ko"})
    form = {"email": f"{name}@example.com", "password": PASSWORD}
    assert browser.post(LOGIN, form).status_code == 302
    return browser


@pytest.mark.django_db(transaction=True)
def test_each_log_in_is_listed_in_plain_words_and_this_one_is_marked(alice, bob):
    phone, desk = browser_of("alice", IPHONE), browser_of("alice", WINDOWS)
    browser_of("bob", WINDOWS)
    body = {"email": "alice@example.com", "password": PASSWORD}
    Client(headers={"user-agent": "backup-robot/2.1"}).post(
        "/api/v1/accounts/login/", body, content_type="application/json"
    )
    page = desk.get(PAGE).content.decode()
    assert page.index("윈도우 · Chrome") < page.index("이 기기") < page.index("프로그램 (backup-robot)")
    assert "아이폰 · Safari" in page
    assert page.count("이 기기</span>") == 1
    assert devices.devices_of(alice).count() == 3
    assert devices.devices_of(bob).count() == 1
    assert phone.get(PAGE).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_ending_a_browser_ends_its_session_and_tells_its_sockets(alice, revoked):
    phone, desk = browser_of("alice", IPHONE), browser_of("alice", WINDOWS)
    key = phone.session.session_key
    device = Device.objects.get(credential=credential_of_session(key))
    assert desk.post(f"{PAGE}{device.pk}/end/")["Location"] == PAGE
    assert person_of_session(key) is None
    assert revoked == [(alice.pk, credential_of_session(key))]
    assert phone.get(PAGE)["Location"].startswith(LOGIN)
    assert desk.get(PAGE).status_code == 200
    assert not Device.objects.filter(pk=device.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_ending_a_program_ends_its_token(as_alice, alice, revoked):
    token = as_alice._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    credential = person_of_token(token).credential
    desk = browser_of("alice", WINDOWS)
    desk.post(f"{PAGE}{Device.objects.get(credential=credential).pk}/end/")
    assert as_alice.get("/api/v1/accounts/me/").status_code == 401
    assert revoked == [(alice.pk, credential)]


@pytest.mark.django_db(transaction=True)
def test_everywhere_else_is_everything_but_this(as_alice, as_bob, alice, bob, revoked):
    phone, desk = browser_of("alice", IPHONE), browser_of("alice", WINDOWS)
    assert desk.post(f"{PAGE}others/")["Location"] == PAGE
    assert "다른 기기 2대에서 로그아웃했어요." in desk.get(PAGE).content.decode()
    assert as_alice.get("/api/v1/accounts/me/").status_code == 401
    assert phone.get(PAGE).status_code == 302
    assert desk.get(PAGE).status_code == 200
    assert as_bob.get("/api/v1/accounts/me/").status_code == 200
    assert {user for user, _credential in revoked} == {alice.pk}


@pytest.mark.django_db(transaction=True)
def test_nobody_ends_somebody_elses_log_in(alice, bob):
    phone, desk = browser_of("alice", IPHONE), browser_of("bob", WINDOWS)
    device = Device.objects.get(user=alice)
    desk.post(f"{PAGE}{device.pk}/end/")
    desk.post(f"{PAGE}others/")
    assert phone.get(PAGE).status_code == 200
    assert Client().post(f"{PAGE}{device.pk}/end/")["Location"].startswith(LOGIN)
    assert desk.get(f"{PAGE}{device.pk}/end/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_changed_password_and_a_log_out_leave_no_rows_behind(as_alice, alice):
    phone, desk = browser_of("alice", IPHONE), browser_of("alice", WINDOWS)
    desk.post(
        "/accounts/me/password/",
        {"current_password": PASSWORD, "new_password": "another long secret"},
    )
    assert [one.agent for one in Device.objects.all()] == [WINDOWS]
    assert phone.get(PAGE).status_code == 302
    desk.post("/accounts/logout/")
    assert not Device.objects.exists()


def test_a_log_in_from_before_the_list_gets_its_row_when_it_is_used(alice, as_alice):
    desk = Client(headers={"user-agent": WINDOWS})
    desk.force_login(alice)
    Device.objects.all().delete()
    devices._seen.__init__()
    assert desk.get(PAGE).status_code == 200
    assert as_alice.get("/api/v1/accounts/me/").status_code == 200
    assert sorted(one.agent for one in Device.objects.all()) == ["", WINDOWS]


def test_being_seen_costs_a_statement_in_ten_minutes(alice):
    desk = Client()
    desk.force_login(alice)
    long_ago = timezone.now() - timedelta(days=1)
    Device.objects.update(last_seen_at=long_ago)
    desk.get(PAGE)
    assert Device.objects.get().last_seen_at == long_ago
    devices._seen.__init__()
    desk.get(PAGE)
    assert Device.objects.get().last_seen_at > long_ago


def test_rows_of_ended_log_ins_are_forgotten(alice, as_alice):
    desk = Client()
    desk.force_login(alice)
    long_ago = timezone.now() - timedelta(days=1)
    Session.objects.update(expire_date=long_ago)
    AuthToken.objects.update(expiry=long_ago)
    assert not devices.devices_of(alice).exists()
    Device.objects.update(last_seen_at=long_ago)
    forget_expired()
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (IPHONE, "Safari on iPhone"),
        (WINDOWS, "Chrome on Windows"),
        (WINDOWS + " Edg/142.0", "Edge on Windows"),
        (WINDOWS + " Whale/4.30", "Whale on Windows"),
        (GALAXY, "Samsung Internet on Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Linux"),
        ("curl/8.5.0", "Program (curl)"),
        ("", "Unknown device"),
        ("<script>", "Unknown device"),
    ],
)
def test_browsers_and_programs_are_told_in_plain_words(agent, words):
    with translation.override("en"):
        assert devices.describe(agent) == words
