"""What a browser keeps that was written and not sent, and the windows that show it."""

import json
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.test_app import ALLOWED, CONTROLLED

WAITING = "[data-outgoing] .message--pending [data-text]"
KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('unanswered/')).length"


def waiting(page: Page) -> list[str]:
    """What this window shows as on its way."""
    return page.locator(WAITING).all_text_contents()


def shows_waiting(page: Page, *texts: str) -> None:
    """Wait until the window shows just these as on their way."""
    expect(page.locator(WAITING)).to_have_text(list(texts))


def archived(site, cast, name: str, channel_id: int) -> list[str]:
    """What the archive has."""
    return [message["text"] for message in site.stored(cast.token(name), channel_id)]


def installed(window, name: str, channel_id: int, **options) -> Window:
    """A window whose service worker has seen the list and the talk."""
    made = window(name, **ALLOWED, **options)
    made.page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    made.open("/")
    assert made.page.evaluate(CONTROLLED)
    made.enter(channel_id)
    return made


def go_offline(one: Window) -> None:
    """Without a network; Chromium leaves an open socket alone, so the page is opened again."""
    one.page.context.set_offline(True)
    one.page.reload()
    one.page.locator("[data-connection]:not([hidden])").wait_for()


def another(one: Window, path: str) -> Window:
    """A further tab of the same browser."""
    tab = Window(one.page.context.new_page(), one.base_url)
    tab.open(path)
    return tab


def keep(page: Page, user_id: int, channel_id: int, text: str, asked_at_ms: int) -> None:
    """As if it had been written at that moment in a page that is closed."""
    client_id = uuid4().hex
    words = {"text": text, "replyTo": None, "quote": None, "mentions": [], "attachments": [], "card": None}
    frame = {"op": "send", "channel": channel_id, "text": text, "client_id": client_id}
    asked = {"clientId": client_id, "askedAt": asked_at_ms, "failure": None, "tries": 0, "page": None}
    item = {**asked, "words": words, "frame": frame}
    key = f"unanswered/{user_id}/outbox/{client_id}"
    page.evaluate("([key, line]) => localStorage.setItem(key, line)", [key, json.dumps(item)])
