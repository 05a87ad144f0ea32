"""Badges of a page that nobody told what was read: its web process hears nothing of the other one. It asks,
and the server answers late, wrongly or not at all."""

import time
from collections.abc import Iterator

import pytest

from tests.browser.conftest import Line
from tests.browser.looking import Tab, tabs_of
from tests.site import Site

ADDRESS = "**/api/v1/channels/unread/"
SOON_MS = 3_000  # a reconnect, and the question behind it
A_WHILE_MS = 300_000


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), webs=2, REDIS_URL="") as running:
        yield running


@pytest.fixture
def talk(cast) -> int:
    return cast.channel("alice", "bob")


@pytest.fixture
def tab(window) -> Tab:
    made = tabs_of(window("alice"), 1)[0]
    made.page.clock.install()
    made.open("/")
    return made


def shows(tab: Tab, channel_id: int, count: int) -> None:
    """Wait until the badge is right."""
    row = tab.page.locator(f"li[data-channel='{channel_id}'][data-unread='{count}']")
    row.wait_for(state="attached", timeout=SOON_MS)


def read_elsewhere(cast, site, channel_id: int) -> None:
    """On another device, at the other web process, up to the end."""
    with site.api(cast.token("alice"), 1) as api:
        position = api.get(f"channels/{channel_id}/messages/").json()["results"][0]["position"]
        assert api.post(f"channels/{channel_id}/read/", json={"position": position}).json()["unread"] == 0


def reconnect(tab: Tab) -> None:
    tab.line.cut()
    tab.mend()


@pytest.fixture
def one_unread(talk, cast, tab) -> int:
    """A channel with a message that the tab knows to be unread."""
    tab.page.reload()
    tab.page.wait_for_timeout(500)
    cast.say("bob", talk, "하나")
    shows(tab, talk, 1)
    cast.archived("alice", talk, "하나")
    return talk


def test_a_late_answer_from_before_the_cut_is_not_the_last_word(one_unread, cast, site, tab):
    held = []
    tab.page.route(ADDRESS, lambda route: held.append((route, route.fetch())), times=1)
    reconnect(tab)
    until(tab, lambda: held)
    tab.line.cut()
    read_elsewhere(cast, site, one_unread)
    tab.mend()
    tab.page.wait_for_timeout(500)
    route, answer = held[0]
    route.fulfill(response=answer)
    shows(tab, one_unread, 0)


@pytest.mark.parametrize("answer", ["aborted", "no JSON"])
def test_a_question_without_an_answer_is_asked_again(answer, one_unread, cast, site, tab):
    failed = []

    def fail(route) -> None:
        failed.append(time.monotonic())
        if answer == "aborted":
            route.abort()
        else:
            route.fulfill(body="<h1>로그인</h1>", content_type="text/html")

    tab.page.route(ADDRESS, fail)
    tab.line.cut()
    read_elsewhere(cast, site, one_unread)
    tab.mend()
    until(tab, lambda: len(failed) >= 3)
    tab.page.unroute(ADDRESS)
    reconnect(tab)  # and it waits no longer for the time to ask again
    shows(tab, one_unread, 0)


class DeadLine(Line):
    """What the page says is lost, and nobody notices."""

    def _connect(self, socket) -> None:
        socket.connect_to_server()
        socket.on_message(lambda message: None)


def test_what_was_read_over_a_dead_wire_is_told_when_the_page_goes(window, talk, cast, site):
    tab = tabs_of(window("alice"), 1)[0]
    DeadLine(tab.page)
    cast.say("bob", talk, "하나")
    cast.archived("alice", talk, "하나")
    tab.open(f"/channels/{talk}/")
    tab.look()
    end = tab.seen()
    tab.page.wait_for_timeout(1_000)
    tab.open("/")
    with site.api(cast.token("alice")) as api:
        until(tab, lambda: api.get(f"channels/{talk}/unread/").json()["position"] == end)


def test_who_stays_at_the_page_gets_it_right_after_a_while(one_unread, cast, site, tab):
    read_elsewhere(cast, site, one_unread)
    tab.page.wait_for_timeout(1_000)
    assert tab.badges()[one_unread] == 1
    tab.page.clock.fast_forward(A_WHILE_MS)
    shows(tab, one_unread, 0)


def until(tab: Tab, happened) -> None:
    """Wait; the browser's questions are answered meanwhile."""
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline
        tab.page.wait_for_timeout(50)
