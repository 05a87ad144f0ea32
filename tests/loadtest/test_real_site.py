"""`manage.py loadtest` against a real web process: prepare, play, nothing lost."""

import json
import os
import signal
import subprocess
import sys

import pytest

from chat.loadtest.plan import read_users
from tests.site import ROOT, Site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("site"), workers=0) as running:
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
