"""Simulates sites of all sizes and writes `docs/scale/` and the tables of `docs/scale.md`; half a minute."""

import argparse
import json
from pathlib import Path

import numpy as np

from benchmarks.sizing.costs import Costs, read_costs
from benchmarks.sizing.engines import run_hour, weigh
from benchmarks.sizing.following import follow_by_size
from benchmarks.sizing.people import make_people
from benchmarks.sizing.pictures import draw_file, plots
from benchmarks.sizing.tables import tables, write_into

DOCS = Path(__file__).parents[2] / "docs"
FOUND, TEXT = DOCS / "scale" / "sizing.json", DOCS / "scale.md"
SIZES = (500, 1_000, 10_000, 50_000, 100_000, 1_000_000, 10_000_000)
SEED = 20_261_124


def simulate(members: int, costs: Costs) -> dict:
    """One site."""
    chance = np.random.default_rng([SEED, members])
    return weigh(run_hour(make_people(members, costs, chance), costs, chance), costs)


def write(found: dict, costs: Costs) -> None:
    """The plots and the tables of what was found."""
    for name, plot in plots(found, costs).items():
        (DOCS / "scale" / f"{name}.svg").write_text(draw_file(plot) + "\n", encoding="utf-8")
    TEXT.write_text(write_into(TEXT.read_text(encoding="utf-8"), tables(found, costs)), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draw", action="store_true", help="tables and plots only, of what was simulated")
    costs = read_costs()
    if parser.parse_args().draw:
        found = json.loads(FOUND.read_text())
    else:
        found = {
            "seed": SEED,
            "inputs": {one.name: one.value for one in costs.all},
            "sites": [simulate(members, costs) for members in SIZES],
            "following": follow_by_size(costs, SEED),
        }
        FOUND.parent.mkdir(exist_ok=True)
        FOUND.write_text(json.dumps(found, indent=1) + "\n")
    write(found, costs)
    print(tables(found, costs)["engines"])


if __name__ == "__main__":
    main()
