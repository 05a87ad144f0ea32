"""Everything about one row: its pictures, its latencies, its processors, its goals and what went wrong."""

from chat.loadtest.page.curve import histogram, percentile_plot
from chat.loadtest.page.markup import Markup, element, join
from chat.loadtest.page.plot import draw
from chat.loadtest.page.row import Row
from chat.loadtest.page.tables import goals_tag, limit_tag, plain_table, tag
from chat.loadtest.page.timeline import timeline_plots
from chat.loadtest.page.words import LATENCIES, NOT_MEASURED, cores, count, duration, goal_name, number

_COLUMNS = ("mean_ms", "min_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms")
_HEADS = ["잰 것, ms", "메시지", "평균", "최소", "p50", "p90", "p95", "p99", "p99.9", "최대"]


def folded(row: Row) -> Markup:
    """One line that opens to everything."""
    said = f"평균 {duration(row.latency.get('mean_ms'))} ms · p99 {duration(row.latency.get('p99_ms'))} ms"
    summary = element(
        "summary",
        element("span", row.title, class_="fold__name"),
        element("span", said, class_="fold__said"),
        limit_tag(row),
        element("span", "중단됨", class_="tag tag--warning") if row.data.get("interrupted") else None,
        goals_tag(row),
    )
    return element("details", summary, opened(row), class_="fold")


def opened(row: Row) -> Markup:
    """The same without the fold."""
    return element("div", *_pictures(row), _numbers(row), class_="row")


def _pictures(row: Row) -> list[Markup]:
    latency, throughput, processors = timeline_plots(row)
    return [
        element("div", draw(percentile_plot(row)), histogram(row), class_="pictures"),
        element("div", draw(latency), draw(throughput), class_="pictures"),
        element("div", draw(processors), _beside(row), class_="pictures"),
    ]


def _beside(row: Row) -> Markup:
    return element("div", _goals(row), _panel("프로세스", _processes(row)), class_="row row--top")


def _numbers(row: Row) -> Markup:
    measured = [(name, row.latency_of(name)) for name in LATENCIES if row.latency_of(name).get("count")]
    lines = [
        [LATENCIES[name][0], count(summary["count"]), *(duration(summary.get(key)) for key in _COLUMNS)]
        for name, summary in measured
    ]
    return join(
        _panel("시간", plain_table("시간", _HEADS, lines)) if lines else None,
        _complaints("잘못된 것", row.data.get("failures") or _counted(row, "errors")),
        _complaints("거절한 까닭", _counted(row, "nacks")),
        _complaints("알아 둘 것", row.data.get("notes") or []),
        _complaints("부하 도구 자신이 한계였던 까닭", row.data.get("load_generator_was_the_limit") or []),
    )


def _processes(row: Row) -> Markup:
    servers = [
        [f"서버 · {server.get('name', '')}", cores(server.get("cores")), number(server.get("rss_mb"))]
        for server in row.data.get("servers") or []
    ]
    load = [
        [f"부하 도구 {index}", cores(used), NOT_MEASURED]
        for index, used in enumerate(row.data.get("load_generator_cores") or [], start=1)
    ]
    return plain_table("프로세스", ["프로세스", "쓴 코어", "메모리, MB"], [*servers, *load])


def _goals(row: Row) -> Markup:
    title = element("h3", "목표 ", element("span", "잰 값 / 한도", class_="soft"))
    if row.goals:
        content = element("ul", *map(_goal, row.goals), class_="goals")
    else:
        content = element("p", "정한 목표가 없었어요.", class_="soft")
    return element("section", title, content, class_="panel")


def _goal(goal: dict) -> Markup:
    value = f"{number(goal.get('measured'))} / {number(goal.get('limit'))}"
    return element(
        "li",
        tag(bool(goal.get("met")), "지켰어요" if goal.get("met") else "놓쳤어요"),
        element("span", goal_name(goal.get("name", "")), class_="goals__name"),
        element("span", value, class_="goals__value"),
    )


def _counted(row: Row, key: str) -> list[str]:
    return [f"{name}: {count(amount)}" for name, amount in (row.data.get(key) or {}).items()]


def _complaints(title: str, found: list[str]) -> Markup | None:
    if not found:
        return None
    return _panel(title, element("ul", *(element("li", line) for line in found), class_="list"))


def _panel(title: str, content: Markup) -> Markup:
    return element("section", element("h3", title), content, class_="panel")
