"""Whatever is read from outside: any input is a value or the documented refusal, what was written comes back,
and a megabyte of malice takes no longer than it should."""

import os
import time
from contextlib import suppress
from datetime import date

import msgspec
import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.test import RequestFactory
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat import protocol
from chat.attachments.views import _asked_range
from chat.cards.lists import CursorMalformed, _person_of
from chat.pipeline import events
from chat.pipeline.events import Author, Card, MessageEvent, Position
from chat.search import words
from chat.search.finding import SearchRefused, _place
from chat.stomp import frames
from messenger import environment
from wallets.dues.periods import parse_period, period_text
from wallets.forms import WonField
from wallets.refusals import AmountInvalid
from wallets.services.transfers import check_amount

LONGEST_SECONDS = 5  # of a processor; what is quadratic takes minutes
MEGABYTE = 2**20
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
OPS = st.sampled_from(
    ["subscribe", "send", "edit", "react", "answer", "pin", "read", "typing", "watch", "nope"]
)
SAID = st.dictionaries(st.sampled_from(["channel", "client_id", "text", "card", "mentions", "on"]), JSON)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
AUTHORS = st.builds(Author, st.integers(0, 2**63 - 1), NAMES)
PLACES = st.builds(Position, st.integers(0, 2**44 - 1), st.integers(0, 2**40 - 1), st.integers(0, 4_095))
TEXT_MARKS = st.text("0123456789.,:;@[]/-_?&=%#₩원 mysqldb²１٣e+", max_size=60)
same_each_run = settings(derandomize=True, database=None, deadline=None, max_examples=100)


@same_each_run
@given(st.binary() | st.builds(lambda op, said: msgspec.json.encode(said | {"op": op}), OPS, SAID))
@example(b'{"op":5,"x":"\xff"}')
@example(b'{"op":"send","channel":"a","x":"\xff"}')
@example(b"[" * 60_000)
@example(b'{"op":"read","channel":' + b"9" * 5_000 + b"}")
def test_any_bytes_are_a_frame_of_the_socket_or_refused(line):
    with suppress(protocol.BadFrame, protocol.Malformed):
        assert msgspec.json.decode(msgspec.json.encode(protocol.parse(line)), type=protocol.Frame)


@same_each_run
@given(st.binary())
@example(b'{"op":"message","channel":1,"id":"\xff"}')
@example(b'{"x":' * 100_000)
def test_any_bytes_are_an_event_or_no_event(payload):
    with suppress(msgspec.DecodeError):
        events.decode(payload)


@same_each_run
@given(
    st.builds(
        MessageEvent, st.integers(0, 2**63 - 1), NAMES, AUTHORS, NAMES, NAMES, st.integers(0, 2**50),
        reply_to=st.none() | NAMES, mentions=st.lists(AUTHORS, max_size=3),
        card=st.none() | st.builds(Card, NAMES, NAMES, st.lists(NAMES, max_size=3), st.booleans()),
    ),
    PLACES,
)  # fmt: skip
def test_what_was_written_into_the_log_comes_back(event, position):
    payload = events.encode(event)
    assert events.decode(payload) == event
    assert events.decode(events.with_position(payload, position)) == event


@same_each_run
@given(PLACES, PLACES, st.text() | st.text("0123456789abcdefABCDEF_+- ２", min_size=24, max_size=24))
def test_positions_sort_as_their_texts_and_no_other_text_is_one(one, other, text):
    assert Position.parse(str(one)) == one
    assert (str(one) < str(other)) == (one < other)
    with suppress(ValueError):
        assert str(Position.parse(text)) == text


@same_each_run
@given(st.text() | TEXT_MARKS)
@example("9" * 5_000)
@example("f" * 16)
@example("2026-00")
def test_any_text_is_a_cursor_or_a_period_or_refused(text):
    with suppress(CursorMalformed):
        assert _person_of(text) >= 0
    with suppress(SearchRefused):
        assert 0 <= (_place(text) or 0) < 2**63
    with suppress(ValueError):
        assert period_text(parse_period(text)) == text


@same_each_run
@given(st.dates(min_value=date(1000, 1, 1)))
def test_periods_come_back(day):
    assert parse_period(period_text(day)) == day.replace(day=1)


