"""What the API says about itself."""

from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator


def test_schema_has_no_warnings(db):
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert "/api/v1/channels/{channel_id}/join/" in out.getvalue()
    assert "application/problem+json" in out.getvalue()


def test_schema_tells_how_money_is_asked_for():
    described = SchemaGenerator().get_schema(request=None, public=True)
    paths = described["paths"]
    for address in ("transfers/", "wallets/{wallet_id}/deposits/", "dues/{plan_id}/pay/"):
        asked = paths[f"/api/v1/{address}"]["post"]
        names = {parameter["name"]: parameter.get("required") for parameter in asked["parameters"]}
        assert names["Idempotency-Key"] is True, address
    amount = described["components"]["schemas"]["NewTransfer"]["properties"]["amount"]
    assert (amount["type"], amount["maximum"]) == ("integer", 10**10)
    assert "amount" in described["components"]["schemas"]["NewTransfer"]["required"]
    statement = paths["/api/v1/wallets/{wallet_id}/entries.csv"]["get"]
    assert "text/csv" in statement["responses"]["200"]["content"]


def test_root_names_the_entrances(anonymous):
    for address, answer in anonymous.get("/api/").json().items():
        assert anonymous.get(answer).status_code in (200, 401, 405), address


@pytest.mark.parametrize("address", ["/api/", "/api/docs/", "/api/schema/"])
def test_description_is_open(anonymous, address):
    assert anonymous.get(address).status_code == 200


def test_docs_load_nothing_from_elsewhere(anonymous):
    page = anonymous.get("/api/docs/").content.decode()
    assert "https://" not in page
    assert "cdn" not in page


def test_browsable_pages(as_alice, channel):
    for address in (
        "",
        "channels/",
        f"channels/{channel.pk}/",
        f"channels/{channel.pk}/members/",
        "accounts/me/",
    ):
        page = as_alice.get(f"/api/v1/{address}", headers={"accept": "text/html"})
        assert page.status_code == 200
        assert page["Content-Type"].startswith("text/html")


def test_every_address_of_the_api_asks_for_a_log_in_or_is_meant_to_be_open(anonymous):
    meant_open = {
        "api-root", "api-v1", "api-schema", "api-docs", "api-accounts", "api-login",
    }  # fmt: skip
    for name, known in get_resolver().reverse_dict.items():
        if not isinstance(name, str) or not name.startswith("api-") or name in meant_open:
            continue
        address = "/" + known[0][0][0] % (dict.fromkeys(known[0][0][1], 1) | {"transfer_id": UUID(int=1)})
        assert anonymous.get(address).status_code in (401, 405), name
        assert anonymous.post(address).status_code in (401, 405), name
