"""A forgotten password, from the link on the log-in page to the new one."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import mail, resetting
from accounts.credentials import issue_token, person_of_token
from accounts.models import Attempt
from accounts.services import deactivate
from accounts.signals import access_revoked
from tests.accounts.letterbox import letters, link_in
from tests.conftest import PASSWORD
from tests.racing import at_once

FORGOTTEN, LOGIN, SENT = "/accounts/forgotten/", "/accounts/login/", "/accounts/forgotten/sent/"
NEW = "a quite different secret"


def ask(email: str = "alice@example.com", **where):
    return Client().post(FORGOTTEN, {"email": email}, **where)


def link(email: str = "alice@example.com") -> str:
    """The link of the letter that is asked for."""
    ask(email)
    return link_in(letters(1)[0])


def opened(path: str, client: Client | None = None) -> tuple[Client, str]:
    """A browser that followed the link, and where it stands."""
    client = client or Client()
    answer = client.get(path)
    return client, answer.headers.get("Location", path)


def log_in(password: str) -> int:
    return Client().post(LOGIN, {"email": "alice@example.com", "password": password}).status_code


def test_the_log_in_page_leads_to_it(db):
    assert f'href="{FORGOTTEN}"' in Client().get(LOGIN).content.decode()


def test_a_link_by_mail_lets_choose_a_new_password(with_mail, alice):
    path = link()
    letter = letters(1)[0]
    assert letter.to == ["alice@example.com"]
    assert letter.from_email == "모임 <talk@example.com>"
    assert letter.subject == "[회비관리 메신저] 새 비밀번호 정하기"
    assert "alice" not in letter.body
    client, form = opened(path)
    assert path.split("/")[-2] not in form
    assert client.get(form).status_code == 200
    answer = client.post(form, {"new_password": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (302, LOGIN)
    assert (log_in(PASSWORD), log_in(NEW)) == (200, 302)
    assert letters(2)[1].subject == "[회비관리 메신저] 비밀번호가 바뀌었어요"


def test_a_letter_speaks_the_language_of_the_request(with_mail, alice):
    Client(headers={"accept-language": "en"}).post(FORGOTTEN, {"email": "alice@example.com"})
    assert letters(1)[0].subject == "[Dues Messenger] Choose a new password"


def test_every_log_in_ends_and_sockets_are_told(with_mail, alice, django_capture_on_commit_callbacks):
    token, _expires_at = issue_token(alice)
    elsewhere = Client()
    elsewhere.force_login(alice)
    client, form = opened(link())
    told = []

    def hear(user_id, credential, **kwargs):
        told.append((user_id, credential))

    access_revoked.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(form, {"new_password": NEW})
    assert told == [(alice.pk, None)]
    assert person_of_token(token) is None
    assert elsewhere.get("/accounts/me/").status_code == 302


def test_a_link_works_once(with_mail, alice):
    path = link()
    (first, form), (second, _form) = opened(path), opened(path)
    first.post(form, {"new_password": NEW})
    answer = second.post(form, {"new_password": "the second secret"})
    assert "이제 쓸 수 없는 링크예요" in answer.content.decode()
    assert "이제 쓸 수 없는 링크예요" in Client().get(path).content.decode()
    assert log_in(NEW) == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_chooses(with_mail, alice):
    token = link().split("/")[-2]

    def choose():
        return resetting.reset_password(user=alice, token=token, new=NEW)

    outcomes = at_once(choose, choose)
    assert [type(one) for one in outcomes].count(resetting.LinkSpent) == 1
    assert [type(one) for one in outcomes].count(type(alice)) == 1


def test_a_link_ends_after_an_hour_and_at_the_next_log_in(with_mail, alice, settings):
    path = link()
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "이제 쓸 수 없는 링크예요" in Client().get(path).content.decode()
    settings.PASSWORD_RESET_TIMEOUT = timedelta(hours=1).total_seconds()
    assert opened(path)[1] != path
    log_in(PASSWORD)
    assert opened(path)[1] == path


@pytest.mark.parametrize(
    "path", ["/accounts/reset/MQ/x/", "/accounts/reset/x/x-y/", "/accounts/reset/MQ/set-password/"]
)
def test_made_up_links_are_refused(with_mail, alice, path):
    client = Client()
    assert "이제 쓸 수 없는 링크예요" in client.get(path).content.decode()
    client.post(path, {"new_password": NEW})
    assert log_in(PASSWORD) == 302


def test_a_link_of_somebody_who_was_shut_out_since_is_refused(with_mail, alice):
    client, form = opened(link())
    deactivate(user=alice)
    answer = client.post(form, {"new_password": NEW})
    assert "이제 쓸 수 없는 링크예요" in answer.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "12345678901", "alice@example.com", "x" * 129])
def test_a_bad_password_is_refused_and_the_link_stays_good(with_mail, alice, password):
    client, form = opened(link())
    assert "field__error" in client.post(form, {"new_password": password}).content.decode()
    assert client.post(form, {"new_password": NEW}).status_code == 302


def test_an_unknown_address_gets_the_same_answer_and_no_letter(with_mail, alice, bob):
    deactivate(user=bob)
    known, unknown, shut_out = ask(), ask("nobody@example.com"), ask("bob@example.com")
    for answer in (known, unknown, shut_out):
        assert (answer.status_code, answer.headers["Location"]) == (302, SENT)
    assert known.content == unknown.content
    assert [letter.to for letter in letters(1)] == [["alice@example.com"]]


@pytest.mark.parametrize("email", ["", "no address"])
def test_what_is_no_address_is_said_to_be_none(with_mail, db, email):
    answer = ask(email)
    assert answer.status_code == 200
    assert "field__error" in answer.content.decode()


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_links_are_limited_by_account_known_or_not(with_mail, alice, email):
    Attempt.objects.create(key=f"reset:{email}", failures=resetting.LINKS_PER_ACCOUNT - 1)
    assert ask(email).status_code == 302
    refused = ask(email.upper(), REMOTE_ADDR="198.51.100.7")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 900
    assert ask("bob@example.com").status_code == 302


def test_links_are_limited_by_network_address(with_mail, alice):
    Attempt.objects.create(key="reset from 127.0.0.1", failures=resetting.LINKS_PER_ADDRESS - 1)
    assert ask("bob@example.com").status_code == 302
    assert ask().status_code == 429
    assert ask(REMOTE_ADDR="198.51.100.7").status_code == 302


def test_a_site_without_mail_says_so_and_sends_nothing(alice, mailoutbox):
    for answer in (Client().get(FORGOTTEN), ask()):
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "이 사이트는 메일을 보내지 않아요" in page
        assert '<form class="form"' not in page
    assert not mail.is_sent_here()
    assert Attempt.objects.count() == len(mailoutbox) == 0


def test_a_changed_password_is_told_by_mail_on_every_entrance(
    with_mail, as_alice, alice, operator, django_capture_on_commit_callbacks
):
    path = "/api/v1/accounts/me/password/"
    assert as_alice.post(path, {"current_password": PASSWORD, "new_password": NEW}).status_code == 204
    letters(1)
    browser = Client()
    browser.force_login(alice := type(alice).objects.get(pk=alice.pk))
    browser.post("/accounts/me/password/", {"current_password": NEW, "new_password": PASSWORD})
    letters(2)
    admin = Client()
    admin.force_login(operator)
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(
            f"/admin/accounts/user/{alice.pk}/password/",
            {"password1": NEW, "password2": NEW, "usable_password": "true"},
        )
    assert {tuple(letter.to) for letter in letters(3)} == {("alice@example.com",)}
