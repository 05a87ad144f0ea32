"""The whole load generator against a server that misbehaves: every fault is in report and exit code."""

import pytest

from tests.loadtest.conftest import EVERYTHING, MESSAGES, USERS, faults
from tests.loadtest.crooked_server import CHANNEL, crooked_server, honest


def test_an_honest_server_passes_and_every_delivery_is_counted(play):
    with crooked_server(honest) as url:
        exit_code, report = play(url)
    assert exit_code == 0
    assert faults(report) == (0, 0, 0)
    assert (report["acknowledged"], report["deliveries"]) == (EVERYTHING, EVERYTHING * USERS)
    assert report["latencies"]["send_to_every_receiver"]["count"] == EVERYTHING * USERS
    assert report["latencies"]["send_to_own_receipt"]["count"] == EVERYTHING


def test_several_load_processes_count_what_one_counts(play):
    with crooked_server(honest) as url:
        exit_code, report = play(url, "--processes", "2")
    assert exit_code == 0
    assert (report["acknowledged"], report["deliveries"]) == (EVERYTHING, EVERYTHING * USERS)


def test_an_open_loop_sends_at_its_rate_and_all_of_it(play):
    with crooked_server(honest) as url:
        exit_code, report = play(url, "--rate", "40", "--duration", "1", "--processes", "2")
    assert exit_code == 0
    assert (report["acknowledged"], report["deliveries"]) == (40, 40 * USERS)
    assert report["seconds"] == pytest.approx(1, abs=0.2)


def test_senders_and_receivers_can_be_few(play):
    with crooked_server(honest) as url:
        exit_code, report = play(url, "--senders", "2", "--receivers", "1")
    assert exit_code == 0
    assert (report["acknowledged"], report["deliveries"]) == (2 * MESSAGES, 2 * MESSAGES)


def test_a_message_that_one_member_never_got_is_lost(play):
    def lose_the_third(member, log):
        return [message for message in log if member != 1 or message["id"] != "2"]

    with crooked_server(lose_the_third) as url:
        exit_code, report = play(url, "--receipt-timeout", "2")
    assert exit_code == 1
    assert faults(report) == (1, 0, 0)


def test_a_message_that_one_member_got_twice_is_doubled(play):
    def repeat_the_third(member, log):
        return [event for event in log for _ in range(2 if member == 1 and event["id"] == "2" else 1)]

    with crooked_server(repeat_the_third) as url:
        exit_code, report = play(url)
    assert exit_code == 1
    assert faults(report) == (0, 1, 0)


def test_two_messages_in_the_wrong_order_are_counted(play):
    def swap_the_third_and_fourth(member, log):
        if member != 1:
            return log
        return log[:2] if len(log) < 4 else [*log[:2], log[3], log[2], *log[4:]]

    with crooked_server(swap_the_third_and_fourth) as url:
        exit_code, report = play(url)
    assert exit_code == 1
    assert faults(report) == (0, 0, 1)


def test_a_gap_is_paged_from_history_and_nothing_counts_as_lost(play):
    def leave_a_gap(member, log):
        if member != 1 or len(log) < 10:
            return log[:3] if member == 1 else log
        gap = {"op": "gap", "channel": CHANNEL, "after": log[2]["position"], "before": log[9]["position"]}
        return [*log[:3], gap, *log[9:]]

    with crooked_server(leave_a_gap, history_behind=1) as url:
        exit_code, report = play(url)
    assert exit_code == 0
    assert faults(report) == (0, 0, 0)
    assert (report["gaps"], report["paged_messages"]) == (1, 6)
    assert report["deliveries"] == EVERYTHING * USERS


def test_a_nack_with_a_time_is_repeated_with_the_same_client_id(play):
    with crooked_server(honest, refuse={"code": "log_full", "retry_after_ms": 50}, refusals=3) as url:
        exit_code, report = play(url)
    assert exit_code == 0
    assert report["nacks"] == {"log_full": 3}
    assert (report["acknowledged"], report["deliveries"]) == (EVERYTHING, EVERYTHING * USERS)


def test_a_nack_without_a_time_is_an_error(play):
    with crooked_server(honest, refuse={"code": "text_too_long"}, refusals=1) as url:
        exit_code, report = play(url)
    assert exit_code == 1
    assert report["errors"] == {"refused text_too_long": 1}


def test_a_missed_limit_is_exit_code_1_and_named(play):
    with crooked_server(honest) as url:
        exit_code, report = play(url, "--p99-limit-ms", "0.0001")
    assert exit_code == 1
    assert "p99 send to every receiver" in report["failures"][0]
