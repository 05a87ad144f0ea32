"""What was acknowledged must be in the history: nothing missing, nothing twice, and after how long."""

from tests.loadtest.conftest import EVERYTHING
from tests.loadtest.crooked_server import crooked_server, honest


def unmet(report: dict) -> list[str]:
    return [goal["name"] for goal in report["goals"] if not goal["met"]]


def test_a_history_that_has_everything_passes(play):
    with crooked_server() as url:
        exit_code, report = play(url, "--stored")
    assert exit_code == 0, report["failures"]
    assert (report["stored"], report["stored_twice"]) == (EVERYTHING, 0)
    assert 0 <= report["archived_after_seconds"] < 2


def test_what_the_history_had_before_is_not_counted(play):
    with crooked_server() as url:
        play(url)
        exit_code, report = play(url, "--stored")
    assert exit_code == 0, report["failures"]
    assert report["stored"] == EVERYTHING


def test_a_message_that_is_not_stored_is_counted(play):
    with crooked_server(honest, keep=lambda log: log[:2] + log[3:]) as url:
        exit_code, report = play(url, "--stored")
    assert exit_code == 1
    assert report["stored"] == EVERYTHING - 1
    assert unmet(report) == ["accepted but not stored"]


def test_a_message_that_is_stored_twice_is_counted(play):
    def keep_one_twice(log):
        again = [{**message, "position": message["position"] + "5"} for message in log[2:3]]
        return log[:3] + again + log[3:]

    with crooked_server(honest, keep=keep_one_twice) as url:
        exit_code, report = play(url, "--stored")
    assert exit_code == 1
    assert (report["stored"], report["stored_twice"]) == (EVERYTHING, 1)
    assert unmet(report) == ["stored twice"]


def test_an_archive_that_stands_still_is_given_up(play):
    with crooked_server(honest, keep=lambda log: log[:5]) as url:
        exit_code, report = play(url, "--stored", "--receipt-timeout", "1")
    assert exit_code == 1
    assert (report["stored"], report["archived_after_seconds"]) == (5, None)
    assert unmet(report) == ["accepted but not stored"]


def test_a_history_that_fails_leaves_the_question_open_and_fails(play):

    def go_away(log):
        if log:
            raise RuntimeError
        return log

    with crooked_server(honest, keep=go_away) as url:
        exit_code, report = play(url, "--stored")
    assert exit_code == 1
    assert report["stored"] is None
    assert "accepted but not stored" in unmet(report)
