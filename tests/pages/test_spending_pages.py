"""Spend requests without scripts: ask the group for money, approve, decline, take back."""

from tests.wallets.conftest import PIN, balance
from wallets.models import SpendRequest, SpendState
from wallets.services import members, wallets


def test_a_member_asks_and_the_owner_approves_with_the_pin(
    alice_browser, bob_browser, bob_wallet, group_wallet
):
    path = f"/wallets/{group_wallet.pk}/spending/"
    assert "아직 지출 요청이 없어요" in bob_browser.get(path).content.decode()
    form = {"amount": "20,000원", "reason": "김밥 열 줄"}
    assert "비워 둘 수 없어요." in bob_browser.post(f"{path}new/", form | {"reason": ""}).content.decode()
    address = bob_browser.post(f"{path}new/", form)["Location"]
    page = bob_browser.get(address).content.decode()
    assert "요청 거두기" in page
    assert 'name="pin"' not in page
    assert bob_browser.post(address, {"pin": PIN}).status_code == 403
    page = alice_browser.get(address).content.decode()
    assert "<strong>bob</strong>님에게" in page
    assert "4번 더 틀리면" in alice_browser.post(address, {"pin": "1111"}).content.decode()
    page = alice_browser.post(address, {"pin": PIN}, follow=True).content.decode()
    assert "승인하고 돈을 보냈어요." in page
    assert balance(bob_wallet) == 120_000
    alice_browser.post(address, {"pin": PIN})
    assert balance(bob_wallet) == 120_000
    assert "김밥 열 줄" in bob_browser.get(path).content.decode()


def test_above_the_limit_a_second_member_approves_without_a_pin(
    alice_browser, client, alice, spend_request, group_wallet, dana, bob_wallet
):
    wallets.change_wallet(user=alice, wallet_id=group_wallet.pk, approval_limit=10_000)
    members.join(user=dana, wallet_id=group_wallet.pk)
    path = f"/spending/{spend_request.pk}/"
    page = alice_browser.post(path, {"pin": PIN}, follow=True).content.decode()
    assert "한 사람이 더 승인해야 보내요." in page
    assert balance(bob_wallet) == 100_000
    client.force_login(dana)
    page = client.get(path).content.decode()
    assert 'name="pin"' not in page
    assert "승인하고 돈을 보냈어요." in client.post(path, follow=True).content.decode()
    assert balance(bob_wallet) == 120_000


def test_a_request_is_declined_with_a_reason_or_taken_back(alice_browser, bob_browser, spend_request):
    path = f"/spending/{spend_request.pk}"
    assert bob_browser.post(f"{path}/decline/", {"comment": ""}).status_code == 403
    assert alice_browser.post(f"{path}/withdraw/").status_code == 403
    page = alice_browser.post(
        f"{path}/decline/", {"comment": "영수증이 없어요"}, follow=True
    ).content.decode()
    assert "요청을 거절했어요." in page
    assert "영수증이 없어요" in page
    page = bob_browser.post(f"{path}/withdraw/", follow=True).content.decode()
    assert "이미 결정된 지출 요청이에요." in page
    spend_request.refresh_from_db()
    assert spend_request.state == SpendState.DECLINED


def test_without_an_own_wallet_nobody_asks(bob_browser, group_wallet):
    form = {"amount": "1000", "reason": "물"}
    page = bob_browser.post(f"/wallets/{group_wallet.pk}/spending/new/", form).content.decode()
    assert "먼저 내 지갑을 만들어 주세요." in page
    assert not SpendRequest.objects.exists()


def test_taking_back_heeds_no_comment(bob_browser, spend_request):
    """It was handed on to a service that knows none: a server error for whoever sent the field."""
    answer = bob_browser.post(f"/spending/{spend_request.pk}/withdraw/", {"comment": "아니에요"})
    assert answer.status_code == 302
    spend_request.refresh_from_db()
    assert spend_request.state == "withdrawn"
