"""Draws lines over two axes as SVG. Only the lines stretch with the page; words keep their size."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chat.loadtest.page.markup import Markup, element, join
from chat.loadtest.page.scales import Linear, Scale

HEIGHT = 224
_ACROSS = 1000
_LABEL_GAP = 32
_LABEL_LINE = 15
_WIDE_SIGN = "\u1100"

Points = Sequence[tuple[float, float | None]]


@dataclass(frozen=True, slots=True)
class Series:
    """One line. A point without a value interrupts it; `hue` 0 is drawn dashed, 1 to 3 are the colours.

    `last` is what is written below the name at the line's end. With `steps` a value holds until the next.
    `under` draws it broader, so that it is seen below another that runs along it.
    """

    name: str
    points: Points
    hue: int
    last: str = ""
    steps: bool = False
    dots: bool = False
    under: bool = False

    def seen(self) -> list[tuple[float, float]]:
        """The points that have a value."""
        return [(across, value) for across, value in self.points if value is not None]


@dataclass(frozen=True, slots=True)
class Limit:
    """A line that ours should stay below, said in words."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture with its title; `sentence` says what it shows to those who do not see it."""

    title: str
    hint: str
    sentence: str
    across: Scale
    up: Scale
    series: list[Series] = field(default_factory=list)
    across_unit: str = ""
    up_unit: str = ""
    limit: Limit | None = None


def draw(plot: Plot) -> Markup:
    """The figure; with words instead of lines when no series has a value."""
    if not any(series.seen() for series in plot.series):
        return figure(plot.title, plot.hint, element("p", "잰 값이 없어요.", class_="figure__empty"))
    return figure(plot.title, plot.hint, paper(plot.sentence, contents(plot), *room(plot)))


def room(plot: Plot) -> tuple[int, int]:
    """Pixels that its words need before and after the drawing."""
    words = [word for series in plot.series if series.seen() for word in (series.name, series.last)]
    return 14 + max(7 * len(tick.label) for tick in plot.up.ticks()), 12 + max(map(_width, words))


def contents(plot: Plot) -> Markup:
    """All that stands on its paper, HEIGHT high and as wide as that is; one series has a value at least."""
    shown = [series for series in plot.series if series.seen()]
    return join(
        frame(plot.across, plot.up, plot.across_unit, plot.up_unit),
        _limit(plot),
        element("svg", *(_line(plot, one) for one in shown), **_STRETCHED),
        *(_dot(plot, one, point) for one in shown for point in _dotted(one)),
        *_labels(plot, shown),
    )


def figure(title: str, hint: str, content: Markup) -> Markup:
    """A titled panel."""
    caption = element("figcaption", element("b", title), " ", element("span", hint), class_="figure__title")
    return element("figure", caption, content, class_="figure")


def paper(sentence: str, content: Markup, before: int, after: int) -> Markup:
    """The drawing, with room for words of so many pixels before and after."""
    return element(
        "svg",
        content,
        class_="plot",
        role="img",
        aria_label=sentence,
        width="100%",
        height=HEIGHT,
        style=f"--before:{before}px;--after:{after}px",
    )


def frame(across: Scale, up: Scale, across_unit: str, up_unit: str) -> Markup:
    """Hairlines with the values beside them, and the axis."""
    ticks = across.ticks()
    words = [tick.label for tick in ticks[:-1]] + [f"{ticks[-1].label}{across_unit}"]
    return join(
        *(_row(down(tick.place), tick.label) for tick in up.ticks()),
        *(_column(percent(tick.place), word) for tick, word in zip(ticks, words, strict=True)),
        element("line", class_="plot__axis", x1=0, x2="100%", y1=HEIGHT, y2=HEIGHT),
        element("text", up_unit, class_="plot__word plot__word--before", x=-8, y=-14),
    )


def down(place: float) -> float:
    """Pixels from the top."""
    return round((1 - place) * HEIGHT, 1)


def percent(place: float) -> str:
    """Of the drawing's width."""
    return f"{place * 100:.2f}%"


