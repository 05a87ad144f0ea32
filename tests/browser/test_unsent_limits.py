"""What was written and not sent: of one account, gone with its log-out, and neither old nor much for ever."""

import pytest

from tests.browser.conftest import Line, Window
from tests.browser.unsent import KEPT, WAITING, archived, keep, shows_waiting, waiting

DAY_MS = 24 * 3600 * 1000


def test_another_account_of_the_same_browser_neither_sees_nor_sends_it(window, cast, site):
    channel_id = cast.channel("carol", "dave")
    carol = window("carol")
    line = Line(carol.page)
    carol.enter(channel_id)
    line.cut()
    carol.page.locator("[data-connection]").wait_for()
    carol.write("캐럴만의 글")
    shows_waiting(carol.page, "캐럴만의 글")
    context = carol.page.context
    mine = context.cookies()
    context.clear_cookies()
    dave = Window(context.new_page(), carol.base_url)
    dave.log_in("dave")
    dave.enter(channel_id)
    dave.page.wait_for_timeout(500)
    assert dave.page.locator("[data-outgoing] li").count() == 0
    line.mend()
    carol.page.wait_for_url(f"{carol.base_url}/channels/{channel_id}/", wait_until="load")
    carol.page.locator(
        f"[data-user='{dave.page.locator('.talk').get_attribute('data-user')}']"
    ).first.wait_for()
    dave.write("데이브의 글")
    cast.archived("dave", channel_id, "데이브의 글")
    assert archived(site, cast, "dave", channel_id) == ["데이브의 글"]
    assert waiting(carol.page) == []
    context.clear_cookies()
    context.add_cookies(mine)
    carol.enter(channel_id)
    carol.has_text("캐럴만의 글")
    cast.archived("dave", channel_id, "캐럴만의 글")


@pytest.mark.parametrize("way", ["keeps", "goes"])
def test_logging_out_asks_and_throws_it_away(window, cast, way):
    channel_id = cast.channel("erin", "frank")
    erin = window("erin")
    page = erin.enter(channel_id)
    erin.write("종\u0007소리")
    page.locator("[data-failure]").wait_for()
    page = erin.open("/accounts/me/")
    page.locator("form[action$='logout/'] button").click()
    page.get_by_text("아직 보내지 못한 메시지가 1개 있어요").wait_for()
    erin.shoot(f"log-out-unsent-{way}")
    if way == "keeps":
        page.get_by_role("link", name="로그아웃하지 않기").click()
        page.wait_for_url("**/accounts/me/")
        assert page.evaluate(KEPT) == 1
    else:
        page.locator("main form button").click()
        page.wait_for_url("**/accounts/login/**")
        assert page.evaluate(KEPT) == 0


def test_who_has_nothing_unsent_is_not_asked(window, cast):
    cast.channel("frank")
    page = window("frank").open("/accounts/me/")
    page.locator("form[action$='logout/'] button").click()
    page.wait_for_url("**/accounts/login/**")


def test_what_waited_for_more_than_a_day_goes_out_on_request_only(window, cast, site):
    channel_id = cast.channel("grace", "heidi")
    grace = window("grace")
    page = grace.enter(channel_id)
    user_id = int(page.locator(".talk").get_attribute("data-user"))
    now = page.evaluate("Date.now()")
    grace.open("/accounts/me/")
    keep(page, user_id, channel_id, "어제 쓴 글", now - DAY_MS - 60_000)
    keep(page, user_id, channel_id, "방금 쓴 글", now - 60_000)
    grace.enter(channel_id)
    grace.has_text("방금 쓴 글")
    page.get_by_text("하루 넘게 기다려서").wait_for()
    grace.shoot("state-unsent-too-old")
    assert grace.texts() == ["방금 쓴 글"]
    page.locator("[data-retry]").click()
    grace.has_text("어제 쓴 글")
    page.locator("[data-outgoing] li").wait_for(state="detached")
    cast.archived("heidi", channel_id, "어제 쓴 글")


def test_so_much_waits_and_no_more(window, cast):
    channel_id = cast.channel("alice", "bob")
    alice = window("alice")
    page = alice.enter(channel_id)
    user_id = int(page.locator(".talk").get_attribute("data-user"))
    line = Line(page)
    alice.open("/accounts/me/")
    now = page.evaluate("Date.now()")
    for number in range(98):
        keep(page, user_id, channel_id, f"밀린 글 {number}", now - 5_000 + number)
    line.cut()
    page.goto(f"{alice.base_url}/channels/{channel_id}/")
    page.locator("[data-connection]").wait_for()
    alice.write("가" * 4_000)
    alice.write("아흔아홉 다음")
    alice.write("한도를 넘은 글")
    page.get_by_text("기다리는 메시지가 너무 많아서").wait_for()
    assert page.locator(WAITING).count() == 100
    assert page.evaluate(KEPT) == 100
    line.mend()
    alice.has_text("아흔아홉 다음")
    page.locator("[data-retry]").click()
    alice.has_text("한도를 넘은 글")
    late = [f"밀린 글 {number}" for number in range(98)]
    assert alice.texts() == [*late, "가" * 4_000, "아흔아홉 다음", "한도를 넘은 글"]
