"""The predecessor's published loads, played on each transport: its figures, its goals and ours."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from chat.loadtest.goals import NO_FAULTS, STORED, Goal
from chat.loadtest.plan import Plan
from chat.loadtest.report import Report

RAMP_UP_SECONDS = 1.0
_ITS_GOALS = (
    Goal("predecessor's goal: mean, ms", "mean_ms", 2_000),
    Goal("predecessor's goal: errors, %", "failed_percent", 1, below=True),
)
# The site runs without rate limits: every refusal counts as an error here, as it did there.
_OUR_GOALS = (Goal("errors and refusals", "failed", 0), *NO_FAULTS[1:], *STORED)
_MEAN_WITH_RECEIVERS = Goal("mean with all receiving, ms", "mean_ms", 1_000)
_MEAN_OF_ANSWERS = Goal("mean, ms", "mean_ms", 500)


@dataclass(frozen=True, slots=True)
class Row:
    """So many users send so many messages each. `published`: mean, minimum and maximum in ms and errors in
    per cent, of the predecessor's versions 0.1, 0.2 and 0.3."""

    users: int
    messages: int
    published: tuple[tuple[float, float, float, float] | None, ...] = ()

    @property
    def name(self) -> str:
        """As the command line calls it."""
        return f"{self.users}x{self.messages}"

    def published_by_version(self) -> dict[str, dict | None] | None:
        """The published figures, for the report."""
        columns = ("mean_ms", "min_ms", "max_ms", "error_percent")
        return {
            version: dict(zip(columns, figures, strict=True)) if figures else None
            for version, figures in zip(("0.1", "0.2", "0.3"), self.published, strict=False)
        } or None


ROWS = (
    Row(100, 50, ((543.51, 24, 5951, 0), (249.21, 10, 1886, 0), (225.37, 9, 1182, 0))),
    Row(100, 100, ((458.86, 21, 7363, 0), (237.92, 11, 1472, 0), (245.13, 8, 2143, 0))),
    Row(200, 50, ((909.87, 21, 9524, 0), (437.51, 10, 2468, 0), (462.46, 9, 2143, 0))),
    Row(200, 100, ((911.38, 14, 9889, 0), (404, 9, 2138, 0), (416, 8, 2376, 0))),
    Row(500, 50, ((2322.3, 24, 13277, 0), (1137.82, 15, 4241, 0), (1114.47, 11, 4167, 0))),
    Row(500, 100, ((2359.84, 20, 12726, 0), (1253.5, 13, 5045, 0), (988.53, 10, 3342, 0))),
    Row(1000, 50, ((4842.09, 22, 16345, 0), (2677.19, 14, 7287, 0), (2052.25, 6, 4807, 0.40))),
    Row(1000, 100, ((4549.88, 22, 18060, 0), (2293.47, 2, 6352, 1.45), (2069.8, 9, 5210, 0.23))),
    Row(2000, 50, (None, (3821.39, 3, 75649, 58.64), (3914.68, 3, 13639, 8.13))),
)
LARGEST = ROWS[-1]


def plans(base: Plan, rows: tuple[Row, ...], transports: tuple[str, ...]) -> list[tuple[Plan, Row]]:
    """A plan for each row on each transport, on the first users of the base plan.

    Over ws and stomp every user receives; over http nobody, as in the published test, and once more the
    largest row with all receiving.
    """
    found = []
    for transport in transports:
        for row in rows:
            found.append((_plan(base, row, transport, receiving=transport != "http"), row))
        if transport == "http" and LARGEST in rows:
            found.append((_plan(base, LARGEST, transport, receiving=True), LARGEST))
    return found


def play(
    base: Plan, rows: tuple[Row, ...], transports: tuple[str, ...], conduct: Callable[[Plan, str], Report]
) -> Iterator[Report]:
    """The report of each row, one after the other, until one is interrupted."""
    todo = plans(base, rows, transports)
    for number, (plan, row) in enumerate(todo, start=1):
        report = conduct(plan, f"[{number}/{len(todo)}] {plan.name}")
        yield replace(report, published=row.published_by_version())
        if report.interrupted:
            return


def _plan(base: Plan, row: Row, transport: str, *, receiving: bool) -> Plan:
    return replace(
        base,
        users=base.users[: row.users],
        senders=row.users,
        receivers=row.users if receiving else 0,
        messages=row.messages,
        rate=0.0,
        duration_seconds=0.0,
        ramp_up_seconds=RAMP_UP_SECONDS,
        transport=transport,
        stored=True,
        goals=(*_ITS_GOALS, *_OUR_GOALS, *_goals_of_the_largest(row, receiving)),
    )


def _goals_of_the_largest(row: Row, receiving: bool) -> tuple[Goal, ...]:
    if row is not LARGEST:
        return ()
    return (_MEAN_WITH_RECEIVERS,) if receiving else (_MEAN_OF_ANSWERS,)
