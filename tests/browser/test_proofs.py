"""A forgotten password and one-time codes on a phone, over a real mail server."""

import re
import time
from base64 import b32decode
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django_otp.oath import totp
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WAIT_MS
from tests.site import PASSWORD, Site, free_port

NEW = "a quite different secret"


class Mailbox:
    """Takes everybody's mail."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, str]] = []

    async def handle_DATA(self, server, session, envelope):
        """aiosmtpd calls it by this name."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        self._texts.append((message["Subject"], message.get_content()))
        return "250 OK"

    def link(self, subject: str) -> str:
        """Wait for the letter with this in its subject: the path of its link."""
        until = time.monotonic() + WAIT_MS / 1000
        while not (found := [text for title, text in self._texts if subject in title]):
            assert time.monotonic() < until, f"no letter {subject}"
            time.sleep(0.05)
        return re.search(r"http://127\.0\.0\.1:\d+(/\S+)", found[-1])[1]


@pytest.fixture(scope="module")
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """The mail server and its port."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory, mailbox) -> Iterator[Site]:
    """A site that sends mail."""
    server = f"smtp://127.0.0.1:{mailbox[1]}"
    with Site(
        tmp_path_factory.mktemp("site"), workers=0, EMAIL_URL=server, EMAIL_FROM="talk@example.com"
    ) as running:
        yield running


def press(page) -> None:
    """The one main button."""
    page.locator("main button.button--main").click()


def test_a_forgotten_password_and_an_unconfirmed_address(window, cast, mailbox):
    cast.token("minjun")
    one = window(viewport=PHONE)
    page = one.open("/accounts/login/")
    one.shoot("proofs-login")
    page.get_by_role("link", name="비밀번호를 잊었어요").click()
    one.shoot("proofs-forgotten")
    page.fill("[name=email]", "minjun@example.com")
    press(page)
    expect(page.locator("h1")).to_have_text("메일함을 확인해 주세요", timeout=WAIT_MS)
    one.shoot("proofs-link-sent")
    one.open(mailbox[0].link("새 비밀번호"))
    assert page.url.endswith("/set-password/")
    one.shoot("proofs-reset")
    page.fill("[name=new_password]", NEW)
    press(page)
    expect(page.locator(".toast")).to_contain_text("비밀번호를 바꿨어요", timeout=WAIT_MS)
    page.fill("[name=email]", "minjun@example.com")
    page.fill("[name=password]", NEW)
    press(page)
    one.open("/accounts/me/")
    expect(page.locator("p.person-row__name")).to_contain_text("확인됨", timeout=WAIT_MS)


def test_a_new_address_is_confirmed(window, mailbox):
    one = window(viewport=PHONE)
    page = one.open("/accounts/signup/")
    page.fill("[name=username]", "서연")
    page.fill("[name=email]", "seoyeon@example.com")
    page.fill("[name=password]", PASSWORD)
    press(page)
    one.open("/accounts/me/")
    expect(page.get_by_role("button", name="확인 메일 다시 보내기")).to_be_visible(timeout=WAIT_MS)
    one.shoot("proofs-unconfirmed")
    one.open(mailbox[0].link("이메일 주소 확인"))
    one.shoot("proofs-confirm")
    press(page)
    expect(page.locator("p.person-row__name")).to_contain_text("확인됨", timeout=WAIT_MS)


def test_codes_are_set_up_and_asked_for(window, cast):
    cast.token("jiwoo")
    one = window("jiwoo", viewport=PHONE)
    page = one.open("/accounts/me/codes/")
    one.shoot("proofs-codes")
    page.fill("[name=password]", PASSWORD)
    press(page)
    secret = page.locator("main code").inner_text()
    one.shoot("proofs-codes-set-up")
    page.fill("[name=code]", code_of(secret))
    press(page)
    recovery = page.locator("main li code").all_inner_texts()
    assert len(recovery) == 10
    one.shoot("proofs-recovery-codes")
    other = window(viewport=PHONE)
    page = other.open("/accounts/login/?next=/accounts/me/codes/")
    page.fill("[name=email]", "jiwoo@example.com")
    page.fill("[name=password]", PASSWORD)
    press(page)
    expect(page.locator("h1")).to_have_text("일회용 코드", timeout=WAIT_MS)
    page.fill("[name=code]", "000000" if code_of(secret) != "000000" else "111111")
    press(page)
    expect(page.locator(".field__error")).to_be_visible(timeout=WAIT_MS)
    other.shoot("proofs-wrong-code")
    page.fill("[name=code]", recovery[0])
    press(page)
    expect(page.locator("main")).to_contain_text("남은 복구 코드는 9개예요", timeout=WAIT_MS)
    other.shoot("proofs-codes-on")


def code_of(secret: str) -> str:
    """What an app shows that has this secret."""
    return f"{totp(b32decode(secret.replace(' ', ''))):06d}"
