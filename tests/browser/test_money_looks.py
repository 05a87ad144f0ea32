"""Every money page on phone and desktop, light and dark, Korean and English."""

import re

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Window
from tests.browser.money import PIN, api, plan, question, site, stage
from tests.browser.test_looks import NARROW, SMALL_TARGETS, STICKS_OUT

__all__ = ["plan", "site", "stage"]

WIDE = {"width": 1280, "height": 900}
VIEWS = [
    ("desktop-light", WIDE, "light", "ko-KR"),
    ("desktop-dark", DESKTOP, "dark", "ko-KR"),
    ("phone-light", PHONE, "light", "ko-KR"),
    ("phone-dark", PHONE, "dark", "ko-KR"),
    ("phone-english", PHONE, "light", "en-US"),
    ("narrow-light", NARROW, "light", "ko-KR"),
]


@pytest.fixture(scope="module")
def used(stage, plan, cast, site) -> None:
    """The wallets have entries of both signs, and one of the two has paid the dues."""
    sent = {"source": stage["own"], "target": stage["group"], "amount": 30_000, "memo": "회비", "pin": PIN}
    api(site, cast, "minjun", "transfers/", sent, "send-1")
    api(site, cast, "eunho", f"dues/{plan}/pay/", {"amount": 30_000, "pin": PIN}, "pay-1")


@pytest.mark.parametrize(("name", "viewport", "scheme", "locale"), VIEWS, ids=[view[0] for view in VIEWS])
def test_every_money_page_fits(window, stage, plan, used, name, viewport, scheme, locale):
    minjun = window("minjun", viewport=viewport, color_scheme=scheme, locale=locale)
    page = minjun.page
    page.on(
        "console", lambda message: minjun.faults.append(message.text) if message.type == "error" else None
    )
    own, group, rich = (f"/wallets/{stage[one]}/" for one in ("own", "group", "rich"))
    pages = {
        "wallets": "/wallets/",
        "own": own,
        "group": group,
        "rich": rich,
        "filtered": f"{own}?words=없는 말",
        "scheduled": f"{own}scheduled/",
        "deposit": f"{rich}deposit/",
        "members": f"{group}members/",
        "settings": f"{rich}settings/",
        "pin": f"{own}pin/",
        "close": f"{rich}close/",
        "new": "/wallets/new/?channel",
        "recipients": f"/transfers/new/?source={stage['own']}",
        "amount": f"/transfers/new/?source={stage['own']}&target={stage['rich']}&later",
        "dues": "/dues/",
        "board": f"{group}dues/",
        "no-board": f"{rich}dues/",
        "new-plan": f"{group}dues/new/",
        "pay": f"/dues/{plan}/pay/",
        "spending": f"{group}spending/",
        "ask": f"{group}spending/new/",
    }
    for title, path in pages.items():
        minjun.open(path)
        page.wait_for_timeout(100)
        fits(minjun, f"{name}-money-{title}", path)
    question(minjun, stage, "1234")
    fits(minjun, f"{name}-money-confirm", "confirm")
    minjun.open(rich)
    page.locator(".entry").first.click()
    page.wait_for_url(re.compile(r"/transfers/[0-9a-f-]+/$"))
    fits(minjun, f"{name}-money-receipt", "receipt")


def fits(window: Window, title: str, path: str) -> None:
    """Nothing sticks out and everything can be hit with a finger. The PIN field lies unseen under its pad."""
    window.shoot(title)
    assert window.page.evaluate(STICKS_OUT) == [], path
    small = window.page.evaluate(SMALL_TARGETS)
    assert [one for one in small if "pin__input" not in one] == [], path
