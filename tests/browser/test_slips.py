"""Slips in a real browser: live, folded, paged, after a cut line, and the same again after a reload."""

import json

from tests.browser.conftest import PHONE, Line, Window
from tests.slips import receipt, record

PIN = "246810"
NAMES = ("윤재현", "장미경", "강은호", "조하나", "안예린")
SHOWN = """() => [...document.querySelectorAll("[data-messages] [data-text], [data-messages] .slip")]
  .filter((one) => one.checkVisibility())
  .map((one) => one.innerText.trim().replace(/\\s*\\n\\s*/g, " | "))"""
LINES = "[...document.querySelectorAll('[data-messages] > li')].filter((one) => !one.hidden).length"


def shown(window: Window) -> list[str]:
    """What a reader sees of the talk, oldest first."""
    return window.page.evaluate(SHOWN)


def shows(window: Window, *lines: str) -> None:
    """Wait until the talk is exactly this."""
    window.page.wait_for_function(f"lines => JSON.stringify(({SHOWN})()) === lines", arg=as_json(lines))


def as_json(lines: tuple[str, ...]) -> str:
    """As a script writes them."""
    return json.dumps(list(lines), ensure_ascii=False, separators=(",", ":"))


def test_live_receipts_appear_fold_and_are_the_same_after_a_reload(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    cast.say("bob", channel_id, "회비 내 주세요")
    alice = window("alice", viewport=PHONE)
    page = alice.enter(channel_id)
    paid = [receipt(channel_id, number, actor=name) for number, name in enumerate(NAMES)]
    record(site, paid[0])
    shows(alice, "회비 내 주세요", "윤재현님이 회비를 냈어요 | +30,000원 | 남은 잔액 1,218,000원")
    record(site, *paid)
    folded = "안예린님 외 4명이 냈어요 | +150,000원 | 남은 잔액 1,338,000원"
    shows(alice, "회비 내 주세요", folded)
    page.locator("[data-folded]:visible").click()
    opened = [
        f"{name}님이 회비를 냈어요 | +30,000원 | 남은 잔액 {1_218_000 + 30_000 * number:,}원"
        for number, name in enumerate(NAMES)
    ]
    shows(alice, "회비 내 주세요", folded, *opened)
    alice.shoot("slips-opened")
    page.locator("[data-folded]:visible").click()
    cast.say("bob", channel_id, "고마워요")
    out = receipt(channel_id, 9, purpose="transfer", amount=-12_000, counterparty="<b>산장</b>", memo="숙박")
    record(site, out)
    last = "윤재현님이 <b>산장</b> 앞으로 돈을 보냈어요 | −12,000원 | 남은 잔액 1,488,000원 | 숙박"
    talk = ["회비 내 주세요", folded, "고마워요", last]
    shows(alice, *talk)
    alice.shoot("slips-folded")
    page.wait_for_timeout(1_500)  # until the worker has stored it
    page.reload()
    page.locator("[data-live]").wait_for()
    assert shown(alice) == talk
    page.locator("[data-folded]:visible").click()
    shows(alice, "회비 내 주세요", folded, *opened, "고마워요", last)


def test_receipts_that_came_while_the_line_was_cut_stand_in_their_order(window, cast, site):
    channel_id = cast.channel("carol", "dave")
    carol = window("carol")
    line = Line(carol.page)
    carol.enter(channel_id)
    cast.say("dave", channel_id, "하나")
    carol.has_text("하나")
    line.cut()
    record(site, receipt(channel_id, 1))
    cast.say("dave", channel_id, "둘")
    record(site, receipt(channel_id, 2, actor="장미경"), receipt(channel_id, 3, actor="강은호"))
    line.mend()
    shows(
        carol,
        "하나",
        "윤재현님이 회비를 냈어요 | +30,000원 | 남은 잔액 1,248,000원",
        "둘",
        "강은호님 외 1명이 냈어요 | +60,000원 | 남은 잔액 1,308,000원",
    )


def test_hundreds_of_receipts_are_one_line_and_opened_the_page_still_ends(window, cast, site):
    channel_id = cast.channel("erin", "frank")
    cast.say("frank", channel_id, "맨 위")
    actors = [f"{family}{given}" for family in "김이박최정강조윤장임" for given in ("가온", "나래", "다온")]
    record(site, *(receipt(channel_id, number, actor=actors[number % 30]) for number in range(450)))
    erin = window("erin")
    page = erin.enter(channel_id)
    page.locator("[data-messages] [data-text]", has_text="맨 위").wait_for()
    balance = f"남은 잔액 {1_218_000 + 449 * 30_000:,}원"
    shows(erin, "맨 위", f"임다온님 외 29명이 냈어요 | +13,500,000원 | {balance}")
    page.locator("[data-folded]:visible").click()
    page.wait_for_function(f"() => {LINES} > 400")
    cast.say("frank", channel_id, "맨 아래")
    page.locator("[data-jump]").click()
    page.locator("[data-messages] [data-text]", has_text="맨 아래").wait_for()
    page.wait_for_function(f"() => {LINES} <= 300")
    assert shown(erin)[-1] == "맨 아래"


def test_the_channel_list_says_what_the_slip_says(window, cast, site):
    quiet, busy = cast.channel("grace", name="조용한 방"), cast.channel("grace", name="바쁜 방")
    cast.say("grace", quiet, "먼저")
    grace = window("grace")
    grace.page.locator("[data-rows] li").first.wait_for()
    grace.page.wait_for_timeout(800)
    record(site, receipt(busy, 1))
    grace.page.locator("[data-rows] li", has_text="윤재현님이 회비를 냈어요").wait_for()
    assert "바쁜 방" in grace.page.locator("[data-rows] li").first.text_content()


def test_a_dues_card_comes_live_and_counts_as_people_pay(window, cast, site):
    channel_id = cast.channel("heidi", "ivan")
    tokens = {name: cast.token(name) for name in ("heidi", "ivan")}

    def post(who: str, path: str, **body) -> dict:
        headers = {"Idempotency-Key": f"{who} {path}"}
        with site.api(tokens[who]) as api:
            answer = api.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    wallet = post("heidi", "wallets/", channel=channel_id, name="회비통장", pin=PIN)["id"]
    post("ivan", f"wallets/{wallet}/join/")
    own = post("ivan", "wallets/", pin=PIN)["id"]
    post("ivan", f"wallets/{own}/deposits/", amount=100_000)
    ivan = window("ivan", viewport=PHONE)
    page = ivan.enter(channel_id)
    plan = post("heidi", f"wallets/{wallet}/dues/", title="월 회비", amount=30_000, day=28)["id"]
    card = page.locator("[data-dues-card]")
    card.get_by_text("0/2명 납부").wait_for()
    button = card.get_by_role("link", name="30,000원 내기")
    assert button.get_attribute("href").startswith(f"/wallets/{wallet}/dues/pay/?plan={plan}&period=")
    assert card.locator("[data-slots] > *").all_text_contents() == ["나", ""]
    ivan.shoot("slips-dues-live")
    post("ivan", f"dues/{plan}/pay/", pin=PIN)
    card.get_by_text("1/2명 납부").wait_for()
    assert not button.is_visible()
    assert card.locator("[data-slots] > *").all_text_contents() == ["i", ""]
    page.locator(".slip", has_text="ivan님이 회비를 냈어요").wait_for()
    live = card.inner_text()
    assert "30,000원 모였어요" in live
    page.wait_for_timeout(1_500)  # until the worker has stored it
    page.reload()
    page.locator("[data-live]").wait_for()
    assert page.locator("[data-dues-card]").inner_text() == live
    ivan.shoot("slips-dues-paid")
    page.emulate_media(color_scheme="dark")
    ivan.shoot("slips-dues-dark")
