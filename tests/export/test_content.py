"""What stands in the file of a channel, for programs and for people."""

import json
from urllib.parse import quote

import pytest
from django.test import override_settings

from accounts.models import Attempt
from chat.export import stream
from chat.models import Membership
from chat.pipeline.events import (
    Answered,
    AttachedFile,
    Author,
    Card,
    Deleted,
    Edited,
    Position,
    Reacted,
    SystemEvent,
)
from chat.pipeline.parts import message_store
from tests.export.conftest import BEGAN_MS, in_pieces, whole
from tests.pages.test_talk_without_scripts import out_of_reach

HOUR_MS = 3_600_000


def change(kind, message, author, number: int, **fields) -> None:
    """Something done to a message."""
    event = kind(
        channel=message.channel,
        id=f"{number:032x}",
        message=message.id,
        author=Author(author.pk, author.username),
        client_id=f"x{number}",
        sent_at=BEGAN_MS + HOUR_MS,
        **fields,
    )
    message_store().write([], [], [(event, Position(BEGAN_MS + 900_000 + number, number, 0))])


@pytest.fixture
def history(said, alice, bob):
    """A bit of everything."""
    first = said("이번 주 토요일\n북한산", author=alice)
    reply = said("좋아요", author=bob, reply_to=first.id)
    gone = said("지울 글", author=bob)
    photo = AttachedFile("11111111-1111-4111-8111-111111111111", "정상.jpg", "image/jpeg", 5, 4, 3)
    said("", author=alice, attachments=[photo])
    poll = said("점심", author=alice, card=Card("poll", "점심", ["김밥", "국수"]))
    said("다음 날", author=bob, at_ms=BEGAN_MS + 24 * HOUR_MS)
    change(Edited, first, alice, 1, text="이번 주 일요일\n북한산")
    change(Reacted, reply, alice, 2, emoji="👍", on=True)
    change(Deleted, gone, bob, 3)
    change(Answered, poll, bob, 4, choices=[1])
    return first, reply, gone, poll


def lines_of(answer) -> list[dict]:
    return [json.loads(line) for line in whole(answer).splitlines()]


def test_every_line_is_json_and_says_what_it_is(as_alice, channel, history, alice, bob):
    first, reply, gone, poll = history
    answer = as_alice.get(f"/api/v1/channels/{channel.pk}/export.jsonl")
    assert answer["Content-Type"].startswith("application/x-ndjson")
    assert answer["Cache-Control"] == "no-store"
    head, *middle, end = lines_of(answer)
    assert (head["line"], head["name"], head["member_count"]) == ("channel", "등산회", 2)
    members = [line for line in middle if line["line"] == "member"]
    assert [(line["id"], line["role"]) for line in members] == [(alice.pk, "admin"), (bob.pk, "member")]
    messages = [line for line in middle if line["line"] == "message"]
    assert [line["text"] for line in messages] == [
        "이번 주 일요일\n북한산", "좋아요", "", "", "점심", "다음 날",
    ]  # fmt: skip
    by_id = {line["id"]: line for line in messages}
    assert by_id[first.id]["edited_at"] is not None
    assert by_id[reply.id]["reactions"] == {"👍": [alice.pk]}
    assert (by_id[reply.id]["reply_to"], "quote" in by_id[reply.id]) == (first.id, False)
    assert (by_id[gone.id]["deleted"], by_id[gone.id]["text"]) == (True, "")
    assert by_id[poll.id]["answers"] == {str(bob.pk): [1]}
    assert messages[3]["attachments"][0]["name"] == "정상.jpg"
    assert end == {"line": "end", "until": messages[-1]["position"], "messages": 6}
    assert head["until"] == end["until"]


def test_the_text_reads_by_day(alice_browser, channel, history):
    answer = alice_browser.post(f"/channels/{channel.pk}/export/", {"form": "txt"})
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    text = whole(answer)
    assert text.startswith("\ufeff등산회\n내보낸 때: ")
    talk = text[text.index("────") :]
    assert talk == (
        "──────── 2025년 11월 22일 토요일 ────────\n"
        "[오후 5:27] alice: 이번 주 일요일\n"
        "    북한산 (고침)\n"
        "[오후 5:28] bob: 좋아요\n"
        "    ↳ alice: “이번 주 일요일 북한산”\n"
        "    👍 1\n"
        "[오후 5:29] bob: (지운 메시지예요)\n"
        "[오후 5:30] alice: \n"
        "    [파일] 정상.jpg\n"
        "[오후 5:31] alice: 점심\n"
        "    ○ 김밥: 0\n"
        "    ○ 국수: 1\n"
        "\n"
        "──────── 2025년 11월 23일 일요일 ────────\n"
        "[오후 5:26] bob: 다음 날\n"
        "\n"
        "여기까지 메시지 6개예요.\n"
    )
    assert "- alice (관리자)\n- bob (회원)\n" in text


def test_a_stream_is_not_compressed_piece_by_piece(as_alice, channel, said):
    said("글")
    answer = as_alice.get(f"/api/v1/channels/{channel.pk}/export.txt", HTTP_ACCEPT_ENCODING="gzip")
    assert "Content-Encoding" not in answer
    assert "글" in whole(answer)


def test_nobody_can_write_a_line_of_somebody_else(as_alice, channel, said):
    said("안녕\n[오전 1:00] bob: 제가 냈어요")
    text = whole(as_alice.get(f"/api/v1/channels/{channel.pk}/export.txt"))
    assert "\n    [오전 1:00] bob: 제가 냈어요\n" in text


