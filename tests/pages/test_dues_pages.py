"""Dues without scripts: collect, see who has paid, pay, tell, exempt; and who finds these pages and those of
spend requests."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from tests.pages.test_markup import check
from tests.wallets.conftest import PIN, balance, fill, key
from wallets.dues.periods import current_period, months_after, period_text
from wallets.models import DuesExemption, DuesPlan, DuesReminder, Transfer
from wallets.services import dues, members, reminders, wallets

NOON = datetime.combine(timezone.localdate(), datetime.min.time(), ZoneInfo("Asia/Seoul")) + timedelta(
    hours=12
)


@pytest.fixture
def plan(alice, group_wallet) -> DuesPlan:
    """30,000 won a month from alice and bob, since this month."""
    return dues.make_plan(user=alice, wallet_id=group_wallet.pk, title="회비", amount=30_000, day=28)


def pages_of(plan: DuesPlan, bob: User) -> list[str]:
    wallet = f"/wallets/{plan.wallet_id}"
    month = period_text(current_period())
    return [
        "/dues/",
        f"{wallet}/dues/",
        f"{wallet}/dues/?plan={plan.pk}&period={month}&show=unpaid",
        f"{wallet}/dues/new/",
        f"/dues/{plan.pk}/pay/?period={month}",
        f"{wallet}/dues/pay/?plan={plan.pk}&period={month}",
        f"/dues/{plan.pk}/end/",
        f"/dues/{plan.pk}/members/{bob.pk}/",
        f"{wallet}/spending/",
        f"{wallet}/spending/new/",
    ]


def test_every_page_keeps_to_the_markup(alice_browser, alice_wallet, plan, bob, spend_request):
    for path in [*pages_of(plan, bob), f"/spending/{spend_request.pk}/"]:
        answer = alice_browser.get(path)
        assert answer.status_code == 200, path
        assert "no-store" in answer["Cache-Control"], path
        check(answer.content.decode())


def test_a_stranger_finds_nothing_and_a_visitor_logs_in(charlie_browser, visitor, plan, bob, spend_request):
    for path in [*pages_of(plan, bob)[1:], f"/spending/{spend_request.pk}/"]:
        assert charlie_browser.get(path).status_code == 404, path
        assert visitor.get(path).status_code == 302, path
    for path in [
        f"/dues/{plan.pk}/remind/",
        f"/dues/{plan.pk}/end/",
        f"/dues/{plan.pk}/pay/",
        f"/spending/{spend_request.pk}/decline/",
        f"/spending/{spend_request.pk}/withdraw/",
        f"/spending/{spend_request.pk}/",
    ]:
        assert charlie_browser.post(path, {"pin": PIN, "key": key()}).status_code == 404, path


def test_a_member_does_not_manage_dues(bob_browser, plan, alice, bob):
    for path in [f"/wallets/{plan.wallet_id}/dues/new/", f"/dues/{plan.pk}/end/"]:
        assert bob_browser.get(path).status_code == 403
        assert bob_browser.post(path, {}).status_code == 403
    assert bob_browser.get(f"/dues/{plan.pk}/members/{alice.pk}/").status_code == 403
    assert bob_browser.post(f"/dues/{plan.pk}/remind/").status_code == 403
    page = bob_browser.get(f"/wallets/{plan.wallet_id}/dues/").content.decode()
    assert "알리기" not in page
    assert "/members/" not in page.partition("board__rows")[2]


def test_where_nothing_is_collected_the_page_says_so(alice_browser, bob_browser, group_wallet):
    path = f"/wallets/{group_wallet.pk}/dues/"
    assert "회비 걷기" in alice_browser.get(path).content.decode()
    page = bob_browser.get(path).content.decode()
    assert "아직 걷는 회비가 없어요" in page
    assert "회비 걷기" not in page
    assert "아직 걷는 회비가 없어요" in bob_browser.get("/dues/").content.decode()


def test_a_treasurer_collects_dues(alice_browser, group_wallet, bob):
    path = f"/wallets/{group_wallet.pk}/dues/new/"
    form = {
        "title": "12월 회비",
        "amount": "30,000원",
        "day": "5",
        "grace_days": "3",
        "starts_on": period_text(current_period()),
        "exempt": [bob.pk],
        "reminds": "on",
    }
    assert "비워 둘 수 없어요." in alice_browser.post(path, form | {"title": ""}).content.decode()
    assert "금액은 1원 이상" in alice_browser.post(path, form | {"amount": "0"}).content.decode()
    assert alice_browser.post(path, form | {"day": "32"}).status_code == 200
    assert alice_browser.post(path, form | {"exempt": ["999999"]}).status_code == 200
    assert not DuesPlan.objects.exists()
    page = alice_browser.post(path, form, follow=True).content.decode()
    assert "회비를 걷기 시작했어요." in page
    assert "0/2명 납부" in page
    assert "면제 1" in page


def test_the_board_names_who_owes_first_and_filters(alice_browser, plan, bob, bob_wallet):
    dues.pay(user=bob, plan_id=plan.pk, pin=PIN, key=key())
    page = alice_browser.get(f"/wallets/{plan.wallet_id}/dues/").content.decode()
    rows = page.partition("board__rows")[2]
    assert rows.index("alice") < rows.index("bob")
    assert "1/2명 납부" in page
    assert "30,000원 남았어요" in page
    assert "덜 낸 1명에게 알리기" in page
    rows = alice_browser.get(f"/wallets/{plan.wallet_id}/dues/?show=paid").content.decode()
    assert "alice" not in rows.partition("board__rows")[2].partition("</ul>")[0]


def test_a_month_that_the_plan_has_not_is_not_found(alice_browser, plan):
    path = f"/wallets/{plan.wallet_id}/dues/?plan={plan.pk}&period="
    assert alice_browser.get(f"{path}{period_text(months_after(current_period(), -1))}").status_code == 404
    assert alice_browser.get(f"{path}nonsense").status_code == 200
    assert alice_browser.get(f"/wallets/{plan.wallet_id}/dues/?plan=x").status_code == 404


def test_more_than_forty_people_stand_as_a_bar(alice_browser, channel, group_wallet, plan):
    page = alice_browser.get(f"/wallets/{group_wallet.pk}/dues/").content.decode()
    assert "<progress" not in page
    for number in range(40):
        person = User.objects.create_user(email=f"p{number}@example.com", username=f"p{number}", password="x")
        channel.memberships.create(user=person)
        members.join(user=person, wallet_id=group_wallet.pk)
    page = alice_browser.get(f"/wallets/{group_wallet.pk}/dues/").content.decode()
    assert "<progress" in page
    assert 'class="slots"' not in page


def test_the_board_costs_the_same_however_many_owe(
    alice_browser, channel, group_wallet, plan, django_assert_num_queries, django_assert_max_num_queries
):
    path = f"/wallets/{group_wallet.pk}/dues/"
    alice_browser.get(path)
    with django_assert_max_num_queries(30) as few:
        alice_browser.get(path)
    for number in range(5):
        person = User.objects.create_user(email=f"p{number}@example.com", username=f"p{number}", password="x")
        channel.memberships.create(user=person)
        members.join(user=person, wallet_id=group_wallet.pk)
    with django_assert_num_queries(len(few)):
        alice_browser.get(path)


def test_paying_is_one_step_and_ends_in_the_talk(bob_browser, plan, bob_wallet, channel):
    path = f"/dues/{plan.pk}/pay/?period={period_text(current_period())}"
    page = bob_browser.get(path).content.decode()
    assert "30,000원</strong>을 낼까요?" in page
    assert "70,000원" in page
    made_with_the_page = re.search(r'name="key" value="([^"]+)"', page)[1]
    form = {"pin": PIN, "key": made_with_the_page}
    assert "4번 더 틀리면" in bob_browser.post(path, form | {"pin": "1111"}).content.decode()
    answers = [bob_browser.post(path, form) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {f"/channels/{channel.pk}/"}
    assert balance(bob_wallet) == 70_000
    assert Transfer.objects.filter(kind="dues").count() == 1
    page = bob_browser.get(path).content.decode()
    assert "더 낼 회비가 없어요" in page
    assert "더 낼 회비가 없어요" in bob_browser.post(path, form | {"key": key()}).content.decode()


def test_whoever_has_no_wallet_or_too_little_is_shown_the_way(bob_browser, plan, bob):
    path = f"/dues/{plan.pk}/pay/"
    assert "내 지갑을 먼저 열어 주세요" in bob_browser.get(path).content.decode()
    wallet = wallets.open_personal(user=bob, pin=PIN)
    fill(wallet, 10_000, bob)
    page = bob_browser.get(path).content.decode()
    assert "잔액이 20,000원 부족해요." in page
    assert 'name="pin"' not in page
    assert bob_browser.post(path, {"pin": PIN, "key": key()}).status_code == 422


def test_what_i_owe_is_before_me_and_nobody_else(bob_browser, charlie_browser, plan, channel, bob_wallet):
    for path in ("/", "/wallets/", "/dues/", f"/channels/{channel.pk}/"):
        page = bob_browser.get(path).content.decode()
        assert f'href="/dues/{plan.pk}/pay/"' in page, path
        assert '<span class="unseen">안 낸 회비 </span>1' in page or path.startswith("/channels"), path
    assert "/pay/" not in charlie_browser.get("/").content.decode()
    bob_browser.post(f"/dues/{plan.pk}/pay/", {"pin": PIN, "key": key()})
    for path in ("/", "/wallets/", "/dues/", f"/channels/{channel.pk}/"):
        assert f'href="/dues/{plan.pk}/pay/"' not in bob_browser.get(path).content.decode(), path


def test_telling_the_unpaid_reaches_them_alone(alice_browser, bob_browser, alice, plan, bob):
    reminders.remind(user=alice, plan_id=plan.pk, now=NOON)
    page = bob_browser.get("/dues/").content.decode()
    assert "받은 알림" in page
    put_away = re.search(r"/dues/notices/\d+/put-away/", page)[0]
    assert alice_browser.post(put_away).status_code == 404
    bob_browser.post(put_away)
    assert "받은 알림" not in bob_browser.get("/dues/").content.decode()


def test_the_button_tells_once_a_day_or_says_why_not(alice_browser, plan):
    path = f"/dues/{plan.pk}/remind/"
    assert alice_browser.get(path).status_code == 405
    form = {"period": period_text(current_period())}
    page = alice_browser.post(path, form, follow=True).content.decode()
    quiet = "밤 9시부터 아침 8시까지는 알림을 보내지 않아요." in page
    assert quiet or "2명에게 알렸어요." in page
    page = alice_browser.post(path, form, follow=True).content.decode()
    assert quiet or "오늘은 이미 알렸어요." in page
    assert DuesReminder.objects.count() == (0 if quiet else 1)


def test_a_treasurer_notes_cash_once(alice_browser, plan, bob, group_wallet):
    path = f"/dues/{plan.pk}/members/{bob.pk}/"
    page = alice_browser.get(path).content.decode()
    form = {"action": "cash", "amount": "30,000", "key": re.search(r'name="key" value="([^"]+)"', page)[1]}
    for _ in range(2):
        page = alice_browser.post(path, form, follow=True).content.decode()
        assert "받은 현금을 장부에 적었어요." in page
    assert balance(group_wallet) == 80_000
    assert "1/2명 납부" in page
    refused = alice_browser.post(path, form | {"amount": "0", "key": key()})
    assert "금액은 1원 이상" in refused.content.decode()
    refused = alice_browser.post(path, form | {"amount": "9000000", "key": key()})
    assert "1년 치까지" in refused.content.decode()


def test_a_treasurer_exempts_and_takes_it_back(alice_browser, plan, bob):
    path = f"/dues/{plan.pk}/members/{bob.pk}/"
    alice_browser.post(path, {"action": "exempt", "reason": "여행 중"})
    assert DuesExemption.objects.get().period == current_period()
    assert "면제 거두기" in alice_browser.get(path).content.decode()
    alice_browser.post(path, {"action": "unexempt"})
    alice_browser.post(path, {"action": "exempt_always", "reason": ""})
    assert DuesExemption.objects.get().period is None
    alice_browser.post(path, {"action": "unexempt_always"})
    assert not DuesExemption.objects.exists()
    assert alice_browser.post(path, {"action": "banish"}).status_code == 404
    assert alice_browser.get(f"/dues/{plan.pk}/members/999999/").status_code == 404


def test_dues_are_ended_after_a_question(alice_browser, plan):
    path = f"/dues/{plan.pk}/end/"
    assert "이번 달까지만 걷을까요?" in alice_browser.get(path).content.decode()
    assert "이번 달까지만 걷어요." in alice_browser.post(path, follow=True).content.decode()
    assert "이미 끝난 회비예요." in alice_browser.post(path).content.decode()
