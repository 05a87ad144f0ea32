"""The operations page in a real browser: real processes tell of themselves, the page reads on by itself, can
be paused, bears a site that is away, and needs no scripts."""

import signal

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Window
from tests.browser.test_looks import NARROW, SMALL_TARGETS, STICKS_OUT, TABLET
from tests.site import PASSWORD

PAGE = "/admin/operations/"
SOON_MS = 40_000  # a sample is written every ten seconds and the page read every five
VIEWS = [
    ("desktop-light", DESKTOP, "light", "ko-KR"),
    ("desktop-dark", DESKTOP, "dark", "ko-KR"),
    ("tablet-light", TABLET, "light", "ko-KR"),
    ("phone-light", PHONE, "light", "ko-KR"),
    ("phone-dark", PHONE, "dark", "ko-KR"),
    ("phone-english", PHONE, "light", "en-US"),
    ("narrow-light", NARROW, "light", "ko-KR"),
]


@pytest.fixture(scope="module")
def operator(site) -> str:
    """Somebody who may see it."""
    code = (
        "from accounts.models import User\n"
        f"User.objects.create_superuser(email='olga@example.com', username='olga', password={PASSWORD!r})"
    )
    site.manage("shell", "-v0", "-c", code)
    return "olga"


def enter(window: Window) -> None:
    """Through the log-in of the admin site."""
    window.open(PAGE)
    window.page.fill("[name=username]", "olga@example.com")
    window.page.fill("[name=password]", PASSWORD)
    window.page.press("[name=password]", "Enter")
    window.page.wait_for_url(f"**{PAGE}")


def stat(window: Window, key: str):
    return window.page.locator(f'[data-part="stat-{key}"]')


def test_numbers_come_by_themselves(window, site, cast, operator):
    channel = cast.channel("minjun", "eunho", name="토요 등산 모임")
    desk = window()
    enter(desk)
    rows = desk.page.locator('[data-part="processes"] tr')
    rows.nth(1).wait_for()
    assert desk.page.locator('[data-part="processes"] [data-state="fine"]').count() == 2
    minjun = window("minjun")
    minjun.enter(channel)
    cast.say("eunho", channel, *(f"안녕하세요 {number}" for number in range(5)))
    value = stat(desk, "sockets").locator("strong")
    value.get_by_text("1", exact=True).wait_for(timeout=SOON_MS)
    stat(desk, "books").get_by_text("0분 전 확인").or_(
        stat(desk, "books").get_by_text("1분 전 확인")
    ).wait_for(timeout=SOON_MS)
    assert stat(desk, "append").locator("strong").text_content() != "–"
    assert stat(desk, "unarchived").locator("strong").text_content() != "–"


def test_it_pauses_and_goes_on(window, operator):
    desk = window()
    enter(desk)
    read = desk.page.locator('[data-part="read"]')
    desk.page.get_by_role("button", name="멈추기").click()
    shown = read.text_content()
    desk.page.wait_for_timeout(6_000)
    assert read.text_content() == shown
    desk.page.get_by_role("button", name="다시 보기").click()
    desk.page.wait_for_function(
        "before => document.querySelector('[data-part=read]').textContent !== before", arg=shown
    )
    assert desk.page.get_by_role("button", name="멈추기").is_visible()


def test_a_part_that_did_not_change_is_left_alone(window, operator):
    desk = window()
    enter(desk)
    desk.page.evaluate("window.mine = document.querySelector('[data-part=happenings] li')")
    shown = desk.page.locator('[data-part="read"]').text_content()
    desk.page.wait_for_function(
        "before => document.querySelector('[data-part=read]').textContent !== before", arg=shown
    )
    assert desk.page.evaluate("window.mine.isConnected")


def test_an_ended_log_in_is_said_and_the_numbers_stay(window, operator):
    desk = window()
    enter(desk)
    desk.page.context.clear_cookies()
    desk.page.get_by_text("로그인이 끝났어요.").wait_for()
    assert stat(desk, "sockets").is_visible()


@pytest.mark.parametrize(("name", "viewport", "scheme", "locale"), VIEWS, ids=[view[0] for view in VIEWS])
def test_it_fits(window, operator, name, viewport, scheme, locale):
    desk = window(viewport=viewport, color_scheme=scheme, locale=locale)
    enter(desk)
    page = desk.page
    page.on("console", lambda said: desk.faults.append(said.text) if said.type == "error" else None)
    page.reload()
    page.wait_for_timeout(150)
    desk.shoot(f"operations-{name}")
    assert page.evaluate(STICKS_OUT) == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_works_without_scripts(browser, site, operator):
    context = browser.new_context(java_script_enabled=False, locale="ko-KR", viewport=PHONE)
    plain = Window(context.new_page(), site.url())
    enter(plain)
    assert stat(plain, "sockets").is_visible()
    assert plain.page.get_by_role("button", name="멈추기").is_hidden()
    plain.page.get_by_role("link", name="새로 읽기").click()
    assert stat(plain, "books").is_visible()
    context.close()


def test_a_worker_that_dies_is_said_and_so_is_a_site_that_is_away(window, site, operator):
    desk = window()
    enter(desk)
    site.workers[0].end(by=signal.SIGKILL)
    desk.page.get_by_text("작업자가 소식이 없어요.").wait_for(timeout=60_000)
    assert desk.page.locator('[data-part="processes"] [data-state="silent"]').count() == 1
    desk.shoot("operations-no-worker")
    site.webs[0].end(by=signal.SIGTERM)
    try:
        desk.page.get_by_text("사이트가 대답하지 않아요.").wait_for()
        assert stat(desk, "sockets").is_visible()
    finally:
        for process in (*site.workers, *site.webs):
            process.start()
        site.wait_until_ready()
    desk.page.get_by_text("사이트가 대답하지 않아요.").wait_for(state="detached")
