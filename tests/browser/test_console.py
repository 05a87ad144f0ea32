"""The console in a real browser: the demonstration is played on it, refusals are said, secrets are unseen."""

import re
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.console import PIN, chosen, desk, fill, newest, open_form, press, refused
from tests.site import PASSWORD

__all__ = ["desk"]

PASSWORDS = {"youngjun": "noeul-sanchaek-7", "seoyeon": "badatga-moim-58"}
MOST_CALLS = 60


def sign_up(page: Page, name: str, shown: str) -> dict:
    person = {"email": f"{name}@example.com", "username": shown, "password": PASSWORDS[name]}
    return press(page, "sign-up", **person)


def log_in(page: Page, name: str) -> dict:
    return press(page, "log-in", email=f"{name}@example.com", password=PASSWORDS[name])


def test_the_demonstration_is_played_on_one_page(desk, site):
    minjun = desk("minjun")
    page = minjun.page
    tokens = []
    page.on(
        "response",
        lambda answer: (
            tokens.append(answer.json()["token"])
            if answer.url.endswith("/accounts/login/") and answer.ok
            else None
        ),
    )
    assert refused(log_in(page, "youngjun"), 401, "wrong_credentials")
    assert sign_up(page, "youngjun", "강영준")["status"] == 201
    assert refused(sign_up(page, "youngjun", "강영준"), 409, "email_taken")
    assert page.get_by_text("이 이메일로 만든 계정이 이미 있어요.").first.is_visible()
    assert sign_up(page, "seoyeon", "이서연")["status"] == 201
    assert log_in(page, "seoyeon")["status"] == 200
    assert log_in(page, "youngjun")["status"] == 200
    assert '"username": "강영준"' in press(page, "me")["answer"]

    made = press(page, "make-channel", name="커피", description="커피 마시는 모임")
    assert (made["status"], made["who"]) == (201, "강영준")
    assert press(page, "open-personal", pin=PIN)["status"] == 201
    filled = press(page, "deposit", amount="10,000,000")
    assert filled["status"] == 201
    assert '"amount": 10000000' in filled["request"]
    assert '"balance": 10000000' in press(page, "personal-wallet")["answer"]
    opened = press(page, "open-group", name="커피", description="커피값 모으기", pin=PIN)
    assert opened["status"] == 201
    assert '"name": "커피"' in press(page, "group-wallet")["answer"]

    sent = press(page, "transfer", amount="30,000", memo="커피값", pin=PIN)
    assert (sent["method"], sent["path"], sent["status"]) == ("POST", "/api/v1/transfers/", 201)
    assert '"source_label": "강영준"' in sent["answer"]
    assert '"target_label": "커피"' in sent["answer"]
    minjun.shoot("console-played")
    tomorrow = (datetime.now() + timedelta(days=2)).strftime("%Y-%m-%dT09:00")
    planned = press(page, "plan-transfer", amount="5000", first_run_at=tomorrow, repeat="monthly", pin=PIN)
    assert planned["status"] == 201
    assert '"repeat": "monthly"' in press(page, "schedules")["answer"]
    assert '"balance": 9970000' in press(page, "personal-wallet")["answer"]

    open_form(page, "join-channel")
    channel = chosen(page, "join-channel", "channel_id")
    page.get_by_role("radio", name=re.compile("이서연")).check()
    joined = press(page, "join-channel")
    assert (joined["status"], joined["who"]) == (200, "이서연")
    assert press(page, "post-message", text="커피 마셔요")["status"] == 201
    assert press(page, "mark-read")["status"] == 200
    assert channel in press(page, "my-channels")["answer"]

    assert len(tokens) == 2
    shown = page.locator("[data-log]").evaluate("one => one.outerHTML")
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie, history.state])")
    for secret in (*tokens, *PASSWORDS.values(), PIN):
        assert secret not in shown
        assert secret not in kept
    for token in tokens:
        assert token not in page.content()
    assert "••••••" in shown
    assert "Bearer ••••••" in shown


