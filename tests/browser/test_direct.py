"""The talk of two people in a real browser: from a member's row, under the other's name, hidden and found."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_looks import STICKS_OUT


@pytest.fixture
def club(cast) -> int:
    """minjun's channel with eunho in it."""
    return cast.channel("minjun", "eunho", name="토요 등산 모임")


@pytest.mark.parametrize(("name", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_two_people_find_each_other_and_talk(window, club, name, viewport):
    minjun, eunho = window("minjun", viewport=viewport), window("eunho", viewport=PHONE)
    page = minjun.open(f"/channels/{club}/about/")
    minjun.shoot(f"direct-about-{name}")
    page.get_by_role("button", name="eunho님에게 메시지 보내기").click()
    page.locator("[data-live]").wait_for()
    assert page.locator("h1").text_content() == "eunho"
    minjun.write("둘이서 이야기해요")
    minjun.has_text("둘이서 이야기해요")
    talk = int(page.url.rstrip("/").rsplit("/", 1)[1])
    eunho.enter(talk)
    eunho.has_text("둘이서 이야기해요")
    assert eunho.page.locator("h1").text_content() == "minjun"
    eunho.write("좋아요")
    minjun.has_text("좋아요")
    minjun.shoot(f"direct-talk-{name}")
    assert page.evaluate(STICKS_OUT) == []
    minjun.open("/")
    row = page.locator(f"[data-rows] [data-channel='{talk}']")
    assert row.locator("[data-name]").text_content() == "eunho"
    if viewport is DESKTOP:  # on a phone the list is the page, and the talk beside it is hidden
        minjun.shoot(f"direct-list-{name}")


def test_left_talk_is_gone_from_the_list_until_the_other_one_writes(window, cast):
    # A pair that has not talked before: what another test left unread would be counted as well.
    club = cast.channel("minjun", "dohyun", name="수요 독서 모임")
    minjun, dohyun, other_window = window("minjun"), window("dohyun"), window("minjun")
    page = minjun.open(f"/channels/{club}/about/")
    page.get_by_role("button", name="dohyun님에게 메시지 보내기").click()
    page.locator("[data-live]").wait_for()
    talk = int(page.url.rstrip("/").rsplit("/", 1)[1])
    other_row = other_window.enter(club).locator(f"[data-rows] [data-channel='{talk}']")
    expect(other_row).to_be_visible()
    minjun.open(f"/channels/{talk}/about/")
    minjun.shoot("direct-about-talk")
    page.get_by_role("link", name="목록에서 빼기").click()
    minjun.shoot("direct-leave")
    page.locator("main button.button--danger").click()
    page.wait_for_url(f"{minjun.base_url}/")
    row = page.locator(f"[data-rows] [data-channel='{talk}']")
    expect(row).to_be_hidden()
    expect(other_row).to_be_hidden()
    dohyun.enter(talk)
    dohyun.write("거기 있어요?")
    dohyun.has_text("거기 있어요?")
    expect(row).to_be_visible()
    expect(other_row).to_be_visible()
    expect(row.locator("[data-last]")).to_contain_text("거기 있어요?")
    expect(row.locator("[data-badge-count]")).to_have_text("1")
