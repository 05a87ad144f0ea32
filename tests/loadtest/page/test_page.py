"""The page of a load test: well-formed, needs nothing else, escapes all, and never makes a number up."""

import json
import re
from pathlib import Path

import pytest

from chat.loadtest.page.render import render_page
from tests.loadtest.page.made_up import histogram, matrix, report, row, timeline
from tests.loadtest.page.reading import Page

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>&amp;'</svg>"
STYLES = sorted((Path(__file__).parents[3] / "chat/loadtest/page").glob("*.css"))
EMPTIED = (
    "settings", "stored", "archived_after_seconds", "latencies", "timeline", "histogram", "published",
    "goals", "servers", "load_generator_cores", "errors", "nacks", "failures", "messages_per_second",
    "refused", "acknowledged", "sent", "deliveries", "load_generator_was_the_limit", "deliveries_per_second",
)  # fmt: skip


def read(rows: list[dict], **changes: object) -> Page:
    return Page(render_page(report(rows, **changes)))


def test_one_row_is_shown_open_with_five_drawings():
    page = read([row()])
    assert "details" not in page.tags
    assert len(page.drawings) == 5
    assert page.tags.count("h1") == 1


def test_every_row_of_a_matrix_has_its_fold_and_four_drawings_stand_above():
    page = Page(render_page(matrix()))
    assert page.tags.count("details") == 27
    assert len(page.drawings) == 4 + 27 * 5


def test_no_rows_are_said_to_be_none():
    assert "시험한 것이 없어요." in read([], passed=False).words


@pytest.mark.parametrize("data", [report([row()]), matrix()], ids=["single", "matrix"])
def test_nothing_is_fetched_and_nothing_runs(data):
    text = render_page(data)
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "use", "image", "a"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name in ("src", "href")]
    assert not re.search(r"url\(|@import|@font-face", text)


def test_every_drawing_says_in_words_what_it_shows():
    for drawing in Page(render_page(matrix())).drawings:
        assert drawing.get("role") == "img"
        assert len(drawing.get("aria-label")) > 20


def test_hostile_names_stay_text_wherever_they_stand():
    hostile = row(
        name=HOSTILE,
        errors={HOSTILE: 1},
        nacks={HOSTILE: 1},
        failures=[HOSTILE],
        notes=[HOSTILE],
        load_generator_was_the_limit=[HOSTILE],
        servers=[{"pid": 1, "name": HOSTILE, "cores": 0.1, "rss_mb": 1.0}],
        goals=[{"name": HOSTILE, "limit": 1, "measured": HOSTILE, "met": False}],
    )
    facts = {HOSTILE: HOSTILE, "nested": {HOSTILE: [HOSTILE]}}
    around = {"machine": HOSTILE, "configuration": facts, "began_at": HOSTILE}
    hostile |= {"transport": HOSTILE, "settings": {**hostile["settings"], "users": 0}}
    for rows in ([hostile], [hostile, row()]):
        page = read(rows, **around)
        assert not {"script", "img"} & set(page.tags)
        assert page.text.count("<script>alert(1)</script>") >= 14


def test_a_load_without_timeline_says_so():
    page = read([row(timeline=[], histogram=[])])
    assert page.words.count("잰 값이 없어요.") == 4
    assert len(page.drawings) == 1


@pytest.mark.parametrize("name", EMPTIED)
def test_what_is_missing_is_left_out_or_a_dash(name):
    read([row(**{name: None})])
    read([row(**{name: None}), row(transport="stomp")])


def test_a_report_of_nothing_but_nulls_shows_no_number_as_measured():
    nulls = dict.fromkeys(row())
    for rows in ([nulls], [nulls, nulls]):
        words = read(rows, passed=False, machine=None, configuration=None, began_at=None).words
        shown = words[words.index("Load test") : words.index("읽는 법")]
        counted = ["— · 시험 2개", "0", "/ 0개", "시험 2개에서"] if len(rows) > 1 else []
        assert [word for word in shown if re.search(r"\d", re.sub(r"p\d+", "", word))] == counted


