"""How the site logs: one line or one JSON object an event, on stderr, with the ids of chat/log_ids.py.

No secret and no message text stands in a log. An exception is therefore told by its class, its number where
it has one, and the places it came through: its own words often quote the value that was wrong.
"""

import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from logging import LogRecord

from django.db import Error as DatabaseError

from chat import log_ids

ACCESS = "access"
ACCESS_FIELDS = ("method", "path", "status", "ms")
MOST_CAUSES = 10
# The address of a webhook is a secret, and paths stand in lines of ours and of Django's.
SECRET_ADDRESS = re.compile(r"(/hooks/)[^\s\"\\]+", re.IGNORECASE)
# At DEBUG these write down what passes through them: statements and their values, headers, documents.
TALKATIVE = (
    "django.db.backends",
    "uvicorn",
    "websockets",
    "pymongo",
    "redis",
    "channels_redis",
    "confluent_kafka",
    "httpx",
    "httpcore",
)


def tell_exception(error: BaseException) -> str:
    """Classes and places of an exception and its causes, without values: neither locals nor its words."""
    told: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen and len(seen) < MOST_CAUSES:
        seen.add(id(one))
        places = [
            f"  {frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
            for frame, line in traceback.walk_tb(one.__traceback__)
        ]
        told.append("\n".join([*places, _name(one)]))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\nwhich led to\n".join(reversed(told))


def _name(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    number = error.args[0] if error.args and isinstance(error, DatabaseError | OSError) else None
    return f"{name} ({number})" if isinstance(number, int) else name


def hide_secrets(line: str) -> str:
    """The line without what an address of a webhook holds."""
    return SECRET_ADDRESS.sub(r"\1***", line)


def _ids(record: LogRecord) -> dict[str, str | int]:
    own = {name: getattr(record, name) for name in log_ids.NAMES if hasattr(record, name)}
    return log_ids.current().known() | own


class _Told(logging.Formatter):
    """What both forms have in common."""

    def formatException(self, ei) -> str:  # noqa: N802  (logging's name)
        """The exception without values."""
        return tell_exception(ei[1])

    def formatStack(self, stack_info: str) -> str:  # noqa: N802  (logging's name)
        """Nothing: only an exception says where it came from."""
        return ""


class PlainLine(_Told):
    """`LOG_FORMAT=line`: for a person at a terminal. An exception fills further lines."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s%(ids)s")

    def format(self, record: LogRecord) -> str:
        """The record as lines."""
        return hide_secrets(super().format(record))

    def formatMessage(self, record: LogRecord) -> str:  # noqa: N802  (logging's name)
        """The line, with the ids behind it."""
        record.ids = "".join(f" {name}={value}" for name, value in _ids(record).items())
        return super().formatMessage(record)


class JsonLine(_Told):
    """`LOG_FORMAT=json`: one object a line, plain ASCII, so that no terminal and no text breaks it."""

    def format(self, record: LogRecord) -> str:
        """The record as an object."""
        at = datetime.fromtimestamp(record.created, UTC)
        told = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_ids(record),
        }
        if record.name == ACCESS:
            told |= {name: getattr(record, name) for name in ACCESS_FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            told["exception"] = tell_exception(record.exc_info[1])
        return hide_secrets(json.dumps(told))


def first_line_only(record: LogRecord) -> bool:
    """asyncio's further lines show tasks and what they ended with: values again."""
    record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return True


def configuration(form: str, level: str) -> dict:
    """LOGGING of the settings. `form` is line or json; access lines are written in json only."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": "operations.logs.PlainLine"},
            "json": {"()": "operations.logs.JsonLine"},
        },
        "filters": {"first_line": {"()": lambda: first_line_only}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            **{name: {"level": "WARNING"} for name in TALKATIVE},
            # Django's own handlers would write once more, in a form of their own.
            "django": {"handlers": [], "level": "INFO"},
            "django.server": {"handlers": [], "propagate": True},
            "asyncio": {"filters": ["first_line"]},
            ACCESS: {"level": "INFO" if form == "json" else "WARNING"},
        },
    }


def begin(*_) -> None:
    """What Python itself would print on stderr (warnings, exceptions that nobody caught, faults in logging)
    goes the same way, or nowhere. For processes that serve; a command's own complaints are for its reader."""
    logging.captureWarnings(True)
    logging.raiseExceptions = False
    threading.excepthook = _tell_of_thread
    sys.excepthook = _tell_of_process


def _tell_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        name = ended.thread.name if ended.thread else "a thread"
        logging.getLogger(__name__).critical("%s ended", name, exc_info=ended.exc_value)


def _tell_of_process(kind: type[BaseException], error: BaseException, _) -> None:
    logging.getLogger(__name__).critical("the process ended", exc_info=error)
