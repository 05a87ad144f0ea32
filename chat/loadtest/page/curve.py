"""Pictures of one latency: its percentiles with ever more nines, and its histogram."""

from chat.loadtest.page.markup import Markup, element, join
from chat.loadtest.page.plot import HEIGHT, Plot, Series, down, figure, frame, paper, percent
from chat.loadtest.page.row import PERCENTILES, Row
from chat.loadtest.page.scales import Linear, Nines, from_zero, spanning
from chat.loadtest.page.words import LATENCIES, count, duration

_DRAWN = ("send_to_own_receipt", "send_to_every_receiver", "send_to_ack")
_SHORT = {"send_to_own_receipt": "돌아옴", "send_to_every_receiver": "모두에게", "send_to_ack": "받았다는 답"}


def percentile_points(summary: dict) -> list[tuple[float, float]]:
    """Per cent and ms of each percentile that the summary has."""
    return [(per_cent, summary[key]) for per_cent, key in PERCENTILES.items() if summary.get(key) is not None]


def percentile_scale(summaries: list[dict]) -> Nines:
    """As many nines as any of them has."""
    seen = [per_cent for summary in summaries for per_cent, _ in percentile_points(summary)]
    return Nines(max([90, *seen]))


def percentile_plot(row: Row) -> Plot:
    """Every latency of the row."""
    series = []
    for hue, name in enumerate(_DRAWN, start=1):
        points = percentile_points(row.latency_of(name))
        last = f"{duration(points[-1][1])} ms" if points else ""
        series.append(Series(_SHORT[name], points, hue, last, dots=True))
    ends = {name: duration(row.latency_of(name).get("p99_ms")) for name in _DRAWN}
    said = ", ".join(f"{LATENCIES[name][0]} {end} ms" for name, end in ends.items())
    return Plot(
        title="백분위별 시간",
        hint="낮을수록 좋아요.",
        sentence=f"p99: {said}.",
        across=percentile_scale([row.latency_of(name) for name in _DRAWN]),
        up=from_zero(max((value for one in series for _, value in one.seen()), default=0)),
        series=series,
        up_unit="ms",
    )


def histogram(row: Row) -> Markup:
    """How often which time was seen; what lies above p99 is drawn lighter."""
    bars = [bar for bar in row.data.get("histogram") or [] if bar["count"] > 0]
    total = sum(bar["count"] for bar in bars)
    title, hint = "시간의 분포", f"{row.latency_words}. {count(total)}번 쟀어요."
    if not bars:
        return figure(title, "", element("p", "잰 값이 없어요.", class_="figure__empty"))
    across, up = _scale(row.data["histogram"]), from_zero(max(bar["count"] for bar in bars))
    if bars[-1]["to_ms"] > across.high * 1.001:
        hint += " 마지막 막대는 그보다 느린 것 모두예요."
    p50, p99 = row.latency.get("p50_ms"), row.latency.get("p99_ms")
    inner = join(
        frame(across, up, " ms", "개"),
        *(_bar(bar, across, up, p99) for bar in bars),
        _mark("p50", p50, across, above=20),
        _mark("p99", p99, across, above=5),
        element("line", class_="plot__axis", x1=0, x2="100%", y1=HEIGHT, y2=HEIGHT),
    )
    sentence = f"{count(total)}번 잰 시간: p50 {duration(p50)} ms, p99 {duration(p99)} ms."
    before = 14 + max(7 * len(tick.label) for tick in up.ticks())
    return figure(title, hint, paper(sentence, inner, before, 28))


def _scale(bars: list[dict]) -> Linear:
    """Bars are of one width; only the last may reach further, and is drawn like the others."""
    width_ms = bars[0]["to_ms"] - bars[0]["from_ms"]
    return spanning(bars[0]["from_ms"], min(bars[-1]["to_ms"], bars[-1]["from_ms"] + width_ms))


def _bar(bar: dict, across: Linear, up: Linear, p99: float | None) -> Markup:
    left, right = across.place(bar["from_ms"]), across.place(bar["to_ms"])
    top = down(up.place(bar["count"]))
    rare = p99 is not None and bar["from_ms"] >= p99
    said = f"{duration(bar['from_ms'])}–{duration(bar['to_ms'])} ms: {count(bar['count'])}"
    return element(
        "rect",
        element("title", said),
        class_="plot__bar plot__bar--rare" if rare else "plot__bar",
        x=percent(left),
        width=percent(right - left),
        y=min(top, HEIGHT - 1),
        height=max(round(HEIGHT - top, 1), 1),
    )


def _mark(word: str, value: float | None, across: Linear, above: int) -> Markup | None:
    if value is None:
        return None
    place = across.place(value)
    at, is_late = percent(place), place > 0.6
    side = {"text_anchor": "end", "dx": -6} if is_late else {"dx": 6}
    words = f"{word} {duration(value)} ms"
    return join(
        element("line", class_="plot__mark", x1=at, x2=at, y1=-above - 8, y2=HEIGHT),
        element("text", words, class_="plot__word plot__name", x=at, y=-above, **side),
    )
