"""requirements.txt: everything pinned, and the block that `make run` installs is complete by itself."""

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.txt"


def read_blocks():
    """The lines of each block that name a package."""
    blocks, name = {}, None
    for line in REQUIREMENTS.read_text().splitlines():
        if heading := re.match(r"# === (\w+):", line):
            name = heading[1]
            blocks[name] = []
        elif line and not line.startswith("#"):
            blocks[name].append(line)
    return blocks


def list_names(lines):
    return {canonicalize_name(line.partition("==")[0]) for line in lines}


def find_unlisted(listed):
    """What the listed packages need on this machine, but the list leaves out."""
    needed = set()
    for name in listed:
        for text in metadata.requires(name) or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed.add(canonicalize_name(requirement.name))
    return needed - listed


def test_every_line_pins_one_version():
    for lines in read_blocks().values():
        for line in lines:
            assert re.fullmatch(r"[\w.-]+==[\w.]+", line), line


def test_a_package_stands_in_one_block_only():
    names = [name for lines in read_blocks().values() for name in sorted(list_names(lines))]
    assert sorted(set(names)) == sorted(names)


def test_what_make_run_installs_is_complete_and_needs_no_system_package():
    listed = list_names(read_blocks()["run"])
    assert find_unlisted(listed) == set()
    assert "mysqlclient" not in listed


def test_what_the_tests_add_is_complete():
    blocks = read_blocks()
    assert find_unlisted(list_names([*blocks["run"], *blocks["tests"]])) == set()
