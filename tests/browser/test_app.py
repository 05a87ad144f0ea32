"""The site as an app: it opens offline on what it last saw, sends what was written, shows notifications, and
keeps nothing of who logged out."""

import json
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WAIT_MS

ALLOWED = {"service_workers": "allow"}
CONTROLLED = "() => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"
KEPT_TALK = """async () => {
  const talk = await (await (await caches.open('pages')).match(location.pathname)).text();
  return new DOMParser().parseFromString(talk, 'text/html').querySelector('[data-messages]').textContent;
}"""
KEPT = "async () => (await (await caches.open('pages')).keys()).map((one) => new URL(one.url).pathname)"
HELD = """async () => (await (await caches.open('static')).keys()).map((one) => new URL(one.url).pathname)
  .filter((one) => one.includes('/built/')).map((one) => one.split('/').pop())"""
# In the worker: what is to be kept waits until it is let go, before the worker looks at it or in the middle.
HOLD_BACK = """(where) => {
  const [kept, opened] = [keep, caches.open.bind(caches)];
  const gate = new Promise((open) => (self.letGo = open));
  const wait = () => ((self.held = true), gate);
  if (where === 'in the middle') {
    caches.open = (name) => wait().then(() => opened(name));
  }
  self.keep = (...told) =>
    (self.keeping = (where === 'before' ? wait() : Promise.resolve()).then(() => kept(...told)));
}"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map((one) => [one.title, one.body, one.tag])"""


def until(holds) -> None:
    """Wait for something that the service worker does beside the page."""
    patience = time.monotonic() + WAIT_MS / 1000
    while not holds():
        assert time.monotonic() < patience, "it never came"
        time.sleep(0.1)


@pytest.fixture
def app(window):
    """A window whose service worker is in charge: opened twice, as an app is."""

    def open_app(name: str, **options):
        made = window(name, **ALLOWED, **options)
        made.page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
        made.open("/")
        assert made.page.evaluate(CONTROLLED)
        return made

    return open_app


def test_it_installs(window):
    page = window().open("/accounts/login/")
    address = page.locator("link[rel=manifest]").get_attribute("href")
    manifest = page.request.get(f"{page.url.split('/accounts')[0]}{address}")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    found = manifest.json()
    assert (found["start_url"], found["display"]) == ("/", "standalone")
    for icon in found["icons"]:
        answer = page.request.get(f"{page.url.split('/accounts')[0]}{icon['src']}")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png")


def test_offline_it_opens_on_what_it_last_saw_and_sends_when_back(app, window, cast):
    channel_id = cast.channel("alice", "bob")
    cast.say("bob", channel_id, "토요일 9시예요")
    alice = app("alice")
    page = alice.enter(channel_id)
    alice.has_text("토요일 9시예요")
    page.context.set_offline(True)
    page.reload()
    alice.has_text("토요일 9시예요")
    alice.write("지하철에서 쓴 글")
    page.locator("[data-outgoing]", has_text="지하철에서 쓴 글").wait_for()
    alice.shoot("app-offline-talk")
    page.goto(page.url.replace(f"/channels/{channel_id}/", "/"))
    expect(page.locator("[data-rows]")).to_contain_text("토요일 9시예요")
    page.goto(f"{alice.base_url}/wallets/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("오프라인")
    alice.shoot("app-offline-unseen")
    page.context.set_offline(False)
    alice.enter(channel_id)
    alice.has_text("지하철에서 쓴 글")
    bob = window("bob")
    bob.enter(channel_id)
    bob.has_text("지하철에서 쓴 글")
    assert bob.texts().count("지하철에서 쓴 글") == 1


def test_what_its_pages_load_is_there_from_the_first_visit(window, cast):
    cast.token("heidi")
    page = window("heidi", **ALLOWED).page
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    kept = page.evaluate(HELD)
    assert [name.partition("-")[0] for name in kept] == ["style", "main"]
    assert page.locator(f"link[href$='{kept[0]}']").count() == 1


def test_what_came_while_it_was_open_is_there_offline(app, cast):
    channel_id = cast.channel("carol", "dave")
    carol = app("carol", bypass_csp=True)  # the test makes a page of text, which pages of the site may not
    page = carol.enter(channel_id)
    cast.say("dave", channel_id, "방금 온 글")
    carol.has_text("방금 온 글")
    cast.archived("dave", channel_id, "방금 온 글")
    page.evaluate("() => navigator.serviceWorker.controller.postMessage({ seen: location.pathname })")
    until(lambda: "방금 온 글" in page.evaluate(KEPT_TALK))
    page.context.set_offline(True)
    page.reload()
    carol.has_text("방금 온 글")


def test_nothing_stays_of_who_logged_out(app, cast):
    channel_id = cast.channel("erin")
    erin = app("erin")
    page = erin.enter(channel_id)
    assert set(page.evaluate(KEPT)) == {"/", f"/channels/{channel_id}/"}
    erin.open("/accounts/me/")
    page.locator("form[action$='logout/'] button").click()
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate(KEPT) == []
    page.context.set_offline(True)
    page.goto(f"{erin.base_url}/channels/{channel_id}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("오프라인")


@pytest.mark.parametrize(("where", "name"), [("before", "ivan"), ("in the middle", "judy")])
def test_a_page_that_was_asked_for_before_the_log_out_is_not_kept_after(app, cast, where, name):
    channel_id = cast.channel(name)
    page = app(name).open("/accounts/me/")
    worker = page.context.service_workers[0]
    worker.evaluate(HOLD_BACK, where)
    seen = f"/channels/{channel_id}/"
    page.evaluate("(seen) => navigator.serviceWorker.controller.postMessage({ seen })", seen)
    until(lambda: worker.evaluate("() => Boolean(self.held)"))
    page.locator("form[action$='logout/'] button").click()
    page.wait_for_url("**/accounts/login/**")
    worker.evaluate("() => (letGo(), keeping.then(() => undefined))")
    assert page.evaluate(KEPT) == []


def test_a_notification_is_shown_and_leads_to_its_channel(app, cast):
    channel_id = cast.channel("frank", name="토요 등산")
    frank = app("frank", permissions=["notifications"])
    page = frank.page
    told = {
        "channel": channel_id,
        "title": "토요 등산",
        "text": "bob: 9시예요",
        "url": f"/channels/{channel_id}/",
    }
    devtools = page.context.new_cdp_session(page)
    registrations = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda found: registrations.extend(found["registrations"])
    )
    devtools.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    for number in range(2):
        devtools.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": frank.base_url,
                "registrationId": registrations[-1]["registrationId"],
                "data": json.dumps({**told, "text": f"bob: 글 {number}"}),
            },
        )
    until(lambda: any(text == "bob: 글 1" for _, text, _ in page.evaluate(SHOWN)))
    assert page.evaluate(SHOWN) == [["토요 등산", "bob: 글 1", f"channel-{channel_id}"]]


def test_the_page_of_notifications_says_what_this_site_can_do(window, cast):
    cast.channel("grace", name="독서 모임")
    page = window("grace").open("/notifications/")
    expect(page.get_by_text("이 사이트는 알림을 보내지 않아요")).to_be_visible()
    page.fill("[name=begins]", "22:00")
    page.fill("[name=ends]", "07:00")
    page.get_by_role("button", name="방해 금지 시간 저장").click()
    expect(page.get_by_text("22:00부터 07:00까지 알림을 보내지 않아요.")).to_be_visible()
    page.get_by_role("button", name="방해 금지 시간 없애기").click()
    expect(page.get_by_text("방해 금지 시간을 없앴어요")).to_be_visible()
