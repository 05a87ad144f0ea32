"""How slips of wallets are said and drawn in the channel's talk: receipts, dues cards, spend requests.

The page's script says the same with the same words (static/js/slip_words.js).
"""

from collections.abc import Hashable
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat import slips
from chat.pipeline.events import SystemEvent
from chat.templatetags.chat import clock
from wallets.dues.periods import parse_period
from wallets.receipts import RECEIPT
from wallets.services.dues_board import summary
from wallets.services.dues_cards import DUES
from wallets.services.spending_slips import SPENDING
from wallets.won import signed_won, won

DONE = ("paid", "prepaid")
MOST_SLOTS = 40  # static/js/dues_cards.js has it too


def register_presenters() -> None:
    """Let chat show the slips of wallets."""
    slips.register(RECEIPT, ReceiptPresenter())
    slips.register(DUES, DuesPresenter())
    slips.register(SPENDING, SpendingPresenter())


class ReceiptPresenter(slips.SlipPresenter):
    """A movement of a group wallet: who did what, the balance after it, the amount with its sign."""

    template = "wallets/_receipt_slip.html"

    def sentence(self, slip: dict) -> str:
        return self._sentence(slip, self.words())

    def context(self, events: list[SystemEvent], user) -> list[dict]:
        """What moved is written in the event: nothing is asked."""
        words = self.words()
        said = [(self._sentence(event.slip, words), event.slip) for event in events]
        return [_receipt(sentence, slip, slip["amount"], words) for sentence, slip in said]

    def fold_key(self, slip: dict) -> Hashable:
        """What goes one way for one reason belongs together."""
        return slip["wallet"], slip["purpose"], _way(slip)

    def folded(self, slips: list[dict]) -> dict:
        """The sum, the balance after the last, and whose the last was."""
        last, words = slips[-1], self.words()
        people = len({slip["actor"]["id"] for slip in slips})
        together = words.get(f"receipts.{last['purpose']}.{_way(last)}")
        if together and people > 1:
            sentence = together.format(actor=last["actor"]["username"], count=people - 1)
        else:
            sentence = words[f"receipts.{_way(last)}"].format(count=len(slips))
        return _receipt(sentence, {**last, "memo": ""}, sum(slip["amount"] for slip in slips), words)

    def _sentence(self, slip: dict, words: dict[str, str]) -> str:
        pattern = words.get(f"receipt.{slip['purpose']}.{_way(slip)}", words[f"receipt.{_way(slip)}"])
        return pattern.format(actor=slip["actor"]["username"], counterparty=slip["counterparty"])

    def words(self) -> dict[str, str]:
        return {
            "won": _("{amount} won"),
            "receipt.balance": _("{balance} left"),
            "receipt.dues.in": _("{actor} paid the dues"),
            "receipt.deposit.in": _("{actor} filled the wallet"),
            "receipt.transfer.in": _("{actor} sent money here"),
            "receipt.transfer.out": _("{actor} sent money to {counterparty}"),
            "receipt.dues.out": _("{actor} paid dues to {counterparty}"),
            "receipt.scheduled.in": _("{actor}'s planned transfer came in"),
            "receipt.scheduled.out": _("The transfer planned to {counterparty} went out"),
            "receipt.spending.out": _("{counterparty} got the money that was asked for"),
            "receipt.reversal.in": _("{actor} sent the money back here"),
            "receipt.reversal.out": _("{actor} sent the money back to {counterparty}"),
            "receipt.in": _("Money came in"),
            "receipt.out": _("Money went out"),
            "receipts.dues.in": _("{actor} and {count} more paid"),
            "receipts.deposit.in": _("{actor} and {count} more filled the wallet"),
            "receipts.transfer.in": _("{actor} and {count} more sent money here"),
            "receipts.in": _("Money came in {count} times"),
            "receipts.out": _("Money went out {count} times"),
        }


