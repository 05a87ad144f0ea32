"""Who may open which page."""

import pytest

from chat import services

PAGES = [
    "/",
    "/channels/new/",
    "/channels/search/?q=x",
    "/channels/1/",
    "/channels/1/about/",
    "/channels/1/row/",
    "/channels/1/change/",
    "/channels/1/join/",
    "/channels/1/leave/",
    "/channels/1/close/",
    "/channels/1/members/1/",
    "/channels/1/export/",
    "/channels/1/webhooks/",
    "/channels/1/messages/1/report/",
    "/accounts/me/",
    "/accounts/me/data/",
    "/accounts/me/delete/",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_is_sent_to_the_log_in_and_back(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("page", ["", "about/", "row/", "change/", "leave/", "close/", "members/1/"])
def test_a_stranger_finds_nothing_of_a_private_channel(charlie_browser, private_channel, page):
    answer = charlie_browser.get(f"/channels/{private_channel.pk}/{page}")
    assert answer.status_code == 404
    assert private_channel.name not in answer.content.decode()


def test_a_stranger_of_a_public_channel_is_shown_the_way_in_but_no_message(charlie_browser, channel):
    answer = charlie_browser.get(f"/channels/{channel.pk}/", follow=True)
    assert answer.redirect_chain == [(f"/channels/{channel.pk}/about/", 302)]
    page = answer.content.decode()
    assert "채널 들어가기" in page
    assert "bob" not in page


def test_an_invitation_tells_nobody_which_channels_exist(charlie_browser, private_channel):
    answers = [
        charlie_browser.post(f"/channels/{channel_id}/join/", {"password": "wrong"}).content.decode()
        for channel_id in (private_channel.pk, 999_999)
    ]
    for answer in answers:
        assert "그런 채널이 없거나 비밀번호가 달라요." in answer
    unmarked = [answer.partition("<main")[2].partition("csrfmiddlewaretoken")[0] for answer in answers]
    assert unmarked[0] == unmarked[1]


def test_an_invitation_with_its_password_lets_in(charlie_browser, private_channel):
    path = f"/channels/{private_channel.pk}/"
    answer = charlie_browser.post(f"{path}join/", {"password": "sesame"})
    assert answer["Location"] == path
    assert charlie_browser.get(path).status_code == 200
    assert charlie_browser.get(f"{path}join/")["Location"] == path


@pytest.mark.parametrize("page", ["change/", "close/", "members/{alice}/"])
def test_a_member_gets_no_page_of_the_admins(bob_browser, channel, alice, page):
    path = f"/channels/{channel.pk}/{page.format(alice=alice.pk)}"
    assert bob_browser.get(path).status_code == 404
    assert bob_browser.post(path).status_code == 404


def test_a_closed_channel_is_gone_for_everybody(alice_browser, bob_browser, channel, alice):
    services.close_channel(user=alice, channel_id=channel.pk)
    for browser in (alice_browser, bob_browser):
        assert browser.get(f"/channels/{channel.pk}/").status_code == 404


def test_a_page_without_its_token_is_refused_in_the_same_look(alice):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "ko"})
    strict.force_login(alice)
    answer = strict.post("/channels/new/", {"name": "x"})
    assert answer.status_code == 403
    assert "화면을 연 지 오래됐어요" in answer.content.decode()
