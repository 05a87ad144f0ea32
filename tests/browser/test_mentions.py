"""Naming people: "@" and a name that is half typed, by keys and by touch."""

import pytest

from tests.browser.deeds import FINGER, MOUSE, line, rename


@pytest.fixture(scope="module")
def club(cast, site) -> int:
    """A channel with Korean names that begin alike."""
    rename(site, cast, minjun="김민준", minjunho="김민준호", mikyung="박미경", eunho="강은호")
    return cast.channel("minjun", "minjunho", "mikyung", "eunho", "alice")


def names(page) -> list[str]:
    page.wait_for_timeout(500)
    return page.locator("[data-mention-list] [role=option]:visible").all_text_contents()


def test_a_half_typed_name_finds_whom_it_may_become(window, club):
    alice = window("alice")
    page = alice.enter(club)
    box = page.locator("textarea")
    for typed, found in {
        "안녕 @김": {"김민준", "김민준호"},
        "@미": {"김민준", "김민준호", "박미경"},
        "@ㅂ": {"박미경"},
        "@민": {"김민준", "김민준호"},
        "@al": {"alice"},
        "@민준호": {"김민준호"},
        "@없는이름": set(),
        "mail@김": set(),
        "@.*": set(),
    }.items():
        box.fill(typed)
        assert set(names(page)) == found, typed
    box.fill("@")
    assert len(names(page)) == 5


def test_by_keys_a_name_is_chosen_and_marked_for_everybody(window, club):
    alice, named = window("alice"), window("minjunho")
    named.enter(club)
    page = alice.enter(club)
    page.locator("textarea").focus()
    page.keyboard.type("@김민")
    page.locator("[data-mention-list] [role=option]").first.wait_for()
    chosen = page.locator("[data-mention-list] [aria-selected=true]")
    assert chosen.text_content() == "김민준"
    page.keyboard.press("ArrowDown")
    assert chosen.text_content() == "김민준호"
    assert page.locator("textarea").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Enter")
    assert page.input_value("textarea") == "@김민준호 "
    page.keyboard.type("내일 봐요")
    page.keyboard.press("Enter")
    for reader, emphasis in ((alice, 0), (named, 1)):
        reader.has_text("내일 봐요")
        mention = line(reader, "내일 봐요").locator(".mention")
        assert mention.text_content() == "@김민준호"
        assert line(reader, "내일 봐요").locator(".mention--mine").count() == emphasis
    named.page.reload()
    line(named, "내일 봐요").locator(".mention--mine").wait_for()


def test_by_touch_a_name_is_chosen_and_the_box_keeps_the_focus(window, club):
    alice = window("alice", **FINGER)
    page = alice.enter(club)
    page.locator("textarea").tap()
    page.keyboard.type("@은")
    page.locator("[data-mention-list] [role=option]").first.tap()
    assert page.input_value("textarea") == "@강은호 "
    assert page.evaluate("document.activeElement.name") == "text"


def test_esc_closes_the_list_and_a_name_nobody_chose_is_only_text(window, club):
    alice = window("alice", **MOUSE)
    page = alice.enter(club)
    page.locator("textarea").focus()
    page.keyboard.type("@박미경")
    page.locator("[data-mention-list] [role=option]").first.wait_for()
    page.keyboard.press("Escape")
    assert page.locator("[data-mention-list]").is_hidden()
    page.keyboard.type(" 글만")
    page.keyboard.press("Enter")
    alice.has_text("@박미경 글만")
    assert line(alice, "@박미경 글만").locator(".mention").count() == 0


def test_an_edit_keeps_and_adds_names(window, club):
    alice = window("alice")
    page = alice.enter(club)
    page.locator("textarea").focus()
    page.keyboard.type("@강은")
    page.locator("[data-mention-list] [role=option]").first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("먼저")
    page.keyboard.press("Enter")
    line(alice, "먼저").locator(".mention").wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.type(" 그리고 @박미")
    page.locator("[data-mention-list] [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    line(alice, "그리고").locator(".mention", has_text="@박미경").wait_for()
    assert line(alice, "그리고").locator(".mention").all_text_contents() == ["@강은호", "@박미경"]
