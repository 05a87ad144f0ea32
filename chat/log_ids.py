"""Which request, socket, person and message a log line is about: noted by whoever learns it, read when a line
is written. Nothing of it costs anything where no line is written."""

import itertools
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

NAMES = ("request_id", "socket_id", "user_id", "message_id")
# Ids of others go into our lines and answers as they are, so they hold nothing that could end either.
FOREIGN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


@dataclass(slots=True)
class LogIds:
    """One object for all that a request or a socket does, in whatever thread: it is shared, not copied."""

    request: str | None = None
    socket: str | None = None
    user: int | None = None
    message: str | None = None
    find_user: Callable[[], int | None] | None = None  # instead of `user`, where it may become known later

    def known(self) -> dict[str, str | int]:
        """What is known by now, named as in a line of the log."""
        user = self.user or (self.find_user() if self.find_user else None)
        named = zip(NAMES, (self.request, self.socket, user, self.message), strict=True)
        return {name: value for name, value in named if value is not None}


_process, _numbers = secrets.token_hex(4), itertools.count()
_current: ContextVar[LogIds | None] = ContextVar("log_ids", default=None)


def current() -> LogIds:
    """Those of what runs here; outside of requests and sockets an object that nobody reads."""
    return _current.get() or LogIds()


def enter(ids: LogIds) -> None:
    """From here on lines of this task, and of the threads it asks, are about these."""
    _current.set(ids)


def fresh_id() -> str:
    """For a request or a socket: unlike any other, and no secret."""
    return f"{_process}{next(_numbers):08x}"


def id_or_fresh(given: str) -> str:
    """The id that a client or a proxy gave, or a new one when it gave none that can be used."""
    return given if FOREIGN_ID.fullmatch(given) else fresh_id()
