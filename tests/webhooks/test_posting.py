"""Posting to a webhook's address: what is taken, in which shapes, and what is refused."""

import json

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from chat import services
from chat.pipeline.events import ORIGIN, MessageEvent, Position, message_id
from chat.pipeline.parts import message_store
from chat.webhooks import addresses
from tests.archiving import archive_message, archiving
from tests.pages.test_talk_without_scripts import out_of_reach


@pytest.fixture
def hook(alice, channel):
    """A webhook of alice's channel and its address."""
    cache.clear()
    made, token = addresses.make_webhook(user=alice, channel_id=channel.pk, name="배포봇")
    return made, f"/hooks/{token}/"


@pytest.fixture
def program(db) -> Client:
    """Neither cookie nor token; a CSRF check that would notice."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def archived():
    """Waits until this message is stored; its event."""
    with archiving() as archive:

        def wait(event_id: str) -> MessageEvent:
            archive_message(archive, event_id)
            return message_store().find([event_id])[event_id][0]

        yield wait


def post(program, address, body, **more):
    body = body if isinstance(body, str | bytes) else json.dumps(body)
    return program.post(address, body, **{"content_type": "application/json", **more})


def code_of(answer) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, answer.json()["code"]


def test_a_message_stands_in_the_channel_under_the_bots_name(program, hook, archived, as_bob, channel):
    made, address = hook
    answer = post(program, address, {"text": "배포가 끝났어요\r\n@bob 확인해 주세요", "username": "alice"})
    assert answer.status_code == 201, answer.content
    event = archived(answer.json()["id"])
    assert (event.author.id, event.author.username) == (-made.pk, "배포봇")
    assert (event.text, event.mentions) == ("배포가 끝났어요\n@bob 확인해 주세요", [])
    shown = as_bob.get(f"/api/v1/channels/{channel.pk}/messages/").json()["results"][0]
    assert shown["author"] == {"id": -made.pk, "username": "배포봇"}
    assert answer.json() == {"id": shown["id"], "position": shown["position"], "channel": channel.pk}


def test_a_bots_message_is_unread_for_everybody(program, hook, archived, alice, channel):
    answer = post(program, hook[1], {"text": "새 글"})
    archived(answer.json()["id"])
    whole = (channel.pk, ORIGIN, Position.parse(answer.json()["position"]))
    assert message_store().count_between([whole], besides=alice.pk, most=10) == {channel.pk: 1}


def test_the_same_client_id_is_written_once(program, hook, archived):
    made, address = hook
    first = post(program, address, {"text": "한 번", "client_id": "build-7"})
    archived(first.json()["id"])
    again = post(program, address, {"text": "다른 글", "client_id": "build-7"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert first.json()["id"] == message_id(-made.pk, made.channel_id, "build-7")


@pytest.mark.parametrize("slash", ["/", ""])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '{"text": "글", "blocks": [], "channel": "#x", "icon_emoji": ":x:"}'),
        ("application/json; charset=utf-8", '{"text": "글"}'),
        ("application/x-www-form-urlencoded", "payload=%7B%22text%22%3A%20%22%EA%B8%80%22%7D"),
    ],
)
def test_slacks_shapes_are_taken(program, hook, archived, kind, body, slash):
    answer = post(program, hook[1].rstrip("/") + slash, body, content_type=kind, HTTP_ACCEPT="text/html")
    assert answer.status_code == 201, answer.content
    assert archived(answer.json()["id"]).text == "글"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (" ", (400, "malformed")),
        ("[]", (400, "malformed")),
        ("{", (400, "malformed")),
        ("[" * 5_000, (400, "malformed")),
        (b"\xff", (400, "malformed")),
        ({"message": "x"}, (400, "malformed")),
        ({"text": 7}, (400, "malformed")),
        ({"text": None}, (400, "malformed")),
        ({"text": "x", "client_id": 7}, (400, "malformed")),
        ({"text": " \n"}, (400, "text_empty")),
        ({"text": "x" * 4_001}, (400, "text_too_long")),
        ({"text": "x\x00"}, (400, "control_characters")),
        ({"text": "x", "client_id": "a b"}, (400, "client_id_malformed")),
        ({"text": "x" * 70_000}, (413, "too_large")),
    ],
)
def test_what_is_no_message_is_refused(program, hook, body, refused):
    assert code_of(post(program, hook[1], body)) == refused


@pytest.mark.parametrize("body", [" ", "text=x", "payload=", "payload=%7B", "&".join(["a=b"] * 2_000)])
def test_a_form_without_a_payload_is_refused(program, hook, body):
    answer = post(program, hook[1], body, content_type="application/x-www-form-urlencoded")
    assert code_of(answer) == (400, "malformed")


def test_other_types_and_methods_are_refused(program, hook):
    answer = post(program, hook[1], "text", content_type="text/plain")
    assert code_of(answer) == (415, "unsupported_media_type")
    for method in (program.get, program.put, program.delete):
        assert code_of(method(hook[1])) == (405, "method_not_allowed")


@pytest.mark.parametrize("token", ["x", "a" * 43, "é", "a" * 500, "..", "%00"])
def test_an_unknown_address_is_not_found(program, db, token):
    assert code_of(post(program, f"/hooks/{token}/", {"text": "x"})) == (404, "webhook_not_found")


def test_revoking_is_immediate(program, hook, alice, channel):
    made, address = hook
    assert post(program, address, {"text": "x"}).status_code == 201
    addresses.revoke_webhook(user=alice, channel_id=channel.pk, webhook_id=made.pk)
    assert code_of(post(program, address, {"text": "x"})) == (404, "webhook_not_found")


def test_the_address_of_a_closed_channel_is_dead(program, hook, alice, channel):
    services.close_channel(user=alice, channel_id=channel.pk)
    assert code_of(post(program, hook[1], {"text": "x"})) == (404, "webhook_not_found")


def test_the_address_stays_when_its_maker_is_no_admin_any_more(program, hook, alice, bob, channel):
    services.leave(user=alice, channel_id=channel.pk, successor_id=bob.pk)
    assert post(program, hook[1], {"text": "x"}).status_code == 201


def test_each_webhook_has_a_rate_of_its_own(program, hook, alice, channel, settings):
    _other, token = addresses.make_webhook(user=alice, channel_id=channel.pk, name="다른 봇")
    answers = [post(program, hook[1], {"text": ""}) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {400}
    assert code_of(answers[60]) == (429, "too_many_requests")
    assert 1 <= int(answers[60]["Retry-After"]) <= 60
    assert post(program, f"/hooks/{token}/", {"text": "x"}).status_code == 201
    settings.RATE_LIMITS = False
    assert post(program, hook[1], {"text": "x"}).status_code == 201


def test_while_the_log_is_away_the_program_is_told_to_come_back(program, hook, settings, tmp_path):
    away = out_of_reach(settings.EVENT_LOG, tmp_path, servers="127.0.0.1:1", topic="away")
    body = {"text": "x", "client_id": "later"}
    with override_settings(EVENT_LOG=away):
        answer = post(program, hook[1], body)
    assert code_of(answer) == (503, "log_unavailable")
    assert int(answer["Retry-After"]) > 0
    assert post(program, hook[1], body).status_code == 201


def test_while_the_store_is_away_messages_are_taken(program, hook, settings, tmp_path):
    away = out_of_reach(settings.MESSAGE_STORE, tmp_path, uri="mongodb://127.0.0.1:1/away")
    with override_settings(MESSAGE_STORE=away):
        assert post(program, hook[1], {"text": "x"}).status_code == 201


def test_a_cookie_counts_for_nothing(hook, bob, archived):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bob)
    answer = post(browser, hook[1], {"text": "x"})
    assert archived(answer.json()["id"]).author.id == -hook[0].pk


def test_when_it_was_used_is_noted_once_a_minute(program, hook):
    made, address = hook
    assert made.last_used_at is None
    post(program, address, {"text": "x"})
    made.refresh_from_db()
    first = made.last_used_at
    assert first is not None
    post(program, address, {"text": "y"})
    made.refresh_from_db()
    assert made.last_used_at == first
