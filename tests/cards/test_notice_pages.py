"""Notices by page: the bar above the talk, the list, pinning and taking down, and who may not."""

import re

import pytest

from chat.pipeline.parts import message_store
from tests.cards.conftest import POLL


def url(channel, path: str = "") -> str:
    return f"/channels/{channel.pk}/{path}"


def bar(page: str) -> str | None:
    """What the bar says; None when it is hidden."""
    found = re.search(
        r'<div class="notice-bar"[^>]*?( hidden)?>.*?data-notice-text>([^<]*)<', page, re.DOTALL
    )
    return None if found[1] else found[2]


def test_latest_notice_stands_above_the_talk(bob_browser, alice, channel, post, pin):
    assert bar(bob_browser.get(url(channel)).content.decode()) is None
    first, second = post(alice, "토요일 7시\n구파발역"), post(alice, "회비는 5일까지")
    pin(alice, second)
    pin(alice, first)
    assert bar(bob_browser.get(url(channel)).content.decode()) == "토요일 7시 구파발역"
    pin(alice, first, on=False)
    assert bar(bob_browser.get(url(channel)).content.decode()) == "회비는 5일까지"


def test_notices_are_listed_the_one_pinned_last_first(bob_browser, alice, bob, channel, post, pin):
    first, second = post(bob, "하나"), post(alice, card=POLL)
    pin(alice, first)
    pin(alice, second)
    page = bob_browser.get(url(channel, "notices/")).content.decode()
    texts = re.findall(r'notice-slip__text">([^<]*)<', page)
    assert texts == [POLL.title, "하나"]
    assert re.findall(r'notice-slip__foot">(\w+)', page) == ["alice", "bob"]
    assert "notice/" not in page  # only admins take one down
    position = message_store().find([first])[first][1]
    assert f"?at={position}" in page


def test_admin_pins_and_takes_down_by_form(alice_browser, alice, channel, post, settle):
    message = post(alice, "모두 보세요")
    place = url(channel, f"messages/{message}/notice/")
    for on, there in (("on", True), ("on", True), ("", False), ("", False)):
        answer = alice_browser.post(place, {"on": on})
        assert (answer.status_code, answer["Location"]) == (302, url(channel, "notices/"))
        settle(lambda there=there: (message in message_store().notices(channel.pk, 9)) is there)
    alice_browser.post(place, {"on": "on"})
    settle(lambda: message_store().notices(channel.pk, 9))
    assert place in alice_browser.get(url(channel, "notices/")).content.decode()


def test_member_pins_nothing(bob_browser, alice, channel, post, archive):
    message = post(alice, "글")
    answer = bob_browser.post(url(channel, f"messages/{message}/notice/"), {"on": "on"}, follow=True)
    assert "관리자만" in answer.content.decode()
    archive.step(0.2)
    assert message_store().notices(channel.pk, 9) == []


@pytest.mark.parametrize("message", ["0" * 32, "x"])
def test_what_is_not_there_is_not_pinned(alice_browser, channel, message):
    assert alice_browser.post(url(channel, f"messages/{message}/notice/"), {"on": "on"}).status_code == 404


def test_strangers_visitors_and_wrong_methods(charlie_browser, visitor, alice_browser, alice, channel, post):
    place = url(channel, f"messages/{post(alice, '글')}/notice/")
    assert charlie_browser.post(place, {"on": "on"}).status_code == 404
    assert "/accounts/login/" in visitor.post(place)["Location"]
    assert alice_browser.get(place).status_code == 405


def test_list_without_notices_says_what_will_be_there(alice_browser, bob_browser, channel):
    for browser, sentence in (
        (alice_browser, "대화에서 메시지를 공지로"),
        (bob_browser, "관리자가 올린 공지"),
    ):
        assert sentence in browser.get(url(channel, "notices/")).content.decode()
