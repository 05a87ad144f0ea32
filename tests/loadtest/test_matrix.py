"""The predecessor's loads: their figures, their goals, and that a run stops where it is interrupted."""

from dataclasses import replace

import pytest

from chat.loadtest import matrix
from chat.loadtest.matrix import LARGEST, ROWS, Row
from chat.loadtest.plan import Plan, VirtualUser
from chat.loadtest.report import Report
from chat.loadtest.storage import Stored
from chat.loadtest.tally import Outcome
from chat.loadtest.transports import TRANSPORTS

PEOPLE = [VirtualUser(number, f"user{number}", "") for number in range(2_000)]
# Nobody measured a mean here, and what was not measured is not reached.
NO_LATENCY = {"predecessor's goal: mean, ms": None}
BASE = Plan("http://127.0.0.1:1", 7, PEOPLE, 1, 1)


def play_all(rows=ROWS, transports=TRANSPORTS, change=lambda report: None) -> list[Report]:
    """Every row as a server would play it that answers at once, but for the change."""

    def conduct(plan: Plan, title: str) -> Report:
        sent = plan.expected_messages
        report = Report(plan, Outcome(sent=sent, acked=sent), Stored(sent, 0, 0.1), [], {}, "a machine", 0.0)
        change(report)
        return report

    return list(matrix.play(BASE, rows, transports, conduct))


def goals(report: Report) -> dict[str, float]:
    return {goal.measure: goal.limit for goal in report.plan.goals}


def test_nine_rows_on_each_transport_and_one_more_over_http():
    names = [report.plan.name for report in play_all()]
    assert len(names) == len(set(names)) == 28
    assert names[0] == "ws 100 × 50"
    assert names[8:10] == ["ws 2,000 × 50", "stomp 100 × 50"]
    assert names[-2:] == ["http 2,000 × 50", "http 2,000 × 50, all receive"]


def test_everybody_receives_but_over_http():
    for number, report in enumerate(play_all()):
        plan = report.plan
        receivers = 0 if 18 <= number < 27 else len(plan.users)
        assert (plan.receivers, plan.senders, plan.ramp_up_seconds) == (receivers, len(plan.users), 1.0)
        assert plan.stored


def test_published_figures_stand_beside_their_row():
    first, *_, largest, _ = play_all(transports=("http",))
    assert first.published["0.1"] == {
        "mean_ms": 543.51,
        "min_ms": 24,
        "max_ms": 5951,
        "error_percent": 0,
    }
    assert largest.published["0.1"] is None
    assert largest.published["0.3"]["error_percent"] == 8.13


@pytest.mark.parametrize(("transport", "means"), [("ws", [1000]), ("stomp", [1000]), ("http", [500, 1000])])
def test_the_largest_rows_have_a_mean_of_their_own(transport, means):
    found = [goals(report)["mean_ms"] for report in play_all((LARGEST,), (transport,))]
    assert found == means
    assert goals(play_all((ROWS[0],), (transport,))[0])["mean_ms"] == 2000


def unmet(report: Report) -> dict[str, float | None]:
    return {goal["name"]: goal["measured"] for goal in report.goals() if not goal["met"]}


@pytest.mark.parametrize("fault", ["lost", "doubled", "out_of_order"])
def test_one_fault_misses_a_goal(fault):
    (report,) = play_all((ROWS[0],), ("ws",), lambda report: setattr(report.outcome, fault, 1))
    assert unmet(report) == {fault.replace("_", " "): 1, **NO_LATENCY}


def test_one_message_that_is_not_stored_misses_a_goal():
    (report,) = play_all((ROWS[0],), ("ws",), lambda report: setattr(report.outcome, "acked", 5_001))
    assert unmet(report) == {"accepted but not stored": 1, **NO_LATENCY}


def test_refusals_are_errors_here_although_they_were_obeyed():
    def refuse(report: Report) -> None:
        report.outcome.nacks["overloaded"] = 50

    (report,) = play_all((ROWS[0],), ("ws",), refuse)
    # 50 of 5,000 are not under 1 %.
    assert unmet(report) == {"errors and refusals": 50, "predecessor's goal: errors, %": 1.0, **NO_LATENCY}


def test_nothing_is_played_after_an_interrupt():
    seen: list[Report] = []

    def interrupt_the_second(report: Report) -> None:
        seen.append(report)
        report.interrupted = len(seen) == 2

    assert len(play_all(change=interrupt_the_second)) == 2


def test_a_row_is_called_by_its_numbers():
    assert Row(100, 50).name == "100x50"
    assert replace(BASE, users=PEOPLE[:3], messages=2, transport="stomp").name == "stomp 3 × 2"