def test_the_page_itself_asks_with_its_session_and_its_csrf_token(desk, cast):
    minjun = desk("haneul")
    page = minjun.page
    asked = []
    page.on("request", lambda request: asked.append(request) if request.method == "POST" else None)
    made = press(page, "make-channel", name="바둑")
    assert (made["status"], made["who"]) == (201, "haneul")
    headers = asked[0].all_headers()
    assert "authorization" not in headers
    assert headers["x-csrftoken"]
    page.context.clear_cookies(name="csrftoken")
    without = press(page, "make-channel", name="장기")
    assert refused(without, 403, "not_allowed")
    assert page.locator("#form-make-channel [data-outcome] code").text_content() == "not_allowed"


def test_refusals_are_said_with_code_and_sentence_at_the_form_and_in_the_log(desk, cast, site):
    minjun = desk("jiho")
    page = minjun.page
    assert press(page, "make-channel", name="등산")["status"] == 201
    assert press(page, "open-personal", pin=PIN)["status"] == 201
    assert press(page, "open-group", name="등산 회비", pin=PIN)["status"] == 201
    poor = press(page, "transfer", amount="30000", pin=PIN)
    assert refused(poor, 422, "balance_too_low")
    outcome = page.locator("#form-transfer [data-outcome]")
    assert "balance_too_low" in outcome.text_content()
    assert "잔액이 30,000원 부족해요" in outcome.text_content()
    minjun.shoot("console-refused")
    wrong = press(page, "transfer", amount="30000", pin="135799")
    assert refused(wrong, 403, "pin_wrong")
    pin = page.locator("#form-transfer [data-field=pin]")
    assert pin.locator("input").get_attribute("aria-invalid") == "true"
    assert "비밀번호가 달라요" in pin.locator("[data-error]").text_content()
    assert "135799" not in page.locator("[data-log]").evaluate("one => one.outerHTML")
    assert refused(press(page, "transfer", amount="-5000", pin=PIN), 400, "amount_invalid")
    assert refused(press(page, "transfer", amount="1.5", pin=PIN), 400, "amount_invalid")
    assert refused(press(page, "group-wallet", wallet_id="999999"), 404, "not_found")


def test_the_same_key_moves_the_money_once(desk):
    page = desk("sujin").page
    assert press(page, "open-personal", pin=PIN)["status"] == 201
    first = press(page, "deposit", **{"amount": "7000", "Idempotency-Key": "console-key-1"})
    assert first["status"] == 201
    assert "Idempotency-Key: console-key-1" in first["request"]
    assert page.locator("[id='deposit-Idempotency-Key']").input_value() != "console-key-1"
    again = press(page, "deposit", **{"amount": "7000", "Idempotency-Key": "console-key-1"})
    assert again["status"] == 201
    assert "Idempotency-Replayed: true" in again["answer"]
    other = press(page, "deposit", **{"amount": "7001", "Idempotency-Key": "console-key-1"})
    assert refused(other, 422, "idempotency_key_reused")
    assert page.locator("[id='deposit-Idempotency-Key']").input_value() == "console-key-1"


def test_what_cannot_be_sent_is_said_at_its_field(desk):
    page = desk("minjun").page
    open_form(page, "dues-board")
    page.locator("#form-dues-board .call-form__foot button").click()
    expect(page.locator("#form-dues-board [data-field=plan_id] [data-error]")).to_have_text(
        "이 칸을 채워 주세요."
    )
    open_form(page, "deposit")
    fill(page, "deposit", "wallet_id", "1")
    fill(page, "deposit", "Idempotency-Key", "열쇠")
    page.locator("#form-deposit .call-form__foot button").click()
    wrong = page.locator("#form-deposit [data-field=Idempotency-Key] [data-error]")
    expect(wrong).to_have_text("이 칸에는 영문, 숫자, 기호만 쓸 수 있어요.")
    assert page.locator(".call").count() == 0


def test_a_site_that_is_away_is_said(desk):
    page = desk("minjun").page
    page.route("**/api/v1/**", lambda route: route.abort())
    page.locator("[data-call=me]").click()
    call = page.locator(".call").first
    expect(call.locator("[data-status]")).to_have_text("–")
    assert "사이트가 응답하지 않았어요" in call.locator("[data-response] pre").text_content()


