"""Searching beside the talk and on pages, with keys, on a phone and without scripts; and into the talk."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE, WAIT_MS, Window, flood
from tests.browser.test_looks import STICKS_OUT

TABLET = {"width": 1000, "height": 800}
FOUND = "[data-found-state]:visible"
HITS = ".search-pane [data-hit]"


@pytest.fixture(scope="module")
def club(cast, site) -> int:
    """A long talk: what is looked for lies far above its end."""
    channel_id = cast.channel("alice", "bob", name="토요 등산 모임")
    flood(site, cast.token("bob"), channel_id, 60, "앞선 글")
    cast.say("bob", channel_id, "12월 회비는 3만 원이에요. 북한산 <img src=x onerror=fail()> 입구에서 걷어요")
    flood(site, cast.token("bob"), channel_id, 700, "뒤의 글")
    cast.say("alice", channel_id, "회비 냈어요 😀 회비!")
    cast.archived("alice", channel_id, "회비 냈어요 😀 회비!")
    findable(site, cast.token("alice"), "회비 냈어요", 1)
    return channel_id


def findable(site, token: str, words: str, count: int) -> None:
    """Wait until so many messages are found."""
    with site.api(token) as api:
        for _ in range(100):
            if len(api.get("messages/search/", params={"q": words}).json()["results"]) >= count:
                return
            api.get("channels/")
    pytest.fail(f"{words} is not found")


def is_in_view(window: Window, text: str) -> bool:
    """Whether this message stands inside the log."""
    return window.page.evaluate(
        """text => {
          const log = document.querySelector("[data-log]").getBoundingClientRect();
          const all = [...document.querySelectorAll("[data-messages] [data-text]")];
          const box = all.find((one) => one.textContent.includes(text))?.getBoundingClientRect();
          return box !== undefined && box.top >= log.top && box.bottom <= log.bottom;
        }""",
        text,
    )


def at_end(window: Window) -> bool:
    return window.page.locator("[data-log]").evaluate(
        "log => log.scrollHeight - log.scrollTop - log.clientHeight < 50"
    )


def test_search_with_keys_alone_and_back_to_the_end(window, club):
    alice = window("alice")
    page = alice.enter(club)
    page.keyboard.press("Control+k")
    field = page.locator(".search-pane [data-search-field]")
    assert field.evaluate("one => one === document.activeElement")
    page.wait_for_timeout(300)
    alice.shoot("search-hint")
    page.keyboard.type("회비")
    page.locator(HITS).nth(1).wait_for()
    assert page.locator(HITS).count() == 2
    assert page.locator(".search-pane mark").all_text_contents() == ["회비", "회비", "회비"]
    page.locator(FOUND, has_text="여기까지예요").wait_for()
    alice.shoot("search-pane-desktop")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".message--found", has_text="12월 회비").wait_for()
    assert is_in_view(alice, "12월 회비")
    assert page.locator("[data-messages] img[src=x]").count() == 0
    alice.shoot("search-jumped-desktop")
    page.locator("[data-jump]").click()
    alice.has_text("회비 냈어요")
    assert at_end(alice)
    field.focus()
    page.keyboard.press("Escape")
    assert not field.is_visible()


def test_states_of_the_pane(window, club):
    alice = window("alice", color_scheme="dark")
    page = alice.enter(club)
    page.locator("[data-search-switch]").click()
    field = page.locator(".search-pane [data-search-field]")
    field.fill("없는말이에요")
    page.locator(FOUND, has_text="찾은 메시지가 없어요").wait_for()
    alice.shoot("search-none-dark")
    page.route("**/messages/search/**", lambda route: route.abort())
    field.fill("회비")
    page.locator(FOUND, has_text="답하지 않았어요").wait_for()
    page.unroute("**/messages/search/**")
    field.press("Enter")
    page.locator(HITS).first.wait_for()
    alice.shoot("search-pane-dark")
    field.fill("뒤의 글")
    page.locator(HITS).nth(19).wait_for()
    page.locator(".search-pane__found").evaluate("one => { one.scrollTop = one.scrollHeight; }")
    page.locator(HITS).nth(39).wait_for()
    field.fill("?!")
    page.locator(FOUND, has_text="따옴표").wait_for()
    assert page.locator(HITS).count() == 0


def test_a_middle_screen_slides_it_over(window, club):
    alice = window("alice", viewport=TABLET)
    page = alice.enter(club)
    page.keyboard.press("Escape")
    page.locator("[data-log]").focus()
    page.keyboard.press("/")
    page.locator(".search-pane [data-search-field]").fill("회비 -")
    page.locator(FOUND).wait_for()
    page.locator(".search-pane [data-search-field]").fill("from:@bob 회비")
    page.locator(".search-pane mark").first.wait_for()
    assert page.locator(HITS).count() == 1
    alice.shoot("search-pane-tablet")
    assert page.evaluate(STICKS_OUT) == []


@pytest.mark.parametrize(("name", "viewport"), [("phone", PHONE), ("desktop", DESKTOP)])
def test_the_pages_lead_into_the_live_talk(window, cast, club, name, viewport):
    alice = window("alice", viewport=viewport)
    page = alice.open("/search/?q=회비")
    page.locator("[data-hit]").nth(1).wait_for()
    assert "토요 등산 모임" in page.locator("main h2").inner_text()
    alice.shoot(f"search-everywhere-{name}")
    assert page.evaluate(STICKS_OUT) == []
    page.locator("[data-hit]", has_text="12월 회비").click()
    page.locator("[data-live]").wait_for()
    page.locator(".message--found", has_text="12월 회비").wait_for()
    assert is_in_view(alice, "12월 회비")
    alice.shoot(f"search-at-{name}")
    said = f"지금 온 글 {name}"
    cast.say("bob", club, said)
    page.locator("[data-jump]").click()
    alice.has_text(said)
    page.wait_for_function("() => !document.querySelector('[data-later]')")
    assert at_end(alice)


def test_from_the_midst_one_can_read_both_ways(window, club):
    alice = window("alice")
    page = alice.open(f"/channels/{club}/search/?q=12월 회비")
    page.locator("[data-hit]").click()
    page.locator("[data-live]").wait_for()
    alice.has_text("앞선 글 59")
    alice.has_text("뒤의 글 0")
    for _ in range(60):
        page.locator("[data-log]").evaluate("log => { log.scrollTop = log.scrollHeight; }")
        page.wait_for_timeout(100)
        if "회비 냈어요 😀 회비!" in alice.texts():
            break
    assert "회비 냈어요 😀 회비!" in alice.texts()
    shown = [text for text in alice.texts() if text.startswith("뒤의 글")]
    assert len(shown) == len(set(shown))
    numbers = [int(text.split()[-1]) for text in shown]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_phone_has_a_page_of_its_own(window, club):
    alice = window("alice", viewport=PHONE)
    page = alice.enter(club)
    page.locator("[data-search-switch]").click()
    page.wait_for_url("**/search/")
    alice.shoot("search-empty-phone")
    page.locator("[data-search-field]").fill("없는말이에요")
    page.keyboard.press("Enter")
    page.get_by_text("검색 결과가 없어요").wait_for()
    alice.shoot("search-nothing-phone")


def test_pages_work_without_scripts(browser, site, cast, club):
    context = browser.new_context(java_script_enabled=False, locale="ko-KR", viewport=PHONE)
    try:
        alice = Window(context.new_page(), site.url())
        alice.log_in("alice")
        page = alice.open(f"/channels/{club}/")
        page.locator("[data-search-switch]").click()
        page.locator("[data-search-field]").fill("12월 회비")
        page.locator("main form button").click()
        page.locator("[data-hit]").click(timeout=WAIT_MS)
        assert page.get_by_text("12월 회비는 3만 원이에요").is_visible()
        page.get_by_role("link", name="다음 메시지").click()
        page.get_by_role("link", name="이전 메시지").first.wait_for()
        page.goto(page.url)
        assert page.locator("[data-messages] > li").count() > 20
    finally:
        context.close()


def test_control_k_leads_from_other_pages_to_the_search(window, club):
    alice = window("alice", locale="en-US")
    page = alice.open("/wallets/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    page.wait_for_url("**/search/")
    assert page.locator("[data-search-field]").evaluate("one => one === document.activeElement")
    alice.shoot("search-english")
