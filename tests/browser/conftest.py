"""A real browser in front of a real site: web and worker processes, people with windows of their own."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from websockets.sync.client import connect

from tests.browser.access import violations
from tests.site import PASSWORD, ROOT, Site

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
SCREENSHOTS = ROOT / "var" / "screenshots"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
WAIT_MS = 15_000
LINES_PER_FRAME = 250
# What the browser says when a page does what its own headers forbid: in no test of the suite does one.
FORBIDDEN = re.compile(r".*(?:Content Security Policy|Trusted(?:HTML|Script)|[Pp]ermissions[- ][Pp]olicy).*")


@dataclass
class Window:
    """One person's page, and what went wrong in it."""

    page: Page
    base_url: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto(f"{self.base_url}{path}")
        return self.page

    def log_in(self, name: str) -> None:
        """Through the form, as people do."""
        self.open("/accounts/login/")
        self.page.fill("[name=email]", f"{name}@example.com")
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("main form.form button").click()
        self.page.wait_for_url(f"{self.base_url}/")

    def enter(self, channel_id: int) -> Page:
        """Open a conversation and wait until it is live."""
        self.open(f"/channels/{channel_id}/")
        self.page.locator("[data-live]").wait_for()
        return self.page

    def write(self, text: str) -> None:
        """Write a message and press Enter."""
        self.page.fill("textarea", text)
        self.page.press("textarea", "Enter")

    def texts(self) -> list[str]:
        """The messages on the page, oldest first; pending and failed ones are not among them."""
        return self.page.locator("[data-messages] [data-text]").all_text_contents()

    def has_text(self, text: str, timeout_ms: int = WAIT_MS) -> None:
        """Wait until this message is on the page."""
        found = self.page.locator("[data-messages] [data-text]", has_text=text).first
        found.wait_for(timeout=timeout_ms, state="attached")

    def shoot(self, name: str) -> Path:
        """Keep a picture under var/screenshots/, and have axe look at it: it finds nothing wrong."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        self.faults += [f"{name}: {found}" for found in violations(self.page)]
        return path


def flood(site: Site, token: str, channel_id: int, count: int, name: str = "물결") -> None:
    """Send this many messages over one socket, as fast as they are acknowledged."""
    frame = {"op": "send", "channel": channel_id}
    lines = [
        json.dumps({**frame, "client_id": uuid4().hex, "text": f"{name} {number}"}) for number in range(count)
    ]
    address = site.url().replace("http", "ws") + "/ws/"
    with connect(address, additional_headers={"Authorization": f"Bearer {token}"}, max_size=None) as socket:
        acknowledged = 0
        for start in range(0, count, LINES_PER_FRAME):
            socket.send("\n".join(lines[start : start + LINES_PER_FRAME]))
            while acknowledged < min(count, start + LINES_PER_FRAME):
                acknowledged += socket.recv(timeout=20).count('"op":"ack"')


class Line:
    """The wire between a page and the server, which can be cut. What goes over it is not touched."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sockets: list = []
        self._is_cut = False
        page.route_web_socket(re.compile(r"/ws/(\?|$)"), self._connect)

    def _connect(self, socket) -> None:
        if self._is_cut:
            socket.close(code=4000)
            return
        self._sockets.append(socket)
        socket.connect_to_server()

    def cut(self) -> None:
        """Nothing comes through any more."""
        self._is_cut = True
        for socket in self._sockets:
            socket.close(code=4000)
        self._sockets.clear()

    def mend(self) -> None:
        """As when a phone is back in the net: the page is told and tries at once."""
        self._is_cut = False
        self._page.evaluate("() => dispatchEvent(new Event('online'))")


@pytest.fixture(scope="session", autouse=True)
def built_scripts() -> None:
    """Pages load static/built/: what is tested is of the scripts and styles as they are now."""
    subprocess.run([ROOT / "ops/bundle.py", "--check"], check=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. `--no-sandbox` because CI runs as root, where Chromium has no sandbox."""
    assert CHROMIUM, "Chromium is not installed: set CHROMIUM to its path."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """The running site of a test file."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator:
    """Opens windows: window("alice", viewport=PHONE). Errors in any page fail the test."""
    contexts: list[BrowserContext] = []
    windows: list[Window] = []

    def make(name: str | None = None, **options) -> Window:
        # Without a service worker a test sees the server's pages only; tests/browser/test_app.py has one.
        options = {"viewport": DESKTOP, "locale": "ko-KR", "service_workers": "block", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        made = Window(context.new_page(), site.url())
        made.page.on("pageerror", lambda error: made.faults.append(str(error)))
        made.page.on("console", lambda message: made.faults.extend(FORBIDDEN.findall(message.text)))
        windows.append(made)
        if name:
            made.log_in(name)
        return made

    yield make
    for context in contexts:
        context.close()
    assert [fault for one in windows for fault in one.faults] == []


class Cast:
    """People with tokens, made once per file and name."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tokens: dict[str, str] = {}

    def token(self, name: str) -> str:
        """The token of a person, who signs up at the first call."""
        if name not in self._tokens:
            self._tokens[name] = self._site.sign_up(name)[1]
        return self._tokens[name]

    def channel(self, *names: str, **fields) -> int:
        """A channel of the first with the others in it."""
        return self._site.channel_of([self.token(name) for name in names], **fields)

    def say(self, name: str, channel_id: int, *texts: str) -> None:
        """Post over the API."""
        with self._site.api(self.token(name)) as api:
            for text in texts:
                message = {"client_id": uuid4().hex, "text": text}
                answer = api.post(f"channels/{channel_id}/messages/", json=message)
                assert answer.status_code == 201, answer.text

    def archived(self, name: str, channel_id: int, text: str) -> None:
        """Wait until this message stands in the history."""
        until = time.monotonic() + WAIT_MS / 1000
        while text not in [one["text"] for one in self._site.stored(self.token(name), channel_id)]:
            assert time.monotonic() < until, f"{text} was never archived"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def cast(site: Site) -> Cast:
    """Who is on the stage."""
    return Cast(site)
