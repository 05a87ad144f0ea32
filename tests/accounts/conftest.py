"""A site that sends mail."""

from collections.abc import Iterator

import pytest

from accounts import mail
from tests.accounts.letterbox import WAIT_SECONDS

MAIL_SERVER = {
    "host": "127.0.0.1",
    "port": 1,
    "username": "",
    "password": "",
    "use_tls": False,
    "use_ssl": False,
}


@pytest.fixture
def with_mail(settings, monkeypatch) -> Iterator[None]:
    """Letters go to django.core.mail.outbox. None is left for the outbox of the next test."""
    settings.EMAIL_URL, settings.EMAIL_FROM = MAIL_SERVER, "모임 <talk@example.com>"
    monkeypatch.setattr(mail, "PAUSE_SECONDS", 0)
    yield
    for _place in range(mail.MOST_WAITING):
        assert mail._room.acquire(timeout=WAIT_SECONDS)
    for _place in range(mail.MOST_WAITING):
        mail._room.release()
