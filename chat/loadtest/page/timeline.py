"""Pictures of one load over time: its latency, its throughput, and the processors of both sides."""

from chat.loadtest.page.plot import Plot, Series
from chat.loadtest.page.row import Row
from chat.loadtest.page.scales import Linear, from_zero, spanning
from chat.loadtest.page.words import cores, count, duration


def timeline_plots(row: Row) -> list[Plot]:
    """Three plots over the same seconds; without a timeline they say that nothing was measured."""
    return [_latency(row), _throughput(row), _processors(row)]


def _latency(row: Row) -> Plot:
    keys = (("p99", "p99_ms", 3), ("p95", "p95_ms", 2), ("p50", "p50_ms", 1))
    series = [_series(row, word, key, hue, steps=False) for word, key, hue in keys]
    return Plot(
        title="시간에 따른 왕복",
        hint=f"{row.latency_words}, 초마다.",
        sentence="초마다의 시간: " + _ranges(series, duration, "ms"),
        across=_seconds(row),
        up=from_zero(_highest(series)),
        series=series,
        across_unit="초",
        up_unit="ms",
    )


def _throughput(row: Row) -> Plot:
    series = [
        _series(row, "보냄", "sent", 3, under=True),
        _series(row, "받아들임", "acknowledged", 1),
        _delivered_to_each(row),
    ]
    if any(second.get("refused") for second in row.timeline):
        series.append(_series(row, "거절", "refused", 0))
    return Plot(
        title="초당 메시지",
        hint="전달은 받는 사람 하나에게 닿은 수예요." if row.receivers else "받는 사람은 없었어요.",
        sentence="초당 메시지: " + _ranges(series, count, "개"),
        across=_seconds(row),
        up=from_zero(_highest(series)),
        series=series,
        across_unit="초",
        up_unit="개",
    )


def _processors(row: Row) -> Plot:
    series = [_series(row, "서버", "server_cores", 1), _series(row, "부하 도구", "load_cores", 2)]
    return Plot(
        title="프로세서",
        hint="쓴 코어의 수. 부하 도구도 같은 기계에서 쓰면 함께 나눠 가져요.",
        sentence="쓴 코어: " + _ranges(series, cores, "코어"),
        across=_seconds(row),
        up=from_zero(_highest(series)),
        series=series,
        across_unit="초",
        up_unit="코어",
    )


def _series(row: Row, name: str, key: str, hue: int, steps: bool = True, under: bool = False) -> Series:
    middle = 0 if steps else 0.5
    points = [(second["second"] + middle, second.get(key)) for second in row.timeline]
    return Series(name, points, hue, steps=steps, under=under)


def _delivered_to_each(row: Row) -> Series:
    """Divided by the receivers, so that it can be held against what was sent; each gets every message."""
    points = [
        (second["second"], None if second.get("delivered") is None else second["delivered"] / row.receivers)
        for second in (row.timeline if row.receivers else [])
    ]
    return Series("전달", points, 2, steps=True)


def _seconds(row: Row) -> Linear:
    return spanning(0, max((second["second"] for second in row.timeline), default=0) + 1, least_step=1)


def _highest(series: list[Series]) -> float:
    return max((value for one in series for _, value in one.seen()), default=0)


def _ranges(series: list[Series], spell, unit: str) -> str:
    said = []
    for one in series:
        values = [value for _, value in one.seen()]
        if values:
            said.append(f"{one.name} {spell(min(values))}–{spell(max(values))} {unit}")
    return (", ".join(said) + ".") if said else "잰 값이 없어요."
