"""The hands of the tests of the console: filling in forms, reading the log."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window

PAGE = "/console/"
PIN = "246810"


@pytest.fixture
def desk(window, cast):
    """Opens the console as this person: desk("minjun", viewport=PHONE)."""

    def enter(name: str, **options) -> Window:
        cast.token(name)
        opened = window(name, **options)
        opened.open(PAGE)
        return opened

    return enter


def open_form(page: Page, action: str) -> None:
    button = page.locator(f"[data-call={action}]")
    if button.get_attribute("aria-expanded") == "false":
        button.click()


def fill(page: Page, action: str, name: str, value: str) -> None:
    """Type a value, past the known ids where there are some."""
    field = page.locator(f"#form-{action} [data-field='{name}']")
    known = field.locator("[data-known]:not([hidden])")
    if known.count():
        known.select_option("")
    if field.get_attribute("data-kind") == "choice":
        field.locator("select").select_option(value)
    else:
        field.locator("input").fill(value)


def press(page: Page, action: str, **values: str) -> dict:
    """Fill in the form of an action, where it has one, and send it: the newest call of the log."""
    if page.locator(f"#form-{action}").count():
        open_form(page, action)
        for name, value in values.items():
            fill(page, action, name, value)
        page.locator(f"#form-{action} .call-form__foot button").click()
    else:
        page.locator(f"[data-call={action}]").click()
    return newest(page)


def newest(page: Page) -> dict:
    """What stands at the top of the log, once it is answered."""
    expect(page.locator(".call [data-status]").first).not_to_have_text("…")
    call = page.locator(".call").first
    return {
        "method": call.locator("[data-method]").text_content(),
        "path": call.locator("[data-path]").text_content(),
        "status": int(call.locator("[data-status]").text_content()),
        "who": call.locator("[data-who]").text_content(),
        "request": call.locator("[data-request] pre").text_content(),
        "answer": call.locator("[data-response] pre").text_content(),
    }


def refused(call: dict, status: int, code: str) -> bool:
    return call["status"] == status and f'"code": "{code}"' in call["answer"]


def chosen(page: Page, action: str, name: str) -> str:
    """What a field offers first of the things that the page knows."""
    return page.locator(f"#form-{action} [data-field='{name}'] [data-known]").input_value()
