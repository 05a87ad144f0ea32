"""What was written without a connection outlives tab and browser, is one window's, goes out once in order."""

from playwright.sync_api import expect

from tests.browser.conftest import CHROMIUM, DESKTOP, PHONE, Line, Window
from tests.browser.unsent import KEPT, another, archived, go_offline, installed, shows_waiting, waiting


def test_what_was_written_offline_is_there_in_the_next_tab_and_goes_out_once(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    cast.say("bob", channel_id, "몇 시에 와요?")
    alice = installed(window, "alice", channel_id, viewport=PHONE)
    alice.has_text("몇 시에 와요?")
    context = alice.page.context
    go_offline(alice)
    for text in ("첫째 줄", "둘째 줄", "셋째 줄"):
        alice.write(text)
    shows_waiting(alice.page, "첫째 줄", "둘째 줄", "셋째 줄")
    alice.page.close()

    later = Window(context.new_page(), alice.base_url)
    later.open("/")
    expect(later.page.locator("[data-rows]")).to_contain_text("몇 시에 와요?")
    later.open(f"/channels/{channel_id}/")
    later.has_text("몇 시에 와요?")
    shows_waiting(later.page, "첫째 줄", "둘째 줄", "셋째 줄")
    later.shoot("app-offline-still-unsent")
    assert archived(site, cast, "bob", channel_id) == ["몇 시에 와요?"]
    context.set_offline(False)
    later.page.locator("[data-outgoing] li").first.wait_for(state="detached")
    bob = window("bob")
    bob.enter(channel_id)
    bob.has_text("셋째 줄")
    said = ["몇 시에 와요?", "첫째 줄", "둘째 줄", "셋째 줄"]
    assert bob.texts() == later.texts() == said
    cast.archived("bob", channel_id, "셋째 줄")
    assert archived(site, cast, "bob", channel_id) == said
    assert later.page.evaluate(KEPT) == 0


def test_the_list_alone_sends_it(window, cast, site):
    channel_id = cast.channel("carol", "dave")
    carol = installed(window, "carol", channel_id, viewport=PHONE)
    context = carol.page.context
    go_offline(carol)
    carol.write("목록에서 보낼 글")
    shows_waiting(carol.page, "목록에서 보낼 글")
    carol.page.close()
    later = Window(context.new_page(), carol.base_url)
    later.open("/")
    assert later.page.evaluate(KEPT) == 1
    context.set_offline(False)
    later.page.wait_for_function(f"async () => (await ({KEPT})()) === 0")
    cast.archived("dave", channel_id, "목록에서 보낼 글")


def test_it_outlives_the_browser(browser, cast, site, tmp_path):
    channel_id = cast.channel("erin", "frank")

    def start():
        options = {"executable_path": CHROMIUM, "args": ["--no-sandbox"], "viewport": DESKTOP}
        return browser.browser_type.launch_persistent_context(tmp_path, **options)

    first = start()
    erin = Window(first.new_page(), site.url())
    erin.log_in("erin")
    line = Line(erin.page)
    erin.enter(channel_id)
    line.cut()
    erin.page.locator("[data-connection]").wait_for()
    erin.write("껐다 켜도 있는 글")
    shows_waiting(erin.page, "껐다 켜도 있는 글")
    first.close()

    second = start()
    erin = Window(second.new_page(), site.url())
    erin.enter(channel_id)
    erin.has_text("껐다 켜도 있는 글")
    cast.archived("frank", channel_id, "껐다 켜도 있는 글")
    assert archived(site, cast, "frank", channel_id) == ["껐다 켜도 있는 글"]
    second.close()


def test_of_two_windows_one_has_it_and_the_other_takes_it_over(window, cast, site):
    channel_id = cast.channel("grace", "heidi")
    grace = installed(window, "grace", channel_id)
    context = grace.page.context
    two = another(grace, f"/channels/{channel_id}/")
    go_offline(grace)
    go_offline(two)
    grace.write("첫 창에서")
    two.write("둘째 창에서")
    shows_waiting(grace.page, "첫 창에서")
    shows_waiting(two.page, "둘째 창에서")
    two.page.evaluate("() => dispatchEvent(new Event('focus'))")
    shows_waiting(two.page, "첫 창에서", "둘째 창에서")
    shows_waiting(grace.page)
    two.page.close()
    shows_waiting(grace.page, "첫 창에서", "둘째 창에서")
    context.set_offline(False)
    grace.page.locator("[data-outgoing] li").first.wait_for(state="detached")
    grace.has_text("둘째 창에서")
    cast.archived("heidi", channel_id, "둘째 창에서")
    assert archived(site, cast, "heidi", channel_id) == grace.texts() == ["첫 창에서", "둘째 창에서"]


def test_two_open_windows_show_and_send_it_once(window, cast, site):
    channel_id = cast.channel("grace", "heidi")
    grace = installed(window, "grace", channel_id)
    two = another(grace, f"/channels/{channel_id}/")
    go_offline(grace)
    go_offline(two)
    for text in ("하나", "둘"):
        grace.write(text)
    shows_waiting(grace.page, "하나", "둘")
    assert waiting(two.page) == []
    grace.page.context.set_offline(False)
    for tab in (grace, two):
        tab.has_text("둘")
    shows_waiting(grace.page)
    assert grace.texts() == two.texts() == ["하나", "둘"]
    cast.archived("heidi", channel_id, "둘")
    assert archived(site, cast, "heidi", channel_id) == ["하나", "둘"]


def test_a_reaction_made_offline_outlives_the_tab(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    cast.say("bob", channel_id, "다들 좋아요?")
    cast.archived("bob", channel_id, "다들 좋아요?")
    alice = installed(window, "alice", channel_id)
    alice.has_text("다들 좋아요?")
    context = alice.page.context
    go_offline(alice)
    message = alice.page.locator("[data-messages] > li", has_text="다들 좋아요?")
    message.hover()
    message.locator("[data-action-react]").click()
    alice.page.locator("[data-message-menu] [data-emoji='👍']").click()
    message.locator("[data-reactions] [data-emoji='👍']").wait_for()
    alice.page.close()
    later = Window(context.new_page(), alice.base_url)
    later.open(f"/channels/{channel_id}/")
    later.page.locator("[data-reactions] [data-emoji='👍']").wait_for()
    context.set_offline(False)
    bob = window("bob")
    bob.enter(channel_id)
    bob.page.locator("[data-reactions] [data-emoji='👍']").wait_for()
