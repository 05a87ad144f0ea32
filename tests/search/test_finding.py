"""Searching over HTTP: what is found, how it is paged and marked, and what is refused."""

import secrets

import pytest
from django.core.cache import cache

from chat.models import Channel, Membership
from chat.pipeline.parts import search_index
from chat.pipeline.ports import StoreUnavailable
from chat.search import finding
from chat.search.api import SearchRate
from chat.search.ports import Entry
from chat.search.words import fold

EVERYWHERE = "/api/v1/messages/search/"


def within(channel) -> str:
    return f"/api/v1/channels/{channel.pk}/messages/search/"


def found(api, url: str, query: str, **more) -> list[str]:
    answer = api.get(url, {"q": query, **more})
    assert answer.status_code == 200, answer.content
    return [message["text"] for message in answer.json()["results"]]


def refused(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def other_channel(*members) -> Channel:
    made = Channel.objects.create(
        pk=secrets.randbelow(2**50), name="독서회", created_by=members[0], member_count=len(members)
    )
    for member in members:
        Membership.objects.create(channel=made, user=member)
    return made


def test_newest_come_first_with_their_highlights(as_alice, as_bob, channel, talk):
    talk.say(as_alice, channel, "11월 회비 걷습니다")
    talk.say(as_bob, channel, "냈어요")
    talk.say(as_bob, channel, "😀 회비는 오늘, 등산회비는 내일")
    answer = as_alice.get(within(channel), {"q": "회비"}).json()
    assert [one["text"] for one in answer["results"]] == [
        "😀 회비는 오늘, 등산회비는 내일",
        "11월 회비 걷습니다",
    ]
    assert [one["highlights"] for one in answer["results"]] == [[[2, 4], [12, 14]], [[4, 6]]]
    assert answer["results"][0]["author"]["username"] == "bob"
    assert (answer["next"], answer["previous"], answer["indexed_until"]) == (None, None, None)


def test_words_phrases_and_authors(as_alice, as_bob, channel, talk):
    talk.say(as_alice, channel, "회비 내일 냅니다")
    talk.say(as_bob, channel, "내일 회비 냅니다")
    assert len(found(as_alice, within(channel), "회비 내일")) == 2
    assert found(as_alice, within(channel), '"내일 회비"') == ["내일 회비 냅니다"]
    assert found(as_alice, within(channel), "from:@alice 회비") == ["회비 내일 냅니다"]
    assert found(as_alice, within(channel), "from:@bob") == ["내일 회비 냅니다"]
    assert found(as_alice, within(channel), "from:@charlie 회비") == []


def test_pairs_that_do_not_touch_are_no_match(as_alice, channel, talk):
    talk.say(as_alice, channel, "회비 비용 회의비")
    assert found(as_alice, within(channel), "회비용") == []


def test_cards_and_files_are_found(as_alice, channel, talk):
    talk.say(as_alice, channel, "", card={"kind": "poll", "title": "어디로", "choices": ["북한산", "관악산"]})
    answer = as_alice.get(within(channel), {"q": "관악"}).json()
    assert [one["card"]["title"] for one in answer["results"]] == ["어디로"]
    assert answer["results"][0]["highlights"] == []


def test_the_present_text_counts_even_while_the_index_is_behind(as_alice, channel, talk):
    sent = talk.say(as_alice, channel, "회비")
    url = f"/api/v1/channels/{channel.pk}/messages/{sent['id']}/"
    as_alice.patch(url, {"text": "송금"})
    talk.settle(index=False)
    assert found(as_alice, within(channel), "회비") == []
    talk.settle()
    assert found(as_alice, within(channel), "송금") == ["송금"]
    as_alice.delete(url)
    talk.settle(index=False)
    assert found(as_alice, within(channel), "송금") == []


def test_what_the_index_makes_up_is_never_shown(as_alice, as_bob, alice, bob, channel, talk):
    """Not even where it names the wrong channel for a message."""
    elsewhere = other_channel(alice)
    secret = talk.say(as_alice, elsewhere, "비밀 회비")
    position = finding.message_store().find([secret["id"]])[secret["id"]][1]
    search_index().index([], gone=[secret["id"]])
    search_index().index([Entry(secret["id"], channel.pk, alice.pk, position, fold("비밀"))])
    assert found(as_bob, within(channel), "비밀") == []


def test_pages_lead_on_to_the_end(as_alice, channel, talk):
    for number in range(7):
        talk.say(as_alice, channel, f"회비 {number}")
    seen, url = [], f"{within(channel)}?q=회비&limit=3"
    while url:
        page = as_alice.get(url).json()
        seen += [one["text"] for one in page["results"]]
        url = page["next"]
    assert seen == [f"회비 {number}" for number in range(6, -1, -1)]


def test_a_page_may_end_early_and_still_leads_on(as_alice, channel, talk, monkeypatch):
    """What the index remembers of messages that have changed is looked through a page at a time."""
    sent = [talk.say(as_alice, channel, "가나다라") for _ in range(4)]
    for message in sent[1:]:
        as_alice.patch(f"/api/v1/channels/{channel.pk}/messages/{message['id']}/", {"text": "다른 글"})
    talk.settle(index=False)
    monkeypatch.setattr(finding, "PATIENCE_SECONDS", 0)
    seen, url, pages = [], f"{within(channel)}?q=가나다라&limit=1", 0
    while url:
        page = as_alice.get(url).json()
        seen += [one["text"] for one in page["results"]]
        url, pages = page["next"], pages + 1
    assert seen == ["가나다라"]
    assert pages > 2


def test_across_my_channels_only_those_i_am_in_at_this_moment(
    as_alice, as_bob, alice, bob, charlie, channel, talk
):
    word = secrets.token_hex(6)
    both, hers = other_channel(alice, bob), other_channel(alice)
    talk.say(as_alice, channel, f"하나 {word}")
    talk.say(as_alice, both, f"둘 {word}")
    talk.say(as_alice, hers, f"셋 {word}")
    assert found(as_alice, EVERYWHERE, word) == [f"셋 {word}", f"둘 {word}", f"하나 {word}"]
    assert found(as_bob, EVERYWHERE, word) == [f"둘 {word}", f"하나 {word}"]
    Membership.objects.filter(channel=both, user=bob).delete()
    assert found(as_bob, EVERYWHERE, word) == [f"하나 {word}"]


def test_who_is_in_no_channel_finds_nothing(as_charlie):
    assert found(as_charlie, EVERYWHERE, "회비") == []


def test_closed_channels_are_not_searched(as_alice, channel, talk):
    word = secrets.token_hex(6)
    talk.say(as_alice, channel, word)
    Channel.objects.filter(pk=channel.pk).update(closed_at="2026-01-01T00:00Z")
    assert found(as_alice, EVERYWHERE, word) == []
    assert refused(as_alice.get(within(channel), {"q": word})) == (404, "not_found")


def test_refusals(as_alice, as_charlie, anonymous, channel):
    assert refused(anonymous.get(within(channel), {"q": "회비"})) == (401, "not_authenticated")
    assert refused(anonymous.get(EVERYWHERE, {"q": "회비"})) == (401, "not_authenticated")
    assert refused(as_charlie.get(within(channel), {"q": "회비"})) == (404, "not_found")
    for nowhere in (0, 1, 2**63):
        answer = as_alice.get(f"/api/v1/channels/{nowhere}/messages/search/", {"q": "회비"})
        assert refused(answer) == (404, "not_found")
    assert refused(as_alice.post(within(channel), {"q": "회비"})) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "search_empty"),
        ({"q": ""}, "search_empty"),
        ({"q": " \t "}, "search_empty"),
        ({"q": '?! "..." --'}, "search_empty"),
        ({"q": "가" * 101}, "search_too_long"),
        ({"q": "회비", "before": "없음"}, "cursor_malformed"),
        ({"q": "회비", "before": "f" * 16}, "cursor_malformed"),
        ({"q": "회비", "before": "1" * 40}, "cursor_malformed"),
        ({"q": "회비", "before": "1\n"}, "cursor_malformed"),
    ],
)
def test_what_is_no_search_is_refused_with_its_code(as_alice, channel, query, code):
    assert refused(as_alice.get(within(channel), query)) == (400, code)
    assert refused(as_alice.get(EVERYWHERE, query)) == (400, code)


