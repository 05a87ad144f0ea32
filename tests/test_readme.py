"""README and code name the same commands and settings."""

import re
from importlib.machinery import SourceFileLoader
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
OURS = {name for name, app in get_commands().items() if app in ("accounts", "chat", "messenger", "wallets")}


def settings_in_code() -> set[str]:
    """Every variable that messenger/settings.py reads from the environment."""
    read = r'environment\.\w+\(\s*"([A-Z_]+)"'
    return set(re.findall(read, (ROOT / "messenger/settings.py").read_text()))


def settings_in_readme() -> set[str]:
    section = README.split("## Settings")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_setting_is_in_readme_and_every_one_there_exists():
    assert len(settings_in_code()) > 10
    assert settings_in_readme() == settings_in_code()


def test_every_management_command_is_in_readme_and_every_one_there_exists():
    assert set(re.findall(r"manage\.py (\w+)", README)) == OURS


def test_every_make_target_of_readme_exists():
    named = set(re.findall(r"make ([a-z-]+)", README.split("## Settings")[0]))
    assert named <= make_targets()
    unnamed = {target for target in make_targets() - named if not target.startswith("check-")}
    assert unnamed <= {"translations"}


def test_files_that_readme_links_to_exist():
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / link).is_file(), link


def test_readme_shows_the_pictures_that_the_script_draws_and_no_others():
    drawn = set(SourceFileLoader("screenshots", str(ROOT / "ops/screenshots")).load_module().PICTURES)
    shown = set(re.findall(r"!\[[^]]*\]\(docs/pictures/([\w-]+)\.webp\)", README))
    assert shown
    assert shown <= drawn
    assert len(re.findall(r"!\[", README)) == len(shown)
    assert {file.name for file in (ROOT / "docs/pictures").iterdir()} == {f"{name}.webp" for name in drawn}
