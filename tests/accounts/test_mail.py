"""Letters reach a real mail server; whatever that server does, nobody waits for it."""

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from accounts import mail
from tests.accounts.conftest import MAIL_SERVER
from tests.accounts.letterbox import WAIT_SECONDS

LETTER = mail.Letter("alice@example.com", "비밀번호", "안녕하세요.\n\nhttps://talk.example.com/x/\n")


class Desk:
    """Takes mail, and keeps what it was given."""

    def __init__(self) -> None:
        self.envelopes: list = []

    async def handle_DATA(self, server, session, envelope):
        """aiosmtpd calls it by this name."""
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def real_mail(settings):
    """A mail server on this machine, and a site that hands its letters to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    desk = Desk()
    controller = Controller(desk, hostname="127.0.0.1", port=port, ready_timeout=WAIT_SECONDS)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_URL, settings.EMAIL_FROM = {**MAIL_SERVER, "port": port}, "모임 <talk@example.com>"
    yield desk
    controller.stop()


@pytest.fixture
def sent_now(monkeypatch):
    """What is handed to the threads, to be waited for."""
    handed = []
    submit = mail._threads.submit
    monkeypatch.setattr(mail._threads, "submit", lambda *call: handed.append(submit(*call)))
    return handed


def test_a_letter_goes_over_the_wire_as_plain_text(real_mail, sent_now):
    mail.post(LETTER)
    sent_now[0].result(WAIT_SECONDS)
    (envelope,) = real_mail.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("talk@example.com", ["alice@example.com"])
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert (message["From"], message["Subject"]) == ("모임 <talk@example.com>", "비밀번호")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n").strip() == LETTER.text.strip()


def test_a_server_that_is_away_costs_the_caller_nothing_and_is_logged(settings, sent_now, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_URL, settings.EMAIL_FROM = MAIL_SERVER, "talk@example.com"
    mail.post(LETTER)
    sent_now[0].result(WAIT_SECONDS)
    assert "a letter was not sent" in caplog.text


def test_letters_that_nobody_takes_do_not_pile_up(with_mail, monkeypatch, caplog):
    waiting = []
    monkeypatch.setattr(mail._threads, "submit", lambda *call: waiting.append(call))
    try:
        for _letter in range(mail.MOST_WAITING + 5):
            mail.post(LETTER)
        assert len(waiting) == mail.MOST_WAITING
        assert caplog.text.count("one is not sent") == 5
    finally:
        for _call in waiting:
            mail._room.release()


def test_without_a_mail_server_nothing_is_handed_over(sent_now):
    mail.post(LETTER)
    assert sent_now == []
