"""Plots of what was simulated, each an SVG file of its own, drawn with the load report's plots."""

from pathlib import Path

from benchmarks.sizing.costs import Costs
from chat.loadtest.page.markup import Markup, element, join
from chat.loadtest.page.plot import HEIGHT, Limit, Plot, Series, contents, room
from chat.loadtest.page.scales import Logarithmic, at_values, from_zero

WIDTH, TOP, BOTTOM, EDGE = 760, 92, 40, 16
_PLOT_STYLE = Path(__file__).parents[2] / "chat" / "loadtest" / "page" / "plot.css"
# What plot.css calls by meaning, in light and dark: a file that stands alone has no style sheet of the site.
_COLOURS = """
svg { color-scheme: light dark; --color-surface: #ffffff; --color-line: #d9e1dc; --color-border: #7a8881;
  --color-text: #15201b; --color-text-soft: #46544d; --color-danger: #ad1f3a; --color-series-0: #5d6b64;
  --color-series-1: #17664c; --color-series-2: #1c53ad; --color-series-3: #b04409; --text-1: 12px;
  --text-2: 13px; --weight-strong: 700; font-family: system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
  svg { --color-surface: #1c2320; --color-line: #2c3531; --color-border: #74837b; --color-text: #e8efeb;
    --color-text-soft: #b3c0b9; --color-danger: #ff95a1; --color-series-0: #96a49d; --color-series-1: #5fc09b;
    --color-series-2: #93b8ff; --color-series-3: #ffa169; } }
.paper { fill: var(--color-surface); } 
.title { fill: var(--color-text); font: 700 16px system-ui, sans-serif; }
.hint { fill: var(--color-text-soft); font-size: 13px; }
"""


def draw_file(plot: Plot) -> str:
    """The plot as an SVG text that needs nothing else and is read on light and on dark pages."""
    before, after = room(plot)
    drawing = element(
        "svg",
        contents(plot),
        x=EDGE + before,
        y=TOP,
        width=WIDTH - 2 * EDGE - before - after,
        height=HEIGHT,
        overflow="visible",
    )
    inner = join(
        element("style", Markup(_COLOURS + _PLOT_STYLE.read_text(encoding="utf-8"))),
        element("rect", class_="paper", width="100%", height="100%", rx=8),
        element("text", plot.title, class_="title", x=EDGE, y=32),
        element("text", plot.hint, class_="hint", x=EDGE, y=54),
        drawing,
    )
    height = TOP + HEIGHT + BOTTOM
    return element(
        "svg",
        inner,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height}",
        width=WIDTH,
        height=height,
        role="img",
        aria_label=f"{plot.title}. {plot.sentence}",
    )


def plots(found: dict, costs: Costs) -> dict[str, Plot]:
    """Every plot by the name of its file."""
    sites, followed = found["sites"], found["following"]
    return {
        "web": _web(sites, costs),
        "shared": _shared(sites),
        "kafka": _kafka(sites),
        "following": _following(followed),
        "share": _share(followed),
    }


def _decades(values: list[float], least: float = 0) -> Logarithmic:
    """Whole powers of ten around the values."""
    low, high = max(least, min(value for value in values if value > 0)), max(values)
    marks = [10.0**power for power in range(-9, 13)]
    first = max((mark for mark in marks if mark <= low), default=marks[0])
    last = min(mark for mark in marks if mark >= high)
    shown = tuple(mark for mark in marks if first <= mark <= last)
    return Logarithmic(shown[0], shown[-1], shown)


def _members(sites: list[dict]) -> Logarithmic:
    return _decades([site["members"] for site in sites])


def _points(sites: list[dict], value) -> list[tuple[float, float]]:
    return [(site["members"], value(site)) for site in sites]


