"""Somebody's own data as a zip: what is in it, what is not, and who gets it."""

import io
import json
import secrets
from zipfile import ZipFile

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from accounts import personal_data
from accounts.credentials import issue_token
from chat import services
from chat.models import FormerMembership, PushSubscription, QuietHours, Report
from chat.pipeline.events import Author, Deleted, Edited, MessageEvent, Position, message_id
from chat.pipeline.parts import message_store
from tests.conftest import PASSWORD
from tests.wallets.conftest import alice_wallet, bob_wallet, dana, fill, group_wallet

__all__ = ["alice_wallet", "bob_wallet", "dana", "group_wallet"]

BEGAN_MS = 1_763_800_000_000
PATH = "/accounts/me/data/"
API = "/api/v1/accounts/me/data/"


@pytest.fixture
def browser(bob) -> Client:
    """bob's."""
    client = Client(headers={"accept-language": "ko"})
    client.force_login(bob)
    return client


@pytest.fixture
def say():
    """`say(channel, bob, "글")`: a stored message's id."""
    count, partition = 0, secrets.randbelow(900)

    def stored(channel, author, text: str) -> MessageEvent:
        nonlocal count
        count += 1
        event = MessageEvent(
            channel=channel.pk,
            id=message_id(author.pk, channel.pk, f"m{count}"),
            author=Author(author.pk, author.username),
            text=text,
            client_id=f"m{count}",
            sent_at=BEGAN_MS,
        )
        message_store().write([(event, Position(BEGAN_MS + count, count, partition))], [])
        return event

    return stored


def download(browser, password: str = PASSWORD) -> dict:
    """The files by name."""
    return files_of(browser.post(PATH, {"password": password}))


def files_of(answer) -> dict:
    """What the zip holds."""
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"

    async def whole() -> bytes:
        return b"".join([piece async for piece in answer])

    with ZipFile(io.BytesIO(async_to_sync(whole)())) as archive:
        assert archive.testzip() is None
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def change(kind, message: MessageEvent, author, number: int, **fields) -> None:
    event = kind(
        channel=message.channel,
        id=f"{number:032x}",
        message=message.id,
        author=Author(author.pk, author.username),
        client_id=f"x{number}",
        sent_at=BEGAN_MS,
        **fields,
    )
    message_store().write([], [], [(event, Position(BEGAN_MS + 9_000 + number, number, 0))])


def test_my_words_are_in_it_and_nobody_elses(browser, alice, bob, channel, say):
    say(channel, alice, "alice의 비밀")
    first = say(channel, bob, "bob의 첫 글")
    gone = say(channel, bob, "지울 글")
    change(Edited, first, bob, 1, text="고친 글")
    change(Deleted, gone, bob, 2)
    files = download(browser)
    told = files[f"messages/{channel.pk}.json"]
    assert [(one["text"], one["deleted"]) for one in told] == [("고친 글", False), ("", True)]
    everything = json.dumps(files, ensure_ascii=False)
    assert "alice의 비밀" not in everything
    assert "지울 글" not in everything
    assert "alice" not in everything


def test_words_in_channels_that_were_left_or_closed_are_still_mine(browser, alice, bob, channel, say):
    say(channel, bob, "남긴 말")
    services.leave(user=bob, channel_id=channel.pk)
    other = services.create_channel(user=alice, name="닫힐 방")
    services.join(user=bob, channel_id=other.pk)
    services.close_channel(user=alice, channel_id=other.pk)
    files = download(browser)
    assert [one["text"] for one in files[f"messages/{channel.pk}.json"]] == ["남긴 말"]
    assert [(one["name"], "left_at" in one) for one in files["channels.json"]] == [
        ("닫힐 방", True),
        ("등산회", True),
    ]
    services.join(user=bob, channel_id=channel.pk)
    again = download(browser)["channels.json"]
    assert [one for one in again if one["id"] == channel.pk and "left_at" in one] == []


