"""ops/upgrade: what it asks of Docker, in which order, and that it stops at the first failure."""

import os
import shutil
import subprocess

import pytest

from tests.site import ROOT

DOCKER = """#!/bin/sh
echo "$*" >> "$ASKED"
case "$*" in *"$FAILS") exit 1;; esac
"""


@pytest.fixture
def upgrade(tmp_path):
    """`upgrade(*arguments, fails="web-b")`: exit status and what was asked of a Docker that only listens."""
    program = tmp_path / "docker"
    program.write_text(DOCKER)
    program.chmod(0o755)
    asked = tmp_path / "asked"
    script = tmp_path / "site/ops/upgrade"
    script.parent.mkdir(parents=True)
    shutil.copy(ROOT / "ops/upgrade", script)
    (tmp_path / "site/.env").write_text("SITE_ADDRESS=example.com\nIMAGE=before\n")

    def run(*arguments: str, fails: str = "nothing") -> tuple[int, list[str]]:
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "ASKED": str(asked), "FAILS": fails}
        done = subprocess.run([script, *arguments], env=environment, check=False)
        return done.returncode, asked.read_text().splitlines()

    return run


def test_the_database_grows_first_and_one_process_after_the_other_is_replaced(upgrade):
    status, asked = upgrade()
    assert status == 0
    assert [line.split()[-1] for line in asked] == [
        "migrate",
        "migrate",
        "web-a",
        "web-b",
        "worker",
        "grafana",
    ]
    assert [line.split()[:2] for line in asked[:2]] == [["compose", "build"], ["compose", "run"]]
    for line in asked[2:]:
        assert {"--wait", "--no-deps", "--no-build"} <= set(line.split())


def test_an_image_that_is_named_is_pulled_and_stays_the_one(upgrade, tmp_path):
    status, asked = upgrade("ghcr.io/club/messenger@sha256:abc")
    assert (status, asked[0]) == (0, "compose pull --quiet migrate")
    kept = (tmp_path / "site/.env").read_text()
    assert kept == "SITE_ADDRESS=example.com\nIMAGE=ghcr.io/club/messenger@sha256:abc\n"


@pytest.mark.parametrize(("fails", "last"), [("migrate", "migrate"), ("web-a", "web-a")])
def test_what_fails_stops_it_while_the_rest_still_serves(upgrade, fails, last):
    status, asked = upgrade(fails=fails)
    assert status != 0
    assert asked[-1].split()[-1] == last
    assert not any(line.endswith("web-b") for line in asked)
