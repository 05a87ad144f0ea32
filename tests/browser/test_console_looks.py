"""The console on phone and desktop, light and dark, Korean and English, and without scripts."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Window
from tests.browser.console import PAGE, desk, open_form, press
from tests.browser.test_looks import NARROW, SMALL_TARGETS, STICKS_OUT, TABLET

__all__ = ["desk"]

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


@pytest.mark.parametrize(("name", "viewport", "scheme", "locale"), VIEWS, ids=[view[0] for view in VIEWS])
def test_it_fits(desk, name, viewport, scheme, locale):
    minjun = desk("minjun", viewport=viewport, color_scheme=scheme, locale=locale)
    page = minjun.page
    page.on("console", lambda said: minjun.faults.append(said.text) if said.type == "error" else None)
    fits(minjun, f"console-{name}")
    press(page, "my-wallets")
    press(page, "make-channel", name="아주 아주 이름이 긴 채널 그래서 줄 끝에서 잘려야 하는 이름이에요")
    for action in ("sign-up", "make-channel", "plan-transfer"):
        open_form(page, action)
        page.locator(f"#form-{action}").scroll_into_view_if_needed()
        fits(minjun, f"console-{name}-{action}")
    if page.locator("[data-switch]").is_visible():
        page.locator("[data-switch]").click()
        fits(minjun, f"console-{name}-log")


def fits(window: Window, title: str) -> None:
    """Nothing sticks out and everything can be hit with a finger."""
    window.shoot(title)
    assert window.page.evaluate(STICKS_OUT) == [], title
    assert window.page.evaluate(SMALL_TARGETS) == [], title
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), title


def test_without_scripts_it_says_what_it_needs(browser, site, cast):
    cast.token("minjun")
    context = browser.new_context(java_script_enabled=False, locale="ko-KR", viewport=PHONE)
    plain = Window(context.new_page(), site.url())
    plain.log_in("minjun")
    plain.open(PAGE)
    said = plain.page.locator("noscript p")
    assert said.is_visible()
    assert "이 화면은 스크립트가 켜져 있어야 움직여요." in said.text_content()
    assert plain.page.get_by_role("link", name="API 설명 보기").get_attribute("href") == "/api/docs/"
    context.close()
