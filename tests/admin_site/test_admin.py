"""What an operator sees and does."""

import re

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import admin_pages
from accounts.credentials import issue_token, person_of_token
from accounts.models import Attempt, User
from accounts.services import WRONG_GUESSES_PER_ACCOUNT, delete_account
from chat import services
from chat.models import Channel, Membership, Report, Webhook
from tests.conftest import PASSWORD

LISTS = [
    "accounts/user",
    "accounts/attempt",
    "knox/authtoken",
    "chat/channel",
    "chat/membership",
    "chat/outboxevent",
    "chat/report",
    "chat/webhook",
]
# tests/wallets/test_admin.py looks into these.
LISTS_OF_MONEY = [
    "wallets/auditrecord",
    "wallets/duesplan",
    "wallets/ledgerentry",
    "wallets/pin",
    "wallets/scheduledrun",
    "wallets/scheduledtransfer",
    "wallets/spendrequest",
    "wallets/transfer",
    "wallets/wallet",
    "wallets/walletmember",
]


@pytest.fixture
def desk(operator):
    """The operator's browser."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(operator)
    return client


@pytest.fixture
def clerk(db):
    """May change people, but is no superuser."""
    user = User.objects.create_user(
        email="carl@example.com", username="carl", password=PASSWORD, is_staff=True
    )
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    return user


@pytest.fixture
def rows(channel, alice, bob):
    """A row where nothing else makes one."""
    Attempt.objects.create(key="login:x")
    Report.objects.create(
        channel=channel, message_id="1" * 32, author_id=bob.pk, text="x", reporter=alice, reason="spam"
    )
    Webhook.objects.create(channel=channel, name="봇", token_digest="d", created_by=alice)


def _act(client, model, action, *rows):
    body = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(f"/admin/{model}/", body, follow=True)


@pytest.mark.parametrize("model", LISTS)
def test_every_list_and_row_opens_and_can_be_searched(desk, as_bob, channel, rows, model):
    assert desk.get(f"/admin/{model}/").status_code == 200
    assert desk.get(f"/admin/{model}/?q=bob").status_code == 200
    row = apps.get_model(*model.split("/")).objects.all()[0]
    assert desk.get(f"/admin/{model}/{quote(row.pk)}/change/").status_code == 200


def test_everything_on_the_first_page_has_a_korean_name(operator):
    client = Client(headers={"accept-language": "ko"})
    client.force_login(operator)
    listed = client.get("/admin/").context["app_list"]
    names = [str(one["name"]) for app in listed for one in (app, *app["models"])]
    assert [name for name in names if not re.search("[가-힣]", name)] == []


@pytest.mark.parametrize("model", [*LISTS, *LISTS_OF_MONEY])
def test_lists_are_for_operators(anonymous, as_alice, alice, model):
    browser = Client()
    browser.force_login(alice)
    for client in (anonymous, as_alice, browser):
        assert client.get(f"/admin/{model}/").status_code == 302


def test_log_in_by_address(operator):
    client = Client()
    answer = client.post("/admin/login/", {"username": "Olga@Example.com", "password": PASSWORD})
    assert (answer.status_code, "_auth_user_id" in client.session) == (302, True)


def test_log_in_limits_guesses(operator):
    client = Client(headers={"accept-language": "en"})
    for _guess in range(WRONG_GUESSES_PER_ACCOUNT):
        client.post("/admin/login/", {"username": "olga@example.com", "password": "wrong"})
    answer = client.post("/admin/login/", {"username": "olga@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert "Too many attempts" in answer.content.decode()


def test_log_in_is_not_for_others(alice):
    client = Client()
    client.post("/admin/login/", {"username": "alice@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_deactivated_and_reactivated(desk, bob):
    token, _expires_at = issue_token(bob)
    _act(desk, "accounts/user", "deactivate_people", bob)
    assert person_of_token(token) is None
    bob.refresh_from_db()
    assert not bob.is_active
    _act(desk, "accounts/user", "reactivate_people", bob)
    bob.refresh_from_db()
    assert bob.is_active
    assert LogEntry.objects.count() == 2


def test_operator_cannot_shut_out_the_operator(desk, operator):
    _act(desk, "accounts/user", "deactivate_people", operator)
    operator.refresh_from_db()
    assert operator.is_active


def test_deleted_account_stays_deleted(desk, bob):
    delete_account(user=bob, password=None)
    answer = _act(desk, "accounts/user", "reactivate_people", bob)
    bob.refresh_from_db()
    assert not bob.is_active
    assert "This account was deleted." in answer.content.decode()


def test_clerk_gives_nobody_rights(clerk, operator, bob):
    client = Client()
    client.force_login(clerk)
    rights = {"email": bob.email, "username": "bob", "is_superuser": "on", "is_staff": "on"}
    client.post(f"/admin/accounts/user/{bob.pk}/change/", rights)
    bob.refresh_from_db()
    assert (bob.is_staff, bob.is_superuser) == (False, False)
    _act(client, "accounts/user", "deactivate_people", operator)
    operator.refresh_from_db()
    assert operator.is_active
    new = {"password1": "another long secret", "password2": "another long secret"}
    assert client.post(f"/admin/accounts/user/{operator.pk}/password/", new).status_code == 403
    operator.refresh_from_db()
    assert operator.check_password(PASSWORD)


def test_new_password_from_an_operator_ends_every_log_in(desk, bob):
    token, _expires_at = issue_token(bob)
    new = {"password1": "another long secret", "password2": "another long secret", "usable_password": "true"}
    answer = desk.post(f"/admin/accounts/user/{bob.pk}/password/", new)
    assert answer.status_code == 302
    bob.refresh_from_db()
    assert bob.check_password("another long secret")
    assert person_of_token(token) is None


def test_new_person_follows_the_rules_of_sign_up(desk):
    body = {"email": "DORA@Example.com", "username": " dora  d ", "password1": "a long enough secret"}
    body["password2"] = body["password1"]
    assert desk.post("/admin/accounts/user/add/", body).status_code == 302
    dora = User.objects.get(email="dora@example.com")
    assert (dora.username, dora.is_staff) == ("dora d", False)
    assert desk.post("/admin/accounts/user/add/", body).status_code == 200  # taken
    bad = desk.post("/admin/accounts/user/add/", body | {"email": "e@example.com", "username": "\u202ee"})
    assert "turn the reading direction" in bad.content.decode()


def test_name_changes(desk, bob):
    answer = desk.post(f"/admin/accounts/user/{bob.pk}/change/", {"email": bob.email, "username": "robert"})
    assert answer.status_code == 302
    bob.refresh_from_db()
    assert (bob.username, bob.is_active) == ("robert", True)


@pytest.mark.parametrize("model", LISTS)
def test_nothing_is_deleted(desk, channel, bob, rows, model):
    issue_token(bob)
    row = apps.get_model(*model.split("/")).objects.all()[0]
    assert desk.post(f"/admin/{model}/{quote(row.pk)}/delete/", {"post": "yes"}).status_code == 403
    _act(desk, model, "delete_selected", row)
    assert type(row).objects.filter(pk=row.pk).exists()


def test_rows_of_channels_are_shown_and_not_saved(desk, channel):
    answer = desk.post(f"/admin/chat/channel/{channel.pk}/change/", {"name": "x", "member_count": 9})
    assert answer.status_code == 403
    page = desk.get(f"/admin/chat/channel/{channel.pk}/change/").content.decode()
    assert channel.name in page
    assert 'name="_save"' not in page


def test_password_hash_of_a_channel_is_not_shown(desk, private_channel):
    page = desk.get(f"/admin/chat/channel/{private_channel.pk}/change/").content.decode()
    assert private_channel.password not in page


def test_closed_channel(desk, channel, recorded):
    _act(desk, "chat/channel", "close_channels", channel)
    channel.refresh_from_db()
    assert channel.closed_at is not None
    assert recorded(channel.pk)[-1].kind == "closed"


def test_member_put_out(desk, bob, alice, channel, recorded):
    _act(desk, "chat/membership", "remove_members", Membership.objects.get(user=bob))
    assert (recorded(channel.pk)[-1].kind, recorded(channel.pk)[-1].user) == ("removed", bob.pk)
    assert Channel.objects.get(pk=channel.pk).member_count == 1


def test_last_admin_is_not_put_out_while_others_are_in(desk, alice, channel):
    answer = _act(desk, "chat/membership", "remove_members", Membership.objects.get(user=alice))
    assert "names a successor" in answer.content.decode()
    assert Membership.objects.filter(user=alice).exists()


def test_unlocked_and_revoked(desk, bob):
    lock = Attempt.objects.create(key="login:bob@example.com", failures=10)
    _act(desk, "accounts/attempt", "unlock", lock)
    assert not Attempt.objects.exists()
    token, _expires_at = issue_token(bob)
    _act(desk, "knox/authtoken", "revoke", bob.auth_token_set.get())
    assert person_of_token(token) is None


@pytest.mark.parametrize("model", ["accounts/user", "chat/channel", "chat/membership"])
def test_list_costs_the_same_however_many_rows_there_are(desk, alice, channel, model):
    with CaptureQueriesContext(connection) as few:
        desk.get(f"/admin/{model}/")
    people = User.objects.bulk_create(
        [User(email=f"p{number}@example.com", username=f"p{number}") for number in range(30)]
    )
    for person in people[:15]:
        services.create_channel(user=person, name=person.username)
    with CaptureQueriesContext(connection) as many:
        desk.get(f"/admin/{model}/")
    assert len(many) == len(few)


def test_count_is_bounded(desk, monkeypatch):
    monkeypatch.setattr(admin_pages, "COUNTED_AT_MOST", 5)
    User.objects.bulk_create([User(email=f"p{number}@example.com", username="p") for number in range(20)])
    with CaptureQueriesContext(connection) as queries:
        desk.get("/admin/accounts/user/")
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert counts
    assert all("LIMIT 5" in sql for sql in counts)
