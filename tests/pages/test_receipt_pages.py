"""A receipt without scripts, and giving the money back from it."""

import pytest

from tests.pages.test_markup import check
from tests.wallets.conftest import PIN, balance, key
from wallets.models import Transfer
from wallets.services import transfers, wallets


@pytest.fixture
def given(bob, bob_wallet, group_wallet) -> Transfer:
    """What bob sent into the group wallet."""
    sent = transfers.transfer(
        actor=bob, source_id=bob_wallet.pk, target_id=group_wallet.pk, amount=9_000, pin=PIN, key=key()
    )
    return sent.transfer


def test_a_receipt_is_for_the_two_sides(alice_browser, bob_browser, charlie_browser, given, visitor):
    path = f"/transfers/{given.pk}/"
    assert "잘 받았어요" in alice_browser.get(path).content.decode()
    page = bob_browser.get(path).content.decode()
    assert "잘 보냈어요" in page
    assert "91,000원" in page
    assert "91,000원" not in alice_browser.get(path).content.decode()
    assert charlie_browser.get(path).status_code == 404
    assert charlie_browser.get(f"{path}give-back/").status_code == 404
    assert visitor.get(path).status_code == 302
    assert alice_browser.get("/transfers/0198c0de-0000-7000-8000-000000000000/").status_code == 404


def test_who_sent_into_a_wallet_without_being_in_it_is_led_to_its_channel(
    client, dana, group_wallet, channel, alice
):
    own = wallets.open_personal(user=dana, pin=PIN)
    transfers.deposit(actor=dana, wallet_id=own.pk, amount=5_000, key=key())
    sent = transfers.transfer(
        actor=dana, source_id=own.pk, target_id=group_wallet.pk, amount=5_000, pin=PIN, key=key()
    )
    client.force_login(dana)
    page = client.get(f"/transfers/{sent.transfer.pk}/").content.decode()
    assert f'button--wide" href="/channels/{channel.pk}/"' in page
    assert f'href="/wallets/{group_wallet.pk}/"' not in page.partition("<main")[2]
    assert "이 돈 돌려주기" not in page


def test_whoever_got_the_money_gives_it_back_once(
    alice_browser, bob_browser, given, bob_wallet, group_wallet
):
    path = f"/transfers/{given.pk}/give-back/"
    assert "이 돈 돌려주기" not in bob_browser.get(f"/transfers/{given.pk}/").content.decode()
    assert bob_browser.get(path).status_code == 302
    assert bob_browser.post(path, {"pin": PIN, "key": key()}).status_code == 403
    page = alice_browser.get(path).content.decode()
    check(page)
    assert "돌려줄까요?" in page
    page = alice_browser.post(path, {"pin": PIN, "key": key()}, follow=True).content.decode()
    assert "돌려줬어요" in page
    assert (balance(bob_wallet), balance(group_wallet)) == (100_000, 50_000)
    assert "이미 돌려준 이체예요." in alice_browser.post(path, {"pin": PIN, "key": key()}).content.decode()
    assert "이 돈 돌려주기" not in alice_browser.get(f"/transfers/{given.pk}/").content.decode()


def test_giving_back_what_is_no_longer_there_is_refused_in_words(
    alice_browser, alice, alice_wallet, given, group_wallet
):
    transfers.transfer(
        actor=alice, source_id=group_wallet.pk, target_id=alice_wallet.pk, amount=55_000, pin=PIN, key=key()
    )
    answer = alice_browser.post(f"/transfers/{given.pk}/give-back/", {"pin": PIN, "key": key()})
    assert answer.status_code == 422
    assert "잔액이 5,000원 부족해요." in answer.content.decode()
