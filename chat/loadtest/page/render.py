"""The page as a whole, of the parts beside this module."""

from pathlib import Path

from chat.loadtest.page.circumstances import circumstances, section
from chat.loadtest.page.details import folded, opened
from chat.loadtest.page.markup import Markup, element
from chat.loadtest.page.overview import overview
from chat.loadtest.page.plot import draw
from chat.loadtest.page.row import Row
from chat.loadtest.page.summary import figures, opening
from chat.loadtest.page.tables import comparison, delivery

# The site's own colours and sizes: written once, in its stylesheet.
_TOKENS = Path(__file__).parents[3] / "static" / "css" / "tokens.css"
_STYLES = [Path(__file__).with_name(f"{name}.css") for name in ("page", "parts", "table", "plot")]


def render_page(data: dict) -> str:
    """What report.json holds as one HTML text that needs nothing else; everything in `data` is escaped.

    A value that is None, and a row without timeline, histogram, goals or published figures, is shown as not
    measured.
    """
    rows = [Row(row) for row in data.get("rows") or []]
    main = element(
        "main",
        opening(data, rows),
        figures(rows),
        *_tables_and_pictures(rows),
        circumstances(data),
    )
    body = element("body", _masthead(), main)
    return f"<!DOCTYPE html>\n{element('html', _head(), body, lang='ko')}\n"


def _head() -> Markup:
    styles = Markup("\n".join(path.read_text(encoding="utf-8") for path in (_TOKENS, *_STYLES)))
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", "부하 시험 결과"),
        element("style", styles),
    )


def _masthead() -> Markup:
    seal = element("span", "회비", class_="seal", aria_hidden="true")
    return element("header", seal, element("b", "회비관리 메신저"), class_="masthead")


def _tables_and_pictures(rows: list[Row]) -> list[Markup]:
    if not rows:
        return []
    tables = [
        section("시간과 처리량", "Latency and throughput", comparison(rows)),
        section("빠짐없이 닿고 남았나요", "Delivered and stored", delivery(rows)),
    ]
    if len(rows) == 1:
        return [*tables, section("자세히", "In detail", opened(rows[0]))]
    pictures = element("div", *(draw(plot) for plot in overview(rows)), class_="pictures")
    folds = element("div", *map(folded, rows), class_="folds")
    return [pictures, *tables, section("시험마다 자세히", "Each row in detail", folds)]
