"""The top of the page: what was tested and when, whether it passed, and the few numbers that say it all."""

from chat.loadtest.page.markup import Markup, element
from chat.loadtest.page.row import Row
from chat.loadtest.page.tables import limit_tag, tag
from chat.loadtest.page.words import count, duration, moment, rough


def opening(data: dict, rows: list[Row]) -> Markup:
    """Title, time and verdict."""
    planned = data.get("rows_planned") or len(rows)
    done = f"시험 {planned}개 중 {len(rows)}개" if planned > len(rows) else f"시험 {len(rows)}개"
    what = rows[0].title if len(rows) == planned == 1 else done
    title = element("h1", "부하 시험 결과 ", element("span", "Load test", lang="en", class_="soft"))
    words = element("p", f"{moment(data.get('began_at'))} · {what}", class_="soft")
    return element("div", element("div", title, words), _verdict(data, rows), class_="opening")


def figures(rows: list[Row]) -> Markup:
    """Four numbers of the one row, or of all rows together."""
    if not rows:
        return element("p", "시험한 것이 없어요.", class_="soft")
    found = _of_one(rows[0]) if len(rows) == 1 else _of_all(rows)
    return element("div", *found, _faults(rows), class_="figures")


def _verdict(data: dict, rows: list[Row]) -> Markup:
    missed = sum(len(row.missed) for row in rows)
    if data.get("passed"):
        has_goals = any(row.goals for row in rows)
        said = tag(True, "모든 목표를 지켰어요" if has_goals else "잘못된 것이 없어요")
    elif missed:
        said = tag(False, f"목표 {missed}개를 놓쳤어요")
    else:
        is_cut = any(row.data.get("interrupted") for row in rows)
        said = tag(False, "끝까지 하지 않았어요" if is_cut else "잘못된 것이 있어요")
    limited = [row for row in rows if limit_tag(row)]
    where = f"시험 {len(limited)}개는 " if limited and len(rows) > 1 else ""
    return element("p", limit_tag(limited[0], where) if limited else None, said, class_="verdict")


def _of_one(row: Row) -> list[Markup]:
    delivered = f"전달은 초당 {count(row.data.get('deliveries_per_second'))}번"
    context = delivered if row.receivers else "받는 사람 없이"
    worst = f"최대 {duration(row.latency.get('max_ms'))} ms"
    return [
        _figure("초당 받아들인 메시지", count(row.data.get("messages_per_second")), "개", context),
        _figure("평균", duration(row.latency.get("mean_ms")), "ms", row.latency_words),
        _figure("p99", duration(row.latency.get("p99_ms")), "ms", worst),
    ]


def _of_all(rows: list[Row]) -> list[Markup]:
    goals = [goal for row in rows for goal in row.goals]
    kept = sum(1 for goal in goals if goal.get("met"))
    accepted = _total([row.data.get("acknowledged") for row in rows])
    delivered = _total([row.delivery("deliveries") for row in rows])
    return [
        _figure("지킨 목표", count(kept), f"/ {len(goals)}개", f"시험 {len(rows)}개에서"),
        _figure("받아들인 메시지", rough(accepted), "개", "시험을 모두 더해서"),
        _figure("전달", rough(delivered), "번", "받는 사람마다 세어서"),
    ]


def _faults(rows: list[Row]) -> Markup:
    lost = _total([row.delivery("lost") for row in rows])
    context = f"오류 {count(_total([row.errors for row in rows]))}건"
    if not any(row.receivers for row in rows):
        context += " · 받는 사람이 없었어요"
    return _figure("잃은 메시지", count(lost), "개", context)


def _total(numbers: list[int | None]) -> int | None:
    """Of those that were measured; None when none was."""
    measured = [number for number in numbers if number is not None]
    return sum(measured) if measured else None


def _figure(name: str, value: str, unit: str, context: str) -> Markup:
    return element(
        "div",
        element("p", name, class_="figures__name"),
        element("p", value, " ", element("span", unit), class_="figures__value"),
        element("p", context, class_="figures__context"),
        class_="panel",
    )
