"""Polls and events as pages show them: counts, the reader's answer, and what pressing a choice makes of it.

static/js/cards/card_state.js counts the same way for what arrives live.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from chat.cards.rules import EVENT, YES
from chat.messages.history import Message
from chat.pipeline.events import Author, Card, now_ms

MOST_FACES = 8  # people whose seals an event shows; the list behind it has all


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing to choose. `then` is the reader's whole answer after pressing it, as the form sends it."""

    number: int
    label: str
    count: int
    is_mine: bool
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """A poll or event for one reader. `people` answered; `faces` are the first who come to an event. Without
    `message_id` it is a preview."""

    card: Card
    channel_id: int
    choices: list[Choice]
    message_id: str = ""
    position: str = ""
    people: int = 0
    faces: list[Author] = field(default_factory=list)

    @property
    def is_event(self) -> bool:
        """Whether it asks who comes."""
        return self.card.kind == EVENT

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more answers."""
        return self.card.closes_at is not None and self.card.closes_at <= now_ms()

    @property
    def is_over(self) -> bool:
        """Whether the event has begun."""
        return self.card.starts_at is not None and self.card.starts_at <= now_ms()

    @property
    def coming(self) -> int:
        """How many come."""
        return self.choices[YES].count

    @property
    def unseen_faces(self) -> int:
        """Who come beside the faces."""
        return self.coming - len(self.faces)

    @property
    def mine(self) -> list[Choice]:
        """What the reader chose."""
        return [choice for choice in self.choices if choice.is_mine]


def labels_of(card: Card) -> list[str]:
    """What there is to choose, in words."""
    return [_("Coming"), _("Not coming"), _("Maybe")] if card.kind == EVENT else card.choices


def preview(card: Card, channel_id: int) -> CardLine:
    """How a card will look that nobody has answered."""
    return CardLine(card=card, channel_id=channel_id, choices=_choices(card, {}, 0))


def card_lines(messages: Iterable[Message], reader) -> dict[str, CardLine]:
    """The cards among these messages, by message id. One question for names, however many there are."""
    found = [one for one in messages if not one.is_slip and one.event.card and not one.is_deleted]
    coming = {one.event.id: _first_coming(one) for one in found if one.event.card.kind == EVENT}
    names = public_names({person for people in coming.values() for person in people})
    return {
        one.event.id: _card_line(one, reader.pk, _faces(coming.get(one.event.id, []), names)) for one in found
    }


def public_names(ids: Iterable[int]) -> dict[int, str]:
    """What these people are called today; a deleted account is a former member."""
    return {user.pk: user.public_name for user in get_user_model().objects.filter(pk__in=ids)}


def _first_coming(message: Message) -> list[int]:
    answers = message.changes.answered if message.changes else {}
    return sorted(person for person, choices in answers.items() if YES in choices)[:MOST_FACES]


def _faces(people: list[int], names: dict[int, str]) -> list[Author]:
    return [Author(person, names[person]) for person in people if person in names]


def _card_line(message: Message, reader_id: int, faces: list[Author]) -> CardLine:
    answers = message.changes.answered if message.changes else {}
    card = message.event.card
    return CardLine(
        card=card,
        channel_id=message.event.channel,
        message_id=message.event.id,
        position=str(message.position),
        choices=_choices(card, answers, reader_id),
        people=len(answers),
        faces=faces,
    )


def _choices(card: Card, answers: dict[int, list[int]], reader_id: int) -> list[Choice]:
    labels = labels_of(card)
    counts = [0] * len(labels)
    for chosen in answers.values():
        for number in chosen:
            counts[number] += 1
    mine = answers.get(reader_id, [])
    return [
        Choice(
            number=number,
            label=label,
            count=counts[number],
            is_mine=number in mine,
            then=",".join(map(str, _after_pressing(number, mine, multiple=card.multiple))),
        )
        for number, label in enumerate(labels)
    ]


def _after_pressing(number: int, mine: list[int], *, multiple: bool) -> list[int]:
    """Pressing an own choice takes it back; another one replaces it, or joins it where several may be."""
    if number in mine:
        return [one for one in mine if one != number]
    return sorted([*mine, number]) if multiple else [number]
