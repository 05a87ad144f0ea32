"""Making, listing and revoking webhooks, by API, page and admin site; the secret is shown once."""

import re
from hashlib import sha256

import pytest
from django.test import Client

from chat.models import Webhook
from chat.webhooks import addresses


def path(channel, webhook_id: int | None = None) -> str:
    return f"/api/v1/channels/{channel.pk}/webhooks/" + (f"{webhook_id}/" if webhook_id else "")


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def token_in(text: str) -> str:
    """The one token of an address on this page."""
    (token,) = set(re.findall(r"/hooks/([\w-]{20,})/", text))
    return token


def test_the_address_is_shown_once_and_only_a_digest_is_kept(as_alice, alice, channel):
    made = as_alice.post(path(channel), {"name": " 배포  봇 "})
    assert made.status_code == 201, made.content
    row = Webhook.objects.get()
    token = token_in(made.json()["url"])
    assert made.json()["url"] == f"http://testserver/hooks/{token}/"
    assert len(token) >= 43  # 256 bits
    assert row.token_digest == sha256(token.encode()).hexdigest()
    assert (made.json()["name"], made.json()["author"]) == ("배포 봇", -row.pk)
    assert made["Cache-Control"] == "no-store"
    listed = as_alice.get(path(channel))
    assert [one["id"] for one in listed.json()["results"]] == [row.pk]
    assert token not in listed.content.decode()
    assert row.token_digest not in listed.content.decode()
    assert "url" not in listed.json()["results"][0]


def test_two_webhooks_have_two_secrets(as_alice, channel):
    urls = {as_alice.post(path(channel), {"name": "봇"}).json()["url"] for _ in range(2)}
    assert len(urls) == 2


def test_revoking_and_again(as_alice, channel):
    made = as_alice.post(path(channel), {"name": "봇"}).json()
    assert as_alice.delete(path(channel, made["id"])).status_code == 204
    assert code_of(as_alice.delete(path(channel, made["id"]))) == (404, "webhook_not_found")
    assert as_alice.get(path(channel)).json()["results"] == []
    with pytest.raises(addresses.WebhookNotFound):
        addresses.webhook_of(token_in(made["url"]))


def test_only_admins_have_webhooks(as_alice, as_bob, as_charlie, anonymous, channel, private_channel):
    made = as_alice.post(path(channel), {"name": "봇"}).json()
    for client, refused in ((as_bob, (403, "admins_only")), (as_charlie, (404, "not_found"))):
        assert code_of(client.get(path(channel))) == refused
        assert code_of(client.post(path(channel), {"name": "봇"})) == refused
        assert code_of(client.delete(path(channel, made["id"]))) == refused
    for call in (anonymous.get, anonymous.post):
        assert call(path(channel)).status_code == 401
    assert code_of(as_alice.delete(path(private_channel, made["id"]))) == (404, "webhook_not_found")
    assert code_of(as_alice.delete(path(channel, 2**70))) == (404, "webhook_not_found")
    beyond = f"/api/v1/channels/{2**70}/webhooks/"
    for answer in (
        as_alice.get(beyond),
        as_alice.post(beyond, {"name": "봇"}),
        as_alice.delete(f"{beyond}1/"),
    ):
        assert code_of(answer) == (404, "not_found")
    assert Webhook.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "x" * 31}, {"name": "\u202ex"}, {"name": "a\x00"}]
)
def test_a_bot_has_a_decent_name(as_alice, channel, body):
    assert code_of(as_alice.post(path(channel), body)) == (400, "validation_failed")


def test_a_channel_has_a_bounded_number(as_alice, channel, monkeypatch):
    monkeypatch.setattr(addresses, "MOST_OF_A_CHANNEL", 2)
    first, _second = [as_alice.post(path(channel), {"name": "봇"}).json() for _ in range(2)]
    assert code_of(as_alice.post(path(channel), {"name": "봇"})) == (409, "too_many_webhooks")
    as_alice.delete(path(channel, first["id"]))
    assert as_alice.post(path(channel), {"name": "봇"}).status_code == 201


def test_the_page_makes_one_shows_it_once_and_revokes_it(alice_browser, channel):
    address = f"/channels/{channel.pk}/webhooks/"
    assert "아직 봇이 없어요" in alice_browser.get(address).content.decode()
    made = alice_browser.post(address, {"name": "<b>봇</b>"})
    assert "no-store" in made["Cache-Control"]
    token = token_in(made.content.decode())
    assert addresses.webhook_of(token).name == "<b>봇</b>"
    again = alice_browser.get(address).content.decode()
    assert token not in again
    assert "&lt;b&gt;봇&lt;/b&gt;" in again
    assert "<b>봇" not in again
    revoked = alice_browser.post(f"{address}{Webhook.objects.get().pk}/revoke/")
    assert revoked["Location"] == address
    assert "아직 봇이 없어요" in alice_browser.get(address).content.decode()
    assert alice_browser.post(f"{address}{Webhook.objects.get().pk}/revoke/").status_code == 404


def test_the_page_says_what_is_wrong(alice_browser, channel, monkeypatch):
    address = f"/channels/{channel.pk}/webhooks/"
    assert "field__error" in alice_browser.post(address, {"name": ""}).content.decode()
    monkeypatch.setattr(addresses, "MOST_OF_A_CHANNEL", 0)
    assert "20개까지" in alice_browser.post(address, {"name": "봇"}).content.decode()
    assert not Webhook.objects.exists()


def test_the_page_is_for_admins(alice, bob_browser, charlie_browser, visitor, channel):
    hook, _token = addresses.make_webhook(user=alice, channel_id=channel.pk, name="봇")
    address = f"/channels/{channel.pk}/webhooks/"
    for browser in (bob_browser, charlie_browser):
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"name": "봇"}).status_code == 404
        assert browser.post(f"{address}{hook.pk}/revoke/").status_code == 404
    assert visitor.get(address).status_code == 302
    hook.refresh_from_db()
    assert hook.revoked_at is None
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(address, {"name": "봇"}).status_code == 403


def test_an_operator_revokes_and_sees_no_secret(operator, alice, channel):
    hook, token = addresses.make_webhook(user=alice, channel_id=channel.pk, name="봇")
    desk = Client(headers={"accept-language": "en"})
    desk.force_login(operator)
    pages = [desk.get(f"/admin/chat/webhook/{page}") for page in ("", "?q=봇", f"{hook.pk}/change/")]
    for page in pages:
        assert page.status_code == 200
        assert hook.token_digest not in page.content.decode()
    body = {"action": "revoke_webhooks", "_selected_action": [hook.pk]}
    assert "1 done" in desk.post("/admin/chat/webhook/", body, follow=True).content.decode()
    with pytest.raises(addresses.WebhookNotFound):
        addresses.webhook_of(token)
    assert "or it was revoked" in desk.post("/admin/chat/webhook/", body, follow=True).content.decode()
