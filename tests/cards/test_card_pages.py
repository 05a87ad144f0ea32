"""Polls and events by page and form alone: making them, answering, lists, and what is refused."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from chat.messages import changing
from chat.pipeline.parts import message_store
from tests.cards.conftest import EVENT, MANY, POLL, answers_in_store

IN_A_WEEK = (timezone.localtime() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")
YESTERDAY = (timezone.localtime() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")


def url(channel, path: str = "") -> str:
    return f"/channels/{channel.pk}/{path}"


def poll(**changed) -> dict:
    fields = {"client_id": uuid4().hex, "title": "어디로?", "choice_1": "산", "choice_2": "바다"}
    return fields | changed


def event(**changed) -> dict:
    return {
        "client_id": uuid4().hex,
        "title": "산행",
        "starts_at": IN_A_WEEK,
        "place": "구파발역",
        "closes_at": "",
    } | changed


def posted(channel, settle, kind: str):
    """The first card of this kind in the store."""
    settle(lambda: message_store().cards(channel.pk, kind, before=None, limit=1))
    return message_store().cards(channel.pk, kind, before=None, limit=1)[0][0]


def pressed(page: str) -> list[tuple[str, str, str]]:
    """(value, pressed, label) of each choice on the page."""
    page = page.partition("<template")[0]
    return re.findall(
        r'name="choices" value="([^"]*)" aria-pressed="(\w+)".*?data-choice-label>([^<]*)<', page, re.DOTALL
    )


def test_poll_is_made_by_form_and_stands_in_the_talk(bob_browser, channel, settle):
    assert bob_browser.get(url(channel, "polls/new/")).status_code == 200
    fields = poll(choice_3=" 강 ", multiple="on", closes_at=IN_A_WEEK)
    for _ in range(2):  # the same form twice is one poll
        answer = bob_browser.post(url(channel, "polls/new/"), fields)
        assert (answer.status_code, answer["Location"]) == (302, url(channel))
    card = posted(channel, settle, "poll").card
    assert (card.title, card.choices, card.multiple) == ("어디로?", ["산", "바다", "강"], True)
    assert len(message_store().cards(channel.pk, "poll", before=None, limit=9)) == 1
    page = bob_browser.get(url(channel)).content.decode()
    assert pressed(page) == [("0", "false", "산"), ("1", "false", "바다"), ("2", "false", "강")]
    assert "여러 개 고를 수 있어요" in page


def test_event_is_made_by_form_in_the_readers_time_zone(bob_browser, channel, settle):
    fields = event(starts_at="2096-11-28T07:40", zone="Europe/Berlin")
    assert bob_browser.post(url(channel, "events/new/"), fields).status_code == 302
    card = posted(channel, settle, "event").card
    assert (card.title, card.place, card.closes_at) == ("산행", "구파발역", None)
    assert card.starts_at == 4_004_923_200_000  # 06:40 UTC
    page = bob_browser.get(url(channel)).content.decode()
    assert [label for _value, _on, label in pressed(page)] == ["참석", "불참", "미정"]
    assert "오후 3:40" in page


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        ("polls/new/", poll(title=""), "title"),
        ("polls/new/", poll(title="가" * 101), "title"),
        ("polls/new/", poll(choice_2=""), "choice_2"),
        ("polls/new/", poll(choice_2="", choice_1="", choice_5="산"), "choice_1"),
        ("polls/new/", poll(choice_2=" 산 "), "choice_2"),
        ("polls/new/", poll(choice_2="가" * 61), "choice_2"),
        ("polls/new/", poll(choice_2="종\x07"), "choice_1"),
        ("polls/new/", poll(closes_at=YESTERDAY), "closes_at"),
        ("polls/new/", poll(closes_at="soon"), "closes_at"),
        ("events/new/", event(title=" "), "title"),
        ("events/new/", event(starts_at=""), "starts_at"),
        ("events/new/", event(starts_at="2096-13-01T00:00"), "starts_at"),
        ("events/new/", event(place="가" * 101), "place"),
        ("events/new/", event(closes_at=YESTERDAY), "closes_at"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_posted(bob_browser, channel, path, fields, field):
    answer = bob_browser.post(url(channel, path), fields)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert re.findall(r'id="id_(\w+)_error"', page) == [field]
    kept = fields.get("title", "").strip()
    assert f'value="{kept}"' in page or not kept


def test_preview_shows_the_card_and_posts_nothing(bob_browser, channel, archive):
    answer = bob_browser.post(url(channel, "polls/new/"), poll(preview="on"))
    assert answer.status_code == 200
    assert [label for _value, _on, label in pressed(answer.content.decode())] == ["산", "바다"]
    archive.step(0.2)
    assert message_store().cards(channel.pk, "poll", before=None, limit=9) == []


def test_zone_that_is_none_counts_as_the_sites(bob_browser, channel, settle):
    fields = event(starts_at="2096-11-28T07:40", zone="../../etc/passwd")
    assert bob_browser.post(url(channel, "events/new/"), fields).status_code == 302
    assert posted(channel, settle, "event").card.starts_at == 4_004_894_400_000  # 22:40 UTC


def test_answer_is_given_changed_and_taken_back_by_form(bob_browser, alice, bob, channel, post, settle):
    message = post(alice, card=POLL)
    place = url(channel, f"messages/{message}/answers/")

    def mine() -> list[int] | None:
        vote = answers_in_store(message).get(str(bob.pk))
        return vote and vote.choices

    for value, chosen in (("1", [1]), ("2", [2]), ("", [])):
        answer = bob_browser.post(place, {"choices": value})
        assert (answer.status_code, answer["Location"]) == (302, url(channel))
        settle(lambda chosen=chosen: mine() == chosen)
    bob_browser.post(place, {"choices": "0", "back": "polls"})
    settle(lambda: mine() == [0])
    page = bob_browser.get(url(channel)).content.decode()
    assert pressed(page) == [("", "true", "관악산"), ("1", "false", "청계산"), ("2", "false", "인왕산")]


def test_several_choices_join_and_leave_one_by_one(bob_browser, alice, bob, channel, post, answer):
    message = post(alice, card=MANY)
    answer(bob, message, 0, 2)
    page = bob_browser.get(url(channel)).content.decode()
    assert pressed(page) == [("2", "true", "금"), ("0,1,2", "false", "토"), ("0", "true", "일")]


def test_answer_from_a_list_goes_back_to_it(bob_browser, alice, channel, post):
    message = post(alice, card=EVENT)
    place = url(channel, f"messages/{message}/answers/")
    assert bob_browser.post(place, {"choices": "0", "back": "events"})["Location"] == url(channel, "events/")
    elsewhere = bob_browser.post(place, {"choices": "0", "back": "https://example.com"})
    assert elsewhere["Location"] == url(channel)


@pytest.mark.parametrize("choices", ["3", "0,1", "99999999999999999999", "x", ",", "-1", "٣"])
def test_answer_that_is_not_offered_changes_nothing_and_says_so(
    bob_browser, alice, bob, channel, post, answer, archive, choices
):
    message = post(alice, card=POLL)
    answer(bob, message, 1)
    place = url(channel, f"messages/{message}/answers/")
    page = bob_browser.post(place, {"choices": choices}, follow=True).content.decode()
    assert "고를 수 있는 것 가운데" in page.partition("<script")[0]
    archive.step(0.2)
    assert answers_in_store(message)[str(bob.pk)].choices == [1]


def test_closed_poll_takes_no_answer_and_says_so(bob_browser, alice, channel, post, monkeypatch):
    message = post(alice, card=POLL)
    monkeypatch.setattr("chat.cards.rules.now_ms", lambda: POLL.closes_at)
    monkeypatch.setattr("chat.cards.lines.now_ms", lambda: POLL.closes_at)
    given = bob_browser.post(url(channel, f"messages/{message}/answers/"), {"choices": "0"}, follow=True)
    page = given.content.decode()
    assert "마감" in page
    assert len(re.findall(r'name="choices"[^>]*disabled', page.partition("<template")[0])) == 3


def test_list_of_answers_shows_who_by_choice(bob_browser, alice, bob, channel, post, answer):
    message = post(alice, card=EVENT)
    answer(alice, message, 0)
    answer(bob, message, 1)
    place = url(channel, f"messages/{message}/answers/")
    coming, absent = (bob_browser.get(f"{place}?choice={number}").content.decode() for number in (0, 1))
    rows = [re.findall(r'person-row__name">(\w+)', page.partition("<main")[2]) for page in (coming, absent)]
    assert rows == [["alice"], ["bob"]]
    assert bob_browser.get(f"{place}?choice=7", follow=True).redirect_chain[0][0] == url(channel)


def test_events_list_has_the_next_one_first_and_past_ones_below(bob_browser, alice, channel, post):
    soon = timezone.now().timestamp() * 1000
    times = {"다음 달": 30, "내일": 1, "지난달": -30, "어제": -1}
    for title, days in times.items():
        post(alice, card=type(EVENT)("event", title, starts_at=int(soon + days * 86_400_000)))
    page = bob_browser.get(url(channel, "events/")).content.decode()
    assert re.findall(r"data-card-title><strong>([^<]+)<", page) == ["내일", "다음 달", "어제", "지난달"]


def test_lists_are_empty_and_full(bob_browser, alice, channel, post, monkeypatch):
    assert "아직 투표가 없어요" in bob_browser.get(url(channel, "polls/")).content.decode()
    assert "아직 일정이 없어요" in bob_browser.get(url(channel, "events/")).content.decode()
    monkeypatch.setattr("chat.cards.views.CARDS_PER_PAGE", 2)
    for _ in range(3):
        post(alice, card=POLL)
    page = bob_browser.get(url(channel, "polls/")).content.decode()
    older = re.search(r'href="(\?before=\w+)"', page)[1]
    rest = bob_browser.get(url(channel, f"polls/{older}")).content.decode()
    assert (page.count("data-card-title"), rest.count("data-card-title")) == (2, 1)
    assert bob_browser.get(url(channel, "polls/?before=x")).status_code == 404


@pytest.mark.parametrize(
    "path", ["polls/", "events/", "notices/", "polls/new/", "events/new/", "messages/{message}/answers/"]
)
def test_strangers_and_visitors_get_nothing(charlie_browser, visitor, alice, channel, post, path):
    place = url(channel, path.format(message=post(alice, card=POLL)))
    assert charlie_browser.get(place).status_code == 404
    assert charlie_browser.post(place, poll(choices="0")).status_code in (404, 405)
    assert "/accounts/login/" in visitor.get(place)["Location"]


def test_answers_of_what_is_not_there(bob_browser, alice, channel, post):
    assert bob_browser.get(url(channel, f"messages/{'0' * 32}/answers/")).status_code == 404
    assert bob_browser.post(url(channel, "messages/x/answers/"), {"choices": "0"}).status_code == 404
    plain = url(channel, f"messages/{post(alice, '글')}/answers/")
    assert bob_browser.post(plain, {"choices": "0"})["Location"] == url(channel)


def test_hostile_title_is_text(bob_browser, channel, settle):
    hostile = "<script>alert(1)</script>"
    bob_browser.post(url(channel, "polls/new/"), poll(title=hostile, choice_1=hostile))
    posted(channel, settle, "poll")
    page = bob_browser.get(url(channel)).content.decode()
    assert hostile not in page
    assert "&lt;script&gt;" in page


def test_deleted_card_is_a_tombstone(bob_browser, alice, channel, post, settle):
    message = post(alice, card=POLL)
    asked = changing.protocol.Delete(channel=channel.pk, client_id="d", message=message)
    changing.change_message(author=alice, asked=asked)
    settle(lambda: message_store().changes([message]))
    page = bob_browser.get(url(channel)).content.decode()
    assert pressed(page) == []
    assert "관악산" not in page
