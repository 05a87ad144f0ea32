"""Long and fast talks: scrolling up, coming back, and a page that stays small."""

from collections.abc import Callable

from tests.browser.conftest import Window, flood

FLOOD = 5_000
MOST_ON_PAGE = 300
EVERYTHING = "document.querySelectorAll('*').length"

HOLD_FRAMES = """() => {
  const [ask, held] = [window.requestAnimationFrame, []];
  window.requestAnimationFrame = (draw) => held.push(draw);
  window.release = () => { window.requestAnimationFrame = ask; held.forEach((draw) => ask(draw)); };
}"""
HELD_MS = 2_000


def scroll(window: Window, top: str) -> None:
    """Scroll the log; `top` is a JavaScript expression of `log`."""
    window.page.locator("[data-log]").evaluate(f"log => {{ log.scrollTop = {top}; }}")


def draw_at_once(window: Window, come: Callable) -> None:
    """What comes meanwhile the page draws in one frame."""
    window.page.evaluate(HOLD_FRAMES)
    come()
    window.page.wait_for_timeout(HELD_MS)
    window.page.evaluate("release()")


def first_visible(window: Window) -> tuple[str, float]:
    """The message at the log's upper edge and where it stands."""
    return tuple(
        window.page.evaluate(
            """() => {
              const top = document.querySelector("[data-log]").getBoundingClientRect().top;
              const lines = [...document.querySelectorAll("[data-messages] > li")];
              const line = lines.find((one) => one.getBoundingClientRect().bottom > top + 1);
              return [line.dataset.id, line.querySelector("[data-text]").getBoundingClientRect().top];
            }"""
        )
    )


def test_a_reader_far_up_is_not_moved_and_gets_a_pill(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    flood(site, cast.token("bob"), channel_id, 60, "지난 글")
    alice = window("alice")
    page = alice.enter(channel_id)
    alice.has_text("지난 글 59")
    scroll(alice, "log.scrollHeight / 2")
    page.wait_for_timeout(200)
    place = first_visible(alice)
    cast.say("bob", channel_id, "새 글 하나", "새 글 둘", "새 글 셋")
    pill = page.get_by_role("button", name="새 메시지 3개")
    pill.wait_for()
    assert first_visible(alice) == place
    alice.shoot("state-pill")
    pill.click()
    pill.wait_for(state="hidden")
    assert page.locator("[data-log]").evaluate(
        "log => log.scrollHeight - log.scrollTop - log.clientHeight < 5"
    )


def test_scrolling_up_loads_everything_once(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    flood(site, cast.token("bob"), channel_id, 700, "줄")
    alice = window("alice")
    page = alice.enter(channel_id)
    alice.has_text("줄 699")
    seen: set[str] = set()
    for _ in range(120):
        seen.update(alice.texts())
        if "줄 0" in seen:
            break
        scroll(alice, "Math.max(0, log.scrollTop - 4000)")
        page.wait_for_timeout(120)
    assert seen == {f"줄 {number}" for number in range(700)}
    assert page.locator("[data-messages] > li").count() <= MOST_ON_PAGE
    texts = alice.texts()
    assert texts == [f"줄 {number}" for number in range(len(texts))]


def test_loading_earlier_messages_does_not_move_what_is_read(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    flood(site, cast.token("bob"), channel_id, 200, "줄")
    alice = window("alice")
    page = alice.enter(channel_id)
    alice.has_text("줄 199")
    page.wait_for_timeout(300)
    before = page.locator("[data-messages] > li").count()
    scroll(alice, "400")
    place = first_visible(alice)
    page.wait_for_function(
        "count => document.querySelectorAll('[data-messages] > li').length > count", arg=before
    )
    after = first_visible(alice)
    assert after[0] == place[0]
    assert abs(after[1] - place[1]) < 2


def test_scrolling_down_again_leads_back_to_the_live_end(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    flood(site, cast.token("bob"), channel_id, 700, "줄")
    alice = window("alice")
    page = alice.enter(channel_id)
    alice.has_text("줄 699")
    for _ in range(120):
        if "줄 100" in alice.texts():
            break
        scroll(alice, "0")
        page.wait_for_timeout(120)
    assert "줄 699" not in alice.texts()
    cast.say("bob", channel_id, "맨 끝 글")
    for _ in range(120):
        if "맨 끝 글" in alice.texts():
            break
        scroll(alice, "log.scrollHeight")
        page.wait_for_timeout(120)
    assert alice.texts()[-1] == "맨 끝 글"
    lines = [int(text.split()[1]) for text in alice.texts()[:-1]]
    assert lines == list(range(lines[0], 700))


def test_a_flood_leaves_the_page_small_usable_and_right(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    alice = window("alice")
    page = alice.enter(channel_id)
    page.evaluate(
        """() => {
          let last = performance.now();
          window.longest = 0;
          const tick = (now) => {
            window.longest = Math.max(window.longest, now - last);
            last = now;
            requestAnimationFrame(tick);
          };
          requestAnimationFrame(tick);
        }"""
    )
    flood(site, cast.token("bob"), channel_id, FLOOD)
    alice.has_text(f"물결 {FLOOD - 1}")
    assert page.locator("[data-messages] > li").count() <= MOST_ON_PAGE
    assert page.evaluate(EVERYTHING) < 5_000
    texts = alice.texts()
    assert texts == [f"물결 {number}" for number in range(FLOOD - len(texts), FLOOD)]
    print(f"longest pause between two frames: {page.evaluate('window.longest'):.0f} ms")
    alice.write("나도 한마디")
    alice.has_text("나도 한마디")
    assert page.locator("[data-log]").evaluate(
        "log => log.scrollHeight - log.scrollTop - log.clientHeight < 50"
    )


def test_of_a_flood_the_end_is_drawn_and_the_rest_when_the_reader_goes_up_to_it(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    alice = window("alice")
    page = alice.enter(channel_id)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/messages/?" in request.url else None)
    draw_at_once(alice, lambda: flood(site, cast.token("bob"), channel_id, 200))
    alice.has_text("물결 199")
    assert alice.texts() == [f"물결 {number}" for number in range(140, 200)]
    for _ in range(40):
        if "물결 0" in alice.texts():
            break
        scroll(alice, "0")
        page.wait_for_timeout(120)
    assert alice.texts() == [f"물결 {number}" for number in range(200)]
    assert len(asked) <= 1, "only whether there is anything before the first"


def test_a_flood_while_reading_far_up_moves_nothing_and_the_pill_leads_to_the_end(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    flood(site, cast.token("bob"), channel_id, 60, "지난 글")
    alice = window("alice")
    page = alice.enter(channel_id)
    alice.has_text("지난 글 59")
    scroll(alice, "300")
    page.wait_for_timeout(300)
    place = first_visible(alice)
    flood(site, cast.token("bob"), channel_id, 2_000)
    page.get_by_role("button", name="새 메시지 2,000개").wait_for()
    assert first_visible(alice) == place
    assert page.locator("[data-messages] > li").count() <= MOST_ON_PAGE
    page.get_by_role("button", name="새 메시지 2,000개").click()
    alice.has_text("물결 1999")
    texts = alice.texts()
    assert texts == [f"물결 {number}" for number in range(2_000 - len(texts), 2_000)]
