"""A wrong or half-set environment stops the start and names the variable."""

import os
import subprocess
import sys

import pytest

from tests.site import ROOT

VARIABLES = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC", "MONGODB_URI", "REDIS_URL")


def start(**environment: str) -> subprocess.CompletedProcess:
    bare = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**bare, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_set_starts(tmp_path):
    assert start(DATA_DIR=str(tmp_path)).returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://localhost/messenger"),
        ("DATABASE_URL", "mysql://localhost"),
        ("DATABASE_URL", "mysql:///messenger"),
        ("KAFKA_BOOTSTRAP_SERVERS", "localhost"),
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka://localhost:9092"),
        ("KAFKA_TOPIC", "events"),
        ("MONGODB_URI", "http://localhost/messenger"),
        ("MONGODB_URI", "mongodb://localhost:27017"),
        ("REDIS_URL", "localhost:6379"),
        ("RATE_LIMITS", "maybe"),
        ("DEBUG", "2"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("WEB_PROCESSES", "0"),
        ("METRICS_PORT", "0"),
        ("DATA_DIR", "/dev/null/x"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "debug"),
        ("TRANSFER_LIMIT", "1e6"),
        ("DAY_LIMIT", "0"),
    ],
)
def test_wrong_value_stops_the_start_and_names_the_variable(tmp_path, name, value):
    done = start(**{"DATA_DIR": str(tmp_path), name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ["secret_key", "pin_pepper"])
def test_a_secret_is_made_once_and_only_for_its_owner(tmp_path, name):
    assert start(DATA_DIR=str(tmp_path)).returncode == 0
    secret = (tmp_path / name).read_text()
    assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert start(DATA_DIR=str(tmp_path)).returncode == 0
    assert (tmp_path / name).read_text() == secret
    assert len(secret) > 50
    assert [path.name for path in tmp_path.glob(f"{name}*")] == [name]
