"""Two people and what they see of each other's reading: counts on own messages, the line above what is new,
badges in title and list, who looks and who writes."""

import time

import pytest

from tests.browser.conftest import PHONE, SCREENSHOTS, WAIT_MS, flood
from tests.browser.looking import tabs_of

LOOKED_MS = 1_500  # longer than a mark waits
NOTE_BADGES = """() => {
  window.seen = [];
  const titles = new MutationObserver(() => window.seen.push(document.title));
  titles.observe(document.querySelector("title"), { childList: true });
  const badge = document.querySelector("li[data-channel]:has([aria-current]) [data-badge]");
  const badges = new MutationObserver(() => badge.hidden || window.seen.push(badge.textContent));
  badges.observe(badge, { attributes: true });
}"""


def tab(window, name: str, **options):
    """One tab of a new window of this person's."""
    return tabs_of(window(name, **options), 1)[0]


def archived(site, cast, channel_id: int, unread: int) -> None:
    """Wait until the store has so many messages that alice has not read: then the server's page has them."""
    with site.api(cast.token("alice")) as api:
        deadline = time.monotonic() + WAIT_MS / 1_000
        while api.get(f"channels/{channel_id}/unread/").json()["unread"] < unread:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def unread_numbers(page) -> list[str]:
    return page.locator("[data-messages] [data-unread-by-count]").all_text_contents()


def test_own_messages_tell_how_many_have_not_read_them_until_all_have(window, cast):
    channel_id = cast.channel("alice", "bob", "carol")
    alice, bob, carol = (tab(window, name) for name in ("alice", "bob", "carol"))
    page = alice.enter(channel_id)
    alice.look()
    alice.write("다 읽었나요?")
    alice.has_text("다 읽었나요?")
    page.locator("[data-unread-by-count]", has_text="2").wait_for()
    page.wait_for_timeout(LOOKED_MS)  # alice's own mark passed the message: still two
    assert unread_numbers(page) == ["2"]
    alice.shoot("unread-by")
    bob.enter(channel_id)
    page.wait_for_timeout(LOOKED_MS)
    assert unread_numbers(page) == ["2"]  # bob's page is open, but bob looks elsewhere
    bob.look()
    page.locator("[data-unread-by-count]", has_text="1").wait_for()
    assert page.get_by_text("1명이 안 읽었어요").count() == 1
    carol.enter(channel_id)
    carol.look()
    page.locator("[data-unread-by]").wait_for(state="detached")
    assert unread_numbers(bob.page) == []
    page.reload()
    alice.has_text("다 읽었나요?")
    assert unread_numbers(page) == []


def test_a_number_is_there_again_after_the_page_is_opened_again(window, cast):
    channel_id = cast.channel("alice", "bob", "carol")
    cast.say("alice", channel_id, "하나", "둘")
    alice = tab(window, "alice")
    page = alice.enter(channel_id)
    alice.has_text("둘")
    assert unread_numbers(page) == ["2", "2"]


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_the_page_opens_at_the_first_unread_message(window, cast, site, viewport):
    channel_id = cast.channel("alice", "bob")
    cast.say("bob", channel_id, "읽은 글")
    options = {"viewport": viewport} if viewport else {}
    alice = tab(window, "alice", **options)
    alice.enter(channel_id)
    alice.look()
    alice.page.wait_for_timeout(LOOKED_MS)
    alice.open("/")
    flood(site, cast.token("bob"), channel_id, 40, "새 글")
    archived(site, cast, channel_id, 40)
    page = alice.enter(channel_id)
    line = page.get_by_text("여기부터 새 메시지")
    line.wait_for()
    assert line.count() == 1
    box, log = line.bounding_box(), page.locator("[data-log]").bounding_box()
    assert log["y"] <= box["y"] < log["y"] + log["height"] / 3
    first = page.locator("[data-messages] > li", has=line)
    assert "새 글 0" in first.text_content()
    alice.shoot(f"unread-line-{'phone' if viewport else 'desktop'}")
    alice.look()  # scrolls to the end
    page.wait_for_timeout(LOOKED_MS)
    assert line.count() == 1  # it stays until the page is left
    page.reload()
    alice.has_text("새 글 39")
    assert line.count() == 0


