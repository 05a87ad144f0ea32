"""The console page: who may open it, that each of its buttons asks what the API offers, and its door."""

import json
import re

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from console.actions import Action
from console.views import COLUMNS
from tests.pages.test_markup import check

ACTIONS = [action for groups in COLUMNS for group in groups for action in group.actions]
CALLS = [action for action in ACTIONS if not action.page]


@pytest.fixture(scope="module")
def description() -> dict:
    """What the API says of itself."""
    return SchemaGenerator().get_schema(request=None, public=True)


def body_of(operation: dict, description: dict) -> dict:
    """The schema of its JSON body; empty without one."""
    content = operation.get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return description["components"]["schemas"].get(reference.rpartition("/")[2], {})


def test_a_visitor_is_sent_to_the_log_in(visitor):
    answer = visitor.get("/console/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/console/")
    assert visitor.post("/console/").status_code == 302


def test_it_is_only_read(alice_browser):
    for method in ("post", "put", "delete"):
        assert getattr(alice_browser, method)("/console/").status_code == 405


def test_it_keeps_to_the_markup_and_is_not_kept(alice_browser, channel, alice_wallet):
    answer = alice_browser.get("/console/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    check(answer.content.decode())


def test_my_account_leads_to_it(alice_browser):
    assert 'href="/console/"' in alice_browser.get("/accounts/me/").content.decode()


def test_it_has_the_five_groups_and_every_action_as_a_labelled_button(alice_browser):
    page = alice_browser.get("/console/").content.decode()
    groups = re.findall(r'data-group="([\w-]+)"', page)
    assert groups == ["people", "channels", "personal", "group", "transfers"]
    assert re.findall(r'data-call="([\w-]+)"', page) == [action.key for action in ACTIONS]
    for group in ("사람", "채널", "내 지갑", "모임 지갑", "이체와 예약"):
        assert re.search(rf'class="calls__title"[^>]*>.*?</svg> {group}</h2>', page), group
    labels = re.findall(r'class="call-button__label">([^<]+)<', page)
    assert len(labels) == len(ACTIONS)
    assert not any(re.search(r"[A-Za-z]", label.replace("CSV", "")) for label in labels)


def test_it_speaks_english_too(alice_browser):
    page = alice_browser.get("/console/", headers={"accept-language": "en"}).content.decode()
    for label in (
        "Sign up",
        "Make a channel",
        "Fill the wallet",
        "Open a group wallet",
        "Schedule a transfer",
    ):
        assert f'class="call-button__label">{label}<' in page


@pytest.mark.parametrize("action", CALLS, ids=lambda action: action.key)
def test_each_button_asks_what_the_api_offers(action: Action, description):
    operation = description["paths"][action.address][action.method.lower()]
    taken = {(one["in"], one["name"]) for one in operation.get("parameters", [])}
    body = body_of(operation, description)
    for field in action.fields:
        if field.place == "body":
            assert field.name in body["properties"], field.name
        else:
            assert (field.place, field.name) in taken, field.name
    given = {field.name for field in action.fields if field.place == "body"}
    assert set(body.get("required", [])) - given == set()
    needed = {one["name"] for one in operation.get("parameters", []) if one.get("required")}
    assert needed - {field.name for field in action.fields} == set()


@pytest.mark.parametrize("action", CALLS, ids=lambda action: action.key)
def test_a_request_that_takes_a_key_is_given_one(action: Action, description):
    operation = description["paths"][action.address][action.method.lower()]
    takes_key = any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", []))
    has_key = any(field.place == "header" and field.kind == "fresh" for field in action.fields)
    assert has_key == takes_key


def test_secrets_are_typed_unseen(alice_browser):
    page = alice_browser.get("/console/").content.decode()
    inputs = re.findall(r'<input [^>]*id="[\w-]+-(?:password|pin)"[^>]*>', page)
    assert len(inputs) == sum(field.name in ("password", "pin") for one in ACTIONS for field in one.fields)
    assert all('type="password"' in one and 'autocomplete="new-password"' in one for one in inputs)


def test_it_knows_the_callers_channels_and_wallets_and_nobody_elses(
    alice_browser, charlie_browser, channel, alice_wallet, group_wallet
):
    def known(browser) -> list:
        page = browser.get("/console/").content.decode()
        return json.loads(re.search(r'<script id="known"[^>]*>(.*?)</script>', page).group(1))

    assert known(charlie_browser) == []
    assert {(one["thing"], one["id"]) for one in known(alice_browser)} == {
        ("channel", channel.pk),
        ("personal", alice_wallet.pk),
        ("group", group_wallet.pk),
    }


def test_names_cannot_break_out_of_the_page(alice_browser, alice):
    from chat import services

    services.create_channel(user=alice, name="</script><b>x</b>")
    page = alice_browser.get("/console/").content.decode()
    assert "<b>x" not in page


def test_with_the_log_in_of_the_page_the_api_wants_its_csrf_token(alice):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    body = {"name": "커피", "description": "", "is_private": False}
    refused = strict.post("/api/v1/channels/", body, content_type="application/json")
    assert refused.status_code == 403
    assert strict.get("/console/").status_code == 200
    token = strict.cookies["csrftoken"].value
    made = strict.post(
        "/api/v1/channels/", body, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert made.status_code == 201
