"""The load generator over HTTP, against a server that misbehaves: answers, refusals, connections that end."""

import time

import pytest

from tests.loadtest.conftest import EVERYTHING, MESSAGES, USERS
from tests.loadtest.crooked_http import accepted, crooked_http_server, http


@pytest.fixture
def play_http(play):
    """Plays over HTTP against those answers: exit code, report, and the server with what it was sent."""

    def play_against(answer=accepted, *options: str):
        with crooked_http_server(answer) as (url, server):
            return *play(url, "--transport", "http", *options), server

    return play_against


def test_an_honest_server_passes_with_one_connection_a_user(play_http):
    exit_code, report, server = play_http()
    assert exit_code == 0, report["failures"]
    assert report["acknowledged"] == EVERYTHING == len({post["client_id"] for post in server.posts})
    assert server.connections == USERS
    assert report["latencies"]["send_to_ack"]["count"] == EVERYTHING
    assert report["settings"]["receivers"] == 0


def test_a_connection_that_may_not_be_kept_is_opened_again(play_http):
    def close_each_time(number, asked):
        return accepted(number, asked).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)

    exit_code, report, server = play_http(close_each_time)
    assert (exit_code, report["acknowledged"]) == (0, EVERYTHING)
    assert (len(server.posts), report["closes"]) == (EVERYTHING, {})
    assert server.connections >= EVERYTHING


def test_a_request_whose_connection_ended_is_repeated_with_the_same_client_id(play_http):
    exit_code, report, server = play_http(
        lambda number, asked: None if number == 3 else accepted(number, asked)
    )
    assert (exit_code, report["acknowledged"]) == (0, EVERYTHING)
    assert report["closes"] == {"under a request": 1}
    assert len(server.posts) == EVERYTHING + 1
    assert len({post["client_id"] for post in server.posts}) == EVERYTHING


def test_a_request_that_ends_two_connections_is_an_error(play_http):
    cursed: set[str] = set()

    def end_the_third_message(number, asked):
        if number == 3:
            cursed.add(asked["client_id"])
        return None if asked["client_id"] in cursed else accepted(number, asked)

    exit_code, report, _ = play_http(end_the_third_message)
    assert exit_code == 1
    assert report["errors"] == {"refused connection lost": 1}
    assert report["acknowledged"] == EVERYTHING - 1


@pytest.mark.parametrize(("status", "code"), [(429, "too_many_requests"), (503, "overloaded")])
def test_a_refusal_with_a_time_is_obeyed(play_http, status, code):
    def refuse_the_third(number, asked):
        return http(status, {"code": code}, "Retry-After: 1") if number == 3 else accepted(number, asked)

    exit_code, report, server = play_http(refuse_the_third)
    assert exit_code == 0, report["failures"]
    assert (report["refused"], report["nacks"]) == (1, {code: 1})
    assert report["acknowledged"] == EVERYTHING
    assert report["seconds"] >= 1
    # Its latency counts from the try that was accepted.
    assert report["latencies"]["send_to_ack"]["max_ms"] < 900
    refused = server.posts[2]["token"]
    after = [post["token"] for post in server.posts[3:]]
    assert after.index(refused) >= (USERS - 1) * MESSAGES - 2


def test_refusals_of_rate_limits_are_explained(play_http):
    def refuse_the_third(number, asked):
        refusal = http(429, {"code": "too_many_requests"}, "Retry-After: 1")
        return refusal if number == 3 else accepted(number, asked)

    _, report, _ = play_http(refuse_the_third)
    assert "RATE_LIMITS=off" in report["notes"][0]


def test_other_refusals_are_errors_by_their_code(play_http):
    def refuse_three(number, asked):
        answers = {
            2: http(422, {"code": "text_too_long"}),
            3: b"HTTP/1.1 500 X\r\nContent-Length: 4\r\n\r\noops",
            4: http(503, {"code": "overloaded"}),
        }
        return answers.get(number) or accepted(number, asked)

    exit_code, report, _ = play_http(refuse_three)
    assert exit_code == 1
    assert report["errors"] == {"refused text_too_long": 1, "refused 500": 1, "refused overloaded": 1}
    failed = {goal["name"]: goal["measured"] for goal in report["goals"]}
    assert failed["errors"] == 3


def test_no_answer_in_time_is_an_error_and_the_user_goes_on(play_http):
    exit_code, report, server = play_http(
        lambda number, asked: b"" if number == 3 else accepted(number, asked), "--receipt-timeout", "1"
    )
    assert exit_code == 1
    assert report["errors"] == {"no answer in time": 1}
    assert report["acknowledged"] == EVERYTHING - 1
    # On the old connection the late answer would pass for that to the next request.
    assert server.connections == USERS + 1


def test_an_answer_about_another_message_is_no_acknowledgement(play_http):
    def mistake_the_third(number, asked):
        return accepted(number, {"client_id": "somebody-elses"} if number == 3 else asked)

    exit_code, report, _ = play_http(mistake_the_third, "--receipt-timeout", "1")
    assert exit_code == 1
    assert report["errors"] == {"refused answer about another message": 1}
    assert report["acknowledged"] == EVERYTHING - 1


def test_what_is_no_http_is_an_error(play_http):
    exit_code, report, _ = play_http(
        lambda number, asked: b"SSH-2.0-surprise\r\n\r\n" if number == 3 else accepted(number, asked)
    )
    assert exit_code == 1
    assert report["errors"] == {"malformed answer": 1}
    assert report["acknowledged"] == EVERYTHING


def test_an_open_loop_waits_for_the_answer_on_its_one_connection(play_http):
    def answer_slowly(number, asked):
        time.sleep(0.05)
        return accepted(number, asked)

    exit_code, report, server = play_http(answer_slowly, "--rate", "40", "--duration", "1")
    assert exit_code == 0, report["failures"]
    assert (report["acknowledged"], server.connections, server.pipelined) == (40, USERS, 0)
    # Twice as much as the server bears: what waits at the user counts as late.
    assert report["latencies"]["send_to_ack"]["max_ms"] > 700


def test_an_open_loop_holds_back_during_a_pause_and_repeats_nothing(play_http):
    def refuse_the_second(number, asked):
        refusal = http(503, {"code": "overloaded"}, "Retry-After: 1")
        return refusal if number == 2 else accepted(number, asked)

    began = time.monotonic()
    exit_code, report, server = play_http(refuse_the_second, "--rate", "40", "--duration", "2")
    assert exit_code == 0, report["failures"]
    assert (report["refused"], report["sent"] + report["held_back"]) == (1, 80)
    assert report["held_back"] == pytest.approx(10, abs=2)
    assert report["acknowledged"] == report["sent"] - 1
    assert len({post["client_id"] for post in server.posts}) == len(server.posts)
    assert sum(second["refused"] for second in report["timeline"]) == 1
    assert time.monotonic() - began < 20
