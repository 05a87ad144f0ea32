"""Slips over HTTP: they stand in the history among the messages."""

import pytest

from chat.messages.posting import make_message
from chat.pipeline.events import MessageEvent, Position, SystemEvent, slip_id
from chat.pipeline.parts import message_store
from tests.messages.test_http import url
from tests.slips import receipt


@pytest.fixture
def store(channel):
    """Put events into the store, as the worker does."""

    def write(*events) -> None:
        at = 1_795_316_400_000
        stored = [(event, Position(at + number, number, 0)) for number, event in enumerate(events, 1)]
        message_store().write(stored, [stored[-1][1]])

    return write


def test_a_slip_is_a_message_of_its_kind_that_a_wallet_says(as_bob, channel, store):
    event = receipt(channel.pk, 1)
    store(event)
    (slip,) = as_bob.get(url(channel)).json()["results"]
    assert slip == {
        "kind": "receipt",
        "id": event.id,
        "position": str(Position(1_795_316_400_001, 1, 0)),
        "channel": channel.pk,
        "author": {"id": None, "username": "등산 회비"},
        "text": "윤재현 paid the dues",
        "client_id": "",
        "sent_at": "2026-11-22T03:00:00Z",
        "edited_at": None,
        "deleted": False,
        "reply_to": None,
        "quote": None,
        "mentions": [],
        "attachments": [],
        "card": None,
        "answers": {},
        "notice": False,
        "deleted_by": None,
        "reactions": {},
        "slip": event.slip,
    }


def test_the_sentence_is_in_the_readers_language(as_bob, channel, store):
    store(receipt(channel.pk, 1))
    as_bob.credentials(**as_bob._credentials | {"HTTP_ACCEPT_LANGUAGE": "ko"})
    (slip,) = as_bob.get(url(channel)).json()["results"]
    assert slip["text"] == "윤재현님이 회비를 냈어요"


def test_pages_hold_messages_and_slips_in_one_order(bob, as_bob, channel, store):
    def said(text: str) -> MessageEvent:
        return make_message(user_id=bob.pk, username="bob", channel_id=channel.pk, client_id=text, text=text)

    store(said("one"), receipt(channel.pk, 2), said("three"), receipt(channel.pk, 4))
    first = as_bob.get(url(channel), {"limit": 3}).json()
    assert [one["kind"] for one in first["results"]] == ["receipt", "message", "receipt"]
    (last,) = as_bob.get(first["next"]).json()["results"]
    assert (last["kind"], last["text"], last["slip"]) == ("message", "one", None)


def test_a_kind_that_nobody_presents_is_a_plain_sentence(as_bob, channel, store):
    strange = SystemEvent(
        channel=channel.pk,
        id=slip_id(f"weather:{channel.pk}"),
        kind="weather",
        sent_at=1,
        slip={"wallet_name": "등산 회비"},
    )
    store(strange)
    (slip,) = as_bob.get(url(channel)).json()["results"]
    assert (slip["kind"], slip["text"]) == ("weather", "News from 등산 회비")


def test_the_list_of_channels_ends_with_the_slip(as_bob, channel, store):
    store(receipt(channel.pk, 1))
    (row,) = as_bob.get("/api/v1/channels/").json()["results"]
    assert (row["last_message"]["kind"], row["last_message"]["text"]) == ("receipt", "윤재현 paid the dues")
