"""Scheduled transfers without scripts: plan one, read what became of it, cancel it."""

from datetime import timedelta

from django.utils import timezone

from tests.pages.conftest import ask_to_send
from tests.pages.test_markup import check
from tests.wallets.conftest import PIN, balance
from wallets.models import ScheduledTransfer, ScheduleState
from wallets.schedules.runs import run_due


def later(**changed) -> dict:
    """A first day next week."""
    day = timezone.localdate() + timedelta(days=7)
    return {"first_day": day.isoformat(), "first_time": "10:30", "repeat": "monthly"} | changed


def test_planning_asks_and_stands_in_the_scheduled_tab(alice_browser, alice_wallet, group_wallet):
    address = ask_to_send(alice_browser, alice_wallet, group_wallet, amount="130000", **later())["Location"]
    page = alice_browser.get(address).content.decode()
    check(page)
    assert "보내기를 예약할까요?" in page
    assert "오전 10:30" in page
    answer = alice_browser.post(address, {"pin": PIN}, follow=True)
    page = answer.content.decode()
    check(page)
    assert "예약됨" in page
    assert "매달" in page
    assert alice_browser.get(address).status_code == 302
    assert ScheduledTransfer.objects.count() == 1
    assert balance(alice_wallet) == 100_000


def test_a_plan_in_the_past_is_refused_in_words(alice_browser, alice_wallet, group_wallet):
    asked = ask_to_send(alice_browser, alice_wallet, group_wallet, **later(first_day="2020-01-01"))
    answer = alice_browser.post(asked["Location"], {"pin": PIN})
    assert answer.status_code == 400
    assert "1분 뒤부터" in answer.content.decode()


def test_why_a_run_was_refused_is_read_by_the_payer(alice_browser, alice_wallet, group_wallet):
    asked = ask_to_send(alice_browser, alice_wallet, group_wallet, amount="130000", **later(repeat="once"))
    alice_browser.post(asked["Location"], {"pin": PIN})
    assert run_due(timezone.now() + timedelta(days=8)) > 0
    page = alice_browser.get(f"/wallets/{alice_wallet.pk}/scheduled/").content.decode()
    assert "잔액이 부족했어요." in page


def test_a_plan_is_cancelled_after_a_question(alice_browser, bob_browser, alice_wallet, group_wallet):
    asked = ask_to_send(alice_browser, alice_wallet, group_wallet, **later())
    alice_browser.post(asked["Location"], {"pin": PIN})
    path = f"/scheduled-transfers/{ScheduledTransfer.objects.get().pk}/cancel/"
    assert bob_browser.get(path).status_code == 404
    assert bob_browser.post(path).status_code == 404
    check(alice_browser.get(path).content.decode())
    assert "예약을 취소했어요." in alice_browser.post(path, follow=True).content.decode()
    assert ScheduledTransfer.objects.get().state == ScheduleState.CANCELLED
    assert alice_browser.get(path).status_code == 302
    assert "이미 끝난 예약이에요." in alice_browser.post(path).content.decode()
