"""Lines, their ends, and the words beside them."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from chat.loadtest.page.markup import element
from chat.loadtest.page.plot import HEIGHT, Limit, Plot, Series, draw, spread
from chat.loadtest.page.scales import from_zero, spanning


def drawn(*series: Series, limit: Limit | None = None) -> ElementTree.Element:
    plot = Plot("제목", "", "한 문장.", spanning(0, 10), from_zero(100), list(series), limit=limit)
    return ElementTree.fromstring(draw(plot))  # noqa: S314


def parts(figure: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return [found for found in figure.iter() if found.tag == tag]


@given(st.lists(st.floats(0, 224), min_size=1, max_size=7))
def test_words_at_line_ends_never_overlap_and_keep_their_order(wanted):
    places = spread(wanted, 32, HEIGHT)
    pairs = sorted(zip(wanted, places, strict=True))
    gaps = [later - earlier for (_, earlier), (_, later) in zip(pairs, pairs[1:], strict=False)]
    assert max(places) <= HEIGHT
    assert min(places) >= -1e-6
    assert all(gap >= 32 - 1e-6 for gap in gaps)


def test_words_with_room_stay_where_their_lines_end():
    assert spread([200, 10, 100], 32, HEIGHT) == [200, 10, 100]


def test_a_line_goes_straight_and_a_step_holds_its_value_to_the_end():
    points = [(0, 0), (5, 100)]
    straight, steps = parts(drawn(Series("가", points, 1), Series("나", points, 2, steps=True)), "path")
    assert straight.get("d") == "M0.0 224.0L500.0 0.0"
    assert steps.get("d") == "M0.0 224.0H500.0V0.0H1000"


def test_a_value_alone_between_gaps_is_a_dot():
    points = [(0, 50), (1, None), (2, 50), (3, None), (4, 50), (5, 60)]
    places = [dot.get("cx") for dot in parts(drawn(Series("가", points, 1)), "circle")]
    assert places == ["0.00%", "20.00%", "50.00%"]


def test_a_step_ends_where_nothing_was_measured():
    points = [(0, 50), (1, None), (2, 50)]
    (path,) = parts(drawn(Series("가", points, 1, steps=True)), "path")
    assert path.get("d") == "M0.0 112.0H100.0M200.0 112.0H1000"


def test_a_limit_is_a_line_with_words():
    figure = drawn(Series("가", [(0, 1)], 1), limit=Limit(50, "목표 50 ms"))
    (line,) = [found for found in parts(figure, "line") if found.get("class") == "plot__limit"]
    assert line.get("y1") == "112.0"
    assert "목표 50 ms" in [found.text for found in parts(figure, "text")]


def test_series_without_a_value_are_not_drawn():
    figure = drawn(Series("가", [(0, 1), (1, 2)], 1), Series("나", [(0, None)], 2))
    assert len(parts(figure, "path")) == 1
    assert not parts(drawn(Series("나", [(0, None)], 2)), "svg")


def test_elements_escape_children_and_attributes_but_not_markup():
    inner = element("b", "<&>")
    assert (
        element("p", inner, "<i>", None, 0, title='"<')
        == '<p title="&quot;&lt;"><b>&lt;&amp;&gt;</b>&lt;i&gt;0</p>'
    )
