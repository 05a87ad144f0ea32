"""The search pages without scripts: found, marked, grouped, paged, and what is refused."""

import re

import pytest
from django.utils.html import escape

from tests.search.test_finding import other_channel


@pytest.fixture
def browser(client, alice):
    client.force_login(alice)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(browser, url: str, **query) -> str:
    answer = browser.get(url, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_hits_are_marked_and_lead_into_the_talk(browser, as_bob, channel, talk):
    sent = talk.say(as_bob, channel, "이번 달 회비 <b>꼭</b>")
    html = page(browser, f"/channels/{channel.pk}/search/", q="회비")
    assert "이번 달 <mark>회비</mark> &lt;b&gt;꼭&lt;/b&gt;" in html
    assert f'href="/channels/{channel.pk}/?at={sent["position"]}"' in html
    assert escape("회비") in html


def test_a_poll_is_titled_once_and_says_beside_its_own_text_what_it_asks(browser, as_bob, channel, talk):
    poll = {"kind": "poll", "title": "어디로 갈까요", "choices": ["북한산", "관악산"]}
    talk.say(as_bob, channel, "", card=poll)
    talk.say(as_bob, channel, "골라 주세요", card=poll)
    html = page(browser, f"/channels/{channel.pk}/search/", q="어디로")
    assert re.findall(r"data-text>(.*?)</span>", html)[:2] == ["골라 주세요", "<mark>어디로</mark> 갈까요"]
    assert re.findall(r"data-besides>(.*?)</span>", html)[:2] == ["어디로 갈까요", ""]


def test_long_texts_are_cut_about_the_word(browser, as_bob, channel, talk):
    talk.say(as_bob, channel, f"{'가나 ' * 100}회비{' 다라' * 100}")
    html = page(browser, f"/channels/{channel.pk}/search/", q="회비")
    assert "…" in html.split("<mark>회비</mark>")[0][-60:]
    assert len(html.split("<mark>회비</mark>")[1].split("…")[0]) < 160


def test_across_channels_hits_stand_by_channel(browser, as_alice, alice, channel, talk):
    other = other_channel(alice)
    for where in (channel, other, channel):
        talk.say(as_alice, where, "모두에게")
    html = page(browser, "/search/", q="모두에게 from:@alice")
    assert html.index("등산회</a></h2>") < html.index("독서회</a></h2>")
    assert html.count("<mark>모두에게</mark>") >= 3


def test_pages_lead_on_and_say_where_they_end(browser, as_alice, channel, talk):
    for number in range(22):
        talk.say(as_alice, channel, f"회비 {number}")
    html = page(browser, f"/channels/{channel.pk}/search/", q="회비")
    assert html.count("<mark>회비</mark>") == 20
    onward = html.split('href="?q=')[1].split('"')[0].replace("&amp;", "&")
    html = page(browser, f"/channels/{channel.pk}/search/?q={onward}")
    assert html.count("<mark>회비</mark>") == 2
    assert "That is everything." in html


def test_empty_and_wrong_searches_say_so(browser, channel):
    url = f"/channels/{channel.pk}/search/"
    assert "from:@name" in page(browser, url)
    assert "Nothing found for “없는말”" in page(browser, url, q="없는말")
    answer = browser.get(url, {"q": "?!"})
    assert answer.status_code == 400
    assert "Write a word" in answer.content.decode()
    answer = browser.get(url, {"q": "가" * 101})
    assert answer.status_code == 400


def test_strangers_and_the_logged_out_see_nothing(client, charlie, channel):
    url = f"/channels/{channel.pk}/search/"
    assert client.get(url, {"q": "회비"}).status_code == 302
    assert client.get("/search/").status_code == 302
    client.force_login(charlie)
    assert client.get(url, {"q": "회비"}).status_code == 404
    assert client.get("/search/", {"q": "회비"}).status_code == 200
    assert client.post("/search/").status_code == 405


def test_the_talk_opens_at_a_message_with_ways_both_ways_and_back(browser, as_bob, channel, talk):
    sent = [talk.say(as_bob, channel, f"글 {number}") for number in range(60)]
    html = page(browser, f"/channels/{channel.pk}/", at=sent[30]["position"])
    assert f'data-at="{sent[30]["id"]}"' in html
    assert f'data-id="{sent[10]["id"]}"' in html
    assert f'data-id="{sent[50]["id"]}"' in html
    assert f'data-id="{sent[59]["id"]}"' not in html
    for way in ("Earlier messages", "Later messages", "To the newest message"):
        assert way in html
    answer = browser.get(f"/channels/{channel.pk}/", {"at": "nonsense"})
    assert (answer.status_code, answer["Location"]) == (302, f"/channels/{channel.pk}/")
