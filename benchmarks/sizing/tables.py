"""The tables of `docs/scale.md`, as Markdown, between marks that only this writes between."""

import math
import re
from collections.abc import Iterable

from benchmarks.printing import table_head, table_row
from benchmarks.sizing.costs import Costs
from benchmarks.sizing.limits import limits, met_at

SHOWN_SOCKETS = (10, 100, 1_000, 10_000)
SHOWN_PARTITIONS = (12, 48, 192, 1_024, 4_095)


def write_into(text: str, tables: dict[str, str]) -> str:
    """The text with each table between its two marks. Raises ValueError when one of them has no place."""
    for name, table in tables.items():
        marks = re.compile(rf"(<!-- sizing: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, times = marks.subn(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", text)
        if times != 1:
            raise ValueError(f"{name} has {times} places")
    return text


def tables(found: dict, costs: Costs) -> dict[str, str]:
    """Every table by its name."""
    sites = found["sites"]
    return {
        "crowd": _table(_CROWD, sites),
        "engines": _table(_ENGINES, sites),
        "web": _table(_WEB, sites),
        "limits": _limits(sites, costs),
        "following": _following([one for one in found["following"] if one["sockets"] in SHOWN_SOCKETS]),
        "start": _start(costs),
        "inputs": _inputs(costs),
    }


def number(value: float) -> str:
    """Three digits, and no more than thousandths: 1,240,000 · 36.5 · 0.021 · <0.001."""
    if value < 0.001:
        return "<0.001" if value else "0"
    digits = min(3, 2 - math.floor(math.log10(value)))
    rounded = round(value, digits)
    return f"{rounded:,.{digits}f}".rstrip("0").rstrip(".") if digits > 0 else f"{rounded:,.0f}"


def part(value: float) -> str:
    """Of what one bears, in per cent."""
    return f"{number(value * 100)} %"


_CROWD = {
    "members": lambda site: f"{site['members']:,}",
    "channels": lambda site: number(site["channels"]),
    "online": lambda site: number(site["online"]),
    "sockets": lambda site: number(site["sockets"]),
    "messages/s": lambda site: number(site["burst_messages_per_second"]),
    "deliveries/s": lambda site: number(site["burst_deliveries_per_second"]),
    "read marks/s": lambda site: number(site["burst_marks_per_second"]),
    "whispers/s": lambda site: number(site["whispers_per_second"]),
    "transfers/s": lambda site: number(site["transfers_per_second"]),
}
_ENGINES = {
    "members": lambda site: f"{site['members']:,}",
    "web processes": lambda site: f"{site['web']['processes']:,}",
    "MB each": lambda site: number(site["web"]["megabytes_each"]),
    "partitions": lambda site: str(site["kafka"]["partitions"]),
    "one worker: archive / search": lambda site: " / ".join(
        part(site["workers"][name]) for name in ("archive", "search")
    ),
    "Kafka MB/s: written / read": lambda site: " / ".join(
        number(site["kafka"][name]) for name in ("written_mb_per_second", "read_mb_per_second_all")
    ),
    "log, GB a year": lambda site: number(site["kafka"]["gigabytes_a_year"]),
    "MongoDB, GB a year": lambda site: number(site["mongodb"]["gigabytes_a_year"]),
    "MySQL: marks / transfers": lambda site: " / ".join(
        part(site["mysql"][name]) for name in ("marks", "transfers")
    ),
    "Redis": lambda site: part(site["redis"]["cores"]),
}


def _cores(name: str):
    return lambda site: number(site["web"]["cores_all"][name])


_WEB = {
    "members": lambda site: f"{site['members']:,}",
    "web processes": lambda site: f"{site['web']['processes']:,}",
    **{name: _cores(name) for name in ("accepting", "writing", "pages and money", "idle sockets")},
    "reading all of the log": _cores("reading the log"),
    "the needed partitions only": lambda site: number(site["web"]["cores_needed"]["reading the log"]),
    "whispers": _cores("whispers"),
    "together": lambda site: f"**{number(sum(site['web']['cores_all'].values()))}**",
}


def _table(columns: dict, sites: Iterable[dict]) -> str:
    rows = (table_row(column(site) for column in columns.values()) for site in sites)
    return "\n".join((table_head(tuple(columns)), *rows))


def _limits(sites: list[dict], costs: Costs) -> str:
    met = sorted(((met_at(one.fullness, sites), one) for one in limits(costs)), key=lambda pair: pair[0])
    rows = []
    for members, one in met:
        about = (
            f"beyond {sites[-1]['members']:,}" if math.isinf(members) else f"{float(f'{members:.1g}'):,.0f}"
        )
        rows.append(table_row((about, one.what, one.then)))
    return "\n".join((table_head(("members, about", "what is full", "then")), *rows))


def _following(followed: list[dict]) -> str:
    columns = (
        "sockets",
        "channels",
        "partitions",
        "needed",
        "computed",
        "of the records",
        "neighbours together",
    )
    rows = [
        table_row(
            (
                f"{one['sockets']:,}",
                number(one["channels"]),
                one["partitions"],
                number(one["followed"]),
                number(one["expected"]),
                f"{one['records_share']:.0%}",
                f"{one['records_share_together']:.0%}",
            )
        )
        for one in followed
    ]
    return "\n".join((table_head(columns), *rows))


def _start(costs: Costs) -> str:
    rows = []
    for partitions in SHOWN_PARTITIONS:
        seconds = (
            partitions * costs[name] * costs["record_read"]
            for name in ("rewound_records", "rewound_on_demand")
        )
        rows.append(table_row((f"{partitions:,}", *map(number, seconds))))
    return "\n".join((table_head(("partitions", "`all`, core s", "`needed`, and all are needed")), *rows))


def _inputs(costs: Costs) -> str:
    rows = [
        table_row((f"`{one.name}`", _plain(one.value), one.unit, one.source.replace("|", "/")))
        for one in costs.all
    ]
    return "\n".join((table_head(("input", "value", "unit", "source")), *rows))


def _plain(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.10f}".rstrip("0").rstrip(".")
