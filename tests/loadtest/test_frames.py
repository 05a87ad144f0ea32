"""The same bytes are parsed once; different bytes are never taken for the same."""

import json
import zlib

import pytest

from chat.loadtest.frames import FrameReader, MalformedFrame

MARK = "ltcafe "


def message(number: int, channel: int = 7, text: str | None = None) -> dict:
    return {
        "op": "message",
        "channel": channel,
        "id": f"{number:032x}",
        "author": {"id": 3, "username": "bob"},
        "text": text or f"{MARK}{1000 + number} 회비 냈어요",
        "client_id": f"client-{number}",
        "sent_at": 1766300000000,
        "position": f"{number:024x}",
    }


def lines(*events: dict) -> bytes:
    return b"\n".join(json.dumps(event, ensure_ascii=False).encode() for event in events)


def deflated(payload: bytes) -> bytes:
    compressor = zlib.compressobj(1, zlib.DEFLATED, -12)
    return (compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


def test_the_same_bytes_are_one_frame_for_all_members():
    reader = FrameReader(7, MARK)
    payload = lines(message(0), message(1))
    assert reader.read(payload, False) is reader.read(bytes(bytearray(payload)), False)
    assert len(reader.batches) == 1


def test_frames_with_the_same_end_are_told_apart():
    reader = FrameReader(7, MARK)
    one = reader.read(lines(message(0), message(2)), False)
    other = reader.read(lines(message(1), message(2)), False)
    assert one.batch.indices == [0, 1]
    assert other.batch.indices == [2, 1]


def test_a_compressed_frame_says_what_the_plain_one_says():
    reader = FrameReader(7, MARK)
    payload = lines(message(0), message(1))
    plain, compressed = reader.read(payload, False), reader.read(deflated(payload), True)
    assert compressed.batch.indices == plain.batch.indices == [0, 1]
    assert list(compressed.batch.sent_us) == [1000.0, 1001.0]
    assert compressed.batch.wire_bytes == len(deflated(payload)) + 4


def test_other_events_are_kept_apart_from_messages_and_other_channels_are_ignored():
    reader = FrameReader(7, MARK)
    ack = {"op": "ack", "client_id": "client-0", "id": "0", "position": "0"}
    frame = reader.read(lines(ack, message(0), message(5, channel=8)), False)
    assert [event.op for event in frame.notices] == ["ack"]
    assert len(frame.batch.indices) == 1


def test_a_message_of_somebody_else_has_no_latency():
    reader = FrameReader(7, MARK)
    frame = reader.read(lines(message(0, text="good morning"), message(1)), False)
    assert list(frame.batch.sent_us) == [1001.0]
    assert len(frame.batch.indices) == 2


@pytest.mark.parametrize(("payload", "compressed"), [(b"{", False), (b"[1]", False), (b"\xff\xff", True)])
def test_bytes_that_are_no_events_are_refused(payload, compressed):
    with pytest.raises(MalformedFrame):
        FrameReader(7, MARK).read(payload, compressed)
