"""Replies, edits, deletions and reactions of two people, by mouse, finger and key, in Korean and English."""

import pytest

from tests.browser.conftest import flood
from tests.browser.deeds import FINGER, MOUSE, choose, line, open_menu, post, react

WAYS = [(MOUSE, "ko-KR"), (FINGER, "ko-KR"), (MOUSE, "en-US"), (FINGER, "en-US")]
NAMES = ["mouse-korean", "finger-korean", "mouse-english", "finger-english"]
DELETED = {"ko-KR": "지운 메시지예요", "en-US": "This message was deleted"}
DELETED_BY_ADMIN = {"ko-KR": "관리자가 지운 메시지예요", "en-US": "An admin deleted this message"}
EDITED = {"ko-KR": "고침", "en-US": "edited"}

everyway = pytest.mark.parametrize(("way", "locale"), WAYS, ids=NAMES)


@pytest.fixture
def two(window, cast):
    """Two people in a channel; the first opened it."""

    def make(way: dict, locale: str):
        channel_id = cast.channel("alice", "bob")
        alice, bob = window("alice", **way, locale=locale), window("bob", locale=locale)
        alice.enter(channel_id)
        bob.enter(channel_id)
        return alice, bob

    return make


@everyway
def test_a_reply_quotes_and_leads_to_what_it_answers(two, way, locale):
    alice, bob = two(way, locale)
    bob.write("백운대 정상이에요. 구름이 발아래로 깔렸어요.")
    alice.has_text("백운대")
    choose(alice, "백운대", "reply")
    mode = alice.page.locator("[data-mode]")
    assert "bob" in mode.text_content()
    alice.write("다음 달엔 저도 꼭 갈게요")
    assert mode.is_hidden()
    for reader in (alice, bob):
        quote = line(reader, "다음 달엔").locator("[data-quote]")
        quote.wait_for()
        assert "bob" in quote.text_content()
        assert "구름이 발아래로" in quote.text_content()
    bob.page.reload()
    line(bob, "다음 달엔").locator("[data-quote]").wait_for()


@everyway
def test_an_edit_reaches_everybody_and_says_so(two, way, locale):
    alice, bob = two(way, locale)
    alice.write("아침 일곱 시")
    bob.has_text("아침 일곱 시")
    bob.page.locator("textarea").fill("쓰던 글")
    choose(bob, "아침 일곱 시", "reply")
    bob.write("네")
    choose(alice, "아침 일곱 시", "edit")
    assert alice.page.input_value("textarea") == "아침 일곱 시"
    alice.write("아침 여덟 시")
    for reader in (alice, bob):
        reader.has_text("아침 여덟 시")
        assert line(reader, "아침 여덟 시").locator("[data-edited]").text_content() == EDITED[locale]
        assert line(reader, "아침 여덟 시").locator("[data-edited]").is_visible()
        reader.page.locator("[data-quote]", has_text="아침 여덟 시").wait_for()


@everyway
def test_a_deletion_is_asked_for_and_leaves_a_line(two, way, locale):
    alice, bob = two(way, locale)
    alice.write("잘못 보낸 말")
    bob.has_text("잘못 보낸 말")
    choose(alice, "잘못 보낸 말", "delete")
    alice.page.locator("dialog button[value=keep]").click()
    assert "잘못 보낸 말" in alice.texts()
    choose(alice, "잘못 보낸 말", "delete")
    alice.page.locator("dialog button[value=delete]").click()
    for reader in (alice, bob):
        reader.has_text(DELETED[locale])
        assert "잘못 보낸 말" not in reader.texts()
    bob.page.reload()
    bob.has_text(DELETED[locale])


@everyway
def test_an_admin_deletes_what_others_wrote_and_the_line_says_who(two, way, locale):
    alice, bob = two(way, locale)
    bob.write("거친 말")
    alice.has_text("거친 말")
    choose(alice, "거친 말", "delete")
    alice.page.locator("dialog button[value=delete]").click()
    for reader in (alice, bob):
        reader.has_text(DELETED_BY_ADMIN[locale])
    alice.write("내 말")
    bob.has_text("내 말")
    offered = open_menu(bob, "내 말").locator("[data-action]")
    assert {"edit", "delete"} & {one.get_attribute("data-action") for one in offered.all()} == set()


