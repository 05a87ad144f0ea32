"""What a load must reach: a number of its report, and how much it may be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """`measure` names a number (`Report.measures`) that may be at most `limit`, with `below` less than it."""

    name: str
    measure: str
    limit: float
    below: bool = False

    def judge(self, measures: dict[str, float | None]) -> dict:
        """The goal beside what was measured. What was not measured is not met."""
        measured = measures[self.measure]
        met = measured is not None and (measured < self.limit if self.below else measured <= self.limit)
        return {"name": self.name, "limit": self.limit, "measured": measured, "met": met}


NO_FAULTS = (
    Goal("errors", "errors", 0),
    Goal("lost", "lost", 0),
    Goal("doubled", "doubled", 0),
    Goal("out of order", "out_of_order", 0),
)
STORED = (
    Goal("accepted but not stored", "not_stored", 0),
    Goal("stored twice", "stored_twice", 0),
)
