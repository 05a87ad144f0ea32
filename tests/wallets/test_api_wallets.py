"""Wallets and their members over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import PASSWORD
from tests.wallets.conftest import PIN, balance, fill
from tests.wallets.entrances import client_of
from wallets.models import AuditRecord, Pin, Wallet
from wallets.services import members, transfers, wallets

API = "/api/v1/wallets/"


def opened(client, **body) -> dict:
    answer = client.post(API, {"pin": PIN, **body})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_my_own_wallet(as_alice):
    wallet = opened(as_alice)
    assert wallet == {
        "id": wallet["id"],
        "kind": "personal",
        "name": "alice",
        "description": "",
        "channel": None,
        "balance": 0,
        "my_role": "owner",
        "approval_limit": None,
        "locked_at": None,
        "closed_at": None,
    }
    assert as_alice.get(f"{API}{wallet['id']}/").json() == wallet
    again = as_alice.post(API, {"pin": PIN})
    assert (again.status_code, again.json()["code"]) == (409, "wallet_exists")


def test_a_groups_wallet(as_alice, channel):
    wallet = opened(as_alice, channel=channel.pk, name=" 회비통장 ", description="한 달 만 원")
    assert (wallet["kind"], wallet["name"], wallet["channel"]) == ("group", "회비통장", channel.pk)
    assert (wallet["description"], wallet["balance"], wallet["my_role"]) == ("한 달 만 원", 0, "owner")
    same = as_alice.post(API, {"pin": PIN, "channel": channel.pk, "name": "회비통장"})
    assert (same.status_code, same.json()["code"]) == (409, "name_taken")


@pytest.mark.parametrize(
    "body", [{"name": "x"}, {"channel": 1}, {"description": "x"}, {"channel": "1", "name": "x"}]
)
def test_half_a_group_is_no_personal_wallet(as_alice, body):
    answer = as_alice.post(API, {"pin": PIN, **body})
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert not Wallet.objects.filter(owner__isnull=False).exists()


@pytest.mark.parametrize("pin", ["123", "1234567", "12a4", "１２３４", 1234, None])
def test_pins_that_are_none(as_alice, pin):
    answer = as_alice.post(API, {"pin": pin})
    assert answer.status_code == 400
    assert answer.json()["code"] in ("pin_malformed", "validation_failed")
    assert not Pin.objects.exists()


def test_a_stranger_opens_nothing_in_a_channel(as_charlie, channel):
    answer = as_charlie.post(API, {"pin": PIN, "channel": channel.pk, "name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_mine_and_those_of_a_channel(
    alice, as_bob, as_charlie, dana, channel, alice_wallet, bob_wallet, group_wallet
):
    mine = as_bob.get(API).json()
    assert [wallet["id"] for wallet in mine["results"]] == [bob_wallet.pk, group_wallet.pk]
    assert (mine["next"], mine["previous"]) == (None, None)
    beside = wallets.open_group(user=alice, channel_id=channel.pk, name="여행", pin=PIN)
    of_channel = as_bob.get(f"{API}?channel={channel.pk}").json()["results"]
    assert [(wallet["id"], wallet["my_role"]) for wallet in of_channel] == [
        (beside.pk, None),
        (group_wallet.pk, "member"),
    ]
    assert as_charlie.get(f"{API}?channel={channel.pk}").json()["results"] == []


def test_who_has_not_joined_sees_that_it_is_there_and_not_what_is_in_it(alice, dana, channel, group_wallet):
    wallets.change_wallet(user=alice, wallet_id=group_wallet.pk, approval_limit=10_000)
    as_dana = client_of(dana)
    for shown in (
        as_dana.get(f"{API}{group_wallet.pk}/").json(),
        as_dana.get(f"{API}?channel={channel.pk}").json()["results"][0],
    ):
        assert (shown["name"], shown["channel"]) == ("회비통장", channel.pk)
        assert (shown["my_role"], shown["balance"], shown["approval_limit"]) == (None, None, None)
    assert as_dana.get(API).json()["results"] == []


def test_somebody_elses_own_wallet_is_not_there(as_bob, alice_wallet):
    assert as_bob.get(f"{API}{alice_wallet.pk}/").status_code == 404


def test_change(as_alice, group_wallet):
    url = f"{API}{group_wallet.pk}/"
    changed = as_alice.patch(url, {"name": "여행", "approval_limit": 50_000}).json()
    assert (changed["name"], changed["approval_limit"], changed["balance"]) == ("여행", 50_000, 50_000)
    assert as_alice.patch(url, {"approval_limit": None}).json()["approval_limit"] is None
    assert as_alice.patch(url, {}).json()["name"] == "여행"
    for bad in (0, "1000", True, 1.5):
        answer = as_alice.patch(url, {"approval_limit": bad})
        assert (answer.status_code, answer.json()["code"]) == (400, "amount_invalid")
        assert list(answer.json()["errors"]) == ["approval_limit"]


def test_close(alice, as_alice, bob_wallet, alice_wallet):
    url = f"{API}{alice_wallet.pk}/"
    full = as_alice.delete(url)
    assert (full.status_code, full.json()["code"]) == (409, "wallet_not_empty")
    transfers.transfer(
        actor=alice, source_id=alice_wallet.pk, target_id=bob_wallet.pk, amount=100_000, pin=PIN, key="k"
    )
    assert as_alice.delete(url).status_code == 204
    assert as_alice.get(url).json()["closed_at"].endswith("Z")
    assert as_alice.get(API).json()["results"] == []
    assert len(as_alice.get(f"{url}entries/").json()["results"]) == 2  # the books stay


def test_join_twice_and_leave(dana, group_wallet):
    as_dana, url = client_of(dana), f"{API}{group_wallet.pk}/"
    first = as_dana.post(f"{url}join/")
    assert first.json() == {
        "wallet": group_wallet.pk,
        "user": {"id": dana.pk, "username": "dana"},
        "role": "member",
        "joined_at": first.json()["joined_at"],
    }
    assert first.json()["joined_at"].endswith("Z")
    again = as_dana.post(f"{url}join/")
    assert (again.status_code, again.json()) == (200, first.json())
    assert as_dana.get(url).json()["balance"] == 50_000
    assert as_dana.delete(f"{url}members/{dana.pk}/").status_code == 204
    assert as_dana.get(url).json()["balance"] is None


def test_nobody_joins_a_personal_wallet_or_from_outside(as_alice, as_charlie, alice_wallet, group_wallet):
    assert as_alice.post(f"{API}{alice_wallet.pk}/join/").status_code == 404
    assert as_charlie.post(f"{API}{group_wallet.pk}/join/").status_code == 404


def test_members_and_handover(alice, bob, as_alice, as_bob, group_wallet):
    url = f"{API}{group_wallet.pk}/members/"
    assert [(m["user"]["username"], m["role"]) for m in as_bob.get(url).json()["results"]] == [
        ("alice", "owner"),
        ("bob", "member"),
    ]
    alone = as_alice.delete(f"{url}{alice.pk}/")
    assert (alone.status_code, alone.json()["code"]) == (409, "owner_hands_over_first")
    assert as_alice.patch(f"{url}{bob.pk}/", {"role": "owner"}).json()["role"] == "owner"
    assert [m["role"] for m in as_bob.get(url).json()["results"]] == ["treasurer", "owner"]
    assert balance(group_wallet) == 50_000
    assert as_bob.delete(f"{url}{alice.pk}/").status_code == 204
    assert as_alice.get(url).status_code == 404


def test_roles_that_are_none(as_alice, bob, group_wallet):
    for role in ("admin", "", None, 1):
        answer = as_alice.patch(f"{API}{group_wallet.pk}/members/{bob.pk}/", {"role": role})
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")


def test_a_new_pin_is_proved_by_the_password_and_unlocks(as_alice, alice_wallet):
    url = f"{API}{alice_wallet.pk}/pin/"
    Pin.objects.update(tries=5, locked_at="2026-01-01T00:00Z")
    wrong = as_alice.post(url, {"password": "wrong", "pin": "1357"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert as_alice.post(url, {"password": PASSWORD, "pin": "1357"}).status_code == 204
    assert list(Pin.objects.values_list("tries", "locked_at")) == [(0, None)]


def test_no_answer_holds_a_pin(as_alice, alice_wallet):
    hashed = Pin.objects.get(wallet=alice_wallet).hash
    for address in ("", "entries/"):
        body = as_alice.get(f"{API}{alice_wallet.pk}/{address}").content.decode()
        assert hashed not in body
        assert PIN not in body
    assert PIN not in str(list(AuditRecord.objects.values_list("detail", flat=True)))


def queries_of(client, address) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_lists_cost_the_same_however_long(alice, bob, as_alice, channel, alice_wallet, group_wallet, dana):
    addresses = [API, f"{API}?channel={channel.pk}", f"{API}{group_wallet.pk}/members/"]
    before = [queries_of(as_alice, address) for address in addresses]
    for number in range(5):
        wallets.open_group(user=alice, channel_id=channel.pk, name=f"통장 {number}", pin=PIN)
    members.join(user=dana, wallet_id=group_wallet.pk)
    fill(group_wallet, 1, alice)
    assert [queries_of(as_alice, address) for address in addresses] == before
    assert max(before) <= 4


def test_pages_of_wallets(alice, as_alice, channel, alice_wallet):
    made = [wallets.open_group(user=alice, channel_id=channel.pk, name=f"{n}", pin=PIN).pk for n in range(5)]
    seen, url = [], f"{API}?limit=2"
    while url:
        page = as_alice.get(url).json()
        seen += [wallet["id"] for wallet in page["results"]]
        url = page["next"]
    assert seen == [alice_wallet.pk, *reversed(made)]