@everyway
def test_reactions_count_and_name_who_gave_them(two, way, locale):
    alice, bob = two(way, locale)
    bob.write("회비 다 모았어요")
    alice.has_text("회비 다 모았어요")
    react(alice, "회비 다 모았어요", "🎉")
    own = line(alice, "회비 다 모았어요").locator("[data-reactions] [data-emoji='🎉']")
    own.wait_for()
    assert own.get_attribute("aria-pressed") == "true"
    chip = line(bob, "회비 다 모았어요").locator("[data-reactions] [data-emoji='🎉']")
    chip.wait_for()
    assert chip.get_attribute("aria-pressed") == "false"
    chip.click()
    for reader in (alice, bob):
        counted = line(reader, "회비 다 모았어요").locator("[data-emoji-count]", has_text="2")
        counted.wait_for()
    chip.hover()
    bob.page.wait_for_function("() => document.querySelector('[data-reactions] [data-emoji]').title !== ''")
    assert chip.get_attribute("title") == "alice, bob"
    chip.click()
    own.locator("[data-emoji-count]", has_text="1").wait_for()
    react(alice, "회비 다 모았어요", "🎉")
    own.wait_for(state="detached")


def test_a_quote_of_a_message_far_away_brings_it(window, cast, site):
    channel_id = cast.channel("carol", "dave")
    first = post(site, cast, "dave", channel_id, "아주 오래된 글")
    flood(site, cast.token("dave"), channel_id, 150, "사이")
    post(site, cast, "carol", channel_id, "그때 그 말", reply_to=first["id"])
    carol = window("carol")
    page = carol.enter(channel_id)
    carol.has_text("그때 그 말")
    assert "아주 오래된 글" not in carol.texts()
    quote = line(carol, "그때 그 말").locator("[data-quote]")
    quote.wait_for()
    quote.click()
    found = page.locator(".message--found")
    found.wait_for()
    assert "아주 오래된 글" in found.text_content()
    place = found.bounding_box()
    assert 0 <= place["y"] <= page.viewport_size["height"] - place["height"]
    page.locator("[data-jump]").click()
    carol.has_text("그때 그 말")
    page.locator("[data-log]").evaluate("log => { log.scrollTop = log.scrollHeight; }")
    assert carol.texts()[-1] == "그때 그 말"


def test_keys_alone_are_enough(two):
    alice, bob = two(MOUSE, "ko-KR")
    bob.write("하나")
    bob.write("둘")
    alice.has_text("둘")
    page = alice.page
    page.locator("[data-log]").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent").count("하나") == 1
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.action") == "reply"
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "menuitem"
    page.keyboard.press("Escape")
    assert page.locator("[data-message-menu]").is_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "menuitemcheckbox"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    line(bob, "하나").locator("[data-reactions] [data-emoji]").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.name") == "text"


def test_arrow_up_edits_the_last_own_message_and_esc_leaves_it_as_it_was(two):
    alice, bob = two(MOUSE, "ko-KR")
    alice.write("내 말")
    bob.has_text("내 말")
    bob.write("남의 말")
    alice.has_text("남의 말")
    page = alice.page
    page.locator("textarea").focus()
    page.keyboard.press("ArrowUp")
    assert page.input_value("textarea") == "내 말"
    page.keyboard.type(" 고쳤다가")
    page.keyboard.press("Escape")
    assert page.input_value("textarea") == ""
    assert page.locator("[data-mode]").is_hidden()
    page.locator("textarea").fill("쓰다가")
    choose(alice, "내 말", "edit")
    page.keyboard.press("Escape")
    assert page.input_value("textarea") == "쓰다가"
    assert "내 말" in alice.texts()


def test_the_text_of_a_message_can_be_copied(two):
    alice, bob = two(MOUSE, "ko-KR")
    alice.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bob.write("```\n코드 <b>\n```")
    line(alice, "코드").wait_for()
    choose(alice, "코드", "copy")
    alice.page.locator(".toast").wait_for()
    assert alice.page.evaluate("navigator.clipboard.readText()") == "```\n코드 <b>\n```"


def test_times_are_those_of_the_readers_zone(window, cast, site):
    channel_id = cast.channel("carol")
    post(site, cast, "carol", channel_id, "몇 시")
    here, there = window("carol"), window("carol", timezone_id="America/New_York")
    times = []
    for reader in (here, there):
        reader.enter(channel_id)
        reader.has_text("몇 시")
        time = line(reader, "몇 시").locator("[data-time]")
        shown, moment = time.text_content(), time.get_attribute("datetime")
        zone = reader.page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
        assert shown == reader.page.evaluate(
            """([moment, timeZone]) => new Date(moment).toLocaleTimeString("ko-KR",
                 {hour: "numeric", minute: "2-digit", timeZone}).replace("\\u202f", " ")""",
            [moment, zone],
        )
        times.append(shown)
    assert times[0] != times[1]
