"""Who looks at a channel right now, in this process and in the others. Knows no Django."""

from collections import Counter

SMALL = 50  # members; beyond, nobody is named and nobody is seen writing
# Each process repeats what it knows so often; one that fell silent is believed dead after the second time.
REPEAT_SECONDS = 10
BELIEVED_SECONDS = 25


class Presence:
    """The people with this channel open in front of them. A person may look from several windows."""

    def __init__(self) -> None:
        self._here: Counter[int] = Counter()
        self._elsewhere: dict[str, tuple[list[int], float]] = {}  # process: people, believed until

    def come(self, user_id: int) -> None:
        """One more window of this person looks."""
        self._here[user_id] += 1

    def go(self, user_id: int) -> None:
        """One window less."""
        self._here[user_id] -= 1
        if self._here[user_id] <= 0:
            del self._here[user_id]

    @property
    def here(self) -> list[int]:
        """Those whose windows this process serves."""
        return sorted(self._here)

    def hear(self, process: str, people: list[int], now: float) -> None:
        """Another process tells whose windows it serves."""
        if people:
            self._elsewhere[process] = (people, now + BELIEVED_SECONDS)
        else:
            self._elsewhere.pop(process, None)

    def people(self, now: float) -> list[int]:
        """All of them, each once."""
        for process in [one for one, (_, until) in self._elsewhere.items() if until <= now]:
            del self._elsewhere[process]
        return sorted({*self._here, *(one for people, _ in self._elsewhere.values() for one in people)})
