"""Wallets as pages without scripts: who sees which, opening one, joining one."""

import pytest

from tests.pages.test_markup import check
from tests.wallets.conftest import PIN
from wallets.models import Wallet
from wallets.services import wallets
from wallets.services.members import set_role

GROUP_PAGES = ["", "scheduled/", "deposit/", "members/", "leave/", "settings/", "pin/", "close/", "spending/"]


def test_a_visitor_is_sent_to_the_log_in(visitor):
    for path in ["/wallets/", "/wallets/new/", "/wallets/2/", "/wallets/2/members/", "/wallets/2/close/"]:
        assert visitor.get(path)["Location"].startswith("/accounts/login/?next=")


def test_every_page_of_a_wallet_keeps_to_the_markup(alice_browser, group_wallet, alice_wallet, bob):
    own = [
        f"/wallets/{alice_wallet.pk}/{page}" for page in ["", "scheduled/", "deposit/", "settings/", "pin/"]
    ]
    group = [f"/wallets/{group_wallet.pk}/{page}" for page in [*GROUP_PAGES, f"members/{bob.pk}/"]]
    for path in ["/wallets/", "/wallets/new/", "/wallets/new/?channel", *own, *group]:
        answer = alice_browser.get(path)
        assert answer.status_code == 200, path
        assert "no-store" in answer["Cache-Control"], path
        check(answer.content.decode())


@pytest.mark.parametrize("page", GROUP_PAGES)
def test_a_stranger_finds_no_wallet(charlie_browser, group_wallet, page):
    answer = charlie_browser.get(f"/wallets/{group_wallet.pk}/{page}")
    assert answer.status_code == 404
    assert answer.content == charlie_browser.get("/nowhere/").content


def test_nobody_reads_the_personal_wallet_of_another(bob_browser, alice_wallet):
    for page in ["", "scheduled/", "deposit/", "settings/", "pin/", "close/", "members/"]:
        assert bob_browser.get(f"/wallets/{alice_wallet.pk}/{page}").status_code == 404


def test_a_member_may_not_fill_change_or_close(bob_browser, group_wallet):
    for page in ["scheduled/", "deposit/", "pin/", "close/"]:
        assert bob_browser.get(f"/wallets/{group_wallet.pk}/{page}").status_code == 403
    page = bob_browser.get(f"/wallets/{group_wallet.pk}/settings/").content.decode()
    assert "<form" not in page.partition("<main")[2]
    bob_browser.post(f"/wallets/{group_wallet.pk}/settings/", {"name": "내 것"})
    group_wallet.refresh_from_db()
    assert group_wallet.name == "회비통장"


def test_without_a_wallet_the_page_says_what_will_be_here(bob_browser):
    page = bob_browser.get("/wallets/").content.decode()
    assert "아직 내 지갑이 없어요" in page
    assert "아직 들어간 모임 지갑이 없어요" in page


def test_opening_my_wallet(alice_browser, alice):
    answer = alice_browser.post("/wallets/new/", {"pin": "2468", "pin_again": "2468"}, follow=True)
    page = answer.content.decode()
    assert "내 지갑을 열었어요." in page
    assert "아직 오간 돈이 없어요" in page
    assert "2468" not in page
    assert Wallet.objects.get(owner=alice).balance == 0


@pytest.mark.parametrize(
    ("pin", "again", "sentence"),
    [
        ("2468", "2469", "두 비밀번호가 서로 달라요."),
        ("12", "12", "숫자 4~6자리예요."),
        ("abcd", "abcd", "숫자 4~6자리예요."),
        ("", "", "비워 둘 수 없어요."),
    ],
)
def test_a_pin_that_cannot_be_is_refused(alice_browser, pin, again, sentence):
    page = alice_browser.post("/wallets/new/", {"pin": pin, "pin_again": again}).content.decode()
    assert sentence in page
    assert not Wallet.objects.filter(kind="personal").exists()


def test_a_second_wallet_of_my_own_is_refused(alice_browser, alice_wallet):
    page = alice_browser.post("/wallets/new/", {"pin": PIN, "pin_again": PIN}).content.decode()
    assert "이미 지갑이 있어요." in page


def test_opening_a_group_wallet(alice_browser, channel):
    asked = {"channel_id": channel.pk, "name": "회비통장", "pin": PIN, "pin_again": PIN}
    answer = alice_browser.post("/wallets/new/?channel", asked, follow=True)
    page = answer.content.decode()
    assert "모임 지갑을 열었어요." in page
    assert "회비 걷기" in page
    again = alice_browser.post("/wallets/new/?channel", asked).content.decode()
    assert "같은 이름의 지갑이 있어요" in again


def test_a_group_wallet_is_opened_in_no_foreign_channel(charlie_browser, channel):
    asked = {"channel_id": channel.pk, "name": "회비통장", "pin": PIN, "pin_again": PIN}
    assert charlie_browser.post("/wallets/new/?channel", asked).status_code == 200
    assert not Wallet.objects.filter(kind="group").exists()


def test_a_member_of_the_channel_is_shown_the_way_in(client, group_wallet, dana):
    client.force_login(dana)
    page = client.get("/wallets/").content.decode()
    assert "아직 들어가지 않은 모임 지갑" in page
    page = client.get(f"/wallets/{group_wallet.pk}/").content.decode()
    assert "지갑에 들어갈까요?" in page
    assert "50,000원" not in page
    answer = client.post(f"/wallets/{group_wallet.pk}/join/", follow=True)
    assert "지갑에 들어왔어요." in answer.content.decode()
    assert "50,000원" in answer.content.decode()


def test_joining_is_no_link_and_not_for_strangers(charlie_browser, bob_browser, group_wallet):
    assert bob_browser.get(f"/wallets/{group_wallet.pk}/join/").status_code == 405
    assert charlie_browser.post(f"/wallets/{group_wallet.pk}/join/").status_code == 404


def test_my_wallets_cost_the_same_however_many_there_are(
    bob_browser, bob, alice, channel, group_wallet, django_assert_num_queries, django_assert_max_num_queries
):
    bob_browser.get("/wallets/")
    with django_assert_max_num_queries(25) as few:
        bob_browser.get("/wallets/")
    for number in range(5):
        wallets.open_group(user=alice, channel_id=channel.pk, name=f"지갑 {number}", pin=PIN)
        wallets.open_group(user=bob, channel_id=channel.pk, name=f"내 지갑 {number}", pin=PIN)
    with django_assert_num_queries(len(few)):
        bob_browser.get("/wallets/")


def test_the_channel_leads_to_its_wallets(bob_browser, channel, group_wallet, alice, bob):
    for page in ("", "about/"):
        text = bob_browser.get(f"/channels/{channel.pk}/{page}").content.decode()
        assert f'href="/wallets/{group_wallet.pk}/"' in text
        assert "50,000원" in text
    set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    assert "총무 bob" in bob_browser.get(f"/wallets/{group_wallet.pk}/").content.decode()
