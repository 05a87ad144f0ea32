"""What became of messages: edits, deletions, reactions, answers and pins, folded. Knows no Django.

Messages themselves are never touched. What was done to one stands beside it as `Changes`, in which each thing
keeps the place in the log that decided it: the later place wins, whatever order and however often the events
arrive. So folding is commutative and idempotent, and a change that arrives before its message is not lost.
"""

import msgspec

from chat.pipeline.events import Answered, Author, ChangeEvent, Deleted, Edited, Pinned, Position, Reacted


class Edit(msgspec.Struct, omit_defaults=True):
    """The text that stands now."""

    at: str
    text: str
    edited_at: int
    mentions: list[Author] = []


class Deletion(msgspec.Struct):
    """Who deleted it first."""

    at: str
    by: int


class Pin(msgspec.Struct):
    """Whether it is a notice, and who said so last, when (Unix ms)."""

    at: str
    on: bool
    by: Author
    pinned_at: int


class Vote(msgspec.Struct):
    """The last word of one person: of a reaction whether it is set, of a card the choices."""

    at: str
    on: bool = False
    choices: list[int] = []


class Changes(msgspec.Struct, omit_defaults=True):
    """Everything that was done to the message `id`. `reactions` by emoji and person, `answers` by person."""

    id: str
    channel: int
    edit: Edit | None = None
    deletion: Deletion | None = None
    pin: Pin | None = None
    reactions: dict[str, dict[str, Vote]] = {}
    answers: dict[str, Vote] = {}
    version: int = 0  # the store's: how often it was written

    def fold(self, event: ChangeEvent, position: Position) -> None:
        """Take one event in. Any order, any number of times: the result is the same."""
        at = str(position)
        match event:
            case Edited(text=text, mentions=mentions, sent_at=sent_at):
                if _is_later(self.edit, at):
                    self.edit = Edit(at, text, sent_at, mentions)
            case Deleted(author=author):
                if self.deletion is None or at < self.deletion.at:
                    self.deletion = Deletion(at, author.id)
            case Pinned(on=on, author=author, sent_at=sent_at):
                if _is_later(self.pin, at):
                    self.pin = Pin(at, on, author, sent_at)
            case Reacted(emoji=emoji, on=on, author=author):
                people = self.reactions.setdefault(emoji, {})
                if _is_later(people.get(str(author.id)), at):
                    people[str(author.id)] = Vote(at, on=on)
            case Answered(choices=choices, author=author):
                if _is_later(self.answers.get(str(author.id)), at):
                    self.answers[str(author.id)] = Vote(at, choices=choices)

    @property
    def reacted(self) -> dict[str, list[int]]:
        """Who set which reaction: emoji and ids of people, each in the order of the log."""
        first: dict[str, tuple[list[int], str]] = {}
        for emoji, people in self.reactions.items():
            given = sorted((vote.at, int(person)) for person, vote in people.items() if vote.on)
            if given:
                first[emoji] = ([person for _, person in given], given[0][0])
        return {emoji: people for emoji, (people, _) in sorted(first.items(), key=lambda one: one[1][1])}

    @property
    def answered(self) -> dict[int, list[int]]:
        """The choices of everybody who answered, by person."""
        return {int(person): vote.choices for person, vote in self.answers.items() if vote.choices}

    @property
    def is_notice(self) -> bool:
        """Whether it stands among the notices now."""
        return self.pin is not None and self.pin.on and self.deletion is None


def fold_all(known: dict[str, Changes], events: list[tuple[ChangeEvent, Position]]) -> list[Changes]:
    """What is stored of some messages (by id) with these events folded in: the ones to write back."""
    touched: dict[str, Changes] = {}
    for event, position in events:
        changes = touched.get(event.message) or known.get(event.message)
        if changes is None:
            changes = Changes(event.message, event.channel)
        # The first event of a message says its channel; one from elsewhere is not about this message.
        if changes.channel == event.channel:
            changes.fold(event, position)
            touched[event.message] = changes
    return list(touched.values())


def _is_later(decided: Edit | Pin | Vote | None, at: str) -> bool:
    return decided is None or at > decided.at
