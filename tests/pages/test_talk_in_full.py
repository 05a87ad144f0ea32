"""The talk without scripts: replies, edits, tombstones, reactions, people who are named, code."""

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from chat.pipeline.events import (
    Author,
    Deleted,
    Edited,
    MessageEvent,
    Position,
    Reacted,
    message_id,
)
from chat.pipeline.parts import message_store
from tests.hostile import TEXTS

NOON = 1_795_316_400_000  # 22 November 2026, 12:00 in Seoul


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    """An empty message store: the ids of channels repeat from test to test."""
    store = {**settings.MESSAGE_STORE}
    if "path" in store["OPTIONS"]:
        store["OPTIONS"] = {"path": tmp_path / "store.sqlite3"}
    with override_settings(MESSAGE_STORE=store):
        yield


class Story:
    """What was said and done in a channel, stored as the worker does it."""

    def __init__(self, channel) -> None:
        self._channel = channel
        self._count = 0

    def _next(self) -> tuple[dict, Position]:
        self._count += 1
        at = NOON + self._count * 1_000
        place = Position(at, self._channel.pk % 1_000_000 * 1_000 + self._count, 0)
        return {"channel": self._channel.pk, "client_id": f"line-{self._count}", "sent_at": at}, place

    def say(self, person, text: str, **more) -> str:
        fields, place = self._next()
        event = MessageEvent(
            id=message_id(person.pk, self._channel.pk, fields["client_id"]),
            author=Author(person.pk, person.username),
            text=text,
            **fields,
            **more,
        )
        message_store().write([(event, place)], [place])
        return event.id

    def do(self, kind, person, message: str, **more) -> None:
        fields, place = self._next()
        author = Author(person.pk, person.username)
        event = kind(id=f"{self._count:032x}", message=message, author=author, **fields, **more)
        message_store().write([], [place], [(event, place)])


@pytest.fixture
def story(channel) -> Story:
    return Story(channel)


@pytest.fixture
def read(alice_browser, channel):
    """What alice reads."""

    def page() -> str:
        return alice_browser.get(f"/channels/{channel.pk}/").content.decode().partition("<template")[0]

    return page


def facts(page: str) -> list[dict]:
    return [json.loads(unescape(one)) for one in re.findall(r'data-facts="([^"]*)"', page)]


def test_a_reply_shows_whom_and_what_it_answers_and_leads_there(story, read, alice, bob):
    first = story.say(bob, "백운대 정상이에요.\n구름이 <깔렸어요>.")
    story.say(alice, "저도 갈게요", reply_to=first)
    page = read()
    quote = re.search(r'<a class="quote".*?</a>', page, re.DOTALL)[0]
    assert f'href="#m-{first}"' in quote
    assert f'id="m-{first}"' in page
    assert ">bob</span>" in quote
    assert "백운대 정상이에요. 구름이 &lt;깔렸어요&gt;." in quote
    assert facts(page)[0]["quote"]["id"] == first


def test_a_quote_of_a_deleted_message_says_only_that(story, read, alice, bob):
    first = story.say(bob, "지울 말")
    story.say(alice, "왜요", reply_to=first)
    story.do(Deleted, bob, first)
    page = read()
    assert "지울 말" not in page
    assert page.count("지운 메시지예요") == 2  # the tombstone and the quote


def test_an_edited_message_says_so_and_shows_its_last_words(story, read, bob):
    first = story.say(bob, "일곱 시")
    story.do(Edited, bob, first, text="`여덟` 시")
    page = read()
    assert "일곱 시" not in page
    assert '<code class="code-word">여덟</code> 시' in page
    assert re.search(r"data-edited>고침<", page)
    assert facts(page)[0]["text"] == "`여덟` 시"


def test_of_a_deleted_message_its_place_is_left_and_who_deleted_it(story, read, alice, bob):
    own, other = story.say(bob, "하나"), story.say(bob, "둘")
    story.do(Reacted, alice, own, emoji="👍", on=True)
    story.do(Deleted, bob, own)
    story.do(Deleted, alice, other)
    page = read()
    texts = re.findall(r'message__text" data-text>(.*?)</div>', page)
    assert texts == ["지운 메시지예요", "관리자가 지운 메시지예요"]
    assert "하나" not in page
    assert "👍" not in page.partition("data-message-menu")[0]
    assert page.count("message--deleted") == 2


def test_reactions_are_counted_named_and_pressed_where_they_are_mine(story, read, alice, bob):
    first = story.say(bob, "됐어요")
    story.do(Reacted, bob, first, emoji="🎉", on=True)
    story.do(Reacted, alice, first, emoji="🎉", on=True)
    story.do(Reacted, bob, first, emoji="👍", on=True)
    chips = re.findall(r'<button class="reaction".*?</button>', read(), re.DOTALL)
    assert len(chips) == 2
    assert 'aria-pressed="true"' in chips[0]
    assert 'title="bob, alice"' in chips[0]
    assert 'aria-label="🎉 2명"' in chips[0]
    assert 'aria-pressed="false"' in chips[1]


def test_who_is_named_is_marked_and_the_reader_more_so(story, read, alice, bob):
    people = [Author(alice.pk, "alice"), Author(bob.pk, "bob")]
    story.say(bob, "@alice 그리고 @bob", mentions=people)
    page = read()
    assert f'<span class="mention mention--mine" data-person="{alice.pk}">@alice</span>' in page
    assert f'<span class="mention" data-person="{bob.pk}">@bob</span>' in page


def test_hostile_words_are_words_wherever_they_stand(story, read, bob):
    for text in TEXTS.values():
        first = story.say(bob, text)
        story.say(bob, "답", reply_to=first)
    page = read()
    for forbidden in ("<script>document", "<img", "<h1>나갔다", "<b>x", 'onerror="'):
        assert forbidden not in page
    assert not re.search(r'href="(?!https?://|/|#|\?)', page)


def test_a_page_of_replies_and_reactions_asks_no_more_than_a_plain_one(
    story, read, alice, bob, django_assert_max_num_queries
):
    story.say(bob, "하나")
    story.say(alice, "둘")
    read()
    with CaptureQueriesContext(connection) as plain:
        read()
    for number in range(10):
        one = story.say(bob, f"글 {number}")
        story.say(alice, "답", reply_to=one)
        story.do(Reacted, alice, one, emoji="👍", on=True)
    with django_assert_max_num_queries(len(plain) + 1):  # the names of those who reacted
        read()