def _web(sites: list[dict], costs: Costs) -> Plot:
    talk = ("accepting", "writing", "pages and money", "idle sockets")
    series = [
        Series("its own people", _points(sites, lambda site: _sum(site, talk)), 1, dots=True),
        Series(
            "reading all of the log",
            _points(sites, lambda site: _sum(site, ("reading the log",))),
            2,
            dots=True,
        ),
        Series("whispers of all", _points(sites, lambda site: _sum(site, ("whispers",))), 3, dots=True),
        Series("all of it", _points(sites, lambda site: _sum(site, site["web"]["cores_all"])), 0),
    ]
    highest = max(value for one in series for _, value in one.seen())
    largest = sites[-1]
    return Plot(
        title="What fills a web process",
        hint="Cores of the fullest one in the busiest minute, by members of the site.",
        sentence=f"{_sum(largest, largest['web']['cores_all']):.2f} with {largest['members']:,} members.",
        across=_members(sites),
        up=from_zero(max(highest, 1)),
        series=series,
        across_unit=" members",
        up_unit="cores",
        limit=Limit(1, "all that a process can use"),
    )


def _sum(site: dict, names) -> float:
    return sum(site["web"]["cores_all"][name] for name in names)


def _shared(sites: list[dict]) -> Plot:
    values = {
        "Redis": lambda site: site["redis"]["cores"],
        "MySQL: read marks": lambda site: site["mysql"]["marks"],
        "MySQL: transfers": lambda site: site["mysql"]["transfers"],
        "one search worker": lambda site: site["workers"]["search"],
    }
    hues = (3, 2, 1, 0)
    series = [
        Series(name, _points([one for one in sites if value(one) > 0], value), hue, dots=True)
        for hue, (name, value) in zip(hues, values.items(), strict=True)
    ]
    return Plot(
        title="What everybody shares",
        hint="Part of what one of it bears, by members of the site.",
        sentence="Redis is full first, then one search worker.",
        across=_members(sites),
        up=_decades([value for one in series for _, value in one.seen()], 1e-4),
        series=series,
        across_unit=" members",
        limit=Limit(1, "full"),
    )


def _kafka(sites: list[dict]) -> Plot:
    large = [site for site in sites if site["members"] >= 10_000]
    values = {
        "read, all follow all": ("read_mb_per_second_all", 3),
        "read, the needed only": ("read_mb_per_second_needed", 2),
        "written, three copies": ("written_mb_per_second", 1),
    }
    series = [
        Series(name, _points(large, lambda site, key=key: site["kafka"][key]), hue, dots=True, under=hue == 3)
        for name, (key, hue) in values.items()
    ]
    return Plot(
        title="What Kafka moves",
        hint="MB/s in the busiest minute. The two ways of following lie on each other.",
        sentence="Reading grows with the square of the members.",
        across=_members(large),
        up=_decades([value for one in series for _, value in one.seen()]),
        series=series,
        across_unit=" members",
        up_unit="MB/s",
    )


def _following(followed: list[dict]) -> Plot:
    partitions = sorted({one["partitions"] for one in followed})
    return Plot(
        title="Partitions that a process needs",
        hint="Share of all, by sockets on the process, which hold anybody. The formula gives the same.",
        sentence="From a few hundred sockets on a process needs every partition.",
        across=at_values(one["sockets"] for one in followed),
        up=from_zero(1),
        series=[
            Series(f"of {number}", _shares(followed, number), hue, dots=True)
            for hue, number in enumerate(partitions, start=1)
        ],
        across_unit=" sockets",
    )


def _shares(followed: list[dict], partitions: int) -> list[tuple[float, float]]:
    chosen = [one for one in followed if one["partitions"] == partitions]
    return [(one["sockets"], one["followed"] / partitions) for one in chosen]


def _share(followed: list[dict]) -> Plot:
    partitions = max(one["partitions"] for one in followed)
    chosen = [one for one in followed if one["partitions"] == partitions]
    series = [
        Series("anybody anywhere", [(one["sockets"], one["records_share"]) for one in chosen], 3, dots=True),
        Series(
            "neighbours together",
            [(one["sockets"], one["records_share_together"]) for one in chosen],
            1,
            dots=True,
        ),
        Series("nothing but theirs", [(one["sockets"], one["own_share"]) for one in chosen], 0),
    ]
    return Plot(
        title=f"What a process reads of a log of {partitions} partitions",
        hint="Share of all records, when it follows only the partitions that its people need.",
        sentence="Who is placed together needs less, but soon all of it too.",
        across=at_values(one["sockets"] for one in chosen),
        up=from_zero(1),
        series=series,
        across_unit=" sockets",
    )
