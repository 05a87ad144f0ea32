"""Holes that the server cannot fill from memory: the page fills them from history, or begins anew behind."""

import signal

import pytest

from chat.pipeline.recent import RECENT
from chat.pipeline.ring import MAX_EVENTS
from tests.browser.conftest import Line, flood
from tests.browser.test_reading import draw_at_once, scroll

FLOOD = MAX_EVENTS + 500  # more than the server keeps of one channel
MISSED = [f"놓친 글 {number}" for number in range(30)]
# A page that was told several times that history is behind asks again only after up to 19 s; then the worker
# may just have started.
RETRIED_MS = 90_000


@pytest.fixture
def behind_a_hole(window, cast, site):
    """alice's page, to which history cannot give what it missed: the worker is away. And the channel."""
    channel_id, elsewhere = cast.channel("alice", "bob"), cast.channel("bob", name="딴 방")
    alice = window("alice")
    line = Line(alice.page)
    alice.enter(channel_id)
    cast.say("bob", channel_id, "구멍 앞")
    alice.has_text("구멍 앞")
    line.cut()
    cast.say("bob", channel_id, *MISSED)
    site.workers[0].end(signal.SIGTERM)
    flood(site, cast.token("bob"), elsewhere, RECENT + 500)
    line.mend()
    alice.page.get_by_text("지난 메시지를 지금은 불러올 수 없어요").wait_for(timeout=RETRIED_MS)
    yield alice, channel_id
    if not site.workers[0].runs:
        site.workers[0].start()


def test_a_hole_is_filled_from_history_once_the_archive_has_it(behind_a_hole, cast, site):
    alice, channel_id = behind_a_hole
    cast.say("bob", channel_id, "구멍 뒤")
    alice.has_text("구멍 뒤")
    alice.shoot("state-store-behind")
    site.workers[0].start()
    alice.has_text(MISSED[-1], timeout_ms=RETRIED_MS)
    assert alice.texts() == ["구멍 앞", *MISSED, "구멍 뒤"]
    assert alice.page.locator("[data-history-banner]").is_hidden()


def test_a_hole_above_a_flood_is_found_by_going_up(behind_a_hole, cast, site):
    alice, channel_id = behind_a_hole
    page = alice.page
    draw_at_once(alice, lambda: flood(site, cast.token("bob"), channel_id, 100))
    alice.has_text("물결 99")
    end = [f"물결 {number}" for number in range(40, 100)]
    assert alice.texts() == end
    site.workers[0].start()
    page.locator("[data-history-banner]").wait_for(state="hidden", timeout=RETRIED_MS)
    page.wait_for_timeout(500)
    assert alice.texts() == end
    for _ in range(20):
        scroll(alice, "0")
        page.wait_for_timeout(120)
    assert alice.texts() == ["구멍 앞", *MISSED, *(f"물결 {number}" for number in range(100))]


def test_a_hole_too_wide_to_fill_leaves_the_newest_and_the_rest_to_scrolling(window, cast, site):
    channel_id = cast.channel("carol", "dave")
    carol = window("carol")
    line = Line(carol.page)
    page = carol.enter(channel_id)
    cast.say("dave", channel_id, "맨 처음 글")
    carol.has_text("맨 처음 글")
    line.cut()
    flood(site, cast.token("dave"), channel_id, FLOOD)
    line.mend()
    carol.has_text(f"물결 {FLOOD - 1}")
    page.wait_for_timeout(1_500)
    texts = carol.texts()
    assert texts == [f"물결 {number}" for number in range(FLOOD - len(texts), FLOOD)]
    page.locator("[data-log]").evaluate("log => { log.scrollTop = 0; }")
    page.wait_for_function(
        "count => !document.querySelector('[data-messages] [data-text]').textContent.endsWith(count)",
        arg=texts[0].split()[1],
    )
    texts = carol.texts()
    first = int(texts[0].split()[1])
    assert texts == [f"물결 {number}" for number in range(first, first + len(texts))]
