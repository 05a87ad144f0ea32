"""What sockets share: an event is encoded once, a flush joined and deflated once for all who name their
subscription alike."""

import json
import zlib

import pytest

from chat.pipeline import frames
from chat.pipeline.events import Author, MessageEvent, Position, SystemEvent, encode, with_position
from chat.pipeline.frames import SharedFrame
from chat.stomp import messages
from chat.stomp.messages import Followers, head_of
from tests.stomp.client import Frame, split

CHANNEL = 7


def event(number: int, text: str = "말") -> bytes:
    said = MessageEvent(CHANNEL, f"{number:032x}", Author(1, "alice"), text, f"c{number}", 1_000 + number)
    return with_position(encode(said), Position(1_000 + number, number, 0))


@pytest.fixture
def followers() -> Followers:
    """Two sockets that say `sub-0`, one that says `own`."""
    followers = Followers()
    for name in ("sub-0", "sub-0", "own"):
        followers.add(CHANNEL, head_of(name))
    return followers


def test_each_event_is_a_message_with_its_headers(followers):
    bodies = [event(1, '줄\n"따옴표"'), event(2)]
    rendering = followers.render(SharedFrame(CHANNEL, bodies), head_of("a:b"))
    assert split(b"".join(rendering.payloads)) == [
        Frame(
            "MESSAGE",
            {
                "subscription": "a:b",
                "message-id": f"{number:032x}",
                "destination": "/sub/chat/room/7",
                "op": "message",
                "position": json.loads(body)["position"],
                "content-type": "application/json",
                "content-length": str(len(body)),
            },
            body,
        )
        for number, body in enumerate(bodies, start=1)
    ]


def test_other_events_say_their_op(followers):
    joined = SystemEvent(CHANNEL, "ab" * 16, "joined", 1_000, user=3)
    body = with_position(encode(joined), Position(1, 2, 0))
    frame = split(followers.render(SharedFrame(CHANNEL, [body]), head_of("sub-0")).payloads[0])[0]
    assert (frame.headers["op"], frame.headers["message-id"]) == ("system", "ab" * 16)


def test_an_event_that_cannot_be_read_is_passed_on(followers):
    body = with_position(b'{"strange":1}', Position(1, 2, 0))
    frame = split(followers.render(SharedFrame(CHANNEL, [body]), head_of("sub-0")).payloads[0])[0]
    assert (frame.body, frame.headers["message-id"]) == (body, str(Position(1, 2, 0)))


def test_one_encoding_and_one_deflate_for_all_of_a_name(followers, monkeypatch):
    encoded, deflated = [], []
    tail_of, deflate = messages._tail_of, frames.deflate
    monkeypatch.setattr(messages, "_tail_of", lambda *of: encoded.append(of) or tail_of(*of))
    monkeypatch.setattr(frames, "deflate", lambda payload: deflated.append(payload) or deflate(payload))
    frame = SharedFrame(CHANNEL, [event(number) for number in range(20)])
    shared = [followers.render(frame, head_of("sub-0")).deflated for _ in range(5)]
    alone = followers.render(frame, head_of("own"))
    assert all(one is shared[0] for one in shared)
    assert alone.deflated is alone.plain
    assert (len(encoded), len(deflated)) == (20, 1)
    header = 4
    inflated = zlib.decompressobj(-15).decompress(shared[0][header:] + b"\0\0\xff\xff")
    assert len(split(inflated)) == 20


def test_large_flushes_are_several_whole_payloads(followers):
    bodies = [event(number, "가" * 1_000) for number in range(300)]
    payloads = followers.render(SharedFrame(CHANNEL, bodies), head_of("sub-0")).payloads
    assert len(payloads) > 1
    assert max(map(len, payloads)) < frames.MAX_PAYLOAD_BYTES * 1.1
    assert [frame.body for payload in payloads for frame in split(payload)] == bodies


def test_many_names_keep_few_renderings():
    followers = Followers()
    frame = SharedFrame(CHANNEL, [event(1, "가" * 1_000)])
    for number in range(500):
        head = head_of(f"name-{number}")
        followers.add(CHANNEL, head)
        followers.add(CHANNEL, head)
        assert followers.render(frame, head).payloads[0].startswith(head)
    assert len(frame.renderings) < 20


def test_who_stays_behind_alone_is_counted_alone(followers):
    frame = SharedFrame(CHANNEL, [event(1, "가" * 1_000)])
    followers.discard(CHANNEL, head_of("sub-0"))
    alone = followers.render(frame, head_of("sub-0"))
    assert alone.deflated is alone.plain
    followers.discard(CHANNEL, head_of("sub-0"))
    followers.discard(CHANNEL, head_of("own"))
    assert not followers._counts
