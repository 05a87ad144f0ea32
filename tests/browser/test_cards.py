"""Polls, events and notices in a real browser: two and three people at once, on phone and desktop."""

import re

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Line
from tests.browser.test_looks import STICKS_OUT

TITLE = "송년 산행, 어디로 갈까요?"


@pytest.fixture
def club(cast) -> int:
    """minjun's channel with eunho and mikyung in it."""
    return cast.channel("minjun", "eunho", "mikyung", name="토요 등산 모임")


def card(page, title: str = TITLE):
    """The card with this title in the talk."""
    return page.locator("[data-messages] [data-card]", has_text=title).last


def state(page, title: str = TITLE) -> list[str]:
    """Label, count, and a star at what is mine, of each choice."""
    return (
        card(page, title)
        .locator("[data-choice]")
        .evaluate_all(
            """(all) => all.map((one) => [
          one.querySelector("[data-choice-label]").textContent,
          one.querySelector("[data-choice-count]").textContent,
          one.querySelector("button").getAttribute("aria-pressed") === "true" ? "*" : "",
        ].join(" ").trim())"""
        )
    )


def press(page, label: str, title: str = TITLE) -> None:
    """Press a choice."""
    card(page, title).get_by_role("button", name=re.compile(label)).click()


def sees(page, expected: list[str], title: str = TITLE) -> None:
    """Wait until the card shows this."""
    for _ in range(60):
        if card(page, title).count() and state(page, title) == expected:
            return
        page.wait_for_timeout(100)
    assert state(page, title) == expected


def open_form(page, word: str):
    """The dialog behind the + of the composer."""
    page.locator("[data-compose-open]").click()
    page.locator("[data-compose-list]").get_by_role("menuitem", name=word).click()
    dialog = page.locator("dialog.card-dialog[open]")
    dialog.locator("[name=title]").wait_for()
    return dialog


def make_poll(window) -> None:
    """A poll with three choices, by the dialog."""
    dialog = open_form(window.page, "투표")
    dialog.locator("[name=title]").fill(TITLE)
    for number, choice in enumerate(("관악산", "청계산", "인왕산 둘레길"), start=1):
        dialog.locator(f"[name=choice_{number}]").fill(choice)
    dialog.get_by_role("button", name="투표 올리기").click()
    dialog.wait_for(state="detached")
    card(window.page).wait_for()


