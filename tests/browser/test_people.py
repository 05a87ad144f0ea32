"""Three people in a private channel: invited by a link, muted, slowed down, handed over, banned; all live."""

import re

import pytest

from tests.browser.conftest import PHONE, WAIT_MS
from tests.browser.test_looks import SMALL_TARGETS, STICKS_OUT
from tests.site import PASSWORD

PEOPLE = ("alice", "bob")


@pytest.fixture(scope="module")
def club(cast) -> int:
    """alice's private channel with bob in it."""
    return cast.channel(*PEOPLE, name="총무단", is_private=True, password="sesame-7")


def fits(window, name: str) -> None:
    """Keep a picture and see that nothing sticks out and nothing is too small to touch."""
    window.shoot(name)
    assert window.page.evaluate(STICKS_OUT) == [], name
    assert window.page.evaluate(SMALL_TARGETS) == [], name


def open_menu_of(page, channel_id: int, name: str):
    """The menu of a member on the page about the channel."""
    page.goto(re.sub(r"(https?://[^/]+).*", rf"\1/channels/{channel_id}/about/", page.url))
    row = page.locator(".person-row", has_text=name).filter(has=page.locator("[data-row-menu]"))
    row.locator("summary").click()
    return row


def test_an_invitation_brings_somebody_in_through_the_log_in(window, cast, club, site):
    cast.token("charlie")
    cast.token("dana")
    alice, bob = window("alice"), window("bob", viewport=PHONE)
    bob.enter(club)
    page = alice.open(f"/channels/{club}/about/")
    fits(alice, "people-about")
    page.get_by_role("link", name="초대 링크 만들기").click()
    page.select_option("[name=most_uses]", "1")
    fits(alice, "people-invitations")
    page.get_by_role("button", name="초대 만들기").click()
    link = page.locator(".link-line a").get_attribute("href")
    assert page.locator(".qr svg path").count() >= 1
    fits(alice, "people-invitation")

    charlie = window(viewport=PHONE)
    page = charlie.page
    page.goto(link)
    page.fill("[name=email]", "charlie@example.com")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form.form button").click()
    page.wait_for_url(link)
    assert "총무단" in page.locator("main").text_content()
    fits(charlie, "people-invited")
    page.get_by_role("button", name="채널 들어가기").click()
    page.wait_for_url(f"{site.url()}/channels/{club}/")
    bob.page.locator(".people-line:visible", has_text="charlie님 외 1명이 들어왔어요").wait_for(
        timeout=WAIT_MS
    )
    bob.shoot("people-line")
    bob.page.get_by_text("3명").first.wait_for()

    dana = window("dana")
    page = dana.open(link.removeprefix(site.url()))
    page.get_by_text("정해진 인원이 다 들어온 초대예요").wait_for()
    fits(dana, "people-no-entry")


def test_a_mute_is_seen_at_once_where_one_writes_and_ends_at_once(window, cast, club):
    alice, bob = window("alice"), window("bob", viewport=PHONE)
    page = bob.enter(club)
    bob.write("아직 쓸 수 있어요")
    bob.has_text("아직 쓸 수 있어요")
    row = open_menu_of(alice.page, club, "bob")
    fits(alice, "people-menu")
    row.get_by_role("link", name="글쓰기 막기").click()
    fits(alice, "people-mute")
    alice.page.get_by_role("button", name="10분").click()
    page.get_by_text("까지 여기에 글을 쓸 수 없어요").wait_for()
    bob.write("막힌 글")
    page.wait_for_timeout(400)
    assert page.locator("[data-outgoing] li").count() == 0
    assert page.input_value("textarea") == "막힌 글"
    fits(bob, "people-muted")
    row = open_menu_of(alice.page, club, "bob")
    row.get_by_role("button", name="글쓰기 막힘 풀기").click()
    page.locator(".rest").wait_for(state="hidden")
    page.press("textarea", "Enter")
    bob.has_text("막힌 글")


def test_slow_mode_counts_down_for_a_member_and_not_for_an_admin(window, cast, club):
    alice, bob = window("alice"), window("bob")
    page = bob.enter(club)
    about = alice.open(f"/channels/{club}/about/")
    about.select_option("[name=slow_seconds]", "10")
    about.get_by_role("button", name="적용").click()
    about.get_by_text("채널을 바꿨어요").wait_for()
    bob.write("첫 글")
    bob.has_text("첫 글")
    page.get_by_text(re.compile("천천히 모드: \\d+초 뒤에")).wait_for()
    bob.write("너무 이른 글")
    assert page.locator("[data-outgoing] li").count() == 0
    fits(bob, "people-slow")
    page.locator(".rest").wait_for(state="hidden", timeout=WAIT_MS)
    page.press("textarea", "Enter")
    bob.has_text("너무 이른 글")
    alice.enter(club)
    for text in ("관리자는", "기다리지 않아요"):
        alice.write(text)
        alice.has_text(text)
    assert alice.page.locator(".rest").is_hidden()
    about = alice.open(f"/channels/{club}/about/")
    about.select_option("[name=slow_seconds]", "0")
    about.get_by_role("button", name="적용").click()


def test_the_channel_is_handed_over_and_the_new_owner_bans(window, cast, club, site):
    alice, bob, charlie = window("alice"), window("bob", viewport=PHONE), window("charlie")
    bob.enter(club)
    charlie.enter(club)
    row = open_menu_of(alice.page, club, "charlie")
    row.get_by_role("link", name="방장 넘기기").click()
    fits(alice, "people-hand-over")
    alice.page.get_by_role("button", name="방장 넘기기").click()
    alice.page.get_by_text("이제 charlie님이 방장이에요").wait_for()
    assert alice.page.locator(".person-row", has_text="charlie").locator("[data-row-menu]").count() == 0

    row = open_menu_of(charlie.page, club, "bob")
    row.get_by_role("link", name="차단").click()
    charlie.page.fill("[name=reason]", "광고")
    fits(charlie, "people-ban")
    charlie.page.get_by_role("button", name="bob님 차단하기").click()
    bob.page.get_by_text("이제 이 채널의 회원이 아니에요").wait_for()
    page = charlie.open(f"/channels/{club}/bans/")
    fits(charlie, "people-bans")
    charlie.enter(club)
    charlie.page.locator(".people-line", has_text="bob님을 내보냈어요").wait_for(timeout=WAIT_MS)
    charlie.shoot("people-removed-line")
    page = bob.open(f"/channels/{club}/join/")
    page.fill("[name=password]", "sesame-7")
    page.get_by_role("button", name="채널 들어가기").click()
    page.get_by_text("비밀번호가 달라요").or_(page.locator(".field__error")).first.wait_for()


def test_leaving_quietly_leaves_no_line_and_leaving_does(window, cast):
    channel_id = cast.channel("erin", "frank", "grace", name="독서 모임")
    erin, frank, grace = window("erin"), window("frank", viewport=PHONE), window("grace")
    erin.enter(channel_id)
    page = frank.open(f"/channels/{channel_id}/leave/")
    page.get_by_label("조용히 나가기").check()
    fits(frank, "people-leave")
    page.get_by_role("button", name="채널 나가기").click()
    page = grace.open(f"/channels/{channel_id}/leave/")
    page.get_by_role("button", name="채널 나가기").click()
    erin.page.locator(".people-line", has_text="grace님이 나갔어요").wait_for(timeout=WAIT_MS)
    assert erin.page.locator(".people-line", has_text="frank님이 나갔어요").count() == 0
    erin.shoot("people-left-line")
    page = erin.open(f"/channels/{channel_id}/leave/")
    fits(erin, "people-leave-owner")