def test_seconds_without_a_latency_interrupt_the_line():
    seconds = timeline(6, 100, 10, 5.0)
    for second in (2, 3):
        seconds[second] |= {"p50_ms": None, "p95_ms": None, "p99_ms": None, "server_cores": None}
    latency = read([row(timeline=seconds)]).drawings[2]
    paths = [found.get("d") for found in latency.iter() if found.tag == "path"]
    assert [path.count("M") for path in paths] == [2, 2, 2]


def test_without_receivers_nothing_is_said_of_delivery():
    page = read([row(transport="http")])
    assert "받는 사람이 없었어요" in page.text
    cells = re.findall(r"<td[^>]*>—</td>", render_page(report([row(transport="http", published=None)])))
    assert len(cells) >= 4


def test_published_figures_stand_beside_ours_and_only_where_there_are_any():
    assert {"55.6", "2,300", "1,100", "1,000"} <= set(read([row(users=500)]).words)
    assert "0.1" not in read([row(published=None)]).words[:40]


def test_goals_are_told_in_words():
    kept = {"name": "mean, ms", "limit": 1000, "measured": 222.2, "met": True}
    missed = {"name": "lost", "limit": 0, "measured": 12, "met": False}
    page = read([row(goals=[kept, missed])], passed=False)
    assert {"목표 1개를 놓쳤어요", "1개 놓쳤어요", "지켰어요", "놓쳤어요", "222 / 1,000", "12 / 0"} <= set(
        page.words
    )
    assert "모든 목표를 지켰어요" in read([row()]).words


def test_a_refusal_counts_as_failed_once():
    final = row(users=100, messages=10, errors={"refused rate_limited": 10, "reset": 5}, refused=20)
    assert "2.50" in read([final]).words


def test_fewer_stored_than_accepted_is_wrong():
    assert "틀렸어요" in read([row(stored=99_999)]).words
    assert "틀렸어요" in read([row(stored_twice=1)]).words
    assert "맞아요" in read([row(stored=None)]).words


def test_an_interrupted_matrix_says_how_far_it_came():
    page = read([row(), row(transport="stomp", interrupted=True)], rows_planned=28, passed=False)
    assert "시험 28개 중 2개" in page.text
    assert {"끝까지 하지 않았어요", "중단됨"} <= set(page.words)


def test_where_the_load_tool_was_the_limit_the_top_says_so():
    limited = row(load_generator_was_the_limit=["load process 0 used 0.97 of a core"])
    page = read([limited, row(transport="stomp")])
    assert "시험 1개는 부하 도구가 한계" in page.words
    assert page.words.count("부하 도구가 한계") == 2
    assert "load process 0 used 0.97 of a core" in page.words


def test_machine_and_configuration_are_shown_whole():
    page = read([row()], machine={"cores": 2, "memory": {"gigabytes": 24}})
    assert {"cores", "2", "memory.gigabytes", "24", "parts.store", "embedded"} <= set(page.words)
    assert {"report.json", "rows.csv", "timeline.csv"} <= set(page.words)


def test_the_histogram_draws_a_bar_for_each_count_and_lightens_what_lies_above_p99():
    bars = histogram(200.0, 100_000)
    drawing = read([row(histogram=bars)]).drawings[1]
    drawn = [found.get("class") for found in drawing.iter() if found.tag == "rect"]
    assert len(drawn) == len([bar for bar in bars if bar["count"]])
    assert 0 < drawn.count("plot__bar plot__bar--rare") < len(drawn) / 2


def test_the_last_bar_is_as_wide_as_the_others_and_says_what_it_holds():
    page = read([row()])
    bars = [found for found in page.drawings[1].iter() if found.tag == "rect"]
    assert len({found.get("width") for found in bars}) == 1
    assert "마지막 막대는 그보다 느린 것 모두예요." in page.text
    even = [bar for bar in histogram(200.0, 100_000) if bar["to_ms"] < 700]
    assert "마지막 막대" not in read([row(histogram=even)]).text


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_styles_name_only_meanings(style):
    text = style.read_text()
    assert not re.search(r"#[0-9a-f]{3,8}\b|!important|--(paper|ink|pine|gam|jjok|hong|chija|rule)-", text)


def test_what_json_brings_back_renders_the_same():
    data = matrix()
    assert render_page(json.loads(json.dumps(data))) == render_page(data)
