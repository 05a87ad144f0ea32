"""Polls and events: what a card may hold and who may still answer it."""

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat import protocol
from chat.pipeline.events import Card, now_ms

POLL, EVENT = "poll", "event"
KINDS = (POLL, EVENT)
# The choices of an event, by number; pages say them in words.
YES, NO, MAYBE = range(3)
TITLE_LENGTH, CHOICE_LENGTH, PLACE_LENGTH = 100, 60, 100
FEWEST_CHOICES, MOST_CHOICES = 2, 10


class BadCard(Refusal):
    """The poll or event breaks a rule; `code` says which."""

    status = 422
    DETAILS = {
        "card_kind_unknown": _("A card is a poll or an event."),
        "card_title_invalid": _("Give it a title of up to 100 characters."),
        "card_choices_invalid": _("A poll has 2 to 10 different choices of up to 60 characters."),
        "card_closes_in_the_past": _("The closing time lies in the past."),
        "card_starts_at_required": _("Say when the event begins."),
        "card_place_too_long": _("A place has up to 100 characters."),
    }

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(self.DETAILS[code], field="card")


class BadAnswer(Refusal):
    """These choices cannot be an answer."""

    code, status = "choices_invalid", 422
    detail = _("Choose one of what is offered.")


class CardClosed(Refusal):
    """It took answers until its closing time."""

    code, status = "card_closed", 409
    detail = _("This is closed. No more answers are counted.")


def check(asked: Card, at_ms: int | None = None) -> Card:
    """The card, tidied, as it may be asked at that moment (None: now). Raises BadCard."""
    if asked.kind not in KINDS:
        raise BadCard("card_kind_unknown")
    title = _tidy(asked.title)
    if not _is_line(title, TITLE_LENGTH):
        raise BadCard("card_title_invalid")
    if asked.closes_at is not None and asked.closes_at <= (at_ms or now_ms()):
        raise BadCard("card_closes_in_the_past")
    if asked.kind == POLL:
        return Card(POLL, title, _choices(asked.choices), asked.multiple, asked.closes_at)
    if asked.starts_at is None or asked.starts_at <= 0:
        raise BadCard("card_starts_at_required")
    place = _tidy(asked.place)
    if place and not _is_line(place, PLACE_LENGTH):
        raise BadCard("card_place_too_long")
    return Card(EVENT, title, closes_at=asked.closes_at, starts_at=asked.starts_at, place=place)


def check_answer(card: Card, choices: list[int], at_ms: int | None = None) -> list[int]:
    """The choices, each once, in order, as they may be given at that moment (None: now); none takes an answer
    back. Raises BadAnswer, CardClosed."""
    if card.closes_at is not None and card.closes_at <= (at_ms or now_ms()):
        raise CardClosed
    offered = len(card.choices) if card.kind == POLL else MAYBE + 1
    chosen = sorted(set(choices))
    if any(not 0 <= choice < offered for choice in chosen) or (len(chosen) > 1 and not card.multiple):
        raise BadAnswer(field="choices")
    return chosen


def _tidy(line: str) -> str:
    return " ".join(line.split())


def _is_line(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and not protocol.CONTROL_CHARACTERS.search(text)


def _choices(asked: list[str]) -> list[str]:
    choices = [_tidy(choice) for choice in asked]
    if (
        not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES
        or len(set(choices)) < len(choices)
        or not all(_is_line(one, CHOICE_LENGTH) for one in choices)
    ):
        raise BadCard("card_choices_invalid")
    return choices
