"""What an operator sees of money and does with it: everything is looked at, nothing is edited, and the four
things that an operator may do have a reason."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.forms.models import model_to_dict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import admin_pages
from accounts.models import User
from tests.wallets.conftest import balance, fill
from tests.wallets.entrances import stage
from wallets.models import AuditRecord, LedgerEntry, Pin, Transfer, Wallet, WalletMember
from wallets.schedules.runs import run_due
from wallets.services import members

__all__ = ["stage"]

MODELS = sorted(
    model.__name__.lower() for model in admin.site._registry if model._meta.app_label == "wallets"
)


@pytest.fixture
def desk(operator) -> Client:
    """The operator's browser."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(operator)
    return client


def act(client, model, action, *rows, **more):
    body = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(f"/admin/wallets/{model}/", body, follow=True)


def first_of(model):
    return apps.get_model("wallets", model).objects.order_by("-pk").first()


@pytest.fixture
def rows(stage) -> dict:
    """A row of every kind."""
    run_due(timezone.now() + timedelta(days=1, minutes=1))
    return stage


def test_every_table_of_money_is_there():
    assert MODELS == [
        "auditrecord", "duesplan", "ledgerentry", "pin", "scheduledrun", "scheduledtransfer", "spendrequest",
        "transfer", "wallet", "walletmember",
    ]  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_everything_is_looked_at_and_nothing_is_edited(desk, rows, model):
    row = first_of(model)
    before = model_to_dict(row)
    page = f"/admin/wallets/{model}/{row.pk}/change/"
    shown = desk.get(page)
    assert shown.status_code == 200
    assert shown.context["adminform"].form.fields == {}
    assert 'name="_save"' not in shown.content.decode()
    edited = dict.fromkeys(before, "1") | {"balance": "999", "amount": "999", "_save": "x"}
    assert desk.post(page, edited).status_code == 403
    assert desk.get(f"/admin/wallets/{model}/add/").status_code == 403
    assert desk.post(f"/admin/wallets/{model}/add/", edited).status_code == 403
    assert desk.post(f"/admin/wallets/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    act(desk, model, "delete_selected", row, post="yes")
    assert model_to_dict(first_of(model)) == before
    assert admin.site._registry[type(row)].list_editable == ()


@pytest.mark.parametrize("model", MODELS)
def test_lists_are_searched_by_number_name_and_address(desk, rows, model):
    row = first_of(model)
    for words in ("bob@example.com", "alice", "회비", str(row.pk), "nobody", "x" * 300, str(2**70), "%"):
        assert desk.get(f"/admin/wallets/{model}/", {"q": words}).status_code == 200, words


def found(client, model, words) -> set:
    listed = client.get(f"/admin/wallets/{model}/", {"q": words}).context["cl"].result_list
    return {row.pk for row in listed}


def test_a_search_finds_the_wallet_and_what_moved(desk, rows, alice_wallet, bob_wallet, group_wallet):
    assert found(desk, "wallet", "bob@example.com") == {bob_wallet.pk}
    assert found(desk, "wallet", "회비통") == {group_wallet.pk}
    assert found(desk, "wallet", str(alice_wallet.pk)) == {alice_wallet.pk}
    assert found(desk, "transfer", str(rows["transfer"])) == {rows["transfer"]}
    of_bob = set(Transfer.objects.filter(source=bob_wallet).values_list("pk", flat=True))
    assert of_bob <= found(desk, "transfer", "bob@example")
    assert found(desk, "ledgerentry", "bob@example") == set(
        LedgerEntry.objects.filter(wallet=bob_wallet).values_list("pk", flat=True)
    )
    assert found(desk, "walletmember", "bob@") == {WalletMember.objects.get(user__username="bob").pk}
    assert found(desk, "transfer", "nobody") == set()


def test_the_hash_of_a_pin_is_shown_to_nobody(desk, alice_wallet):
    pin = Pin.objects.get(wallet=alice_wallet)
    for address in ("pin/", f"pin/{pin.pk}/change/", f"wallet/{alice_wallet.pk}/change/"):
        page = desk.get(f"/admin/wallets/{address}").content.decode()
        assert pin.hash not in page
        assert pin.hash.split("$")[-1] not in page


def test_lock_and_unlock_with_a_reason(desk, operator, alice, alice_wallet):
    asked = act(desk, "wallet", "lock_wallets", alice_wallet)
    assert "Reason" in asked.content.decode()
    alice_wallet.refresh_from_db()
    assert alice_wallet.locked_at is None
    for nothing in ("", "   ", "x" * 101, "a\u202eb"):
        act(desk, "wallet", "lock_wallets", alice_wallet, reason=nothing)
        alice_wallet.refresh_from_db()
        assert alice_wallet.locked_at is None
    act(desk, "wallet", "lock_wallets", alice_wallet, reason="신고 12")
    alice_wallet.refresh_from_db()
    assert alice_wallet.locked_at is not None
    act(desk, "wallet", "unlock_wallets", alice_wallet, reason="확인")
    alice_wallet.refresh_from_db()
    assert alice_wallet.locked_at is None
    records = AuditRecord.objects.filter(wallet=alice_wallet, actor=operator).order_by("pk")
    assert [(record.action, record.detail["reason"]) for record in records] == [
        ("locked", "신고 12"),
        ("unlocked", "확인"),
    ]


def test_reversal_is_a_new_transfer_and_happens_once(desk, operator, stage, bob_wallet):
    given = Transfer.objects.get(pk=stage["transfer"])
    act(desk, "transfer", "reverse_transfers", given)
    assert not Transfer.objects.filter(reverses=given).exists()
    for _twice in range(2):
        act(desk, "transfer", "reverse_transfers", given, reason="잘못 보냄")
    reversal = Transfer.objects.get(reverses=given)
    assert (reversal.actor, reversal.memo, reversal.amount) == (operator, "잘못 보냄", 5_000)
    assert balance(bob_wallet) == 100_000
    answer = act(desk, "transfer", "reverse_transfers", reversal, reason="x")
    assert "This transfer cannot be reversed." in answer.content.decode()


def test_handover_with_a_reason(desk, alice, bob, group_wallet):
    member = WalletMember.objects.get(wallet=group_wallet, user=bob)
    act(desk, "walletmember", "hand_over", member)
    member.refresh_from_db()
    assert member.role == "member"
    act(desk, "walletmember", "hand_over", member, reason="총무가 탈퇴함")
    roles = dict(WalletMember.objects.filter(wallet=group_wallet).values_list("user__username", "role"))
    assert roles == {"alice": "treasurer", "bob": "owner"}


def test_who_may_only_look_does_nothing(stage, alice_wallet, group_wallet):
    clerk = User.objects.create_user(email="carl@example.com", username="carl", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client(headers={"accept-language": "en"})
    client.force_login(clerk)
    assert client.get("/admin/wallets/wallet/").status_code == 200
    given = Transfer.objects.get(pk=stage["transfer"])
    act(client, "wallet", "lock_wallets", alice_wallet, reason="x")
    act(client, "transfer", "reverse_transfers", given, reason="x")
    act(client, "walletmember", "hand_over", group_wallet.members.get(role="member"), reason="x")
    alice_wallet.refresh_from_db()
    assert alice_wallet.locked_at is None
    assert not Transfer.objects.filter(reverses=given).exists()
    assert group_wallet.members.get(role="owner").user.username == "alice"


def test_not_a_million_at_once(desk, monkeypatch, alice, alice_wallet, bob_wallet):
    monkeypatch.setattr("wallets.admin_pages.MOST_AT_ONCE", 1)
    answer = act(desk, "wallet", "lock_wallets", alice_wallet, bob_wallet, reason="x")
    assert "At most 1 at once." in answer.content.decode()
    assert not Wallet.objects.exclude(locked_at=None).exists()


@pytest.mark.parametrize("model", MODELS)
def test_lists_cost_the_same_however_long(desk, rows, model, alice, dana, alice_wallet):
    with CaptureQueriesContext(connection) as few:
        desk.get(f"/admin/wallets/{model}/")
    for _more in range(5):
        fill(alice_wallet, 1, alice)
    members.join(user=dana, wallet_id=rows["wallets"])
    with CaptureQueriesContext(connection) as many:
        desk.get(f"/admin/wallets/{model}/")
    assert len(many) == len(few)
    listed = [query["sql"] for query in many if "ORDER BY" in query["sql"]]
    assert not [query for query in listed if "INNER JOIN" in query and f"wallets_{model}" in query]


def test_counts_are_bounded(desk, monkeypatch, stage):
    monkeypatch.setattr(admin_pages, "COUNTED_AT_MOST", 5)
    for model in MODELS:
        with CaptureQueriesContext(connection) as queries:
            desk.get(f"/admin/wallets/{model}/")
        counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
        assert counts, model
        assert all("LIMIT 5" in sql for sql in counts), model
