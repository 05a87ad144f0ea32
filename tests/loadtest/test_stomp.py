"""The load generator over STOMP, against a server that misbehaves: counted as exactly as on the socket."""

import pytest

from chat.loadtest.frames import FrameReader, MalformedFrame
from chat.loadtest.stomp import events_in
from tests.loadtest.conftest import EVERYTHING, USERS, faults
from tests.loadtest.crooked_server import crooked_server, honest
from tests.loadtest.crooked_stomp import CrookedStompServer


@pytest.fixture
def play_stomp(play):
    """Plays over STOMP against that crookedness."""

    def play_against(wire=honest, *options: str, **crooked) -> tuple[int, dict]:
        with crooked_server(wire, kind=CrookedStompServer, **crooked) as url:
            return play(url, "--transport", "stomp", *options)

    return play_against


def test_an_honest_server_passes_and_every_delivery_is_counted(play_stomp):
    exit_code, report = play_stomp()
    assert exit_code == 0, report["failures"]
    assert faults(report) == (0, 0, 0)
    assert (report["acknowledged"], report["deliveries"]) == (EVERYTHING, EVERYTHING * USERS)
    assert report["latencies"]["send_to_own_receipt"]["count"] == EVERYTHING
    assert report["latencies"]["send_to_ack"]["count"] == EVERYTHING


def test_a_message_that_one_member_never_got_is_lost(play_stomp):
    exit_code, report = play_stomp(
        lambda member, log: [message for message in log if member != 1 or message["id"] != "2"],
        *("--receipt-timeout", "2"),
    )
    assert (exit_code, faults(report)) == (1, (1, 0, 0))


def test_a_message_that_one_member_got_twice_is_doubled(play_stomp):
    exit_code, report = play_stomp(
        lambda member, log: [event for event in log for _ in range(1 + (member == 1 and event["id"] == "2"))]
    )
    assert (exit_code, faults(report)) == (1, (0, 1, 0))


def test_two_messages_in_the_wrong_order_are_counted(play_stomp):
    def swap_the_third_and_fourth(member, log):
        if member != 1:
            return log
        return log[:2] if len(log) < 4 else [*log[:2], log[3], log[2], *log[4:]]

    exit_code, report = play_stomp(swap_the_third_and_fourth)
    assert (exit_code, faults(report)) == (1, (0, 0, 1))


def test_a_message_without_its_receipt_is_an_error_even_when_it_came_back(play_stomp):
    exit_code, report = play_stomp(honest, "--messages", "1", "--receipt-timeout", "1", receipts=False)
    assert exit_code == 1
    assert report["acknowledged"] == 0
    assert report["errors"] == {"no answer in time": USERS}


def test_a_refusal_with_a_time_is_obeyed_and_the_message_repeated(play_stomp):
    exit_code, report = play_stomp(refuse={"code": "overloaded", "retry_after_ms": 50}, refusals=3)
    assert exit_code == 0, report["failures"]
    assert report["nacks"] == {"overloaded": 3}
    assert report["acknowledged"] == EVERYTHING


def test_a_refusal_without_a_time_is_an_error(play_stomp):
    exit_code, report = play_stomp(refuse={"code": "text_too_long"}, refusals=1)
    assert exit_code == 1
    assert report["errors"] == {"refused text_too_long": 1}


def test_an_error_ends_the_connection_and_is_counted(play_stomp):
    exit_code, report = play_stomp(refuse={"code": "flood"}, refusals=1, breaks_off=True)
    assert exit_code == 1
    assert report["errors"] == {"error flood": 1, "connection closed": 1}
    assert report["closes"] == {"1013": 1}


@pytest.mark.parametrize(
    "payload",
    [
        b"MESSAGE\ncontent-length:2\n\n{}",
        b"MESSAGE\ncontent-length:1\n\n{}\x00",
        b"MESSAGE\nno-end:1",
        b"MESSAGE\n\n{}",
        b"MESSAGE\n\nno json\x00",
        b"SURPRISE\n\n\x00",
    ],
)
def test_what_is_no_stomp_is_a_malformed_frame(payload):
    with pytest.raises(MalformedFrame):
        FrameReader(7, "lt ", events_in).read(payload, False)


def test_several_frames_in_one_message_are_told_apart_by_length_or_nul():
    first = b'MESSAGE\ncontent-length:16\n\n{"position":"1"}\x00'
    second, third = b'MESSAGE\n\n{"position":"2"}\x00', b'MESSAGE\r\nx:y\r\n\r\n{"position":"3"}\x00\r\n'
    assert [event.position for event in events_in(first + b"\n" + second + third)] == ["1", "2", "3"]
    nul = b"RECEIPT\nreceipt-id:a\ncontent-length:3\n\n\x00\x00\x00\x00"
    assert [event.op for event in events_in(nul + second)] == ["ack", "message"]


def test_headers_are_unescaped_and_the_first_of_a_name_counts():
    (event,) = events_in(
        b"\n\r\nERROR\r\nmessage:too\\cmuch\\nat once\r\nmessage:no\r\ncode:flood\r\n\r\nwhy\x00\n"
    )
    assert (event.op, event.code, event.detail) == ("error", "flood", "too:much\nat once")
