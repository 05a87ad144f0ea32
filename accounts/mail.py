"""Hands letters to the mail server, in threads of this process and after the request: nobody waits for that
server, and how long an answer takes does not tell whether a letter went."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

TIMEOUT_SECONDS = 10
MOST_WAITING = 200
PAUSE_SECONDS = 0.2  # by then the request is answered: work for a letter must not show in its time

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")
_room = BoundedSemaphore(MOST_WAITING)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """Plain text to one address."""

    to: str
    subject: str
    text: str


def is_sent_here() -> bool:
    """Whether this site sends mail at all."""
    return settings.EMAIL_URL is not None


def post(letter: Letter) -> None:
    """Have it sent soon, at most once; without mail nothing happens. Must be called after the commit of what
    it tells.

    One that the server does not take, or beyond MOST_WAITING, is logged and lost: people can ask again. A
    process that ends sends what waits first.
    """
    if not is_sent_here():
        return
    if not _room.acquire(blocking=False):
        _logger.error("%d letters wait for the mail server: one is not sent", MOST_WAITING)
        return
    _threads.submit(_send, letter)


def _send(letter: Letter) -> None:
    time.sleep(PAUSE_SECONDS)
    try:
        connection = get_connection(**settings.EMAIL_URL, timeout=TIMEOUT_SECONDS)
        message = EmailMessage(
            letter.subject, letter.text, settings.EMAIL_FROM, [letter.to], connection=connection
        )
        message.extra_headers["Auto-Submitted"] = (
            "auto-generated"  # RFC 3834: out-of-office replies stay away
        )
        message.send()
    except Exception:  # a mail server's faults are many, and here they end
        _logger.exception("a letter was not sent")
    finally:
        _room.release()
