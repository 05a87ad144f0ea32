"""The pictures of a matrix: how time and throughput grow with the people, transport by transport."""

from collections import Counter

from chat.loadtest.page.curve import percentile_points, percentile_scale
from chat.loadtest.page.plot import Limit, Plot, Series
from chat.loadtest.page.row import VERSIONS, Row
from chat.loadtest.page.scales import at_values, from_zero, in_decades
from chat.loadtest.page.words import TRANSPORTS, count, duration, transport

PREDECESSORS_LIMIT_MS = 2000
_HUES = {name: number for number, name in enumerate(TRANSPORTS, start=1)}


def overview(rows: list[Row]) -> list[Plot]:
    """Means beside the published ones, p99, throughput, and the percentiles of the heaviest load."""
    messages = Counter(row.messages for row in rows if row.messages and row.users).most_common(1)
    alike = [row for row in rows if messages and row.users and row.messages == messages[0][0]]
    plots = [_heaviest(rows)]
    if len({row.users for row in alike}) > 1:
        plots = [_means(alike), _throughput(alike), _p99(alike), *plots]
    return plots


def _means(rows: list[Row]) -> Plot:
    series = _by_transport(rows, lambda row: row.latency.get("mean_ms"), duration, "ms")
    published = [_published(rows, version) for version in VERSIONS]
    values = [value for one in [*series, *published] for _, value in one.seen()]
    return Plot(
        title="평균 시간",
        hint=f"한 사람이 {rows[0].messages:,}개씩. {_until(rows)}. 점선은 이전 제품의 값과 목표. 로그 눈금.",
        sentence="사람 수에 따른 평균 시간: " + _ends([*series, *published]),
        across=at_values(row.users for row in rows),
        up=in_decades([*values, PREDECESSORS_LIMIT_MS]),
        series=[*series, *published],
        across_unit="명",
        up_unit="ms",
        limit=Limit(PREDECESSORS_LIMIT_MS, f"목표 {PREDECESSORS_LIMIT_MS:,} ms"),
    )


def _p99(rows: list[Row]) -> Plot:
    series = _by_transport(rows, lambda row: row.latency.get("p99_ms"), duration, "ms")
    return Plot(
        title="p99",
        hint="백 개 중 아흔아홉 개는 이보다 빨랐어요. 이전 제품은 발표하지 않았어요.",
        sentence="사람 수에 따른 p99: " + _ends(series),
        across=at_values(row.users for row in rows),
        up=from_zero(max((value for one in series for _, value in one.seen()), default=0)),
        series=series,
        across_unit="명",
        up_unit="ms",
    )


def _throughput(rows: list[Row]) -> Plot:
    series = _by_transport(rows, lambda row: row.data.get("messages_per_second"), count, "개")
    return Plot(
        title="초당 받아들인 메시지",
        hint="높을수록 좋아요. 앞의 답이 와야 다음을 보내요.",
        sentence="사람 수에 따른 초당 메시지: " + _ends(series),
        across=at_values(row.users for row in rows),
        up=from_zero(max((value for one in series for _, value in one.seen()), default=0)),
        series=series,
        across_unit="명",
        up_unit="개",
    )


def _heaviest(rows: list[Row]) -> Plot:
    chosen: dict[str, Row] = {}
    for row in rows:
        if row.users > (chosen[row.transport].users if row.transport in chosen else -1):
            chosen[row.transport] = row
    loads = " · ".join(dict.fromkeys(row.load for row in chosen.values()))
    series = [
        Series(
            name=transport(name),
            points=percentile_points(row.latency),
            hue=_HUES.get(name, 0),
            dots=True,
        )
        for name, row in chosen.items()
    ]
    named = [_with_last(one, duration, "ms") for one in series]
    return Plot(
        title="가장 무거운 시험의 백분위",
        hint=f"{loads}. 낮을수록 좋아요.",
        sentence="가장 무거운 시험의 백분위별 시간: " + _ends(named),
        across=percentile_scale([row.latency for row in chosen.values()]),
        up=from_zero(max((value for one in named for _, value in one.seen()), default=0)),
        series=named,
        up_unit="ms",
    )


def _by_transport(rows: list[Row], value_of, spell, unit: str) -> list[Series]:
    """One line a transport; of two rows with as many people the first counts, which is the plain one."""
    found = []
    for name in dict.fromkeys(row.transport for row in rows):
        points: dict[int, float | None] = {}
        for row in rows:
            if row.transport == name:
                points.setdefault(row.users, value_of(row))
        line = Series(transport(name), sorted(points.items()), _HUES.get(name, 0), dots=True)
        found.append(_with_last(line, spell, unit))
    return found


def _published(rows: list[Row], version: str) -> Series:
    points = {row.users: row.published(version).get("mean_ms") for row in rows if row.published(version)}
    return _with_last(Series(f"이전 {version}", sorted(points.items()), 0, dots=True), duration, "ms")


def _until(rows: list[Row]) -> str:
    """Which latency each transport is measured by."""
    names: dict[str, list[str]] = {}
    for row in rows:
        if transport(row.transport) not in names.setdefault(row.latency_words, []):
            names[row.latency_words].append(transport(row.transport))
    return ", ".join(f"{'·'.join(some)}: {words}" for words, some in names.items())


def _with_last(series: Series, spell, unit: str) -> Series:
    seen = series.seen()
    last = f"{spell(seen[-1][1])} {unit}" if seen else ""
    return Series(series.name, series.points, series.hue, last, dots=series.dots)


def _ends(series: list[Series]) -> str:
    said = [f"{one.name} {one.last}" for one in series if one.last]
    return (", ".join(said) + "까지 이르러요.") if said else "잰 값이 없어요."
