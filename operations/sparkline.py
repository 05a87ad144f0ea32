"""A series as a small drawing: from zero to its highest value, with holes where nobody knows."""

from dataclasses import dataclass
from itertools import groupby

from operations.hour import Series, brief

WIDTH, HEIGHT = 240, 40
MARGIN = 2  # so that the highest line is drawn whole


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Two SVG paths on paper of WIDTH by HEIGHT, empty while nothing is known; and its ends in words."""

    line: str
    area: str
    least: str
    most: str


def draw(series: Series) -> Sparkline:
    """The drawing of a series."""
    known = [value for value in series if value is not None]
    if not known:
        return Sparkline("", "", brief(None), brief(None))
    top = max(known) or 1
    step = WIDTH / (len(series) - 1)

    def point(place: int, value: float) -> str:
        return f"{place * step:.1f} {HEIGHT - MARGIN - value / top * (HEIGHT - 2 * MARGIN):.1f}"

    lines, areas = [], []
    for is_hole, run in groupby(enumerate(series), key=lambda one: one[1] is None):
        if is_hole:
            continue
        points = [(place, point(place, value)) for place, value in run]
        if len(points) == 1:  # a line needs two ends
            place = max(0.0, points[0][0] - 0.5)
            points.insert(0, (place, point(place, series[points[0][0]])))
        line = "L".join(at for _place, at in points)
        lines.append(f"M{line}")
        areas.append(f"M{points[0][0] * step:.1f} {HEIGHT}L{line}L{points[-1][0] * step:.1f} {HEIGHT}Z")
    return Sparkline("".join(lines), "".join(areas), brief(min(known)), brief(max(known)))
