"""Sending money without scripts: recipient, amount, and one sentence with the PIN."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.pages.conftest import ask_to_send
from tests.pages.test_markup import check
from tests.wallets.conftest import PIN, balance, key
from wallets.models import LedgerEntry, Transfer
from wallets.services import members, transfers, wallets


@pytest.fixture
def question(alice_browser, alice_wallet, group_wallet) -> str:
    """The address of alice's open question: 30,000 won into the group wallet."""
    return ask_to_send(alice_browser, alice_wallet, group_wallet)["Location"]


def test_recipients_are_people_and_wallets_of_my_channels_by_name(
    alice_browser, alice_wallet, bob_wallet, charlie_wallet, group_wallet, dana
):
    wallets.open_personal(user=dana, pin=PIN)
    page = alice_browser.get("/transfers/new/").content.decode()
    check(page)
    assert "bob" in page
    assert "dana" in page
    assert "회비통장" in page
    assert "charlie" not in page
    page = alice_browser.get("/transfers/new/?q=da").content.decode()
    assert "dana" in page
    assert f"target={bob_wallet.pk}" not in page
    assert "찾지 못했어요" in alice_browser.get("/transfers/new/?q=없음").content.decode()


def test_without_a_wallet_sending_begins_with_opening_one(bob_browser, group_wallet):
    page = bob_browser.get("/transfers/new/").content.decode()
    assert "내 지갑 열기" in page


def test_the_amount_step_names_the_recipient_and_keeps_to_the_markup(
    alice_browser, alice_wallet, group_wallet
):
    page = alice_browser.get(f"/transfers/new/?source={alice_wallet.pk}&target={group_wallet.pk}")
    check(page.content.decode())
    assert "회비통장" in page.content.decode()
    assert "100,000원" in page.content.decode()


@pytest.mark.parametrize("address", ["target=999999", "target=x", "target=1", "target=99999999999999999999"])
def test_there_is_no_recipient_at_a_wrong_number(alice_browser, alice_wallet, address):
    assert alice_browser.get(f"/transfers/new/?{address}").status_code == 404


def test_the_name_behind_a_strangers_number_is_not_told(alice_browser, alice_wallet, charlie_wallet):
    assert alice_browser.get(f"/transfers/new/?target={charlie_wallet.pk}").status_code == 404


def test_a_group_wallet_of_a_foreign_channel_is_no_recipient(charlie_browser, charlie_wallet, group_wallet):
    assert charlie_browser.get(f"/transfers/new/?target={group_wallet.pk}").status_code == 404
    for path in ("/transfers/new/", "/wallets/"):
        assert group_wallet.name not in charlie_browser.get(path).content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"amount": "130000"}, "잔액이 30,000원 부족해요."),
        ({"amount": "0"}, "금액은 1원 이상"),
        ({"amount": "-5"}, "금액은 1원 이상"),
        ({"amount": "1.5"}, "금액은 1원 이상"),
        ({"amount": "1e3"}, "금액은 1원 이상"),
        ({"amount": ""}, "비워 둘 수 없어요."),
        ({"memo": "가" * 101}, "100"),
        ({"first_time": "09:00"}, "처음 보낼 날을 골라 주세요."),
        ({"ends_on": "2030-01-01"}, "처음 보낼 날을 골라 주세요."),
        ({"first_day": "어제"}, "올바른 날짜"),
        ({"source_id": "999999"}, "999999"),
    ],
)
def test_what_cannot_be_sent_is_said_at_the_amount_step(
    alice_browser, alice_wallet, group_wallet, changed, sentence
):
    answer = ask_to_send(alice_browser, alice_wallet, group_wallet, **changed)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()


def test_to_the_same_wallet_nothing_is_sent(alice_browser, alice_wallet):
    page = ask_to_send(alice_browser, alice_wallet, alice_wallet).content.decode()
    assert "같은 지갑으로는 보낼 수 없어요." in page


def test_above_the_approval_limit_a_spend_request_is_named(alice_browser, alice, alice_wallet, group_wallet):
    wallets.change_wallet(user=alice, wallet_id=group_wallet.pk, approval_limit=10_000)
    page = ask_to_send(alice_browser, group_wallet, alice_wallet).content.decode()
    assert "10,000원을 넘으면 한 사람이 더 승인해야 해요." in page