@pytest.mark.parametrize(("name", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_three_people_vote_change_and_take_back(window, club, name, viewport):
    minjun = window("minjun", viewport=viewport)
    eunho, mikyung = window("eunho", viewport=PHONE), window("mikyung")
    for one in (minjun, eunho, mikyung):
        one.enter(club)
    make_poll(minjun)
    card(eunho.page).wait_for()
    press(eunho.page, "관악산")
    press(mikyung.page, "관악산")
    press(minjun.page, "청계산")
    sees(minjun.page, ["관악산 2", "청계산 1 *", "인왕산 둘레길 0"])
    sees(eunho.page, ["관악산 2 *", "청계산 1", "인왕산 둘레길 0"])
    minjun.shoot(f"cards-poll-{name}")
    eunho.shoot("cards-poll-other-phone")
    press(mikyung.page, "인왕산")
    sees(minjun.page, ["관악산 1", "청계산 1 *", "인왕산 둘레길 1"])
    press(minjun.page, "청계산")
    sees(eunho.page, ["관악산 1 *", "청계산 0", "인왕산 둘레길 1"])
    assert card(eunho.page).locator("[data-card-people]").text_content() == "2명 응답"
    eunho.page.reload()
    sees(eunho.page, ["관악산 1 *", "청계산 0", "인왕산 둘레길 1"])
    assert minjun.page.evaluate(STICKS_OUT) == []
    card(eunho.page).locator("[data-card-people]").click()
    eunho.page.get_by_text("누가 무엇을 골랐나요").wait_for()
    assert "eunho" in eunho.page.locator("main ul .person-row").first.text_content()
    eunho.shoot("cards-answers-phone")


def test_what_is_wrong_with_a_poll_stands_at_its_field_in_the_dialog(window, club):
    minjun = window("minjun", viewport=PHONE)
    page = minjun.enter(club)
    dialog = open_form(page, "투표")
    assert dialog.locator("[data-choice-field]:visible").count() == 2
    dialog.locator("[name=title]").fill(TITLE)
    dialog.locator("[name=choice_1]").fill("관악산")
    dialog.locator("[name=choice_2]").fill("관악산")
    assert dialog.locator("[data-choice-field]:visible").count() == 3
    dialog.get_by_role("button", name="투표 올리기").click()
    dialog.locator("#id_choice_2_error", has_text="같은 보기가 이미 있어요").wait_for()
    minjun.shoot("cards-poll-form-wrong-phone")
    dialog.get_by_role("button", name="닫기").click()
    dialog = open_form(page, "투표")
    assert dialog.locator("[name=title]").input_value() == TITLE
    dialog.locator("[name=choice_2]").fill("청계산")
    assert dialog.locator("[data-card-preview] [data-choice-label]").all_text_contents() == [
        "관악산",
        "청계산",
    ]
    minjun.shoot("cards-poll-form-phone")
    dialog.get_by_role("button", name="투표 올리기").click()
    dialog.wait_for(state="detached")
    sees(page, ["관악산 0", "청계산 0"])


@pytest.mark.parametrize(("name", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_people_say_whether_they_come(window, club, name, viewport):
    minjun, eunho = window("minjun", viewport=viewport), window("eunho", viewport=PHONE)
    minjun.enter(club)
    eunho.enter(club)
    dialog = open_form(minjun.page, "일정")
    dialog.locator("[name=title]").fill("토요 산행")
    dialog.locator("[name=starts_at]").fill("2096-11-28T07:40")
    dialog.locator("[name=place]").fill("구파발역 2번 출구")
    minjun.shoot(f"cards-event-form-{name}")
    dialog.get_by_role("button", name="일정 올리기").click()
    dialog.wait_for(state="detached")
    card(eunho.page, "토요 산행").wait_for()
    press(eunho.page, "^참석", "토요 산행")
    press(minjun.page, "미정", "토요 산행")
    sees(minjun.page, ["참석 1", "불참 0", "미정 1 *"], "토요 산행")
    card(minjun.page, "토요 산행").locator("[data-card-faces] .seal", has_text="eunho").wait_for()
    press(minjun.page, "^참석", "토요 산행")
    sees(eunho.page, ["참석 2 *", "불참 0", "미정 0"], "토요 산행")
    assert "오전 7:40" in card(eunho.page, "토요 산행").locator("[data-card-day]").text_content()
    minjun.shoot(f"cards-event-{name}")
    minjun.open(f"/channels/{club}/events/")
    assert minjun.page.locator("[data-card-title]").all_text_contents() == ["토요 산행"]
    minjun.shoot(f"cards-events-{name}")
    minjun.page.locator("button.choice__button", has_text="불참").click()
    minjun.page.wait_for_url(f"**/channels/{club}/events/")
    minjun.page.locator("button.choice__button[aria-pressed=true]", has_text="불참").wait_for()


def test_answer_without_a_connection_shows_at_once_and_goes_out_later(window, club):
    minjun, eunho = window("minjun"), window("eunho", viewport=PHONE)
    minjun.enter(club)
    make_poll(minjun)
    line = Line(eunho.page)
    eunho.enter(club)
    card(eunho.page).wait_for()
    line.cut()
    press(eunho.page, "청계산")
    sees(eunho.page, ["관악산 0", "청계산 1 *", "인왕산 둘레길 0"])
    assert state(minjun.page)[1] == "청계산 0"
    line.mend()
    sees(minjun.page, ["관악산 0", "청계산 1", "인왕산 둘레길 0"])


def test_answer_to_a_closed_poll_is_taken_back_and_the_page_says_why(window, club, site, cast):
    eunho = window("eunho")
    page = eunho.enter(club)
    with site.api(cast.token("minjun")) as api:
        soon = int(page.evaluate("Date.now()")) + 2_500
        asked = {"kind": "poll", "title": TITLE, "choices": ["산", "바다"], "closes_at": soon}
        message = {"client_id": "closing", "text": "", "card": asked}
        answer = api.post(f"channels/{club}/messages/", json=message)
        assert answer.status_code == 201, answer.text
    card(page).wait_for()
    page.wait_for_timeout(3_000)
    press(page, "바다")
    page.locator("[data-told]", has_text="마감해서 더는 답할 수 없어요").wait_for()
    sees(page, ["산 0", "바다 0"])
    page.reload()
    card(page).get_by_text("마감했어요").wait_for()
    assert card(page).locator("button:enabled").count() == 0
    eunho.shoot("cards-poll-closed")


@pytest.mark.parametrize(("name", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_notice_is_pinned_seen_folded_and_taken_down(window, club, cast, name, viewport):
    cast.say("minjun", club, "토요일 7시 40분, 구파발역 2번 출구에서 만나요. 아이젠을 꼭 챙겨 주세요.")
    cast.say("minjun", club, *[f"그다음 이야기 {number}" for number in range(25)])
    minjun, eunho = window("minjun", viewport=viewport), window("eunho", viewport=PHONE)
    eunho.enter(club)
    page = minjun.enter(club)
    minjun.has_text("그다음 이야기 24")
    first = page.locator("[data-messages] [data-id]", has_text="구파발역").first
    first.scroll_into_view_if_needed()
    first.locator("[data-text]").click(button="right")
    page.get_by_role("menuitem", name="공지로 올리기").click()
    bar = eunho.page.locator("[data-notice]")
    bar.locator("[data-notice-text]", has_text="토요일 7시 40분").wait_for()
    page.locator("[data-notice] [data-notice-text]", has_text="토요일 7시 40분").wait_for()
    minjun.shoot(f"cards-notice-{name}")
    eunho.shoot("cards-notice-other-phone")
    bar.locator("[data-notice-link]").click()
    eunho.page.locator(".message--found", has_text="구파발역").wait_for()
    bar.get_by_role("button", name="공지 접기").click()
    assert bar.is_hidden()
    eunho.page.reload()
    eunho.page.locator("[data-live]").wait_for()
    assert bar.is_hidden()
    minjun.open(f"/channels/{club}/notices/")
    page.locator(".notice-slip", has_text="minjun").wait_for()
    minjun.shoot(f"cards-notices-{name}")
    page.get_by_role("button", name="내리기").click()
    page.get_by_text("아직 공지가 없어요").wait_for()


def test_member_is_not_offered_to_pin(window, club, cast):
    cast.say("minjun", club, "그냥 한마디")
    eunho = window("eunho")
    page = eunho.enter(club)
    eunho.has_text("그냥 한마디")
    page.locator("[data-messages] [data-text]", has_text="그냥 한마디").first.click(button="right")
    page.get_by_role("menuitem", name="복사").wait_for()
    assert page.get_by_role("menuitem", name="공지로 올리기").count() == 0
