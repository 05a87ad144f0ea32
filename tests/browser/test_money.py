"""Money in a real browser: open a wallet, fill it, send with the keys of the pad, pay dues."""

import pytest

from tests.browser.conftest import PHONE, Window
from tests.browser.money import PIN, balance, plan, press, question, site, stage

__all__ = ["plan", "site", "stage"]


def test_a_newcomer_opens_a_wallet_fills_it_and_sends_with_the_pad(window, stage, cast, site):
    cast.token("jaehyun")
    with site.api(cast.token("jaehyun")) as client:
        client.post(f"channels/{stage['channel']}/join/", json={})
    jaehyun = window("jaehyun", viewport=PHONE)
    page = jaehyun.open("/wallets/")
    page.get_by_role("link", name="내 지갑 열기").click()
    page.fill("[name=pin]", PIN)
    page.fill("[name=pin_again]", PIN)
    page.get_by_role("button", name="내 지갑 열기").click()
    page.get_by_role("heading", name="아직 오간 돈이 없어요").wait_for()
    jaehyun.shoot("money-empty-wallet")
    page.get_by_role("link", name="채우기").click()
    page.get_by_role("button", name="+5만").click()
    page.get_by_text("5만 원").wait_for()
    page.get_by_role("button", name="지갑 채우기").click()
    page.get_by_role("heading", name="지갑을 채웠어요").wait_for()
    page.get_by_role("link", name="지갑으로 가기").last.click()
    page.get_by_role("link", name="보내기").click()
    page.get_by_role("link", name="등산모임 회비통장").click()
    page.fill("[name=amount]", "30000")
    page.fill("[name=memo]", "12월 회비")
    assert page.input_value("[name=amount]") == "30,000"
    assert page.locator("[data-after]").text_content() == "20,000원"
    jaehyun.shoot("money-amount")
    page.get_by_role("button", name="다음").click()
    page.get_by_text("30,000원을 보낼까요?").wait_for()
    press(page, "111111")
    page.locator("[data-keys] [data-go]").click()
    page.get_by_text("비밀번호가 달라요. 4번 더 틀리면 지갑이 잠겨요.").wait_for()
    assert page.locator(".pin__dot--full").count() == 0
    press(page, PIN)
    assert page.locator(".pin__dot--full").count() == 6
    assert PIN not in page.content()
    jaehyun.shoot("money-confirm")
    page.locator("[data-keys] [data-go]").click()
    page.get_by_role("heading", name="잘 보냈어요").wait_for()
    jaehyun.shoot("money-receipt")
    page.get_by_role("link", name="대화로 가기").click()
    page.wait_for_url(f"**/channels/{stage['channel']}/")


def test_chips_add_all_takes_all_and_too_much_cannot_go_on(window, stage, cast, site):
    page = window("minjun").open(f"/transfers/new/?source={stage['own']}&target={stage['other']}")
    held = balance(site, cast, stage["own"])
    page.get_by_role("button", name="+1만").click()
    page.get_by_role("button", name="+5만").click()
    page.get_by_role("button", name="+10만").click()
    assert page.input_value("[name=amount]") == "160,000"
    assert page.locator("[data-reading]").text_content() == "16만 원"
    page.get_by_role("button", name="전액").click()
    assert page.input_value("[name=amount]") == f"{held:,}"
    assert page.locator("[data-after]").text_content() == "0원"
    page.get_by_role("button", name="+1만").click()
    assert "잔액이 10,000원 부족해요" in page.locator("[data-reading]").text_content()
    assert page.get_by_role("button", name="다음").is_disabled()
    page.locator("[data-later] summary").click()
    page.fill("[name=first_day]", "2027-06-01")
    assert page.get_by_role("button", name="다음").is_enabled()


@pytest.mark.parametrize(
    ("pasted", "becomes"), [("1,000원", "1,000"), (" 12000 ", "12,000"), ("₩3,000", "3,000")]
)
def test_pasted_sums_are_understood(window, stage, pasted, becomes):
    page = window("minjun", permissions=["clipboard-read", "clipboard-write"]).open(
        f"/transfers/new/?source={stage['own']}&target={stage['group']}"
    )
    page.evaluate("text => navigator.clipboard.writeText(text)", pasted)
    page.focus("[name=amount]")
    page.keyboard.press("Control+V")
    assert page.input_value("[name=amount]") == becomes
    page.fill("[name=amount]", "")
    page.evaluate("text => navigator.clipboard.writeText(text)", "1.5")
    page.focus("[name=amount]")
    page.keyboard.press("Control+V")
    assert page.input_value("[name=amount]") == "1.5"
    assert page.get_by_role("button", name="다음").is_disabled()


