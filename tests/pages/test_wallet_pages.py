"""Wallets as forms and pages without scripts: open, join, read, change, leave, close."""

import pytest

from tests.pages.test_markup import check
from tests.wallets.conftest import PIN, fill, key
from wallets.models import Pin, Wallet, WalletMember, WalletRole
from wallets.services import transfers, wallets
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


def test_balance_chart_and_entries_stand_on_the_page(alice_browser, group_wallet, alice_wallet, alice):
    transfers.transfer(
        actor=alice, source_id=group_wallet.pk, target_id=alice_wallet.pk, amount=12_000, pin=PIN, key=key()
    )
    page = alice_browser.get(f"/wallets/{group_wallet.pk}/").content.decode()
    assert "38,000원" in page
    assert "−12,000원" in page
    assert "+50,000원" in page
    assert "들어온 돈 50,000원" in page
    assert "나간 돈 12,000원" in page
    assert 'role="img" aria-label="' in page
    assert "숫자로 보기" in page


def test_filters_narrow_the_entries_down(alice_browser, alice_wallet, bob_wallet, alice):
    for amount, memo in ((1_000, "김밥"), (2_000, "버스")):
        transfers.transfer(
            actor=alice,
            source_id=alice_wallet.pk,
            target_id=bob_wallet.pk,
            amount=amount,
            memo=memo,
            pin=PIN,
            key=key(),
        )
    path = f"/wallets/{alice_wallet.pk}/"

    def shown(query: str) -> list[str]:
        page = alice_browser.get(f"{path}?{query}").content.decode()
        return [sum_ for sum_ in ("+100,000원", "−1,000원", "−2,000원") if sum_ in page]

    assert shown("") == ["+100,000원", "−1,000원", "−2,000원"]
    assert shown("way=in") == ["+100,000원"]
    assert shown("words=김밥") == ["−1,000원"]
    assert shown("words=bob") == ["−1,000원", "−2,000원"]
    assert shown("least=2,000원&most=99999") == ["−2,000원"]
    assert shown("scheduled=on") == []
    assert shown("period=3") == ["+100,000원", "−1,000원", "−2,000원"]
    assert shown("period=own&since=2020-01-01&until=2020-01-31") == []
    page = alice_browser.get(f"{path}?words=없는 말").content.decode()
    assert "맞는 내역이 없어요" in page


def test_the_table_to_download_is_that_of_the_chosen_days(alice_browser, alice_wallet):
    page = alice_browser.get(f"/wallets/{alice_wallet.pk}/?since=2026-01-02").content.decode()
    address = page.partition('class="section__link" href="')[2].partition('"')[0]
    assert address == f"/api/v1/wallets/{alice_wallet.pk}/entries.csv?from=2026-01-02"
    assert alice_browser.get(address)["Content-Type"].startswith("text/csv")


def test_a_filter_that_cannot_be_read_is_said_and_breaks_nothing(alice_browser, alice_wallet):
    broken = "period=x&way=y&since=1&until=2&least=x&most=-1&words=%00&before=-3"
    answer = alice_browser.get(f"/wallets/{alice_wallet.pk}/?{broken}")
    assert answer.status_code == 200
    assert "금액은 1원 이상" in answer.content.decode()
    answer = alice_browser.get(f"/wallets/{alice_wallet.pk}/?since=2026-02-02&until=2026-02-01")
    assert "마지막 날이 첫날보다 빨라요." in answer.content.decode()


def test_many_entries_come_page_by_page_at_the_same_cost(
    alice_browser, alice_wallet, alice, django_assert_num_queries, django_assert_max_num_queries
):
    path = f"/wallets/{alice_wallet.pk}/"
    alice_browser.get(path)
    with django_assert_max_num_queries(25) as few:
        alice_browser.get(path)
    for _ in range(40):
        fill(alice_wallet, 100, alice)
    with django_assert_num_queries(len(few)) as many:
        page = alice_browser.get(path).content.decode()
    assert page.count('class="entry"') == 30
    assert any("LIMIT 31" in query["sql"] for query in many.captured_queries)
    older = page.partition("before=")[2].partition('"')[0]
    page = alice_browser.get(f"{path}?before={older}").content.decode()
    assert page.count('class="entry"') == 11
    assert "before=" not in page


def test_a_filter_looks_through_a_bounded_number_and_goes_on_from_there(
    alice_browser, alice_wallet, alice, monkeypatch
):
    monkeypatch.setattr("wallets.services.history.SEARCHED", 3)
    for _ in range(5):
        fill(alice_wallet, 100, alice)
    path = f"/wallets/{alice_wallet.pk}/?least=100000"
    page = alice_browser.get(path).content.decode()
    assert "이전 내역에서 찾기" in page
    further = page.partition("before=")[2].partition('"')[0]
    page = alice_browser.get(f"{path}&before={further}").content.decode()
    assert "+100,000원" in page
    assert "이전 내역에서 찾기" not in page


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


def test_a_wallet_that_operators_locked_says_so(alice_browser, alice_wallet, operator):
    wallets.lock_as_operator(operator=operator, wallet_id=alice_wallet.pk, reason="확인 중")
    page = alice_browser.get(f"/wallets/{alice_wallet.pk}/").content.decode()
    assert "지갑이 잠겼어요. 운영자에게 물어봐 주세요." in page


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