class DuesPresenter(slips.SlipPresenter):
    """The dues card of a period with its board as it stands now."""

    template = "wallets/_dues_slip.html"

    def sentence(self, slip: dict) -> str:
        return self.words()["dues.sentence"].format(
            title=slip["title"], amount=won(slip["amount"]), day=_day(slip["due_on"])
        )

    def context(self, events: list[SystemEvent], user) -> list[dict]:
        """The boards of all these months in a fixed number of queries; none for who is not in the wallet."""
        months = [(event.slip["plan"], parse_period(event.slip["period"])) for event in events]
        boards = summary(user=user, asked=months)
        words = self.words()
        return [
            self._shown(event.slip, boards.get(month), words)
            for event, month in zip(events, months, strict=True)
        ]

    def _shown(self, slip: dict, board: dict | None, words: dict[str, str]) -> dict:
        shown = {
            "plan": slip["plan"],
            "period": slip["period"],
            "title": slip["title"],
            "amount": won(slip["amount"]),
            "until": words["dues.until"].format(day=_day(slip["due_on"])),
            "board": board,
        }
        if board:
            shown |= {
                "count": words["dues.count"].format(paid=board["paid"], members=board["members"]),
                "collected": words["dues.collected"].format(amount=won(board["collected"])),
                "pay": words["dues.pay"].format(amount=won(board["my_missing"] or 0)),
                "slots": [_slot(slot, words) for slot in board["slots"]]
                if len(board["slots"]) <= MOST_SLOTS
                else [],
                "paid_at": _moment(board["my_paid_at"]) if board["my_status"] in DONE else "",
            }
        return shown

    def words(self) -> dict[str, str]:
        return {
            "dues.sentence": _("{title} {amount}, until {day}"),
            "dues.until": _("until {day}"),
            "dues.count": _("{paid} of {members} paid"),
            "dues.collected": _("{amount} came together"),
            "dues.pay": _("Pay {amount}"),
            "dues.me": pgettext("one sign for myself, in a slot", "Me"),
        }


class SpendingPresenter(slips.SlipPresenter):
    """A request for money of the group: asked, declined or withdrawn. That it was paid the receipt says."""

    template = "wallets/_spending_slip.html"

    def sentence(self, slip: dict) -> str:
        words = self.words()
        pattern = words.get(f"spending.{slip['state']}", words["spending.waiting"])
        return pattern.format(person=slip["asked_by"]["username"], amount=won(slip["amount"]))

    def context(self, events: list[SystemEvent], user) -> list[dict]:
        """What was said then; nothing is asked."""
        return [{"sentence": self.sentence(event.slip), "reason": event.slip["reason"]} for event in events]

    def words(self) -> dict[str, str]:
        return {
            "spending.waiting": _("{person} asks for {amount}"),
            "spending.declined": _("{person}'s request for {amount} was declined"),
            "spending.withdrawn": _("{person} took back the request for {amount}"),
        }


def _receipt(sentence: str, slip: dict, amount: int, words: dict[str, str]) -> dict:
    """What the receipt's template shows."""
    return {
        "sentence": sentence,
        "memo": slip["memo"],
        "balance": words["receipt.balance"].format(balance=won(slip["balance_after"])),
        "amount": signed_won(amount),
        "way": "in" if amount > 0 else "out",
    }


def _way(slip: dict) -> str:
    return "in" if slip["amount"] > 0 else "out"


def _slot(slot: dict, words: dict[str, str]) -> dict:
    """The slot with the sign that stands in it: nobody who owes is named, but for oneself."""
    mark = "–" if slot["status"] == "exempt" else slot["mark"]
    return {**slot, "mark": mark or (words["dues.me"] if slot["mine"] else "")}


def _moment(at: datetime) -> str:
    return f"{_day(timezone.localtime(at).date().isoformat())} {clock(at)}"


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), pgettext("day of this year, Django date format", "j F"))