def test_a_talk_of_two_is_told_without_the_other(browser, alice, bob, channel, say):
    talk, _new = services.open_direct(user=bob, other_id=alice.pk)
    say(talk, bob, "둘만의 말")
    files = download(browser)
    assert {"id": talk.pk, "name": None, "direct": True} in [
        {key: one[key] for key in ("id", "name", "direct")} for one in files["channels.json"]
    ]
    # The store may still hold what another test said in a channel of this number.
    assert "둘만의 말" in [one["text"] for one in files[f"messages/{talk.pk}.json"]]
    assert "alice" not in json.dumps(files["channels.json"])


def test_account_log_ins_devices_and_reports(browser, bob, channel):
    issue_token(bob)
    now = timezone.now()
    PushSubscription.objects.create(
        user=bob, endpoint="https://push.example.com/secret", endpoint_digest="d", p256dh="k", auth="a"
    )
    QuietHours.objects.create(user=bob, begins=now.time(), ends=now.time(), zone="Asia/Seoul")
    Report.objects.create(
        channel=channel, message_id="1" * 32, author_id=1, text="그 사람의 말", reporter=bob, reason="spam"
    )
    files = download(browser)
    assert files["account.json"][0]["email"] == "bob@example.com"
    assert len(files["log-ins.json"]) == 1
    assert files["notifications.json"][0]["browser"] == "push.example.com"
    assert files["reports.json"][0]["reason"] == "spam"
    everything = json.dumps(files, ensure_ascii=False)
    for hidden in ("secret", "그 사람의 말", bob.password):
        assert hidden not in everything


def test_wallets_and_entries_are_mine_alone(browser, bob, alice, bob_wallet, alice_wallet, group_wallet):
    fill(bob_wallet, 700, bob)
    files = download(browser)
    (own,) = [one for one in files["wallets.json"] if one["id"] == bob_wallet.pk]
    bob_wallet.refresh_from_db()
    assert own["balance"] == bob_wallet.balance
    entries = files[f"wallets/{bob_wallet.pk}-entries.json"]
    assert entries[-1]["amount"] == 700
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    assert f"wallets/{alice_wallet.pk}-entries.json" not in files
    assert f"wallets/{group_wallet.pk}-entries.json" not in files


def test_the_password_is_asked_for(browser, visitor):
    page = browser.get(PATH).content.decode()
    assert "내 데이터 내려받기" in page
    answer = browser.post(PATH, {"password": "wrong"})
    assert "비밀번호가 달라요" in answer.content.decode()
    assert answer["Content-Type"].startswith("text/html")
    assert browser.post(PATH, {}).status_code == 200
    assert visitor.get(PATH).status_code == 302
    assert visitor.post(PATH, {"password": PASSWORD}).status_code == 302


def test_downloads_are_counted(browser, monkeypatch):
    monkeypatch.setattr(personal_data, "DOWNLOADS_AT_ONCE", 2)
    answers = [browser.post(PATH, {"password": PASSWORD}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_who_left_is_remembered_once(alice, bob, channel):
    for _ in range(2):
        services.leave(user=bob, channel_id=channel.pk)
        services.join(user=bob, channel_id=channel.pk)
    assert FormerMembership.objects.filter(user=bob).count() == 1


def test_a_program_gets_the_same_file(as_bob, browser, bob, channel, say):
    say(channel, bob, "bob의 글")
    answer = as_bob.post(API, {"password": PASSWORD})
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    assert files_of(answer).keys() == download(browser).keys()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "validation_failed"),
        ({"password": ""}, 400, "validation_failed"),
        ({"password": "wrong"}, 403, "wrong_password"),
        (["x"], 400, "validation_failed"),
    ],
)
def test_what_a_program_is_refused(as_bob, body, status, code):
    answer = as_bob.post(API, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_program_without_log_in_or_with_another_method_gets_nothing(anonymous, as_bob):
    assert anonymous.post(API, {"password": PASSWORD}).status_code == 401
    assert as_bob.get(API).status_code == 405


def test_guesses_and_downloads_of_a_program_are_counted(as_bob, monkeypatch):
    monkeypatch.setattr(personal_data, "DOWNLOADS_AT_ONCE", 1)
    answers = [as_bob.post(API, {"password": PASSWORD}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert int(answers[1]["Retry-After"]) > 0
