"""Slips on the conversation page: among the messages, folded where many come at once."""

import re
from types import SimpleNamespace

import pytest
from django.utils import translation

from chat.messages.history import Message
from chat.messages.transcript import transcribe
from chat.pipeline.events import Author, MessageEvent, Position, SystemEvent, message_id, slip_id
from chat.pipeline.parts import message_store
from tests.pages.test_talk_without_scripts import MINUTE, NOON
from tests.pages.test_talk_without_scripts import own_store as own_store
from tests.slips import receipt

READER = SimpleNamespace(pk=1)
NAMES = ("윤재현", "장미경", "강은호", "조하나", "안예린")


@pytest.fixture(autouse=True)
def korean():
    """The language of what is said outside a request."""
    with translation.override("ko"):
        yield


def message(channel_id: int, number: int, minutes: float) -> MessageEvent:
    return MessageEvent(
        channel=channel_id,
        id=message_id(7, channel_id, f"c{number}"),
        author=Author(7, "bob"),
        text=f"글 {number}",
        client_id=f"c{number}",
        sent_at=NOON + round(minutes * MINUTE),
    )


def lines(*events) -> list:
    """What the page shows of these events, which are oldest first."""
    found = []
    for number, event in enumerate(events):
        name = event.slip["wallet_name"] if isinstance(event, SystemEvent) else event.author.username
        found.append(Message(event, Position(NOON + number, number, 0), name))
    return transcribe(found[::-1], reader=READER)


def store(channel, *events) -> None:
    """Put the events into the message store, as the worker would."""
    first = channel.pk % 1_000_000 * 1_000
    written = [(event, Position(NOON, first + number, 0)) for number, event in enumerate(events)]
    message_store().write(written, [written[-1][1]])


def together(*events) -> list[int]:
    """How many slips each line stands for."""
    return [1 + len(getattr(line, "rest", ())) for line in lines(*events)]


def test_receipts_of_one_kind_that_follow_each_other_are_one_line():
    paid = [receipt(7, number, actor=name) for number, name in enumerate(NAMES)]
    (line,) = lines(*paid)
    assert (line.folded["sentence"], line.folded["amount"]) == ("안예린님 외 4명이 냈어요", "+150,000원")
    assert line.folded["balance"] == "남은 잔액 1,338,000원"
    assert [line.shown["sentence"][:3] for line in (line, *line.rest)] == list(NAMES)


def test_a_message_another_reason_another_way_or_another_day_ends_the_line():
    first, second = receipt(7, 1), receipt(7, 2, actor="장미경")
    assert together(first, second) == [2]
    assert together(first, message(7, 3, 0), second) == [1, 1, 1]
    assert together(first, receipt(7, 2, purpose="deposit")) == [1, 1]
    assert together(first, receipt(7, 2, amount=-30_000)) == [1, 1]
    assert together(first, receipt(7, 2, wallet=2)) == [1, 1]
    assert together(first, receipt(7, 2, sent_at=NOON + 24 * 60 * MINUTE)) == [1, 1]
    assert together(first, SystemEvent(channel=7, id="a" * 32, kind="weather", sent_at=NOON, slip={
        "wallet_name": "등산 회비"})) == [1, 1]  # fmt: skip


def test_who_pays_several_times_is_not_several_people():
    (line,) = lines(receipt(7, 1), receipt(7, 2), receipt(7, 3))
    assert line.folded["sentence"] == "돈이 3번 들어왔어요"


def test_a_wallet_is_named_once_while_it_goes_on_speaking():
    spoken = lines(
        receipt(7, 1),
        receipt(7, 2, purpose="deposit"),
        receipt(7, 3, sent_at=NOON + 6 * MINUTE),
        message(7, 4, 6),
        receipt(7, 5, sent_at=NOON + 7 * MINUTE),
    )
    assert [line.joined for line in spoken] == [False, True, False, False, False]


@pytest.fixture
def page_of(alice_browser, channel):
    """The conversation page with these events in it."""

    def get(*events) -> str:
        store(channel, *events)
        answer = alice_browser.get(f"/channels/{channel.pk}/")
        assert answer.status_code == 200
        return answer.content.decode().partition("<template")[0]

    return get


def test_the_page_reads_receipts_without_scripts(page_of, channel):
    page = page_of(
        message(channel.pk, 1, 0),
        *(receipt(channel.pk, number, actor=name) for number, name in enumerate(NAMES)),
        receipt(channel.pk, 9, purpose="transfer", amount=-12_000, counterparty="<b>산장</b>", memo="숙박"),
    )
    assert "안예린님 외 4명이 냈어요" in page
    for name in NAMES:
        assert f"{name}님이 회비를 냈어요" in page
    assert "윤재현님이 &lt;b&gt;산장&lt;/b&gt; 앞으로 돈을 보냈어요" in page
    assert "<b>산장" not in page
    assert re.search(r'data-way="out">−12,000원<', page)
    assert len(re.findall(r'data-kind="receipt"', page)) == 6
    assert page.count("<details") == 6
    assert len(re.findall(r"<details[^>]*data-fold>", page)) == 1


def test_a_kind_that_nobody_presents_does_not_break_the_page(page_of, channel):
    strange = SystemEvent(
        channel=channel.pk,
        id=slip_id(f"weather:{channel.pk}"),
        kind="weather",
        sent_at=NOON,
        slip={"wallet_name": "등산 회비"},
    )
    assert "등산 회비 소식이에요" in page_of(strange)


def test_the_list_ends_with_what_the_slip_says(alice_browser, channel):
    store(channel, receipt(channel.pk, 1))
    page = alice_browser.get("/").content.decode()
    assert '<span class="channel-row__last" data-last>윤재현님이 회비를 냈어요</span>' in page


def test_the_number_of_queries_does_not_grow_with_the_slips(
    alice_browser, channel, django_assert_max_num_queries
):
    counts = []
    for start, stop in ((0, 2), (2, 40)):
        store(channel, *(receipt(channel.pk, number) for number in range(start, stop)))
        with django_assert_max_num_queries(40) as asked:
            alice_browser.get(f"/channels/{channel.pk}/")
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1]