def spread(wanted: Sequence[float], gap: float, most: float) -> list[float]:
    """The wanted places, moved so that they lie `gap` apart and none below `most`; in the given order."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed: list[float] = []
    for index in order:
        placed.append(max(wanted[index], placed[-1] + gap) if placed else wanted[index])
    limit = most
    for number in reversed(range(len(placed))):
        placed[number] = min(placed[number], limit)
        limit = placed[number] - gap
    found = dict(zip(order, placed, strict=True))
    return [found[index] for index in range(len(wanted))]


_STRETCHED = {
    "class_": "plot__lines",
    "width": "100%",
    "height": HEIGHT,
    "viewBox": f"0 0 {_ACROSS} {HEIGHT}",
    "preserveAspectRatio": "none",
}


def _row(at: float, word: str) -> Markup:
    return join(
        element("line", class_="plot__grid", x1=0, x2="100%", y1=at, y2=at),
        element("text", word, class_="plot__word plot__word--before", x=-8, y=at + 4),
    )


def _column(at: str, word: str) -> Markup:
    return join(
        element("line", class_="plot__grid", x1=at, x2=at, y1=0, y2=HEIGHT),
        element("text", word, class_="plot__word plot__word--below", x=at, y=HEIGHT + 20),
    )


def _limit(plot: Plot) -> Markup | None:
    if plot.limit is None:
        return None
    at = down(plot.up.place(plot.limit.value))
    return join(
        element("line", class_="plot__limit", x1=0, x2="100%", y1=at, y2=at),
        element("text", plot.limit.words, class_="plot__word plot__word--limit", x=6, y=at - 7),
    )


def _line(plot: Plot, series: Series) -> Markup:
    steps, pen_down = [], False
    for across, value in series.points:
        x = round(plot.across.place(across) * _ACROSS, 1)
        if value is None:
            if pen_down and series.steps:
                steps.append(f"H{x}")
            pen_down = False
            continue
        y = down(plot.up.place(value))
        if not pen_down:
            steps.append(f"M{x} {y}")
        else:
            steps.append(f"H{x}V{y}" if series.steps else f"L{x} {y}")
        pen_down = True
    if series.steps and pen_down and isinstance(plot.across, Linear):
        steps.append(f"H{_ACROSS}")
    kind = f"plot__series plot__series--{series.hue}" + (" plot__series--under" if series.under else "")
    return element("path", class_=kind, d="".join(steps))


def _dotted(series: Series) -> list[tuple[float, float]]:
    """Every point or the last one, and those that stand alone and would otherwise not be seen."""
    if series.dots or series.steps:
        return series.seen() if series.dots else []
    values = [None, *(value for _, value in series.points), None]
    alone = [
        point
        for number, point in enumerate(series.points)
        if point[1] is not None and values[number] is None and values[number + 2] is None
    ]
    return list(dict.fromkeys([*alone, series.seen()[-1]]))


def _dot(plot: Plot, series: Series, point: tuple[float, float]) -> Markup:
    place, at = percent(plot.across.place(point[0])), down(plot.up.place(point[1]))
    return element("circle", class_=f"plot__dot plot__dot--{series.hue}", cx=place, cy=at, r=3)


def _labels(plot: Plot, shown: list[Series]) -> list[Markup]:
    wanted = [down(plot.up.place(series.seen()[-1][1])) for series in shown]
    places = spread(wanted, _LABEL_GAP if any(one.last for one in shown) else _LABEL_LINE, HEIGHT)
    return [_label(series, place) for series, place in zip(shown, places, strict=True)]


def _label(series: Series, at: float) -> Markup:
    name = element("tspan", series.name, class_=f"plot__name plot__name--{series.hue}")
    below = series.last and element("tspan", series.last, x="100%", dx=10, dy=_LABEL_LINE)
    return element("text", name, below or None, class_="plot__word", x="100%", dx=10, y=round(at + 4, 1))


def _width(words: str) -> int:
    return sum(13 if sign >= _WIDE_SIGN else 8 for sign in words)
