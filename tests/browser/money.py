"""The site, the people and the hands of the tests of money in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Window
from tests.site import Site

PIN = "246810"
LONG = "아주 아주 이름이 긴 모임 지갑이라서 두 줄이 되어야 하는 지갑이에요"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A site where sums of ten digits may move, to see whether they fit."""
    with Site(tmp_path_factory.mktemp("site"), TRANSFER_LIMIT=str(10**10), DAY_LIMIT=str(10**10)) as running:
        yield running


def api(site, cast, name: str, path: str, body: dict, key: str = "") -> dict:
    """One successful POST over the API, by this person."""
    with site.api(cast.token(name)) as client:
        answer = client.post(path, json=body, headers={"Idempotency-Key": key} if key else {})
        assert answer.status_code in (200, 201), answer.text
        return answer.json()


@pytest.fixture(scope="module")
def stage(cast, site) -> dict:
    """minjun, who has money, and eunho share a channel with a group wallet, its dues and a request."""
    channel = cast.channel("minjun", "eunho", name="토요 등산 모임")
    own = api(site, cast, "minjun", "wallets/", {"pin": PIN})
    other = api(site, cast, "eunho", "wallets/", {"pin": PIN})
    group = api(
        site, cast, "minjun", "wallets/", {"channel": channel, "name": "등산모임 회비통장", "pin": PIN}
    )
    rich = api(site, cast, "minjun", "wallets/", {"channel": channel, "name": LONG, "pin": PIN})
    api(site, cast, "eunho", f"wallets/{group['id']}/join/", {})
    api(site, cast, "minjun", f"wallets/{own['id']}/deposits/", {"amount": 1_000_000}, "fill-1")
    api(site, cast, "eunho", f"wallets/{other['id']}/deposits/", {"amount": 100_000}, "fill-2")
    api(site, cast, "minjun", f"wallets/{rich['id']}/deposits/", {"amount": 9_999_999_999}, "fill-3")
    return {
        "channel": channel,
        "own": own["id"],
        "group": group["id"],
        "rich": rich["id"],
        "other": other["id"],
    }


@pytest.fixture(scope="module")
def plan(stage, cast, site) -> int:
    """Dues of the group wallet."""
    body = {"title": "회비", "amount": 30_000, "day": 28}
    return api(site, cast, "minjun", f"wallets/{stage['group']}/dues/", body)["id"]


def press(page: Page, digits: str) -> None:
    """Press the keys of the pad."""
    for digit in digits:
        page.locator(f"[data-digit='{digit}']").click()


def question(window: Window, stage: dict, amount: str = "1000") -> Page:
    """Fill in the amount step and come to the question."""
    page = window.open(f"/transfers/new/?source={stage['own']}&target={stage['group']}")
    page.fill("[name=amount]", amount)
    page.locator("[data-go]").click()
    page.wait_for_url("**/transfers/confirm/**")
    return page


def balance(site, cast, wallet: int, name: str = "minjun") -> int:
    """What the API says is in it."""
    with site.api(cast.token(name)) as client:
        return client.get(f"wallets/{wallet}/").json()["balance"]