def test_a_button_leads_to_the_first_unread_message_far_above(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    cast.say("bob", channel_id, "읽은 글")
    alice = tab(window, "alice")
    alice.enter(channel_id)
    alice.look()
    alice.page.wait_for_timeout(LOOKED_MS)
    alice.open("/")
    flood(site, cast.token("bob"), channel_id, 130, "새 글")
    archived(site, cast, channel_id, 130)
    page = alice.open(f"/channels/{channel_id}/")
    alice.has_text("새 글 129")
    button = page.get_by_role("button", name="안 읽은 메시지 130개")
    button.wait_for()
    alice.shoot("first-unread")
    button.click()
    line = page.get_by_text("여기부터 새 메시지")
    line.wait_for()
    assert "새 글 0" in page.locator("[data-messages] > li", has=line).text_content()
    button.wait_for(state="hidden")


def test_what_came_while_nobody_looked_has_the_line_above_it(window, cast):
    channel_id = cast.channel("alice", "bob")
    alice = tab(window, "alice")
    page = alice.enter(channel_id)
    alice.look()
    cast.say("bob", channel_id, "보는 동안")
    alice.has_text("보는 동안")
    page.wait_for_timeout(LOOKED_MS)
    assert page.get_by_text("여기부터 새 메시지").count() == 0
    alice.look(False)
    cast.say("bob", channel_id, "딴 데 보는 동안", "또 하나")
    alice.has_text("또 하나")
    line = page.get_by_text("여기부터 새 메시지")
    assert "딴 데 보는 동안" in page.locator("[data-messages] > li", has=line).text_content()
    assert alice.badges()[channel_id] == 2
    assert page.title().startswith("(")
    alice.look()
    page.locator(f"li[data-channel='{channel_id}'][data-unread='0']").wait_for(state="attached")


def test_title_icon_and_list_tell_what_is_unread_and_quiet_channels_do_not_shout(window, cast, site):
    loud, quiet = (
        cast.channel("alice", "bob", name="큰 모임"),
        cast.channel("alice", "bob", name="조용한 모임"),
    )
    with site.api(cast.token("alice")) as api:
        answer = api.patch(f"channels/{quiet}/membership/", json={"notify": "none"})
        assert answer.status_code == 200, answer.text
    alice = tab(window, "alice", viewport=PHONE)
    page = alice.open("/")
    unread_before = sum(alice.badges().values())
    cast.say("bob", loud, "하나", "둘", "셋")
    cast.say("bob", quiet, "하나", "둘")
    row = page.locator(f"[data-rows] > li[data-channel='{loud}']")
    row.locator("[data-badge-count]", has_text="3").wait_for()
    page.locator(f"[data-rows] > li[data-channel='{quiet}'] [data-badge-count]", has_text="2").wait_for()
    assert sum(alice.badges().values()) == unread_before + 5
    page.wait_for_function("() => document.querySelector('link[rel=icon]').href.includes('unread')")
    shown = page.locator("[data-badge-total] [data-badge-count]").text_content()
    assert page.title().startswith(f"({shown}) ")
    page.screenshot(path=SCREENSHOTS / "unread-list-phone.png")
    colour = "element => getComputedStyle(element).backgroundColor"
    badge = page.locator(f"[data-rows] > li[data-channel='{quiet}'] [data-badge]")
    assert badge.evaluate(colour) != row.locator("[data-badge]").evaluate(colour)
    desk = tab(window, "alice")
    desk.open("/")
    desk.page.locator(f"[data-channel='{loud}'] [data-badge-count]", has_text="3").wait_for()
    desk.shoot("unread-list-desktop")
    desk.enter(loud)
    desk.look()
    row.locator("[data-badge]").wait_for(state="hidden", timeout=WAIT_MS)


def test_what_is_read_as_it_comes_gets_no_badge(window, cast):
    channel_id = cast.channel("alice", "bob")
    alice = tab(window, "alice")
    page = alice.enter(channel_id)
    alice.look()
    page.evaluate(NOTE_BADGES)
    for number in range(5):
        cast.say("bob", channel_id, f"이야기 {number}")
        alice.has_text(f"이야기 {number}")
    page.wait_for_timeout(LOOKED_MS)
    assert alice.badges()[channel_id] == 0
    assert page.evaluate("seen") == []


def test_people_see_who_looks_and_who_writes(window, cast):
    channel_id = cast.channel("alice", "bob")
    alice, bob = tab(window, "alice"), tab(window, "bob", viewport=PHONE)
    page = alice.enter(channel_id)
    bob.enter(channel_id)
    page.locator("[data-looking]", has_text="1명").wait_for()
    bobs_row = page.locator(".person-row[data-person]", has_text="bob")
    bobs_row.locator("[data-here]").wait_for()
    bob.page.locator("textarea").press_sequentially("음")
    page.get_by_text("bob님이 쓰고 있어요").wait_for()
    alice.shoot("typing-desktop")
    page.locator("textarea").press_sequentially("나도")
    bob.page.get_by_text("alice님이 쓰고 있어요").wait_for()
    bob.shoot("typing-phone")
    bob.write("음, 갈게요")
    alice.has_text("음, 갈게요")
    page.locator("[data-typing]").wait_for(state="hidden")
    bob.page.locator("[data-typing]").wait_for(state="hidden", timeout=8_000)  # alice stopped
    bob.page.close()
    bobs_row.locator("[data-here]").wait_for(state="hidden")
    page.locator("[data-looking]").wait_for(state="hidden")
