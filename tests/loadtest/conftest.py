"""Plays a small load against whatever listens."""

import json

import pytest
from django.core.management import call_command

from chat.loadtest.plan import VirtualUser, write_users
from tests.loadtest.crooked_server import CHANNEL

USERS, MESSAGES = 4, 5
EVERYTHING = USERS * MESSAGES


@pytest.fixture
def play(tmp_path):
    """Plays a small closed loop and returns (exit code, the report's row)."""

    def play_against(url: str, *options: str) -> tuple[int, dict]:
        people = [VirtualUser(number, f"user{number}", f"token-{number}") for number in range(1, USERS + 1)]
        write_users(tmp_path / "users.csv", people, CHANNEL)
        users = ["--users", str(USERS), "--users-from", str(tmp_path / "users.csv")]
        load = ["--url", url, "--messages", str(MESSAGES), "--report", str(tmp_path)]
        exit_code = 0
        try:
            call_command("loadtest", *users, *load, *options)
        except SystemExit as stopped:
            exit_code = stopped.code
        return exit_code, json.loads((tmp_path / "report.json").read_text())["rows"][0]

    return play_against


def faults(report: dict) -> tuple[int, int, int]:
    return report["lost"], report["doubled"], report["out_of_order"]
