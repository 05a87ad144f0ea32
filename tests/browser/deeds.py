"""What people do to messages on the page, by mouse, finger and key."""

import json
from uuid import uuid4

from playwright.sync_api import Locator

from tests.browser.conftest import DESKTOP, PHONE, Cast, Window
from tests.site import Site

FINGER = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
MOUSE = {"viewport": DESKTOP}
LONG_PRESS_MS = 1_500  # longer than a page needs, also on a busy machine


def line(window: Window, text: str) -> Locator:
    """The last message on the page that says this."""
    return window.page.locator(
        "[data-messages] > li", has=window.page.locator("[data-text]", has_text=text)
    ).last


def open_menu(window: Window, text: str) -> Locator:
    """Open the message's menu as this window's people do, by mouse or long press."""
    message = line(window, text)
    message.locator("[data-words]").scroll_into_view_if_needed()
    if window.page.evaluate("matchMedia('(hover: none)').matches"):
        press_long(window, message.locator("[data-text]"))
    else:
        message.locator("[data-words]").hover()
        message.locator("[data-action-more]").click()
    menu = window.page.locator("[data-message-menu]")
    menu.wait_for()
    return menu


def choose(window: Window, text: str, action: str) -> None:
    """Choose an action of the message's menu: reply, copy, edit, delete."""
    open_menu(window, text).locator(f"[data-action={action}]").click()


def react(window: Window, text: str, emoji: str) -> None:
    """Choose a reaction in the message's menu."""
    open_menu(window, text).locator(f"[data-emoji='{emoji}']").click()


def press_long(window: Window, target: Locator) -> None:
    """A finger that rests on it."""
    box = target.bounding_box()
    point = {"x": box["x"] + min(box["width"], 40) / 2, "y": box["y"] + box["height"] / 2}
    session = window.page.context.new_cdp_session(window.page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    window.page.wait_for_timeout(LONG_PRESS_MS)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


def rename(site: Site, cast: Cast, **names: str) -> None:
    """Give people Korean names: rename(site, cast, minjun="김민준")."""
    for login, name in names.items():
        with site.api(cast.token(login)) as api:
            answer = api.patch("accounts/me/", json={"username": name})
            assert answer.status_code == 200, answer.text


def post(site: Site, cast: Cast, name: str, channel_id: int, text: str, **more) -> dict:
    """Say something over the API: the message."""
    with site.api(cast.token(name)) as api:
        message = {"client_id": uuid4().hex, "text": text, **more}
        answer = api.post(f"channels/{channel_id}/messages/", json=message)
        assert answer.status_code == 201, answer.text
        return answer.json()


def history(site: Site, cast: Cast, name: str, channel_id: int) -> dict[str, dict]:
    """The stored messages by the text they have now."""
    return {message["text"]: message for message in site.stored(cast.token(name), channel_id)}


class Heard:
    """What the socket of a page brought."""

    def __init__(self, window: Window) -> None:
        self.frames: list[dict] = []
        window.page.on("websocket", lambda socket: socket.on("framereceived", self._note))

    def _note(self, data: str | bytes) -> None:
        text = data if isinstance(data, str) else data.decode()
        self.frames += [json.loads(one) for one in text.split("\n") if one]

    def ops(self, *ops: str) -> list[str]:
        """The ops among these, in the order they came."""
        return [frame["op"] for frame in self.frames if frame["op"] in ops]
