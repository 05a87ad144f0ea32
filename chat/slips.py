"""Slips: what other apps let stand in a channel's talk (receipts, dues cards, …), and who can present them.

An app registers one presenter for each kind of its own at start, so that chat shows slips without knowing
what is in them.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import ClassVar

from django.utils.translation import gettext as _

from chat.pipeline.events import SystemEvent


class SlipPresenter:
    """How the slips of one kind are said and drawn. This one is for kinds that nobody registered."""

    # Included by the conversation page with `slip`: one of `context`'s dicts, or None for the copy that the
    # page's script fills (static/js/slips/).
    template: ClassVar[str] = "chat/_plain_slip.html"

    def sentence(self, slip: dict) -> str:
        """The slip in one plain, translated sentence."""
        return _("News from {name}").format(name=slip.get("wallet_name", ""))

    def context(self, events: list[SystemEvent], user) -> list[dict]:
        """What the template shows of each event to this person, in the same order. Asks the database a fixed
        number of questions, however many events there are."""
        return [{"sentence": self.sentence(event.slip)} for event in events]

    def fold_key(self, slip: dict) -> Hashable | None:
        """Slips that follow each other with equal keys are folded into one line; None: never."""
        return None

    def folded(self, slips: list[dict]) -> dict:
        """What the template shows for several slips of one key, oldest first. Asked only of presenters that
        give a `fold_key`."""
        raise NotImplementedError

    def words(self) -> dict[str, str]:
        """Sentences for the page's script, by name (static/js/sentences.js)."""
        return {}


UNKNOWN = SlipPresenter()
_presenters: dict[str, SlipPresenter] = {}


def register(kind: str, presenter: SlipPresenter) -> None:
    """Show the slips of this kind with this presenter. A second call replaces the first."""
    _presenters[kind] = presenter


def templates() -> dict[str, str]:
    """The template of each kind; "" is that of unknown kinds."""
    return {"": UNKNOWN.template} | {kind: one.template for kind, one in _presenters.items()}


def presenter_of(kind: str) -> SlipPresenter:
    """The kind's presenter; for an unknown kind one that shows a plain line."""
    return _presenters.get(kind, UNKNOWN)


def sentence_of(event: SystemEvent) -> str:
    """The event's slip in one translated sentence."""
    return presenter_of(event.kind).sentence(event.slip)


def contexts(events: Iterable[SystemEvent], user) -> dict[str, dict]:
    """What the templates show of these slips to this person, by event id: each presenter is asked once."""
    by_kind: dict[str, list[SystemEvent]] = defaultdict(list)
    for event in events:
        by_kind[event.kind].append(event)
    shown = {}
    for kind, together in by_kind.items():
        drawn = presenter_of(kind).context(together, user)
        shown |= {event.id: context for event, context in zip(together, drawn, strict=True)}
    return shown


def words_for_scripts() -> dict[str, str]:
    """All presenters' sentences for the page's script."""
    words = {"slip.unknown": _("News from {name}")}
    for presenter in _presenters.values():
        words |= presenter.words()
    return words