@same_each_run
@given(JSON)
@example(float("nan"))
@example(True)
@example("１２")
@example(10**400)
def test_an_amount_is_a_whole_number_of_won_or_refused(value):
    with suppress(AmountInvalid):
        assert 0 < check_amount(value) == int(str(value)) <= 10**10


@same_each_run
@given(st.text() | TEXT_MARKS)
@example("1" + ",000" * 2_000)
@example("1" * 5_000)
@example("1e3")
@example("１２")
@example("+5")
@example("1_000")
def test_a_sum_as_people_write_it_is_digits_or_refused(text):
    with suppress(ValidationError):
        won = WonField().clean(text)
        assert str(won) == "".join(filter(str.isdigit, text)).lstrip("0") or won == 0


@same_each_run
@given(st.integers(1, 10**10))
def test_written_sums_come_back(won):
    assert [WonField().clean(text) for text in (f"{won}", f"{won:,}", f"₩ {won:,} 원")] == [won] * 3


@pytest.mark.parametrize(
    "text", ["1e3", "１２", "+5", "-5", "1_000", "NaN", "1.5", "1,00", "1" * 12, "1" + ",000" * 2_000]
)
def test_what_is_no_sum_is_refused(text):
    with pytest.raises(ValidationError):
        WonField().clean(text)


RANGES = st.builds("bytes={}-{}".format, st.integers(0, 200) | st.just(""), st.integers(0, 200) | st.just(""))


@same_each_run
@given(st.text() | RANGES | TEXT_MARKS, st.text(), st.integers(0, 100))
@example("bytes=" + "9" * 5_000 + "-", "", 10)
@example("bytes=-0", '"x"', 10)
@example("bytes=１-٣", '"x"', 10)
def test_any_range_lies_within_the_file_or_outside_of_it(asked, only_if, size):
    headers = {"Range": asked, "If-Range": only_if or '"x"'}
    start, end = _asked_range(RequestFactory().get("/", headers=headers), '"x"', size)
    assert start is None or 0 <= start <= end <= size


READERS = {
    "url": lambda: environment.url("FUZZED", ("mysql", "sqlite"), path_required=True),
    "bucket": lambda: environment.bucket("FUZZED"),
    "servers": lambda: environment.servers("FUZZED"),
    "hosts": lambda: environment.hosts("FUZZED", "localhost"),
    "whole number": lambda: environment.whole_number("FUZZED", 1),
    "port": lambda: environment.port("FUZZED"),
    "switch": lambda: environment.switch("FUZZED", default=True),
}


@same_each_run
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | TEXT_MARKS)
@example("mysql://[")
@example("mysql://a:b@host:99999/x")
@example("s3://key:secret@host:port/bucket")
@example("host:²")
@example("9" * 5_000)
def test_any_variable_is_a_value_or_stops_the_start(text):
    os.environ["FUZZED"] = text
    for read in READERS.values():
        with suppress(ImproperlyConfigured):
            read()
    del os.environ["FUZZED"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", "mysql://["),
        ("url", "mysql://a@host:99999/x"),
        ("bucket", "s3://host:port/b"),
        ("servers", "host:²"),
    ],
)
def test_half_an_address_stops_the_start(monkeypatch, name, value):
    monkeypatch.setenv("FUZZED", value)
    with pytest.raises(ImproperlyConfigured, match="FUZZED"):
        READERS[name]()


def _read_stomp(data: bytes) -> None:
    with suppress(frames.BadFrame):
        list(frames.Reader().read(data))


def _parse_frame(data: bytes) -> None:
    with suppress(protocol.BadFrame, protocol.Malformed):
        protocol.parse(data)


def _write_sum(data: bytes) -> None:
    with suppress(ValidationError):
        WonField().clean(data.decode())


@pytest.mark.parametrize(
    "piece", [b'{"op":', b"[", b'"', b'\\"', b"a:b\n", b"\r\n", b"1,", b"000,", b'from:"', b"from:@", b"\0"]
)
@pytest.mark.parametrize(
    "read", [_parse_frame, _read_stomp, _write_sum, lambda data: words.parse(data.decode())],
    ids=["socket", "STOMP", "won", "search"],
)  # fmt: skip
def test_a_megabyte_of_malice_takes_no_time(read, piece):
    data = piece * (MEGABYTE // len(piece))
    began = time.process_time()
    read(data)
    assert time.process_time() - began < LONGEST_SECONDS
