"""What wallets let stand in a channel's talk: every reason has its sentence, and dues cards are live."""

import pytest
from django.utils import translation

from chat import slips
from chat.models import OutboxEvent
from chat.pipeline.events import SystemEvent, decode
from tests.slips import receipt
from tests.wallets.club import enter, make_plan, month, pay
from wallets.dues.periods import period_text
from wallets.models import TransferKind


@pytest.fixture(autouse=True)
def korean():
    """The language of the sentences."""
    with translation.override("ko"):
        yield


@pytest.mark.parametrize(
    ("purpose", "amount", "sentence"),
    [
        ("dues", 1, "윤재현님이 회비를 냈어요"),
        ("deposit", 1, "윤재현님이 지갑을 채웠어요"),
        ("transfer", 1, "윤재현님이 돈을 보냈어요"),
        ("transfer", -1, "윤재현님이 산장 앞으로 돈을 보냈어요"),
        ("scheduled", 1, "윤재현님이 예약한 돈이 들어왔어요"),
        ("scheduled", -1, "산장 앞으로 예약한 돈을 보냈어요"),
        ("spending", -1, "산장님이 요청한 돈을 보냈어요"),
        ("reversal", 1, "윤재현님이 돈을 되돌려 주었어요"),
        ("reversal", -1, "윤재현님이 산장 앞으로 돈을 되돌려 보냈어요"),
        ("spending", 1, "돈이 들어왔어요"),
        ("something new", -1, "돈이 나갔어요"),
    ],
)
def test_each_reason_is_said_in_a_sentence(purpose, amount, sentence):
    event = receipt(7, 1, purpose=purpose, amount=amount, counterparty="산장")
    assert slips.sentence_of(event) == sentence


def test_every_kind_of_transfer_can_be_folded():
    presenter = slips.presenter_of("receipt")
    for kind in TransferKind.values:
        for amount in (5, -5):
            two = [receipt(7, n, purpose=kind, amount=amount, actor=name) for n, name in enumerate("가나")]
            assert presenter.folded([event.slip for event in two])["sentence"]


def cards(channel_id: int) -> list[SystemEvent]:
    """The dues cards that wait for the log."""
    events = [decode(bytes(row.payload)) for row in OutboxEvent.objects.filter(channel_id=channel_id)]
    return [event for event in events if event.kind == "dues"]


def test_a_dues_card_shows_each_member_the_board_of_now(alice, bob, bob_wallet, group_wallet):
    plan = make_plan(alice, group_wallet)
    (card,) = cards(group_wallet.channel_id)
    assert slips.sentence_of(card).startswith("월 회비 30,000원, ")
    shown = slips.contexts([card], bob)[card.id]
    assert (shown["count"], shown["collected"], shown["pay"]) == (
        "0/2명 납부",
        "0원 모였어요",
        "30,000원 내기",
    )
    assert [(slot["mark"], slot["status"]) for slot in shown["slots"]] == [("나", "unpaid"), ("", "unpaid")]
    pay(bob, plan)
    shown = slips.contexts([card], bob)[card.id]
    assert (shown["count"], shown["collected"]) == ("1/2명 납부", "30,000원 모였어요")
    assert [(slot["mark"], slot["status"]) for slot in shown["slots"]] == [("b", "paid"), ("", "unpaid")]
    assert shown["board"]["my_missing"] == 0
    assert "오전" in shown["paid_at"] or "오후" in shown["paid_at"]


def test_a_dues_card_shows_no_board_to_who_is_not_in_the_wallet(alice, charlie, group_wallet):
    make_plan(alice, group_wallet)
    (card,) = cards(group_wallet.channel_id)
    shown = slips.contexts([card], charlie)[card.id]
    assert (shown["title"], shown["amount"], shown["board"]) == ("월 회비", "30,000원", None)


def test_many_cards_cost_as_many_queries_as_one(alice, group_wallet, django_assert_num_queries):
    for number in range(4):
        make_plan(alice, group_wallet, title=f"회비 {number}")
    all_cards = cards(group_wallet.channel_id)
    assert len(all_cards) == 4
    with django_assert_num_queries(5):
        slips.contexts(all_cards[:1], alice)
    with django_assert_num_queries(5):
        slips.contexts(all_cards, alice)


def test_more_than_forty_people_get_one_bar_instead_of_slots(alice, group_wallet):
    make_plan(alice, group_wallet)
    for number in range(39):
        enter(f"member{number}", group_wallet)
    (card,) = cards(group_wallet.channel_id)
    assert slips.contexts([card], alice)[card.id]["slots"] == []


def test_the_card_names_the_month_and_its_day(alice, group_wallet):
    make_plan(alice, group_wallet, day=5)
    (card,) = cards(group_wallet.channel_id)
    assert card.slip["period"] == period_text(month())
    assert slips.contexts([card], alice)[card.id]["until"] == f"{month().month}월 5일까지"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("waiting", "윤재현님이 12,000원을 요청했어요"),
        ("declined", "윤재현님이 요청한 12,000원은 받아들여지지 않았어요"),
        ("withdrawn", "윤재현님이 12,000원 요청을 거둬들였어요"),
    ],
)
def test_a_spend_request_is_said_in_a_sentence(state, sentence):
    slip = {
        "request": 1,
        "wallet": 1,
        "wallet_name": "회비통장",
        "state": state,
        "amount": 12_000,
        "reason": "산장",
        "asked_by": {"id": 3, "username": "윤재현"},
    }
    event = SystemEvent(channel=7, id="a" * 32, kind="spending", sent_at=1, slip=slip)
    assert slips.contexts([event], None)[event.id] == {"sentence": sentence, "reason": "산장"}
