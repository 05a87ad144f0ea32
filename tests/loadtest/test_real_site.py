"""`manage.py loadtest` against a real web process: prepare, play, nothing lost."""

import csv
import json
import os
import signal
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from chat.loadtest.plan import read_users
from tests.site import ROOT, Site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


def run_loadtest(site: Site, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", "loadtest", *options]
    return subprocess.run(
        command, cwd=ROOT, env=site.environment, capture_output=True, text=True, timeout=90, check=False
    )


def test_twenty_members_exchange_ten_messages_each_without_a_fault(site):
    done = run_loadtest(site, "--url", site.url(), "--users", "20", "--messages", "10", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert (report["acknowledged"], report["deliveries"]) == (200, 4000)
    assert (report["lost"], report["doubled"], report["out_of_order"], report["errors"]) == (0, 0, 0, {})
    assert sum(second["delivered"] for second in report["timeline"]) == 4000
    assert [server["pid"] for server in report["servers"]] == [site.webs[0].handle.pid]


def test_prepared_users_are_used_again_and_their_tokens_work(site, tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    for file, count in ((first, "3"), (second, "25")):
        assert run_loadtest(site, "--users", count, "--prepare", str(file)).returncode == 0
    earlier, channel = read_users(first)
    later, same_channel = read_users(second)
    assert channel == same_channel
    assert [user.user_id for user in later[:3]] == [user.user_id for user in earlier]
    options = ["--url", site.url(), "--users", "3", "--messages", "2", "--users-from", str(first), "--json"]
    done = run_loadtest(site, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["deliveries"] == 18


def test_an_interrupted_run_still_reports_what_it_measured(site):
    options = ["--url", site.url(), "--users", "5", "--rate", "50", "--duration", "60", "--json"]
    command = [sys.executable, "manage.py", "loadtest", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = subprocess.Popen(command, cwd=ROOT, env=site.environment, start_new_session=True, **pipes)
    seen = b""
    while b"delivered" not in seen:
        seen += running.stderr.read(1)
    os.killpg(running.pid, signal.SIGINT)
    report = json.loads(running.communicate(timeout=30)[0])
    assert running.returncode == 0
    assert 0 < report["acknowledged"] < 3000
    assert report["deliveries"] == report["acknowledged"] * 5


def test_a_dead_token_ends_the_run_with_its_reason(site, tmp_path):
    file = tmp_path / "users.csv"
    assert run_loadtest(site, "--users", "2", "--prepare", str(file)).returncode == 0
    file.write_text(file.read_text().replace(read_users(file)[0][1].token, "f" * 64))
    done = run_loadtest(site, "--url", site.url(), "--users", "2", "--users-from", str(file))
    assert done.returncode == 1
    assert "1 of 2 users could not connect" in done.stderr
    assert "4401" in done.stderr


@pytest.mark.parametrize("transport", ["stomp", "http"])
def test_the_other_transports_count_the_same_and_everything_is_stored(site, transport):
    options = ["--transport", transport, "--receivers", "20", "--ramp-up", "0.5", "--stored"]
    load = ["--users", "20", "--messages", "10", "--json"]
    done = run_loadtest(site, "--url", site.url(), *load, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert (report["acknowledged"], report["deliveries"], report["stored"]) == (200, 4000, 200)
    assert report["archived_after_seconds"] < 10
    assert report["latencies"]["send_to_ack"]["count"] == 200


def test_a_row_of_the_matrix_leaves_its_report(site, tmp_path):
    row = ["--matrix", "predecessor", "--rows", "100x50", "--transport", "http"]
    done = run_loadtest(
        site, "--url", site.url(), *row, "--report", str(tmp_path), "--note", "parts=embedded"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "http 100 × 50" in done.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["kind"], report["passed"], report["configuration"]["parts"]) == (
        "matrix",
        True,
        "embedded",
    )
    (played,) = report["rows"]
    assert played["stored"] == played["acknowledged"] == 5000
    assert played["published"]["0.3"]["mean_ms"] == 225.37
    (line,) = csv.DictReader((tmp_path / "rows.csv").open())
    assert (line["row"], line["acknowledged"], line["goals_missed"]) == ("http 100 × 50", "5000", "")
    seconds = list(csv.DictReader((tmp_path / "timeline.csv").open()))
    assert sum(int(second["acknowledged"]) for second in seconds) == 5000
    assert seconds[0]["server_cores"] != ""
    assert "<svg" in (tmp_path / "index.html").read_text()


@pytest.fixture(scope="module")
def limited_site(tmp_path_factory):
    """Rate limits, and nobody who archives."""
    with Site(tmp_path_factory.mktemp("limited"), workers=0, RATE_LIMITS="on") as running:
        yield running


def test_a_missed_goal_of_the_matrix_is_exit_code_1(limited_site):
    row = ["--matrix", "predecessor", "--rows", "100x50", "--transport", "ws", "--receipt-timeout", "3"]
    done = run_loadtest(limited_site, "--url", limited_site.url(), *row, "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["passed"] is False
    (played,) = report["rows"]
    assert (played["acknowledged"], played["stored"]) == (5000, 0)
    assert "accepted but not stored" in [goal["name"] for goal in played["goals"] if not goal["met"]]


def test_rate_limits_are_obeyed_and_named(limited_site):
    load = ["--users", "1", "--messages", "150", "--json"]
    done = run_loadtest(limited_site, "--url", limited_site.url(), *load)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["acknowledged"] == 150
    assert report["refused"] == report["nacks"]["rate_limited"] > 0
    assert "RATE_LIMITS=off" in report["notes"][0]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--rate", "5"], "--rate needs --duration"),
        (["--rate", "5", "--duration", "1", "--ramp-up", "1"], "--ramp-up is of a closed loop"),
        (["--matrix", "predecessor", "--users", "3"], "--matrix sets --users itself"),
        (["--note", "loose"], "--note needs NAME=TEXT"),
    ],
)
def test_options_that_contradict_one_another_are_refused(options, reason):
    with pytest.raises(CommandError, match=reason):
        call_command("loadtest", *options)