def test_one_sentence_asks_and_the_receipt_answers(alice_browser, question, alice_wallet, group_wallet):
    page = alice_browser.get(question).content.decode()
    check(page)
    assert "<strong>alice</strong>님 지갑에서 <strong>회비통장</strong>으로" in page
    assert '<strong class="num">30,000원</strong>을 보낼까요?' in page
    assert "12월 회비" in page
    assert "70,000원" in page
    answer = alice_browser.post(question, {"pin": PIN}, follow=True)
    page = answer.content.decode()
    check(page)
    sent = Transfer.objects.get(kind="transfer")
    assert answer.redirect_chain == [(f"/transfers/{sent.pk}/", 302)]
    assert "잘 보냈어요" in page
    first = LedgerEntry.objects.filter(transfer=sent).order_by("pk").first()
    assert f"{timezone.localdate():%Y%m%d}-{first.pk:06d}" in page
    assert f'value="{PIN}"' not in page
    assert (balance(alice_wallet), balance(group_wallet)) == (70_000, 80_000)


def test_sending_twice_reloading_and_going_back_send_once(alice_browser, question, alice_wallet):
    first = alice_browser.post(question, {"pin": PIN})
    assert alice_browser.post(question, {"pin": PIN})["Location"] == first["Location"]
    assert alice_browser.get(question)["Location"] == first["Location"]
    assert balance(alice_wallet) == 70_000


def test_a_wrong_pin_says_how_many_tries_are_left_and_then_locks(alice_browser, question, alice_wallet):
    answer = alice_browser.post(question, {"pin": "1111"})
    assert answer.status_code == 403
    assert "비밀번호가 달라요. 4번 더 틀리면 지갑이 잠겨요." in answer.content.decode()
    assert 'value="1111"' not in answer.content.decode()
    for _ in range(4):
        answer = alice_browser.post(question, {"pin": "1111"})
    assert answer.status_code == 423
    assert alice_browser.post(question, {"pin": PIN}).status_code == 423
    assert balance(alice_wallet) == 100_000


def test_a_script_gets_the_same_answers_as_json(alice_browser, question):
    def post(pin: str):
        return alice_browser.post(question, {"pin": pin}, headers={"accept": "application/json"})

    refused = post("1111")
    assert refused.status_code == 403
    assert refused.json() == {
        "code": "pin_wrong",
        "detail": "비밀번호가 달라요. 4번 더 틀리면 지갑이 잠겨요.",
    }
    sent = post(PIN).json()
    assert sent == {"next": f"/transfers/{Transfer.objects.get(kind='transfer').pk}/"}
    assert post(PIN).json() == sent


def test_a_question_is_nobody_elses_and_ends(bob_browser, alice_browser, question, bob_wallet):
    answer = bob_browser.get(question)
    assert answer.status_code == 410
    assert "이 화면은 더 쓸 수 없어요" in answer.content.decode()
    assert bob_browser.post(question, {"pin": PIN}).status_code == 410


def test_a_right_that_went_meanwhile_sends_nothing(
    bob_browser, alice, bob, bob_wallet, group_wallet, alice_wallet
):
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="treasurer")
    address = ask_to_send(bob_browser, group_wallet, bob_wallet)["Location"]
    members.set_role(actor=alice, wallet_id=group_wallet.pk, user_id=bob.pk, role="member")
    assert bob_browser.post(address, {"pin": PIN}).status_code == 403
    assert balance(group_wallet) == 50_000


def test_a_wallet_that_was_closed_meanwhile_is_said(
    channel, alice_browser, bob_browser, alice_wallet, bob, bob_wallet
):
    address = ask_to_send(alice_browser, alice_wallet, bob_wallet)["Location"]
    to_alice = {"actor": bob, "source_id": bob_wallet.pk, "target_id": alice_wallet.pk}
    transfers.transfer(amount=100_000, pin=PIN, key=key(), **to_alice)
    wallets.close_wallet(user=bob, wallet_id=bob_wallet.pk)
    for answer in (alice_browser.get(address), alice_browser.post(address, {"pin": PIN})):
        assert answer.status_code == 409
        check(answer.content.decode())
        assert "닫힌 지갑이에요." in answer.content.decode()
    told = alice_browser.post(address, {"pin": PIN}, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (409, "wallet_closed")
    assert bob_browser.get(f"/wallets/{bob_wallet.pk}/deposit/").status_code == 409


def test_a_forged_post_is_refused(alice, question, alice_wallet):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(question, {"pin": PIN}).status_code == 403
    assert balance(alice_wallet) == 100_000


def test_recipients_cost_the_same_however_many_there_are(
    alice_browser, alice_wallet, bob_wallet, channel, django_assert_num_queries, django_assert_max_num_queries
):
    alice_browser.get("/transfers/new/")
    with django_assert_max_num_queries(20) as few:
        alice_browser.get("/transfers/new/")
    for number in range(5):
        person = User.objects.create_user(email=f"p{number}@example.com", username=f"p{number}", password="x")
        channel.memberships.create(user=person)
        wallets.open_personal(user=person, pin=PIN)
    with django_assert_num_queries(len(few)):
        assert "p4" in alice_browser.get("/transfers/new/").content.decode()
