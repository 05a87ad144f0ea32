"""A long channel out of a real web process: its memory stays as it is, and a reader who goes away does no
harm."""

import json
from collections.abc import Iterator
from itertools import islice

import httpx
import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from chat.pipeline.events import Author, MessageEvent, Position, message_id
from tests.export.conftest import BEGAN_MS
from tests.site import Site

MESSAGES = 100_000
MOST_GROWN_KILOBYTES = 24_000  # the file has some 50,000


def history(channel: int, author: int) -> Iterator[tuple[MessageEvent, Position]]:
    """So many messages."""
    for number in range(MESSAGES):
        client_id = f"m{number}"
        event = MessageEvent(
            channel=channel,
            id=message_id(author, channel, client_id),
            author=Author(author, "alice"),
            text=f"{number}번째 메시지예요. 토요일 아침에 만나요.",
            client_id=client_id,
            sent_at=BEGAN_MS + number * 1_000,
        )
        yield event, Position(BEGAN_MS + number, number, 0)


@pytest.fixture(scope="module")
def long_talk(tmp_path_factory):
    """A site, a channel with MESSAGES in it, and its admin's token."""
    with Site(tmp_path_factory.mktemp("site"), workers=0) as site:
        alice, token = site.sign_up("alice")
        channel = site.channel_of([token], name="긴 이야기")
        chosen = settings.MESSAGE_STORE
        if "path" in chosen["OPTIONS"]:
            options = {"path": site.webs[0].log.parent / "data" / "messages.sqlite3"}
        else:
            options = {"uri": site.environment["MONGODB_URI"]}
        store = import_string(chosen["BACKEND"])(**options)
        messages = history(channel, alice)
        while some := list(islice(messages, 10_000)):
            store.write(some, [])
        store.close()
        yield site, channel, token


def stream(site, channel: int, token: str, form: str = "jsonl"):
    url = f"{site.url()}/api/v1/channels/{channel}/export.{form}"
    return httpx.stream("GET", url, headers={"Authorization": f"Bearer {token}"}, timeout=60)


@pytest.mark.parametrize("form", ["jsonl", "txt"])
def test_memory_does_not_grow_with_the_channel(long_talk, form):
    site, channel, token = long_talk
    (web,) = site.webs
    seen, most, first, last = 0, 0, 0, ""
    with stream(site, channel, token, form) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            seen += "번째 메시지예요" in line
            if seen % 5_000 == 0:
                now = web.resident_kilobytes()
                first, most = first or now, max(most, now)
            last = line or last
    assert seen == MESSAGES
    assert most - first < MOST_GROWN_KILOBYTES
    if form == "jsonl":
        end = json.loads(last)
        assert (end["line"], end["messages"]) == ("end", MESSAGES)


def test_a_reader_who_goes_away_does_no_harm(long_talk):
    site, channel, token = long_talk
    (web,) = site.webs
    before = web.resident_kilobytes()
    for _ in range(10):
        with stream(site, channel, token) as answer:
            next(answer.iter_bytes())
    assert httpx.get(f"{site.url()}/readyz", timeout=10).status_code == 200
    with site.api(token) as api:
        assert len(api.get(f"channels/{channel}/messages/").json()["results"]) == 50
    assert web.resident_kilobytes() - before < MOST_GROWN_KILOBYTES
    logged = web.log.read_text()
    assert "ERROR" not in logged, logged[-3000:]
