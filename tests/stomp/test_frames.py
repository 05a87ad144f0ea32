"""Reading frames: whatever was built comes back, however it is cut and joined; what is none is refused."""

import contextlib
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.stomp import frames
from chat.stomp.frames import BadFrame, Frame, Reader, build

NAMES = st.text(min_size=1, max_size=20).filter(lambda name: name != "content-length" and "\0" not in name)
VALUES = st.text(max_size=50).filter(lambda value: "\0" not in value)
HEADERS = st.dictionaries(NAMES, VALUES, max_size=10)
FRAMES = st.builds(Frame, st.sampled_from(["SEND", "MESSAGE", "ERROR"]), HEADERS, st.binary(max_size=300))


def read(*pieces: bytes) -> list[Frame]:
    reader = Reader()
    return [frame for piece in pieces for frame in reader.read(piece)]


def without_length(frame: Frame) -> Frame:
    return frame._replace(headers={k: v for k, v in frame.headers.items() if k != "content-length"})


@given(st.lists(FRAMES, max_size=5), st.data())
@example([Frame("SEND", {"a:b": "\\\r\n:c"}, b"\0\n\n\0")], None)
def test_what_was_built_comes_back_however_it_is_cut(said, data):
    stream = b"\n\r\n".join(build(*frame) for frame in said)
    cuts = range(len(stream)) if data is None else data.draw(st.lists(st.integers(0, len(stream))))
    edges = [0, *sorted(cuts), len(stream)]
    heard = read(*(stream[start:end] for start, end in zip(edges, edges[1:], strict=False)))
    assert [without_length(frame) for frame in heard] == said


@given(st.lists(st.binary(max_size=200), max_size=20))
@example([b"SEND\n\n\0"[:n] for n in range(8)])
@example([b"SEND\nx:\xff\n\n\0"])
@example([b"SEND\nx:\\\n\n\0"])
@example([b"SEND\r\r\n\r\n\0"])
def test_any_bytes_are_frames_or_refused(pieces):
    with contextlib.suppress(BadFrame):
        assert all(isinstance(frame, Frame) for frame in read(*pieces))


def test_lines_may_end_with_crlf():
    frame = Frame("SEND", {"destination": "x", "empty": ""}, b"a\r\n")
    assert read(b"SEND\r\ndestination:x\r\nempty:\r\n\r\na\r\n\0\r\n") == [frame]


def test_the_first_of_repeated_headers_counts():
    assert read(b"SEND\na:1\na:2\n\n\0")[0].headers == {"a": "1"}


def test_values_may_hold_plain_colons():
    assert read(b"CONNECT\nhost:a:80\n\n\0")[0].headers == {"host": "a:80"}


def test_connect_does_not_escape():
    assert read(b"CONNECT\npasscode:a\\b\\n\n\n\0")[0].headers == {"passcode": "a\\b\\n"}
    assert build("CONNECTED", {"server": "a:b"}) == b"CONNECTED\nserver:a:b\n\n\0"


def test_a_character_cut_in_two_is_whole_again():
    stream = build("SEND", {"한": "글"}, "회비".encode())
    assert read(*(stream[at : at + 1] for at in range(len(stream))))[0].body.decode() == "회비"


def test_body_with_nul_needs_its_length():
    assert read(b"SEND\ncontent-length:3\n\na\0b\0")[0].body == b"a\0b"
    with pytest.raises(BadFrame):
        read(b"SEND\n\na\0b\0\n\n")


@pytest.mark.parametrize(
    "stream",
    [
        b"send\n\n\0",
        b"SEND\na\n\n\0",
        b"SEND\n:a\n\n\0",
        b"SEND\na:b\\t\n\n\0",
        b"SEND\na:b\\\n\n\0",
        b"SEND\na:b\rc\n\n\0",
        b"SEND\na:\xff\n\n\0",
        b"SEND\na:b\0SEND\n\n\0",
        b"SEND\ncontent-length:x\n\n\0",
        b"SEND\ncontent-length:-1\n\n\0",
        b"SEND\ncontent-length:1\n\nabc\0",
        b'{"op":"ping"}\n\n',
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_frame_is_malformed(stream):
    with pytest.raises(BadFrame) as refused:
        read(stream)
    assert refused.value.code == "malformed"


@pytest.mark.parametrize(
    "stream",
    [
        b"SEND\n" + b"a:b\n" * (frames.MAX_HEADERS + 1) + b"\n\0",
        b"SEND\na:" + b"b" * frames.MAX_HEAD_BYTES,
        b"SEND\n\n" + b"x" * (frames.MAX_BODY_BYTES + 1),
        b"SEND\ncontent-length:65537\n\n",
        b"SEND\ncontent-length:999999999\n\n",
    ],
)
def test_what_is_too_large_is_refused_before_it_is_whole(stream):
    with pytest.raises(BadFrame) as refused:
        read(stream)
    assert refused.value.code == "too_large"


def test_the_largest_body_passes_and_unfinished_frames_hold_little():
    body = b"x" * frames.MAX_BODY_BYTES
    assert read(build("SEND", {}, body))[0].body == body
    assert read(b"SEND\n\n" + body + b"\0")[0].body == body
    reader = Reader()
    for _ in range(frames.MAX_HEAD_BYTES - 1):
        assert list(reader.read(b"y")) == []
    assert reader.held_bytes < frames.MAX_HEAD_BYTES
    with pytest.raises(BadFrame):
        list(reader.read(b"y"))


def test_a_million_heart_beats_are_kept_nowhere():
    reader = Reader()
    tracemalloc.start()
    for _ in range(1_000):
        assert list(reader.read(b"\n" * 1_000)) == []
    assert reader.held_bytes == 0
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()
