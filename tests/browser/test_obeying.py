"""The page does as the server asks: what was too much at once goes out by itself when it may."""

import json

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


def use_up_allowance(site: Site, token: str, channel_id: int) -> None:
    """The same person says more elsewhere than is allowed at once."""
    sends = [
        json.dumps(
            {"op": "send", "channel": channel_id, "client_id": f"e{number}", "text": f"딴 데서 {number}"}
        )
        for number in range(80)
    ]
    address = site.url().replace("http", "ws") + "/ws/"
    with connect(address, additional_headers={"Authorization": f"Bearer {token}"}, max_size=None) as socket:
        socket.send("\n".join(sends))
        answers = ""
        while answers.count('"op":"ack"') + answers.count('"op":"nack"') < len(sends):
            answers += socket.recv(timeout=20)
        assert '"rate_limited"' in answers


def test_what_was_too_much_at_once_goes_out_by_itself_and_in_order(window, cast: Cast, site: Site):
    channel_id = cast.channel("alice", "bob")
    alice, bob = window("alice"), window("bob")
    alice.enter(channel_id)
    bob.enter(channel_id)
    alice.page.evaluate(COUNT_FAILURES)
    use_up_allowance(site, cast.token("alice"), channel_id)
    words = [f"차례 {number}" for number in range(5)]
    for word in words:
        alice.write(word)
    bob.has_text(words[-1])
    assert [text for text in bob.texts() if text in words] == words
    assert alice.page.evaluate("window.failures") == 0
    alice.page.locator("[data-outgoing] li").wait_for(state="detached")
