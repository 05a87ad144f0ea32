"""Letters that the site sent in a test."""

import time

from django.core import mail
from django.core.mail import EmailMessage

WAIT_SECONDS = 30


def letters(count: int) -> list[EmailMessage]:
    """Wait until so many went out, which is in other threads, and return them."""
    until = time.monotonic() + WAIT_SECONDS
    while len(mail.outbox) < count:
        assert time.monotonic() < until, f"{len(mail.outbox)} letters of {count}"
        time.sleep(0.01)
    assert len(mail.outbox) == count
    return mail.outbox


def link_in(letter: EmailMessage) -> str:
    """The path of the one link in it."""
    (link,) = [line for line in letter.body.splitlines() if line.startswith("http://testserver/")]
    return link.removeprefix("http://testserver")
