"""Reporting a message, by the API and the page: once per person, members only, and in silence."""

import pytest
from django.test import override_settings

from chat import services
from chat.messages.history import Message
from chat.models import OutboxEvent, Report
from chat.pipeline.events import AttachedFile, Author, Card, MessageEvent, Position
from chat.pipeline.parts import event_log
from chat.reports import reporting
from chat.webhooks import addresses
from tests.pages.test_talk_without_scripts import out_of_reach
from tests.reports.conftest import client_of


def path(channel, message_id: str) -> str:
    return f"/api/v1/channels/{channel.pk}/messages/{message_id}/report/"


def page(channel, message_id: str) -> str:
    return f"/channels/{channel.pk}/messages/{message_id}/report/"


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_report_holds_what_the_message_said_then(as_alice, as_bob, bob, alice, channel, message, stored):
    answer = as_alice.post(path(channel, message["id"]), {"reason": "spam", "note": " 세  번째예요 "})
    assert answer.status_code == 201, answer.content
    as_bob.patch(f"/api/v1/channels/{channel.pk}/messages/{message['id']}/", {"text": "아무 일 없는 글"})
    stored(message["id"], changed=True)
    report = Report.objects.get()
    assert (report.text, report.author_id, report.reporter) == (message["text"], bob.pk, alice)
    assert (report.reason, report.note, report.state) == ("spam", "세 번째예요", "open")
    assert answer.json() == {
        "id": report.pk,
        "channel": channel.pk,
        "message": message["id"],
        "reason": "spam",
        "note": "세 번째예요",
        "created_at": report.created_at.isoformat().replace("+00:00", "Z"),
    }


def test_the_second_call_answers_the_first(as_alice, as_bob, channel, message, stored):
    first = as_alice.post(path(channel, message["id"]), {"reason": "spam"})
    again = as_alice.post(path(channel, message["id"]), {"reason": "fraud", "note": "다시"})
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    as_bob.delete(f"/api/v1/channels/{channel.pk}/messages/{message['id']}/")
    stored(message["id"], changed=True)
    assert as_alice.post(path(channel, message["id"]), {"reason": "spam"}).status_code == 200


def test_who_may_not_write_may_still_report(dora, channel, message):
    """A mute holds back what is said in the channel; a report is said to the operators."""
    services.mute(actor=channel.created_by, channel_id=channel.pk, user_id=dora.pk, seconds=600)
    as_dora = client_of(dora)
    said = as_dora.post(f"/api/v1/channels/{channel.pk}/messages/", {"client_id": "c", "text": "글"})
    assert code_of(said) == (403, "muted")
    assert as_dora.post(path(channel, message["id"]), {"reason": "abuse"}).status_code == 201
    assert Report.objects.get().reporter == dora


def test_nobody_learns_who_reported(as_alice, as_bob, channel, message):
    before = as_bob.get(f"/api/v1/channels/{channel.pk}/messages/").json()
    count = OutboxEvent.objects.count()
    reader = event_log().follow(0)
    as_alice.post(path(channel, message["id"]), {"reason": "abuse"})
    assert as_bob.get(f"/api/v1/channels/{channel.pk}/messages/").json() == before
    assert OutboxEvent.objects.count() == count
    assert [one for one in reader.read(10, 0.3) if one.channel_id == channel.pk] == []
    reader.close()


def test_who_may_not_report(as_alice, as_bob, as_charlie, anonymous, channel, message):
    body = {"reason": "spam"}
    assert code_of(as_bob.post(path(channel, message["id"]), body)) == (422, "own_message")
    assert code_of(as_charlie.post(path(channel, message["id"]), body)) == (404, "not_found")
    assert anonymous.post(path(channel, message["id"]), body).status_code == 401
    assert as_alice.get(path(channel, message["id"])).status_code == 405
    for unknown in ("0" * 32, "x"):
        assert code_of(as_alice.post(path(channel, unknown), body)) == (404, "message_not_found")
    beyond = f"/api/v1/channels/{2**70}/messages/{message['id']}/report/"
    assert code_of(as_alice.post(beyond, body)) == (404, "not_found")
    other = services.create_channel(user=channel.created_by, name="다른 방")
    assert code_of(as_alice.post(path(other, message["id"]), body)) == (404, "message_not_found")
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "body",
    [{}, {"reason": "boring"}, {"reason": "spam", "note": "x" * 201}, {"reason": "spam", "note": "\x00"}],
)
def test_a_report_has_a_reason(as_alice, channel, message, body):
    assert code_of(as_alice.post(path(channel, message["id"]), body)) == (400, "validation_failed")