def test_what_wallets_told_is_a_sentence(as_alice, channel):
    slip = SystemEvent(
        channel=channel.pk,
        id=f"{channel.pk:032x}",
        kind="unknown",
        sent_at=BEGAN_MS,
        slip={"wallet_name": "회비"},
    )
    message_store().write([(slip, Position(BEGAN_MS, 1, 1))], [])
    lines = lines_of(as_alice.get(f"/api/v1/channels/{channel.pk}/export.jsonl"))
    assert (lines[-2]["kind"], lines[-2]["slip"]) == ("unknown", {"wallet_name": "회비"})
    assert "회비: " in whole(as_alice.get(f"/api/v1/channels/{channel.pk}/export.txt"))


def test_an_empty_channel_is_whole_too(as_alice, channel):
    lines = lines_of(as_alice.get(f"/api/v1/channels/{channel.pk}/export.jsonl"))
    assert [line["line"] for line in lines] == ["channel", "member", "member", "end"]


def test_the_file_is_named_as_the_channel(as_alice, channel):
    channel.name = 'a/b "회비"'
    channel.save()
    answer = as_alice.get(f"/api/v1/channels/{channel.pk}/export.txt")
    name = answer["Content-Disposition"].partition("filename*=utf-8''")[2]
    assert name.startswith(quote("a_b _회비_ "))
    assert name.endswith(".txt")


def test_pieces_fit_together_and_the_day_is_named_once(as_alice, channel, said, monkeypatch):
    monkeypatch.setattr(stream, "MESSAGES_AT_ONCE", 2)
    monkeypatch.setattr(stream, "MEMBERS_AT_ONCE", 1)
    for number in range(5):
        said(f"글 {number}")
    text = whole(as_alice.get(f"/api/v1/channels/{channel.pk}/export.txt"))
    assert [line[-3:] for line in text.splitlines() if "글 " in line] == [
        f"글 {number}" for number in range(5)
    ]
    assert text.count("────────") == 2
    assert text.count("- ") == 2


def test_what_is_said_meanwhile_is_not_in_it(as_alice, channel, said):
    said("먼저")
    answer = as_alice.get(f"/api/v1/channels/{channel.pk}/export.jsonl")
    said("나중에")
    *_, last, end = lines_of(answer)
    assert (last["text"], end["messages"]) == ("먼저", 1)


def test_who_is_no_admin_any_more_gets_no_further_piece(as_alice, alice, channel, said, monkeypatch):
    monkeypatch.setattr(stream, "MESSAGES_AT_ONCE", 1)
    for number in range(4):
        said(f"글 {number}")
    answer = as_alice.get(f"/api/v1/channels/{channel.pk}/export.jsonl")
    real, seen = stream._may_read, []

    def demoted_after_two(*asked) -> bool:
        seen.append(asked)
        if len(seen) == 3:
            Membership.objects.filter(channel=channel, user=alice).update(role="member")
        return real(*asked)

    monkeypatch.setattr(stream, "_may_read", demoted_after_two)
    lines = [json.loads(line) for piece in in_pieces(answer) for line in piece.splitlines()]
    assert [line["text"] for line in lines if line["line"] == "message"] == ["글 0", "글 1"]
    assert lines[-1]["line"] != "end"


@pytest.mark.parametrize("form", ["jsonl", "txt"])
def test_only_admins_get_it(as_bob, as_charlie, anonymous, channel, form):
    path = f"/api/v1/channels/{channel.pk}/export.{form}"
    for client, refused in ((as_bob, (403, "admins_only")), (as_charlie, (404, "not_found"))):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == refused
    assert anonymous.get(path).status_code == 401
    assert as_bob.post(path).status_code == 405
    for unknown in (channel.pk + 1, 2**70):
        assert as_charlie.get(f"/api/v1/channels/{unknown}/export.{form}").status_code == 404


def test_the_page_is_for_admins(alice_browser, bob_browser, charlie_browser, visitor, channel):
    path = f"/channels/{channel.pk}/export/"
    page = alice_browser.get(path).content.decode()
    assert "텍스트로 내려받기" in page
    assert alice_browser.post(path, {"form": "pdf"}).status_code == 200
    for browser in (bob_browser, charlie_browser):
        assert browser.get(path).status_code == 404
        assert browser.post(path, {"form": "txt"}).status_code == 404
    assert visitor.get(path).status_code == 302


def test_while_the_store_is_away_nothing_begins(as_alice, alice_browser, channel, settings, tmp_path):
    away = out_of_reach(settings.MESSAGE_STORE, tmp_path, uri="mongodb://127.0.0.1:1/away")
    with override_settings(MESSAGE_STORE=away):
        answer = as_alice.get(f"/api/v1/channels/{channel.pk}/export.jsonl")
        page = alice_browser.post(f"/channels/{channel.pk}/export/", {"form": "txt"})
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert page.status_code == 503
    assert "지난 메시지를 지금은" in page.content.decode()


def test_files_are_counted(as_alice, alice_browser, channel, monkeypatch):
    monkeypatch.setattr(stream, "EXPORTS_AT_ONCE", 2)
    path = f"/api/v1/channels/{channel.pk}/export.txt"
    assert [as_alice.get(path).status_code for _ in range(3)] == [200, 200, 429]
    assert as_alice.get(path).json()["code"] == "too_many_attempts"
    page = alice_browser.post(f"/channels/{channel.pk}/export/", {"form": "txt"})
    assert page.status_code == 429
    assert Attempt.objects.count() == 1