def test_logging_out_forgets_the_token_and_as_oneself_ends_the_log_in(desk, cast):
    cast.token("eunho")
    page = desk("minjun").page
    assert press(page, "log-in", email="eunho@example.com", password=PASSWORD)["status"] == 200
    assert page.get_by_role("radio").count() == 2
    gone = press(page, "log-out")
    assert (gone["status"], gone["who"], gone["answer"]) == (204, "eunho", "내용 없음")
    assert page.get_by_role("radio").count() == 1
    assert '"username": "minjun"' in press(page, "me")["answer"]
    assert press(page, "log-out")["status"] == 204
    assert page.get_by_text("나로 보내려면 다시 로그인해 주세요.").is_visible()
    assert refused(press(page, "me"), 401, "not_authenticated")


def test_the_log_is_bounded_copied_and_cleared(desk):
    minjun = desk("bora", permissions=["clipboard-read", "clipboard-write"])
    page = minjun.page
    assert page.get_by_role("heading", name="아직 보낸 요청이 없어요").is_visible()
    minjun.shoot("console-empty")
    assert page.get_by_role("button", name="비우기").is_disabled()
    open_form(page, "log-in")
    press(page, "log-in", email="nobody@example.com", password=PASSWORDS["youngjun"])
    page.get_by_role("button", name="복사하기").click()
    page.get_by_role("button", name="복사했어요").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "POST /api/v1/accounts/login/" in copied
    assert '"password": "••••••"' in copied
    assert '"code": "wrong_credentials"' in copied
    assert PASSWORDS["youngjun"] not in copied
    searched = press(page, "search-channels", q=PASSWORDS["youngjun"])
    assert searched["path"] == "/api/v1/channels/search/?q=••••••"
    for _ in range(MOST_CALLS + 2):
        press(page, "me")
    assert page.locator(".call").count() == MOST_CALLS
    assert page.locator("[data-count]").text_content() == str(MOST_CALLS)
    page.get_by_role("button", name="비우기").click()
    assert page.locator(".call").count() == 0
    assert page.get_by_role("heading", name="아직 보낸 요청이 없어요").is_visible()


def test_a_long_answer_is_cut_and_a_hostile_name_is_text(desk):
    page = desk("minjun").page
    name = "<img src=x onerror=alert(1)>"
    assert press(page, "make-channel", name=name, description="가" * 400)["status"] == 201
    assert page.locator("[data-log] img").count() == 0
    assert name in press(page, "search-channels", q="<img")["answer"]
    body = '{"results": [' + ",".join(['"' + "x" * 1000 + '"'] * 20) + "]}"
    page.route("**/accounts/me/", lambda route: route.fulfill(body=body, content_type="application/json"))
    answer = press(page, "me")["answer"]
    assert len(answer) < 13_000
    assert re.search(r"… 뒤의 8,\d{3}자는 줄였어요", answer)


def test_everything_is_reached_with_the_keyboard(desk):
    page = desk("minjun").page
    page.locator("[data-call=log-in]").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "log-in-email"
    page.keyboard.type("nobody@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    assert refused(newest(page), 401, "wrong_credentials")
    page.keyboard.press("Escape")
    assert page.locator("#form-log-in").is_hidden()
    assert page.evaluate("document.activeElement.dataset.call") == "log-in"
    page.locator("[data-rows]").focus()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "log"


def test_a_phone_shows_one_of_the_two_and_how_the_last_call_went(desk):
    minjun = desk("minjun", viewport=PHONE)
    page = minjun.page
    assert page.locator("[data-log]").is_hidden()
    press(page, "me")
    assert page.locator("[data-last]").text_content() == "GET 200"
    page.locator("[data-switch]").click()
    assert page.locator("[data-log]").is_visible()
    assert page.locator("[data-call=me]").is_hidden()
    minjun.shoot("console-phone-log")
    page.get_by_role("button", name="버튼으로 돌아가기").click()
    assert page.locator("[data-call=me]").is_visible()
