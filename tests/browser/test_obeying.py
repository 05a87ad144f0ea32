"""The page does as the server asks: what was too much at once goes out by itself when it may."""

import json
import threading
from itertools import count

import pytest
from websockets.sync.client import connect

from tests.browser.conftest import Cast
from tests.site import Site

COUNT_FAILURES = """() => {
    window.failures = 0;
    const outgoing = document.querySelector("[data-outgoing]");
    const count = () => (window.failures += outgoing.querySelectorAll(".message--failed").length);
    new MutationObserver(count).observe(outgoing, {subtree: true, childList: true, attributes: true});
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with its limits on."""
    with Site(tmp_path_factory.mktemp("limited"), RATE_LIMITS="on") as running:
        yield running


def keep_talking(site: Site, token: str, channel_id: int, enough: threading.Event) -> None:
    """The same person says more elsewhere than is allowed, so that nothing is left for the page."""
    address = site.url().replace("http", "ws") + "/ws/"
    with connect(address, additional_headers={"Authorization": f"Bearer {token}"}, max_size=None) as socket:
        for number in count():
            if enough.wait(0.01):
                break
            send = {"op": "send", "channel": channel_id, "client_id": f"e{number}", "text": "딴 데서"}
            socket.send(json.dumps(send))


def test_what_was_too_much_at_once_goes_out_by_itself_and_in_order(window, cast: Cast, site: Site):
    channel_id = cast.channel("alice", "bob")
    alice, bob = window("alice"), window("bob")
    refusals: list[str] = []
    alice.page.on("websocket", lambda socket: socket.on("framereceived", lambda data: note(data, refusals)))
    alice.enter(channel_id)
    bob.enter(channel_id)
    alice.page.evaluate(COUNT_FAILURES)
    enough = threading.Event()
    talking = threading.Thread(target=keep_talking, args=(site, cast.token("alice"), channel_id, enough))
    talking.start()
    words = []
    while not refusals and len(words) < 60:
        words.append(f"차례 {len(words)}")
        alice.write(words[-1])
        alice.page.wait_for_timeout(100)
    words += ["그 뒤에", "그리고 끝"]
    alice.write(words[-2])
    alice.write(words[-1])
    enough.set()
    talking.join()
    assert refusals
    bob.has_text(words[-1])
    assert [text for text in bob.texts() if text in words] == words
    assert alice.page.evaluate("window.failures") == 0
    alice.page.locator("[data-outgoing] li").wait_for(state="detached")


def note(data: str | bytes, refusals: list[str]) -> None:
    """Keep what the server refused."""
    if '"rate_limited"' in str(data):
        refusals.append(str(data))
