"""What a line of the log says, and what it never says."""

import asyncio
import io
import json
import logging
import re
import sys
import threading

import pytest
from django.db import OperationalError
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from chat import log_ids
from operations import logs
from operations.requests import WithIds, person_of_request


@pytest.fixture
def write():
    """write(form): a logger of its own; write.lines(): what came out."""
    stream = io.StringIO()
    logger = logging.Logger("site")

    def of(form: str) -> logging.Logger:
        handler = logging.StreamHandler(stream)
        handler.setFormatter({"line": logs.PlainLine, "json": logs.JsonLine}[form]())
        logger.addHandler(handler)
        return logger

    of.text = stream.getvalue
    return of


def fail_with(value: str) -> None:
    hidden = value * 2  # noqa: F841  (a local that must not be told)
    try:
        raise ValueError(f"no number: {value}")
    except ValueError as error:
        raise OperationalError(2006, f"gone while writing {value}") from error


@pytest.mark.parametrize("form", ["line", "json"])
def test_an_exception_is_told_by_class_number_and_place_without_its_words(write, form):
    logger = write(form)
    try:
        fail_with("sesame")
    except OperationalError:
        logger.exception("the task failed")
    told = write.text()
    assert "sesame" not in told
    assert "OperationalError (2006)" in told
    assert re.search(r"test_logs\.py:\d+ fail_with", told)
    assert told.index("ValueError") < told.index("which led to") < told.index("OperationalError")


def test_an_exception_that_causes_itself_ends(write):
    logger = write("json")
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    logger.error("round", exc_info=one)
    assert json.loads(write.text())["exception"].count("which led to") == 1


def test_json_is_one_object_a_line_whatever_is_said(write):
    logger = write("json")
    said = 'line\nbreak "quoted" \u2028 가 \udc80'
    logger.warning("%s", said)
    (line,) = write.text().splitlines()
    assert line.isascii()
    told = json.loads(line)
    assert (told["message"], told["level"], told["logger"]) == (said, "WARNING", "site")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["time"])


def test_a_line_has_the_ids_that_are_known(write):
    logger = write("json")
    log_ids.enter(ids := log_ids.LogIds(request="r-1", socket="s-1"))
    logger.info("first")
    threading.Thread(target=lambda: (log_ids.enter(ids), logger.info("from a thread"))).start()
    ids.user = 7
    logger.info("second", extra={"message_id": "m-1"})
    first, _thread, second = (json.loads(line) for line in write.text().splitlines())
    assert (first["request_id"], first["socket_id"], "user_id" in first) == ("r-1", "s-1", False)
    assert (second["user_id"], second["message_id"]) == (7, "m-1")
    log_ids.enter(log_ids.LogIds())


def test_asyncio_says_what_happened_and_not_with_what():
    record = logging.LogRecord("asyncio", 40, "", 0, "never retrieved\nfuture: %s", ("sesame",), None)
    assert logs.first_line_only(record)
    assert record.getMessage() == "never retrieved"


def test_a_thread_that_dies_is_told_without_its_words(caplog, monkeypatch):
    hooks = threading.excepthook, sys.excepthook, logging.raiseExceptions
    logs.begin()
    try:
        thread = threading.Thread(target=fail_with, args=("sesame",), name="reader")
        thread.start()
        thread.join()
        sys.excepthook(ValueError, ValueError("sesame"), None)
    finally:
        threading.excepthook, sys.excepthook, logging.raiseExceptions = hooks
        logging.captureWarnings(False)
    assert [record.getMessage() for record in caplog.records] == ["reader ended", "the process ended"]


def test_talkative_libraries_keep_quiet_at_debug():
    loggers = logs.configuration("json", "DEBUG")["loggers"]
    for name in ("django.db.backends", "uvicorn", "websockets", "pymongo"):
        assert loggers[name]["level"] == "WARNING"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a", True),
        ("A-b_c.9" * 9, True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("", False),
        ("a b", False),
        ("a\nb", False),
        ("a\n", False),
        ('a"', False),
        ("가", False),
        ("é", False),
    ],
)
def test_a_foreign_request_id_is_kept_when_it_is_harmless(given, kept):
    used = log_ids.id_or_fresh(given)
    assert (used == given) is kept
    assert log_ids.FOREIGN_ID.fullmatch(used)


@pytest.mark.parametrize("form", ["line", "json"])
@pytest.mark.parametrize(
    "path", ["/hooks/sesame/", "/hooks/sesame", "/hooks//x/sesame", "/HOOKS/sesame?sesame"]
)
def test_the_address_of_a_webhook_is_hidden_and_the_line_stays_whole(write, form, path):
    logger = write(form)
    logger.warning('POST "%s" 404', path, extra={"path": path})
    told = write.text()
    assert "sesame" not in told
    assert "404" in told
    if form == "json":
        assert json.loads(told)["message"].endswith('***" 404')


async def _ask(application, **scope) -> list[dict]:
    events: list[dict] = []

    async def send(event) -> None:
        events.append(event)

    scope = {"type": "http", "method": "GET", "path": "/x/", "headers": [], **scope}
    await WithIds(application)(scope, None, send)
    return events


async def _hello(scope, receive, send) -> None:
    log_ids.current().user = 7
    await send({"type": "http.response.start", "status": 204, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": b""})


async def _fall(scope, receive, send) -> None:
    raise ValueError("sesame")


@pytest.fixture
def access(caplog):
    """The access lines."""
    caplog.set_level(logging.INFO, logger="access")
    return caplog


def test_every_request_is_answered_with_an_id_and_written_down(access):
    headers = [(b"x-request-id", b"from-the-proxy")]
    start, _body = asyncio.run(_ask(_hello, headers=headers, query_string=b"q=sesame"))
    assert start["headers"] == [(b"x-own", b"1"), (b"x-request-id", b"from-the-proxy")]
    (line,) = access.records
    assert (line.method, line.path, line.status) == ("GET", "/x/", 204)
    assert 0 <= line.ms < 1000
    assert "sesame" not in line.getMessage()


def test_a_hostile_id_is_not_repeated(access):
    start, _body = asyncio.run(_ask(_hello, headers=[(b"x-request-id", b"a\r\nset-cookie: b")]))
    (name, value) = start["headers"][-1]
    assert name == b"x-request-id"
    assert re.fullmatch(rb"[0-9a-f]{16}", value)


def test_a_request_that_fails_has_its_line_too(access):
    with pytest.raises(ValueError):
        asyncio.run(_ask(_fall))
    assert [line.status for line in access.records] == [500]


def test_who_asks_is_told_once_known_and_never_looked_up():
    asked: list[User] = []
    log_ids.enter(ids := log_ids.LogIds())

    def look_up() -> User:
        asked.append(User(pk=3))
        return asked[-1]

    request = RequestFactory().get("/")
    request.user = SimpleLazyObject(look_up)
    person_of_request(lambda request: None)(request)
    assert (ids.known(), asked) == ({}, [])
    request._cached_user = User(pk=3)
    assert ids.known() == {"user_id": 3}
    request.user = User(pk=4)  # what the API does once it has read the token
    assert ids.known() == {"user_id": 4}
    log_ids.enter(log_ids.LogIds())
