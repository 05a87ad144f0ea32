"""Every page on phone and desktop, light and dark, Korean and English: nothing sticks out, nothing fails.

The pictures are kept under var/screenshots/ for people to look at.
"""

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Window

NARROW = {"width": 320, "height": 640}
TABLET = {"width": 1000, "height": 800}
LONG = "아주 아주 이름이 긴 채널 그래서 줄 끝에서 잘려야 하는 이름이에요"
STICKS_OUT = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen, .skip"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""
SMALL_TARGETS = """() =>
  [...document.querySelectorAll("main button, main a.button, nav a, main input:not([type=hidden])")]
  .filter((one) => one.checkVisibility() && one.type !== "checkbox")
  .filter((one) => one.getBoundingClientRect().height < 43.5)
  .map((one) => one.outerHTML.slice(0, 120))"""

VIEWS = [
    ("desktop-light", DESKTOP, "light", "ko-KR"),
    ("desktop-dark", DESKTOP, "dark", "ko-KR"),
    ("desktop-english", DESKTOP, "light", "en-US"),
    ("tablet-light", TABLET, "light", "ko-KR"),
    ("phone-light", PHONE, "light", "ko-KR"),
    ("phone-dark", PHONE, "dark", "ko-KR"),
    ("phone-english", PHONE, "light", "en-US"),
    ("narrow-light", NARROW, "light", "ko-KR"),
]


@pytest.fixture(scope="module")
def stage(cast, site) -> dict[str, int]:
    """A lively channel, an empty one and one with names that are too long for any line."""
    names = ("minjun", "eunho", "mikyung", "W" * 30)
    lively = cast.channel(*names, name="토요 등산 모임", description="토요일마다 가까운 산에 올라요.")
    cast.say(
        "eunho",
        lively,
        "백운대 정상이에요. 구름이 발아래로 깔렸어요.",
        "사진은 https://example.com/p/1 에 있어요.",
    )
    cast.say("minjun", lively, "다음 달엔 저도 꼭 갈게요. 원본 사진도 올려 주세요!", "장갑도\n챙길게요")
    cast.say(
        "mikyung",
        lively,
        "토요일 아침 7시 40분, 구파발역 2번 출구에서 만나요. 눈이 남아 있으니 아이젠을 꼭 챙겨 주세요.",
    )
    long = cast.channel("minjun", "W" * 30, name=LONG, is_private=True, password="sesame-2")
    cast.say("W" * 30, long, "averyverylongwordwithoutanyspaces" * 8)
    cast.say("minjun", long, "averyverylongwordwithoutanyspaces" * 8)
    empty = cast.channel("minjun", name="빈 채널")
    return {"lively": lively, "long": long, "empty": empty}


@pytest.mark.parametrize(("name", "viewport", "scheme", "locale"), VIEWS, ids=[view[0] for view in VIEWS])
def test_every_page_fits(window, stage, name, viewport, scheme, locale):
    minjun = window(viewport=viewport, color_scheme=scheme, locale=locale)
    page = minjun.page
    page.on(
        "console", lambda message: minjun.faults.append(message.text) if message.type == "error" else None
    )
    for title, path in {"login": "/accounts/login/", "signup": "/accounts/signup/"}.items():
        minjun.open(path)
        minjun.shoot(f"{name}-{title}")
        assert page.evaluate(STICKS_OUT) == [], path
    minjun.log_in("minjun")
    lively, long = stage["lively"], stage["long"]
    pages = {
        "channels": "/",
        "talk": f"/channels/{lively}/",
        "long": f"/channels/{long}/",
        "empty": f"/channels/{stage['empty']}/",
        "about": f"/channels/{lively}/about/",
        "about-long": f"/channels/{long}/about/",
        "leave": f"/channels/{lively}/leave/",
        "close": f"/channels/{lively}/close/",
        "change": f"/channels/{long}/change/",
        "new": "/channels/new/",
        "search": "/channels/search/?q=",
        "search-none": "/channels/search/?q=없는 말",
        "me": "/accounts/me/",
        "delete": "/accounts/me/delete/",
    }
    for title, path in pages.items():
        minjun.open(path)
        page.wait_for_timeout(150)
        minjun.shoot(f"{name}-{title}")
        assert page.evaluate(STICKS_OUT) == [], path
        assert page.evaluate(SMALL_TARGETS) == [], path


def test_the_details_pane_opens_and_closes_and_the_choice_stays(window, stage):
    minjun = window("minjun")
    page = minjun.enter(stage["lively"])
    pane = page.locator(".shell__details")
    assert pane.is_visible()
    page.get_by_role("button", name="닫기").click()
    assert pane.is_hidden()
    page.reload()
    assert pane.is_hidden()
    page.locator("[data-details-switch]").click()
    assert pane.is_visible()
    page.set_viewport_size(TABLET)
    assert pane.is_hidden()
    page.locator("[data-details-switch]").click()
    assert pane.is_visible()
    minjun.shoot("state-details-over")
    page.keyboard.press("Escape")
    assert pane.is_hidden()
    page.set_viewport_size(PHONE)
    page.locator("[data-details-switch]").click()
    page.wait_for_url("**/about/")


def test_near_the_limit_the_box_counts_and_over_it_it_does_not_send(window, stage):
    minjun = window("minjun", viewport=PHONE)
    page = minjun.enter(stage["empty"])
    page.fill("textarea", "가" * 3_700)
    page.get_by_text("300자 남았어요").wait_for()
    page.fill("textarea", "가" * 4_001)
    page.get_by_text("1자 넘었어요").wait_for()
    minjun.shoot("state-too-long")
    page.press("textarea", "Enter")
    assert page.locator("[data-outgoing] li").count() == 0
    assert len(page.input_value("textarea")) == 4_001


def test_a_page_works_without_scripts(browser, site, stage, window):
    context = browser.new_context(java_script_enabled=False, locale="ko-KR", viewport=PHONE)
    plain = Window(context.new_page(), site.url())
    plain.log_in("minjun")
    page = plain.open(f"/channels/{stage['empty']}/")
    page.fill("textarea", "스크립트 없이도 돼요")
    page.locator("form.composer [data-send]").click()
    for _ in range(40):
        if "스크립트 없이도 돼요" in plain.texts():
            break
        page.wait_for_timeout(250)
        page.reload()
    assert plain.texts() == ["스크립트 없이도 돼요"]
    plain.shoot("state-no-scripts")
    context.close()
