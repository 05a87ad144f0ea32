"""A wrong or half-set environment stops the start and names the variable."""

import os
import subprocess
import sys

import pytest

from tests.site import ROOT

SECRET = "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PRODUCTION = {
    "HTTPS": "on",
    "TRUSTED_PROXIES": "1",
    "ALLOWED_HOSTS": "talk.example.com",
    "SECRET_KEY": SECRET,
    "PIN_PEPPER": SECRET[::-1],
}
VARIABLES = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC", "MONGODB_URI", "REDIS_URL")


def start(*asked: str, **environment: str) -> subprocess.CompletedProcess:
    bare = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, "manage.py", *(asked or ("check",))],
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
        ("STORAGE_URL", "https://storage.example.com/files"),
        ("STORAGE_URL", "s3:///files"),
        ("STORAGE_URL", "s3://storage.example.com"),
        ("STORAGE_URL", "s3://key@storage.example.com/files"),
        ("PHOTO_MEGABYTES", "0"),
        ("PHOTO_MEGAPIXELS", "many"),
        ("FILE_MEGABYTES", "-1"),
        ("UPLOAD_DAY_MEGABYTES", "1.5"),
        ("RATE_LIMITS", "maybe"),
        ("DEBUG", "2"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("WEB_PROCESSES", "0"),
        ("METRICS_PORT", "0"),
        ("LEAVE_SECONDS", "-1"),
        ("DATA_DIR", "/dev/null/x"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "debug"),
        ("LOG_RETENTION_DAYS", "0"),
        ("KAFKA_PARTITIONS", "4096"),
        ("TRANSFER_LIMIT", "1e6"),
        ("DAY_LIMIT", "0"),
        ("SECRET_KEY", "secret"),
        ("SECRET_KEY", "ab" * 40),
        ("SECRET_KEY", f"django-insecure-{SECRET}"),
        ("PIN_PEPPER", "pepper"),
        ("ALLOWED_HOSTS", "talk.example.com,*"),
        ("HTTPS", "on"),  # without TRUSTED_PROXIES
        ("HTTPS", "yes please"),
        ("TRUSTED_PROXIES", "-1"),
        ("HSTS_SECONDS", "a year"),
        ("EMAIL_URL", "mail.example.com:587"),
        ("EMAIL_URL", "smtp+tls://"),
        ("EMAIL_URL", "smtp+tls://user@mail.example.com"),
        ("EMAIL_URL", "smtp://user:password@mail.example.com"),
        ("EMAIL_URL", "smtps://mail.example.com:99999"),
        ("EMAIL_URL", "smtps://mail.example.com/?timeout=5"),
        ("EMAIL_URL", "smtps://mail.example.com"),  # without EMAIL_FROM
        ("EMAIL_FROM", "talk@example.com"),  # without EMAIL_URL
        ("EMAIL_FROM", "the club"),
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


@pytest.fixture
def secret(tmp_path):
    """A file with a secret, as a container mounts it: it ends with a line break."""
    path = tmp_path / "mounted"
    path.write_text("a-secret-out-of-a-file\n")
    return path


def value(name: str, **environment: str) -> str:
    """What this setting is under this environment."""
    bare = {variable: value for variable, value in os.environ.items() if variable not in VARIABLES}
    return subprocess.run(
        [sys.executable, "-c", f"from messenger import settings; print(settings.{name})"],
        cwd=ROOT,
        env={**bare, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.rstrip("\n")


@pytest.mark.parametrize("name", ["SECRET_KEY", "METRICS_TOKEN", "KAFKA_BOOTSTRAP_SERVERS"])
def test_a_value_comes_from_a_file(tmp_path, secret, name):
    secret.write_text(f"{SECRET}:9092\n")
    assert value(name, DATA_DIR=str(tmp_path), **{f"{name}_FILE": str(secret)}) == f"{SECRET}:9092"


def test_the_database_password_comes_from_a_file_and_stands_in_no_url(tmp_path, secret):
    environment = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "mysql://messenger@mysql/messenger",
        "DATABASE_PASSWORD_FILE": str(secret),
    }
    assert value("DATABASES['default']['PASSWORD']", **environment) == "a-secret-out-of-a-file"
    assert "a-secret" not in value("DATABASE_URL", **environment)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_that_gives_nothing_stops_the_start_and_is_named(tmp_path, content):
    path = tmp_path / "mounted"
    if content is not None:
        path.write_bytes(content)
    done = start(DATA_DIR=str(tmp_path), SECRET_KEY_FILE=str(path))
    assert done.returncode != 0
    assert f"SECRET_KEY_FILE={path}" in done.stderr.splitlines()[-1]


def test_a_value_and_its_file_at_once_stop_the_start(tmp_path, secret):
    done = start(DATA_DIR=str(tmp_path), SECRET_KEY="x" * 60, SECRET_KEY_FILE=str(secret))
    assert done.returncode != 0
    assert "SECRET_KEY and SECRET_KEY_FILE" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("url", ["mysql://messenger:other@mysql/messenger", "mysql://mysql/messenger", ""])
def test_a_database_password_needs_a_url_that_leaves_it_out(tmp_path, secret, url):
    environment = {"DATA_DIR": str(tmp_path), "DATABASE_PASSWORD_FILE": str(secret)}
    done = start(**environment, **({"DATABASE_URL": url} if url else {}))
    assert done.returncode != 0
    assert "DATABASE_PASSWORD" in done.stderr.splitlines()[-1]


def test_a_production_site_is_checked_without_warnings(tmp_path):
    done = start("check", "--deploy", "--fail-level", "WARNING", DATA_DIR=str(tmp_path), **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "WARNINGS" not in done.stderr


def test_debug_is_refused_where_people_come_by_https(tmp_path):
    done = start(DATA_DIR=str(tmp_path), **PRODUCTION, DEBUG="on")
    assert done.returncode != 0
    assert "DEBUG" in done.stderr.splitlines()[-1]


def test_a_refused_secret_is_not_told(tmp_path):
    done = start(DATA_DIR=str(tmp_path), SECRET_KEY="hunter2")
    assert "hunter2" not in done.stderr


def test_over_https_cookies_are_for_this_host_alone_and_browsers_remember(tmp_path):
    code = (
        "from django.test import Client\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "by_proxy = {'host': 'talk.example.com', 'x-forwarded-proto': 'https'}\n"
        "answer = Client(headers=by_proxy).get('/accounts/login/')\n"
        "print(answer.headers['Strict-Transport-Security'])\n"
        "print(answer.cookies['__Host-csrftoken'].OutputString())\n"
        "plain = Client(headers={'host': 'talk.example.com'}).get('/accounts/login/')\n"
        "print(plain.status_code, plain.headers['Location'])\n"
        "from messenger import bare\n"
        "print(dict(bare.PROTECTION)[b'strict-transport-security'].decode())\n"
        "from django.conf import settings\n"
        "print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE)\n"
    )
    done = start("shell", "-v0", "-c", code, DATA_DIR=str(tmp_path), **PRODUCTION)
    assert done.returncode == 0, done.stderr
    hsts, cookie, plain, lane, session = done.stdout.splitlines()
    assert hsts == lane == "max-age=31536000"
    assert {"Secure", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert plain == "301 https://talk.example.com/accounts/login/"
    assert session == "__Host-sessionid True"
