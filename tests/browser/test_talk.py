"""Two people meet: sign-up, a new channel, joining, talking live."""

import re

from tests.browser.conftest import PHONE
from tests.site import PASSWORD


def test_two_people_sign_up_meet_in_a_channel_and_talk_live(window, site):
    alice = window()
    page = alice.open("/accounts/signup/")
    page.fill("[name=username]", "박민준")
    page.fill("[name=email]", "minjun@example.com")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="가입하고 시작하기").click()
    page.get_by_role("heading", name="아직 들어간 채널이 없어요").wait_for()
    page.get_by_role("link", name="채널 만들기").click()
    page.fill("[name=name]", "토요 등산 모임")
    page.locator("main").get_by_role("button", name="채널 만들기").click()
    page.get_by_role("heading", name="첫 메시지를 남겨 보세요").wait_for()
    channel_id = re.search(r"/channels/(\d+)/", page.url)[1]

    bob = window(viewport=PHONE)
    page = bob.open(f"/accounts/signup/?next=/channels/{channel_id}/join/")
    page.fill("[name=username]", "강은호")
    page.fill("[name=email]", "eunho@example.com")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="가입하고 시작하기").click()
    page.get_by_role("button", name="채널 들어가기").click()
    page.wait_for_url(f"{site.url()}/channels/{channel_id}/")

    alice.write("정상에서 봐요")
    bob.has_text("정상에서 봐요")
    bob.write("네, 곧 가요")
    alice.has_text("네, 곧 가요")
    assert alice.page.locator(".message--own [data-text]").all_text_contents() == ["정상에서 봐요"]
    assert bob.page.locator(".message--own [data-text]").all_text_contents() == ["네, 곧 가요"]
    assert alice.page.locator("[data-member-count]").text_content() == "2명"


def test_a_message_that_the_server_refuses_can_be_sent_again_or_discarded(window, cast):
    channel_id = cast.channel("carol")
    carol = window("carol")
    page = carol.enter(channel_id)
    carol.write("종\u0007소리")
    failure = page.locator("[data-failure]")
    failure.wait_for()
    assert "보여 줄 수 없는 문자" in failure.text_content()
    carol.shoot("state-failed")
    page.get_by_role("button", name="다시 보내기").click()
    page.locator(".message--failed").wait_for()
    page.get_by_role("button", name="지우기").click()
    page.locator("[data-outgoing] li").wait_for(state="detached")
    assert carol.texts() == []


def test_enter_sends_but_not_while_syllables_are_composed_and_not_with_shift(window, cast):
    channel_id = cast.channel("dave")
    dave = window("dave")
    page = dave.enter(channel_id)
    page.fill("textarea", "안녕하세")
    page.locator("textarea").evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    page.press("textarea", "Shift+Enter")
    assert dave.texts() == []
    assert page.input_value("textarea") == "안녕하세\n"
    page.press("textarea", "Enter")
    dave.has_text("안녕하세")


def test_who_is_removed_keeps_the_page_and_is_told(window, cast, site):
    channel_id = cast.channel("erin", "frank")
    frank = window("frank")
    cast.say("erin", channel_id, "마지막으로 읽을 글")
    page = frank.enter(channel_id)
    frank.has_text("마지막으로 읽을 글")
    with site.api(cast.token("erin")) as api:
        members = api.get(f"channels/{channel_id}/members/").json()["results"]
        frank_id = next(one["user"]["id"] for one in members if one["user"]["username"] == "frank")
        assert api.delete(f"channels/{channel_id}/members/{frank_id}/").status_code == 204
    page.get_by_text("이제 이 채널의 회원이 아니에요").wait_for()
    assert page.locator("textarea").is_disabled()
    assert frank.texts() == ["마지막으로 읽을 글"]
    frank.shoot("state-removed")


def test_text_stays_text_and_addresses_become_links(window, cast):
    channel_id = cast.channel("grace")
    grace = window("grace")
    page = grace.enter(channel_id)
    grace.write('<img src=x onerror="document.title=1"> https://example.com/?a=1&b=2.')
    grace.has_text("onerror")
    for _ in ("live", "history"):
        link = page.locator("[data-messages] a")
        assert link.get_attribute("href") == "https://example.com/?a=1&b=2"
        assert "noopener" in link.get_attribute("rel")
        assert page.locator("[data-messages] img").count() == 0
        page.wait_for_timeout(1500)
        page.reload()


def test_the_channel_list_shows_the_last_message_live_and_first(window, cast):
    quiet, busy = cast.channel("heidi", name="조용한 방"), cast.channel("heidi", "ivan", name="바쁜 방")
    cast.say("heidi", quiet, "여기가 먼저예요")
    heidi = window("heidi")
    page = heidi.page
    page.locator("[data-rows] li").first.wait_for()
    page.wait_for_timeout(800)
    cast.say("ivan", busy, "지금 막 썼어요")
    page.locator("[data-rows] li", has_text="ivan: 지금 막 썼어요").wait_for()
    assert "바쁜 방" in page.locator("[data-rows] li").first.text_content()
