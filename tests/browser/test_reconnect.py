"""The web process dies and comes back: what was written is sent once, what was missed is there."""

import signal

from tests.browser.conftest import Line
from tests.outages import log_away
from tests.site import Site


def restart(site: Site) -> None:
    """Start the killed web process again on its port."""
    site.webs[0].start()
    site.wait_until_ready()


def test_a_message_written_while_the_server_is_away_is_sent_once(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    alice, bob = window("alice"), window("bob")
    page = alice.enter(channel_id)
    bob.enter(channel_id)
    alice.write("먼저 쓴 글")
    bob.has_text("먼저 쓴 글")

    site.webs[0].end(signal.SIGKILL)
    page.get_by_text("다시 연결하고 있어요").wait_for()
    alice.write("끊긴 동안 쓴 글")
    page.locator(".message--pending", has_text="끊긴 동안 쓴 글").wait_for()
    alice.shoot("state-reconnecting")
    restart(site)

    page.get_by_text("다시 이어졌어요").wait_for(timeout=30_000)
    alice.shoot("state-reconnected")
    page.locator("[data-outgoing] li").wait_for(state="detached")
    bob.has_text("끊긴 동안 쓴 글")
    assert alice.texts() == bob.texts() == ["먼저 쓴 글", "끊긴 동안 쓴 글"]
    page.reload()
    alice.has_text("끊긴 동안 쓴 글")
    assert alice.texts() == ["먼저 쓴 글", "끊긴 동안 쓴 글"]


def test_what_was_said_while_a_page_was_cut_off_is_there_after_it_comes_back(window, cast):
    channel_id = cast.channel("carol", "dave")
    carol = window("carol")
    line = Line(carol.page)
    page = carol.enter(channel_id)
    cast.say("dave", channel_id, "하나")
    carol.has_text("하나")
    line.cut()
    page.get_by_text("다시 연결하고 있어요").wait_for()
    cast.say("dave", channel_id, "둘", "셋")
    assert carol.texts() == ["하나"]
    line.mend()
    carol.has_text("셋")
    assert carol.texts() == ["하나", "둘", "셋"]


def test_a_message_written_before_a_page_change_is_sent_by_the_next_page(window, cast, site):
    first, second = cast.channel("erin", "frank"), cast.channel("erin")
    erin, frank = window("erin"), window("frank")
    page = erin.enter(first)
    frank.enter(first)
    site.webs[0].end(signal.SIGKILL)
    page.get_by_text("다시 연결하고 있어요").wait_for()
    erin.write("다른 화면에서 보낼 글")
    page.locator(".message--pending").wait_for()
    restart(site)
    erin.open(f"/channels/{second}/")
    frank.has_text("다른 화면에서 보낼 글")
    assert frank.texts() == ["다른 화면에서 보낼 글"]


def test_while_the_log_is_away_a_message_shows_as_not_sent_and_goes_out_on_request(window, cast, site):
    channel_id = cast.channel("grace", "heidi")
    grace, heidi = window("grace"), window("heidi")
    page = grace.enter(channel_id)
    heidi.enter(channel_id)
    with log_away(site, None):
        grace.write("아직 못 간 글")
        page.get_by_text("보내지 못했어요").wait_for()
        grace.shoot("state-not-sent")
        assert grace.texts() == []
    page.locator("[data-retry]").click()
    heidi.has_text("아직 못 간 글")
    assert grace.texts() == heidi.texts() == ["아직 못 간 글"]
