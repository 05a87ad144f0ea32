"""The tables over all rows: times beside the published ones, and whether everything arrived."""

from collections.abc import Callable
from itertools import groupby

from chat.loadtest.page.markup import Markup, element, join
from chat.loadtest.page.row import VERSIONS, Row
from chat.loadtest.page.words import NOT_MEASURED, count, duration, seconds, share, transport

Groups = list[tuple[str, list[str]]]


def comparison(rows: list[Row]) -> Markup:
    """Ours strong, the predecessor's faint; without published figures only ours."""
    versions = VERSIONS if any(row.published(version) for row in rows for version in VERSIONS) else ()
    parts = ["지금", *versions] if versions else []
    groups: Groups = [("초당 메시지", []), ("p50, ms", []), ("p99, ms", [])]
    groups += [(name, parts) for name in ("평균, ms", "최소, ms", "최대, ms", "오류, %")]
    return _table(
        name="시간과 처리량",
        head=_head(groups, "목표"),
        rows=rows,
        title_of=lambda row: (transport(row.transport), row.latency_words),
        cells_of=lambda row: _comparison_cells(row, versions),
    )


def delivery(rows: list[Row]) -> Markup:
    """What became of every message."""
    groups: Groups = [
        ("메시지", ["보냄", "받아들임", "저장됨"]),
        ("저장까지, 초", []),
        ("전달", ["닿음", "잃음", "겹침", "순서 바뀜"]),
        ("오류", []),
        ("너무 많아서", ["거절", "미룸"]),
    ]
    return _table(
        name="빠짐없이 닿고 남았나요",
        head=_head(groups, "맞음"),
        rows=rows,
        title_of=lambda row: (transport(row.transport), "" if row.receivers else "받는 사람 없이"),
        cells_of=_delivery_cells,
    )


def goals_tag(row: Row) -> Markup:
    """지켰어요, or how many were missed; a dash for a load without goals."""
    if not row.goals:
        return element("span", NOT_MEASURED, class_="faint")
    if row.missed:
        return tag(False, f"{len(row.missed)}개 놓쳤어요" if len(row.goals) > 1 else "놓쳤어요")
    return tag(True, "지켰어요")


def limit_tag(row: Row, where: str = "") -> Markup | None:
    """Said wherever the numbers may be the load tool's own."""
    if not row.data.get("load_generator_was_the_limit"):
        return None
    return element("span", f"{where}부하 도구가 한계", class_="tag tag--warning")


def tag(is_good: bool, words: str) -> Markup:
    """A sign and words, so that the colour says nothing alone."""
    sign = element("span", "✓" if is_good else "✕", aria_hidden="true")
    return element("span", sign, " ", words, class_=f"tag tag--{'kept' if is_good else 'missed'}")


def plain_table(name: str, columns: list[str], lines: list[list[object]]) -> Markup:
    """A small table; the first cell of a line is its head."""
    head = element("tr", *(element("th", word, scope="col") for word in columns))
    body = [
        element("tr", element("th", line[0], scope="row"), *(element("td", cell) for cell in line[1:]))
        for line in lines
    ]
    table = element("table", element("thead", head), element("tbody", *body), class_="table table--wrapping")
    return _scrolling(name, table)


def _head(groups: Groups, last: str) -> Markup:
    wide = [_group(name, parts) for name, parts in groups]
    narrow = [
        element("th", part, scope="col", class_=_classes(part, number))
        for _, parts in groups
        for number, part in enumerate(parts)
    ]
    before = element("th", "함께 쓰는 사람", scope="col", rowspan=2)
    after = element("th", last, scope="col", rowspan=2, class_="table__first")
    return join(element("tr", before, *wide, after), element("tr", *narrow))


def _group(name: str, parts: list[str]) -> Markup:
    if parts:
        return element("th", name, scope="colgroup", colspan=len(parts), class_="table__group")
    return element("th", name, scope="col", rowspan=2, class_="table__first")


def _classes(part: str, number: int) -> str | None:
    names = ["table__first"] if number == 0 else []
    return " ".join([*names, *(["faint"] if part in VERSIONS else [])]) or None


def _table(
    name: str,
    head: Markup,
    rows: list[Row],
    title_of: Callable[[Row], tuple[str, str]],
    cells_of: Callable[[Row], list[Markup]],
) -> Markup:
    """Neighbouring rows of one title stand under it."""
    bodies = []
    for (title, hint), some in groupby(rows, key=title_of):
        lines = [element("tr", element("th", row.load, scope="row"), *cells_of(row)) for row in some]
        said = element("th", element("b", title), " ", hint, scope="rowgroup")
        over = element("tr", said, element("td", colspan=len(cells_of(rows[0]))), class_="table__title")
        bodies.append(element("tbody", over, *lines))
    return _scrolling(name, element("table", element("thead", head), *bodies, class_="table"))


def _scrolling(name: str, table: Markup) -> Markup:
    # Wider than a phone: it scrolls by itself, and by keyboard because it can take the focus.
    return element("div", table, class_="scroll", role="region", aria_label=name, tabindex=0)


def _comparison_cells(row: Row, versions: tuple[str, ...]) -> list[Markup]:
    cells = [
        _ours(count(row.data.get("messages_per_second"))),
        _ours(duration(row.latency.get("p50_ms"))),
        _ours(duration(row.latency.get("p99_ms"))),
    ]
    for key in ("mean_ms", "min_ms", "max_ms"):
        cells.append(_ours(duration(row.latency.get(key))))
        cells += [_theirs(duration(row.published(version).get(key))) for version in versions]
    cells.append(_ours(share(row.failed_percent), is_bad=bool(row.failed_percent)))
    cells += [_theirs(share(row.published(version).get("error_percent"))) for version in versions]
    return [*cells, element("td", limit_tag(row), " ", goals_tag(row), class_="table__first")]


def _delivery_cells(row: Row) -> list[Markup]:
    cells = [
        _ours(count(row.data.get("sent"))),
        _within(count(row.data.get("acknowledged"))),
        _within(count(row.data.get("stored")), is_bad=row.is_stored_wrong),
        _ours(seconds(row.data.get("archived_after_seconds"))),
        _ours(count(row.delivery("deliveries"))),
    ]
    cells += [_fault(row.delivery(name)) for name in ("lost", "doubled", "out_of_order")]
    cells.append(_ours(count(row.errors), is_bad=bool(row.errors)))
    cells += [_ours(count(row.data.get("refused"))), _within(count(row.data.get("held_back")))]
    exact = tag(row.is_exact, "맞아요" if row.is_exact else "틀렸어요")
    return [*cells, element("td", exact, class_="table__first")]


def _fault(value: int | None) -> Markup:
    return _within(count(value), is_bad=bool(value))


def _ours(text: str, is_bad: bool = False) -> Markup:
    return element("td", text, class_="table__first ours" + (" bad" if is_bad else ""))


def _within(text: str, is_bad: bool = False) -> Markup:
    return element("td", text, class_="ours" + (" bad" if is_bad else ""))


def _theirs(text: str) -> Markup:
    return element("td", text, class_="faint")