def test_digits_in_the_middle_keep_the_cursor(window, stage):
    page = window("minjun").open(f"/transfers/new/?source={stage['own']}&target={stage['group']}")
    page.focus("[name=amount]")
    page.keyboard.type("12345")
    assert page.input_value("[name=amount]") == "12,345"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("9")
    page.keyboard.type("8")
    assert page.input_value("[name=amount]") == "1,239,845"


def test_a_double_click_sends_once_and_the_keyboard_types_too(window, stage, cast, site):
    minjun = window("minjun")
    page = question(minjun, stage, "1000")
    before = balance(site, cast, stage["own"])
    posts = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.keyboard.type(PIN)
    page.keyboard.press("Backspace")
    page.keyboard.type(PIN[-1])
    page.locator("[data-keys] [data-go]").dblclick()
    page.get_by_role("heading", name="잘 보냈어요").wait_for()
    assert len(posts) == 1
    assert balance(site, cast, stage["own"]) == before - 1000


def test_going_back_after_sending_shows_the_receipt_again(window, stage, cast, site):
    page = question(window("minjun"), stage, "2000")
    address = page.url
    press(page, PIN)
    page.locator("[data-keys] [data-go]").click()
    page.get_by_role("heading", name="잘 보냈어요").wait_for()
    receipt, before = page.url, balance(site, cast, stage["own"])
    page.go_back()
    page.wait_for_load_state()
    assert "/confirm/" not in page.url
    page.goto(address)
    assert page.url == receipt
    assert balance(site, cast, stage["own"]) == before


def test_without_an_answer_the_same_key_asks_again_and_sends_once(window, stage, cast, site):
    page = question(window("minjun"), stage, "3000")
    before, lost = balance(site, cast, stage["own"]), []

    def lose(route) -> None:
        """The first answer gets lost after the server sent the money; the second is a fault on the way."""
        if route.request.method != "POST" or len(lost) == 2:
            route.continue_()
            return
        lost.append(route.request.url)
        if len(lost) == 1:
            route.fetch()
            route.abort()
        else:
            route.fulfill(status=502, body="")

    page.route("**/transfers/confirm/**", lose)
    press(page, PIN)
    page.locator("[data-keys] [data-go]").click()
    page.get_by_text("처리 결과를 확인하고 있어요").wait_for()
    assert page.locator("[data-digit='1']").is_disabled()
    assert "실패" not in page.content()
    page.get_by_role("heading", name="잘 보냈어요").wait_for()
    assert len(lost) == 2
    assert balance(site, cast, stage["own"]) == before - 3000


def test_dues_are_paid_from_the_banner_and_the_talk_comes_back(window, stage, plan, cast, site):
    eunho = window("eunho", viewport=PHONE)
    page = eunho.open(f"/channels/{stage['channel']}/")
    page.locator(f"a[href='/dues/{plan}/pay/']").click()
    page.get_by_text("30,000원을 낼까요?").wait_for()
    eunho.shoot("money-pay")
    press(page, PIN)
    page.locator("[data-keys] [data-go]").click()
    page.wait_for_url(f"**/channels/{stage['channel']}/")
    page.get_by_text("회비 냈어요.").wait_for()
    assert page.locator(f"a[href='/dues/{plan}/pay/']").count() == 0
    assert balance(site, cast, stage["other"], "eunho") == 70_000


def test_a_money_page_works_without_scripts(browser, site, stage, cast):
    context = browser.new_context(java_script_enabled=False, locale="ko-KR", viewport=PHONE)
    plain = Window(context.new_page(), site.url())
    plain.log_in("minjun")
    before = balance(site, cast, stage["own"])
    page = question(plain, stage, "4,000원")
    plain.shoot("money-confirm-no-scripts")
    page.fill("[name=pin]", PIN)
    page.locator("[data-plain]").click()
    page.get_by_role("heading", name="잘 보냈어요").wait_for()
    assert page.locator("[data-share]").is_hidden()
    assert balance(site, cast, stage["own"]) == before - 4000
    context.close()
