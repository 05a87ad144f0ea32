"""Reading and writing by page and form alone, also on bad days."""

import re
from uuid import uuid4

import pytest
from django.test import override_settings

from chat.pipeline.events import Author, MessageEvent, Position, message_id
from chat.pipeline.parts import message_store

NOON = 1_795_316_400_000  # 22 November 2026, 12:00 in Seoul
MINUTE = 60_000


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    """An empty message store: the ids of channels repeat from test to test."""
    store = {**settings.MESSAGE_STORE}
    if "path" in store["OPTIONS"]:
        store["OPTIONS"] = {"path": tmp_path / "store.sqlite3"}
    with override_settings(MESSAGE_STORE=store):
        yield


def store(channel, *lines: tuple) -> None:
    """Put (person, minutes after noon, text) into the message store, as the worker would."""
    written = []
    for number, (person, minutes, text) in enumerate(lines):
        client_id = f"line-{number}"
        at = NOON + round(minutes * MINUTE)
        event = MessageEvent(
            channel=channel.pk,
            id=message_id(person.pk, channel.pk, client_id),
            author=Author(person.pk, person.username),
            text=text,
            client_id=client_id,
            sent_at=at,
        )
        written.append((event, Position(at, channel.pk % 1_000_000 * 1_000 + number, 0)))
    message_store().write(written, [written[-1][1]])


def out_of_reach(part: dict, tmp_path, **server: str) -> dict:
    """The same part where nothing answers: a server's port, or a file in a folder that is not there."""
    embedded = {"path": tmp_path / "gone" / "file.sqlite3"}
    return {**part, "OPTIONS": embedded if "path" in part["OPTIONS"] else server}


def texts(page: str) -> list[str]:
    """The messages on the page."""
    return re.findall(r'message__text" data-text>(.*?)</div>', page.partition("<template")[0])


def form(page: str) -> dict[str, str]:
    """The composer's hidden fields."""
    return {"client_id": re.search(r'name="client_id" value="([^"]+)"', page)[1]}


def test_a_message_is_posted_by_the_form_and_stands_in_the_log_once(bob_browser, channel):
    path = f"/channels/{channel.pk}/"
    fields = form(bob_browser.get(path).content.decode()) | {"text": "안녕하세요"}
    for _ in range(2):
        answer = bob_browser.post(path, fields)
        assert (answer.status_code, answer["Location"]) == (302, path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "내용을 먼저 써 주세요."),
        ("   ", "내용을 먼저 써 주세요."),
        ("가" * 4_001, "메시지는 4,000자까지 쓸 수 있어요."),
        ("종\x07소리", "보여 줄 수 없는 문자가 들어 있어요."),
    ],
)
def test_a_message_that_breaks_a_rule_stays_in_the_box_and_the_page_says_why(
    bob_browser, channel, text, sentence
):
    answer = bob_browser.post(f"/channels/{channel.pk}/", {"client_id": str(uuid4()), "text": text})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert text.strip() in page


def test_a_stranger_cannot_post(charlie_browser, channel, private_channel):
    for one, status in ((channel, 302), (private_channel, 404)):
        answer = charlie_browser.post(f"/channels/{one.pk}/", {"client_id": str(uuid4()), "text": "x"})
        assert answer.status_code == status
        assert not answer.get("Location", "").endswith(f"/channels/{one.pk}/")


def test_messages_are_grouped_by_author_within_five_minutes_and_by_day(alice_browser, channel, alice, bob):
    store(
        channel,
        (bob, 0, "하나"),
        (bob, 4, "둘"),
        (bob, 9.5, "셋"),
        (alice, 10, "넷"),
        (bob, 11, "다섯"),
        (bob, 24 * 60, "다음 날"),
    )
    page = alice_browser.get(f"/channels/{channel.pk}/").content.decode()
    assert texts(page) == ["하나", "둘", "셋", "넷", "다섯", "다음 날"]
    joined = re.findall(r'<li class="(message[^"]*)"', page.partition("<template")[0])
    assert joined == [
        "message",
        "message message--joined",
        "message",
        "message message--own",
        "message",
        "message",
    ]
    assert "11월 22일 일요일" in page
    assert "11월 23일 월요일" in page
    assert "오후 12:04" in page


def test_earlier_messages_are_a_link_away(alice_browser, channel, bob):
    store(channel, *((bob, number, f"글 {number}") for number in range(120)))
    path, seen = f"/channels/{channel.pk}/", []
    address = path
    while address:
        page = alice_browser.get(address).content.decode()
        seen = texts(page) + seen
        link = re.search(r'href="(\?before=[^"]+)"', page)
        address = path + link[1] if link else None
    assert seen == [f"글 {number}" for number in range(120)]


def test_markup_in_a_message_is_shown_as_text_and_addresses_are_links(alice_browser, channel, bob):
    store(channel, (bob, 0, '<script>x</script> https://example.com/?a=1&b="2".'))
    page = alice_browser.get(f"/channels/{channel.pk}/").content.decode()
    assert "<script>x" not in page
    assert '<a href="https://example.com/?a=1&amp;b=" rel="noopener nofollow" target="_blank">' in page


def test_a_bad_place_in_the_log_leads_to_its_end(alice_browser, channel):
    path = f"/channels/{channel.pk}/"
    assert alice_browser.get(f"{path}?before=nonsense")["Location"] == path


def test_while_the_store_is_away_the_page_says_so_and_takes_messages(
    alice_browser, channel, settings, tmp_path
):
    away = out_of_reach(settings.MESSAGE_STORE, tmp_path, uri="mongodb://127.0.0.1:1/away")
    path = f"/channels/{channel.pk}/"
    with override_settings(MESSAGE_STORE=away):
        page = alice_browser.get(path).content.decode()
        assert "지난 메시지를 지금은 불러올 수 없어요." in page
        answer = alice_browser.post(path, form(page) | {"text": "그래도 가요"})
        assert answer.status_code == 302
        assert "등산회" in alice_browser.get("/").content.decode()


def test_while_the_log_is_away_the_message_is_not_sent_and_stays_in_the_box(
    alice_browser, channel, settings, tmp_path
):
    away = out_of_reach(settings.EVENT_LOG, tmp_path, servers="127.0.0.1:1", topic="away")
    path = f"/channels/{channel.pk}/"
    with override_settings(EVENT_LOG=away):
        fields = form(alice_browser.get(path).content.decode()) | {"text": "아직 안 갔어요"}
        answer = alice_browser.post(path, fields)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "보내지 못했어요." in page
    assert "아직 안 갔어요</textarea>" in page
    assert form(page) == {"client_id": fields["client_id"]}


def test_the_list_shows_the_last_message_of_each_channel_newest_first(
    alice_browser, channel, private_channel, bob
):
    store(private_channel, (bob, 0, "먼저"))
    store(channel, (bob, 5, "나중"))
    page = alice_browser.get("/").content.decode()
    assert "bob: 먼저" in page
    assert page.index("bob: 나중") < page.index("bob: 먼저")
