"""The inputs of the simulation, read from `costs.toml`: numbers with their units and where they come from."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

FILE = Path(__file__).with_name("costs.toml")
ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Cost:
    """One input. `source` names the table or benchmark that measured it, or begins with “assumed”."""

    group: str
    name: str
    value: float
    unit: str
    source: str

    @property
    def is_assumed(self) -> bool:
        """Whether nobody measured it."""
        return self.source.startswith(ASSUMED)


class Costs:
    """All inputs; `costs["record_read"]` is the number."""

    def __init__(self, found: list[Cost]) -> None:
        self.all = found
        self._values = {cost.name: cost.value for cost in found}
        if len(self._values) != len(found):
            raise ValueError("two inputs have one name")

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def but(self, **values: float) -> "Costs":
        """The same with other values. Raises KeyError for a name that is not there."""
        if unknown := values.keys() - self._values.keys():
            raise KeyError(*unknown)
        return Costs([replace(one, value=values.get(one.name, one.value)) for one in self.all])


def read_costs(file: Path = FILE) -> Costs:
    """The inputs of that file. Raises ValueError for one without unit or source."""
    found = []
    for group, inputs in tomllib.loads(file.read_text()).items():
        for name, entry in inputs.items():
            if not (entry.get("unit") and entry.get("source")):
                raise ValueError(f"{name} has no unit or no source")
            found.append(Cost(group, name, entry["value"], entry["unit"], entry["source"]))
    return Costs(found)
