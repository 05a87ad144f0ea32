"""What is done to a wallet by forms without scripts: fill it, give roles, leave, change, unlock, close."""

import pytest

from tests.wallets.conftest import PIN, key
from wallets.models import Pin, WalletMember, WalletRole
from wallets.services import transfers, wallets


def test_filling_fills_once_however_often_it_is_pressed(alice_browser, alice_wallet):
    path = f"/wallets/{alice_wallet.pk}/deposit/"
    page = alice_browser.get(path).content.decode()
    made_with_the_page = page.partition('name="key" value="')[2].partition('"')[0]
    asked = {"amount": "1,000원", "memo": "", "key": made_with_the_page}
    answers = [alice_browser.post(path, asked) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    alice_wallet.refresh_from_db()
    assert alice_wallet.balance == 101_000


@pytest.mark.parametrize("amount", ["0", "-1", "1.5", "1e3", "1,00", "가", "", "99999999999", "９"])
def test_a_sum_that_is_none_fills_nothing(alice_browser, alice_wallet, amount):
    answer = alice_browser.post(f"/wallets/{alice_wallet.pk}/deposit/", {"amount": amount, "key": key()})
    assert answer.status_code == 200
    assert "amount__reading--wrong" in answer.content.decode()
    alice_wallet.refresh_from_db()
    assert alice_wallet.balance == 100_000


def test_the_owner_gives_roles_hands_over_and_removes(alice_browser, group_wallet, alice, bob):
    path = f"/wallets/{group_wallet.pk}/members/{bob.pk}/"
    alice_browser.post(path, {"role": "treasurer"})
    assert WalletMember.objects.get(user=bob).role == WalletRole.TREASURER
    assert "지갑을 bob님에게 넘길까요?" in alice_browser.get(f"{path}?hand-over").content.decode()
    page = alice_browser.post(path, {"role": "owner"}, follow=True).content.decode()
    assert "이제 bob님의 지갑이에요." in page
    assert WalletMember.objects.get(user=alice).role == WalletRole.TREASURER
    assert alice_browser.get(path).status_code == 403
    assert alice_browser.post(path, {"action": "remove"}).status_code == 403


def test_a_role_that_is_none_and_a_person_who_is_not_there(alice_browser, group_wallet, bob, charlie):
    assert (
        alice_browser.post(f"/wallets/{group_wallet.pk}/members/{bob.pk}/", {"role": "king"}).status_code
        == 404
    )
    assert alice_browser.get(f"/wallets/{group_wallet.pk}/members/{charlie.pk}/").status_code == 404
    assert WalletMember.objects.get(user=bob).role == WalletRole.MEMBER


def test_a_member_is_removed_and_leaves(alice_browser, bob_browser, group_wallet, bob):
    alice_browser.post(f"/wallets/{group_wallet.pk}/members/{bob.pk}/", {"action": "remove"})
    assert not WalletMember.objects.filter(user=bob).exists()
    bob_browser.post(f"/wallets/{group_wallet.pk}/join/")
    answer = bob_browser.post(f"/wallets/{group_wallet.pk}/leave/", follow=True)
    assert "지갑에서 나왔어요." in answer.content.decode()
    page = alice_browser.post(f"/wallets/{group_wallet.pk}/leave/").content.decode()
    assert "지갑의 주인이라서 먼저 넘겨야 해요." in page


def test_the_owner_changes_name_and_limit(alice_browser, group_wallet):
    path = f"/wallets/{group_wallet.pk}/settings/"
    asked = {"name": " 새  이름 ", "description": "산행", "approval_limit": "50,000원"}
    assert "지갑을 고쳤어요." in alice_browser.post(path, asked, follow=True).content.decode()
    group_wallet.refresh_from_db()
    assert (group_wallet.name, group_wallet.approval_limit) == ("새 이름", 50_000)
    alice_browser.post(path, asked | {"approval_limit": ""})
    group_wallet.refresh_from_db()
    assert group_wallet.approval_limit is None


def test_a_locked_pin_is_said_and_unlocked_by_the_password(alice_browser, alice_wallet):
    Pin.objects.filter(pk=alice_wallet.pk).update(tries=5, locked_at="2026-01-01T00:00Z")
    assert "비밀번호를 5번 틀렸어요." in alice_browser.get(f"/wallets/{alice_wallet.pk}/").content.decode()
    path = f"/wallets/{alice_wallet.pk}/pin/"
    asked = {"pin": "1357", "pin_again": "1357"}
    alice_browser.post(path, asked | {"password": "wrong"})
    assert Pin.objects.get(pk=alice_wallet.pk).locked_at is not None
    answer = alice_browser.post(path, asked | {"password": "correct horse battery"}, follow=True)
    assert "새 비밀번호를 정했어요." in answer.content.decode()
    assert Pin.objects.get(pk=alice_wallet.pk).locked_at is None


def test_a_wallet_is_closed_when_it_is_empty(alice_browser, alice_wallet, alice, group_wallet):
    path = f"/wallets/{alice_wallet.pk}/close/"
    assert "아직 돈이 있어요" in alice_browser.post(path).content.decode()
    transfers.transfer(
        actor=alice, source_id=alice_wallet.pk, target_id=group_wallet.pk, amount=100_000, pin=PIN, key=key()
    )
    assert "지갑을 닫았어요." in alice_browser.post(path, follow=True).content.decode()
    page = alice_browser.get(f"/wallets/{alice_wallet.pk}/").content.decode()
    assert "닫힌 지갑이에요." in page
    assert f"/wallets/{alice_wallet.pk}/deposit/" not in page


def test_whoever_closes_a_group_wallet_is_asked_about_the_wallet(alice_browser, group_wallet):
    page = alice_browser.get(f"/wallets/{group_wallet.pk}/close/").content.decode()
    assert f"‘{group_wallet.name}’ 지갑을 닫을까요?" in page


def test_a_wallet_that_operators_locked_says_so(alice_browser, alice_wallet, operator):
    wallets.lock_as_operator(operator=operator, wallet_id=alice_wallet.pk, reason="확인 중")
    page = alice_browser.get(f"/wallets/{alice_wallet.pk}/").content.decode()
    assert "지갑이 잠겼어요. 운영자에게 물어봐 주세요." in page