@pytest.mark.parametrize(
    "query",
    [
        '" OR 1=1 --',
        'NEAR("a" "b")',
        "a* -b ^c",
        "channel:7",
        "{$where: 1}",
        ".*(a+)+$",
        "a\x00b",
        "%_' x",
        "가" * 100,
        "﷽ 👨‍👩‍👧",
    ],
)
def test_hostile_queries_are_only_words(as_alice, channel, talk, query):
    talk.say(as_alice, channel, "회비")
    assert found(as_alice, within(channel), query) == []


def test_half_a_letter_is_no_fault(as_alice, channel):
    assert as_alice.get(f"{within(channel)}?q=%ED%A0%80a").status_code == 200


def test_behind_the_store_it_says_until_when(as_alice, channel, talk, monkeypatch):
    talk.say(as_alice, channel, "회비")
    monkeypatch.setattr(finding, "TOLERATED_LAG_MS", -1)
    assert as_alice.get(within(channel), {"q": "회비"}).json()["indexed_until"].endswith("Z")


def test_away_is_said_and_may_be_repeated(as_alice, channel, monkeypatch):
    class Away:
        def reached(self):
            raise StoreUnavailable("away")

    monkeypatch.setattr(finding, "search_index", Away)
    answer = as_alice.get(within(channel), {"q": "회비"})
    assert refused(answer) == (503, "search_unavailable")
    assert int(answer["Retry-After"]) > 0


def test_searching_is_limited(as_alice, channel, settings, monkeypatch):
    cache.clear()  # numbers of people come again from test to test
    settings.RATE_LIMITS = True
    monkeypatch.setattr(SearchRate, "get_rate", lambda self: "2/minute")
    answers = [as_alice.get(within(channel), {"q": "회비"}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