def test_while_the_store_is_away_nothing_is_reported(
    as_alice, alice_browser, channel, message, settings, tmp_path
):
    away = out_of_reach(settings.MESSAGE_STORE, tmp_path, uri="mongodb://127.0.0.1:1/away")
    with override_settings(MESSAGE_STORE=away):
        answer = as_alice.post(path(channel, message["id"]), {"reason": "spam"})
        shown = alice_browser.post(page(channel, message["id"]), {"reason": "spam"})
    assert code_of(answer) == (503, "store_unavailable")
    assert shown.status_code == 503
    assert not Report.objects.exists()


def test_a_deleted_message_is_not_reported(as_alice, as_bob, channel, message, stored):
    as_bob.delete(f"/api/v1/channels/{channel.pk}/messages/{message['id']}/")
    stored(message["id"], changed=True)
    assert code_of(as_alice.post(path(channel, message["id"]), {"reason": "spam"})) == (
        409,
        "message_deleted",
    )


def test_reports_of_a_day_are_bounded(as_alice, dora, channel, message, monkeypatch, settings):
    monkeypatch.setattr(reporting, "REPORTS_A_DAY", 1)
    Report.objects.create(
        channel=channel, message_id="1" * 32, author_id=1, reporter=channel.created_by, reason="spam"
    )
    answer = as_alice.post(path(channel, message["id"]), {"reason": "spam"})
    assert code_of(answer) == (429, "too_many_reports")
    assert 86_000 < int(answer["Retry-After"]) <= 86_400
    assert client_of(dora).post(path(channel, message["id"]), {"reason": "spam"}).status_code == 201
    settings.RATE_LIMITS = False
    assert as_alice.post(path(channel, message["id"]), {"reason": "spam"}).status_code == 201


def test_a_bots_message_is_reported_too(as_bob, alice, channel, stored):
    hook, _token = addresses.make_webhook(user=alice, channel_id=channel.pk, name="배포봇")
    event, _position, _new = addresses.post_from(hook, text="광고")
    stored(event.id)
    assert as_bob.post(path(channel, event.id), {"reason": "spam"}).status_code == 201
    assert Report.objects.get().author_id == -hook.pk


def test_cards_and_files_are_told_in_words(channel, bob):
    photo = AttachedFile("1", "남의 사진.jpg", "image/jpeg", 1)
    event = MessageEvent(
        channel.pk, "1" * 32, Author(bob.pk, "bob"), "점심", "c", 0, attachments=[photo],
        card=Card("poll", "점심", ["김밥", "국수"]),
    )  # fmt: skip
    assert reporting.words_of(Message(event, Position(1, 1, 1), "bob")) == "점심\n김밥\n국수\n남의 사진.jpg"


def test_the_page_shows_the_message_as_text_and_reports_it(alice_browser, channel, message):
    shown = alice_browser.get(page(channel, message["id"])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 싼 회원권" in shown
    assert "<script>alert" not in shown
    answer = alice_browser.post(page(channel, message["id"]), {"reason": "fraud", "note": "돈을 달래요"})
    assert answer["Location"] == f"/channels/{channel.pk}/"
    assert Report.objects.get().note == "돈을 달래요"
    assert alice_browser.post(page(channel, message["id"]), {"reason": "spam"}).status_code == 302
    assert Report.objects.count() == 1


def test_the_page_refuses_what_the_api_refuses(
    alice_browser, bob_browser, charlie_browser, visitor, channel, message
):
    address = page(channel, message["id"])
    assert charlie_browser.get(address).status_code == 404
    assert charlie_browser.post(address, {"reason": "spam"}).status_code == 404
    assert alice_browser.get(page(channel, "0" * 32)).status_code == 404
    assert visitor.get(address).status_code == 302
    for answer in (bob_browser.get(address), bob_browser.post(address, {"reason": "spam"})):
        assert answer.status_code == 422
        assert "내가 쓴 메시지예요" in answer.content.decode()
    wrong = alice_browser.post(address, {"reason": "spam", "note": "x" * 201})
    assert wrong.status_code == 400
    assert alice_browser.post(address, {"reason": "boring"}).status_code == 200
    assert not Report.objects.exists()
