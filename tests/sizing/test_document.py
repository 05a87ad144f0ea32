"""docs/scale.md and its plots are what the simulation found, and that is what it finds."""

import json
import math
import re

import pytest

from benchmarks.sizing.__main__ import DOCS, FOUND, TEXT, simulate
from benchmarks.sizing.costs import read_costs
from benchmarks.sizing.limits import met_at
from benchmarks.sizing.pictures import draw_file, plots
from benchmarks.sizing.tables import number, tables, write_into

COSTS = read_costs()
found = json.loads(FOUND.read_text())
AGAIN = "run `python -m benchmarks.sizing` and read docs/scale.md anew"


def test_the_tables_of_the_document_are_those_of_the_simulation():
    text = TEXT.read_text()
    assert write_into(text, tables(found, COSTS)) == text, AGAIN


def test_the_plots_are_those_of_the_simulation_and_each_stands_in_the_document():
    drawn = plots(found, COSTS)
    for name, plot in drawn.items():
        assert (DOCS / "scale" / f"{name}.svg").read_text() == draw_file(plot) + "\n", AGAIN
    shown = re.findall(r"!\[[^]]+\]\(scale/(\w+)\.svg\)", TEXT.read_text())
    assert sorted(shown) == sorted(drawn)
    files = {file.name for file in (DOCS / "scale").iterdir()}
    assert files == {FOUND.name, *(f"{name}.svg" for name in drawn)}


def test_it_was_simulated_with_these_inputs():
    assert found["inputs"] == {one.name: one.value for one in COSTS.all}, AGAIN


@pytest.mark.parametrize("site", found["sites"][:4], ids=lambda site: f"{site['members']:,}")
def test_simulated_again_it_is_the_same(site):
    def same(one, other) -> None:
        if isinstance(one, dict):
            assert one.keys() == other.keys()
            for key in one:
                same(one[key], other[key])
        else:
            assert one == pytest.approx(other, rel=0.01), AGAIN

    same(simulate(site["members"], COSTS), site)


def test_every_input_says_where_it_comes_from():
    for one in COSTS.all:
        assert one.unit
        assert one.is_assumed or re.match(r"(docs|chat|static)/[\w./-]+|benchmarks\.", one.source), one
        for name in re.findall(r"(?:docs|chat|static)/[\w/.-]+\.\w+", one.source):
            assert (DOCS.parent / name).is_file(), one


def test_an_input_without_a_place_or_an_unknown_one_is_refused(tmp_path):
    file = tmp_path / "costs.toml"
    file.write_text('[web]\naccepted = { value = 1, unit = "s", source = "" }\n')
    with pytest.raises(ValueError):
        read_costs(file)
    with pytest.raises(KeyError):
        COSTS.but(acepted=1)


def test_a_limit_is_read_off_between_two_sizes():
    sites = [{"members": 1_000, "full": 0.1}, {"members": 100_000, "full": 10}]
    assert met_at(lambda site: site["full"], sites) == pytest.approx(10_000)
    assert met_at(lambda site: site["full"] / 100, sites) == math.inf
    assert met_at(lambda site: site["full"] - 0.1, sites) == 100_000


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (0.0004, "<0.001"),
        (0.0214, "0.021"),
        (36.46, "36.5"),
        (120, "120"),
        (1_234_567, "1,230,000"),
    ],
)
def test_numbers_have_three_digits(value, written):
    assert number(value) == written


def test_a_table_without_a_place_is_an_error():
    with pytest.raises(ValueError):
        write_into("<!-- sizing: web -->\n<!-- end -->\n", {"engines": "|"})
