"""Who came and who went, as small lines in the talk of a small channel. Each is the slip of the event that
tells the log of it (chat/services/roster.py)."""

from collections.abc import Hashable

from django.utils.translation import gettext as _

from chat import slips
from chat.pipeline.events import PEOPLE_KINDS


def register_presenters() -> None:
    """Let the talk show these lines."""
    for kind in PEOPLE_KINDS:
        slips.register(kind, PeopleLine(kind))


class PeopleLine(slips.SlipPresenter):
    """One kind of these lines. Those that follow each other become one, so that a crowd that comes in is no
    page of names."""

    template = "chat/_people_line.html"

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def sentence(self, slip: dict) -> str:
        return self.words()[f"people.{self._kind}"].format(name=slip.get("username", ""))

    def fold_key(self, slip: dict) -> Hashable:
        """All of a kind belong together."""
        return self._kind

    def folded(self, slips: list[dict]) -> dict:
        """The last one by name, the others by their number."""
        words = self.words()[f"people.{self._kind}.more"]
        return {"sentence": words.format(name=slips[-1].get("username", ""), count=len(slips) - 1)}

    def words(self) -> dict[str, str]:
        return {
            "people.joined": _("{name} came in"),
            "people.left": _("{name} left"),
            "people.removed": _("{name} was removed"),
            "people.joined.more": _("{name} and {count} more came in"),
            "people.left.more": _("{name} and {count} more left"),
            "people.removed.more": _("{name} and {count} more were removed"),
        }
