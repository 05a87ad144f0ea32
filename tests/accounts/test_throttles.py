"""How often somebody may try, from where, on every entrance; and that strangers lock nobody out."""

import pytest
from django.test import Client, RequestFactory

from accounts import attempts
from accounts.addresses import address_of, guesser
from accounts.models import Attempt
from accounts.services import (
    SIGN_UPS_PER_ADDRESS,
    WRONG_GUESSES_FROM_ANYWHERE,
    WRONG_GUESSES_PER_ACCOUNT,
)
from chat.services.members import WRONG_GUESSES_PER_ADDRESS, WRONG_GUESSES_PER_PERSON
from tests.conftest import PASSWORD

API_LOGIN, LOGIN = "/api/v1/accounts/login/", "/accounts/login/"
HOME, FAR = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "198.51.100.7"}


def proof(password: str) -> dict:
    return {"email": "alice@example.com", "password": password}


def post(client: Client, path: str, body: dict, **where):
    """As programs do, or as forms do."""
    kind = {"content_type": "application/json"} if path.startswith("/api/") else {}
    return client.post(path, body, **kind, **where)


def is_refused(answer) -> bool:
    """Refused as too much, with a time to come back."""
    return answer.status_code == 429 and 0 < int(answer["Retry-After"]) <= attempts.LOCK.total_seconds()


def shut_everywhere() -> None:
    """As after guesses from a hundred addresses."""
    for _guess in range(WRONG_GUESSES_FROM_ANYWHERE):
        attempts.spend(attempts.Counter("login:alice@example.com", WRONG_GUESSES_FROM_ANYWHERE))


@pytest.fixture
def tired(alice) -> None:
    """Strangers guessed at alice's account from everywhere, as often as that is let."""
    shut_everywhere()


@pytest.mark.parametrize("path", [API_LOGIN, LOGIN])
def test_a_stranger_who_guesses_shuts_out_only_their_own_address(alice, path):
    for _guess in range(WRONG_GUESSES_PER_ACCOUNT):
        post(Client(), path, proof("wrong"), **FAR)
    assert is_refused(post(Client(), path, proof(PASSWORD), **FAR))
    assert post(Client(), path, proof(PASSWORD), **HOME).status_code in (200, 302)


def test_strangers_from_everywhere_do_not_shut_out_a_browser_that_was_in_before(alice):
    browser = Client()
    assert browser.post(LOGIN, proof(PASSWORD), **HOME).status_code == 302
    browser.post("/accounts/logout/")
    shut_everywhere()
    assert is_refused(Client().post(LOGIN, proof(PASSWORD), **HOME))
    assert browser.post(LOGIN, proof(PASSWORD), **FAR).status_code == 302


def test_a_known_browser_may_not_guess_for_ever_either(alice):
    browser = Client()
    browser.post(LOGIN, proof(PASSWORD))
    browser.post("/accounts/logout/")
    for _guess in range(WRONG_GUESSES_PER_ACCOUNT):
        assert browser.post(LOGIN, proof("wrong")).status_code == 200
    assert is_refused(browser.post(LOGIN, proof(PASSWORD)))


@pytest.mark.parametrize("forged", ["", "x", "known:alice@example.com", "a:b:c"])
def test_a_made_up_cookie_makes_no_known_browser(tired, forged):
    browser = Client()
    browser.cookies["known"] = forged
    assert is_refused(browser.post(LOGIN, proof(PASSWORD)))


def test_a_browser_is_known_to_its_own_people_only(tired, bob):
    browser = Client()
    browser.post(LOGIN, {"email": "bob@example.com", "password": PASSWORD})
    browser.post("/accounts/logout/")
    assert is_refused(browser.post(LOGIN, proof(PASSWORD)))


@pytest.mark.parametrize("path", ["/api/v1/accounts/", "/accounts/signup/"])
def test_sign_ups_from_one_address_are_limited(db, path):
    Attempt.objects.create(key="signup:127.0.0.1", failures=SIGN_UPS_PER_ADDRESS - 1)
    people = [
        {"email": f"one-{number}@example.com", "username": "one", "password": "a long enough secret"}
        for number in range(3)
    ]
    assert post(Client(), path, people[0]).status_code in (201, 302)
    assert is_refused(post(Client(), path, people[1]))
    assert post(Client(), path, people[2], **FAR).status_code in (201, 302)


@pytest.mark.parametrize("path", ["/api/v1/channels/{}/join/", "/channels/{}/join/"])
def test_guesses_at_a_channels_password_are_limited_by_person_and_by_address(
    private_channel, alice, charlie, path
):
    def guess(user, **where):
        browser = Client()
        browser.force_login(user)
        return post(browser, path.format(private_channel.pk), {"password": "wrong"}, **where)

    for _guess in range(WRONG_GUESSES_PER_PERSON):
        assert guess(charlie).status_code in (200, 403)
    assert is_refused(guess(charlie, **FAR))
    Attempt.objects.filter(key__startswith=f"join:{private_channel.pk}").delete()
    Attempt.objects.update(failures=WRONG_GUESSES_PER_ADDRESS - 1)
    assert guess(charlie).status_code in (200, 403)
    assert is_refused(guess(charlie))
    assert guess(charlie, **FAR).status_code in (200, 403)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "127.0.0.1"),
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.1, 203.0.113.9", "203.0.113.9"),  # the first was made up by the client
        (2, "192.0.2.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),  # went past one of the proxies
        (1, "nonsense", "127.0.0.1"),
        (1, None, "127.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert address_of(RequestFactory().get("/", headers=headers)) == address


def test_an_address_that_a_proxy_tells_is_the_one_that_counts(settings, alice):
    settings.TRUSTED_PROXIES = 1
    client = Client(headers={"x-forwarded-for": "192.0.2.1, 203.0.113.9"})
    post(client, API_LOGIN, proof("wrong"))
    assert Attempt.objects.filter(key="address:203.0.113.9").exists()


def test_all_addresses_of_one_network_are_one_guesser():
    assert guesser("2001:db8:1:2::5") == guesser("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert guesser("::ffff:192.0.2.1") == guesser("192.0.2.1") == "192.0.2.1"
    assert guesser("") == ""
