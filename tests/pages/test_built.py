"""Pages load what `make bundle` made of the scripts and styles, and browsers keep it for good."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from tests.site import ROOT

BUILT = ROOT / "static/built"
ESBUILD = ROOT / "ops/bundler/node_modules/.bin/esbuild"


def bundle(root, *arguments) -> subprocess.CompletedProcess:
    """The command in this copy of the project."""
    return subprocess.run([root / "ops/bundle.py", *arguments], capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path):
    """What the command reads, elsewhere."""
    for folder in ("static", "ops"):
        shutil.copytree(ROOT / folder, tmp_path / folder, symlinks=True)
    return tmp_path


def test_what_is_committed_is_of_these_scripts_and_styles():
    done = bundle(ROOT, "--check")
    assert done.returncode == 0, done.stderr


def test_it_is_due_once_a_source_changes(copy):
    with (copy / "static/css/tokens.css").open("a") as style:
        style.write("\n")
    done = bundle(copy, "--check")
    assert done.returncode == 1
    assert "make bundle" in done.stderr


def test_it_is_due_after_a_conflict(copy):
    (copy / "static/built/built.json").write_text("<<<<<<< HEAD\n{}\n")
    assert bundle(copy, "--check").returncode == 1


def test_without_npm_it_needs_nothing_until_it_is_due(copy):
    alone = {"env": {"PATH": ""}, "capture_output": True, "text": True}
    command = [sys.executable, copy / "ops/bundle.py"]
    assert subprocess.run(command, **alone).returncode == 0
    (copy / "static/js/main.js").write_text("")
    done = subprocess.run(command, **alone)
    assert done.returncode == 1
    assert "npm is missing" in done.stderr


@pytest.mark.skipif(not ESBUILD.exists(), reason="esbuild is missing: ops/stack.py install bundler")
def test_the_same_sources_give_the_same_bytes(copy):
    shutil.rmtree(copy / "static/built")
    done = bundle(copy)
    assert done.returncode == 0, done.stderr
    made, committed = (
        {path.name: path.read_bytes() for path in (root / "static/built").iterdir() if path.suffix != ".map"}
        for root in (copy, ROOT)
    )
    assert made == committed


@pytest.mark.skipif(not ESBUILD.exists(), reason="esbuild is missing: ops/stack.py install bundler")
def test_a_build_that_fails_leaves_the_last_one(copy):
    before = sorted(path.name for path in (copy / "static/built").iterdir())
    (copy / "static/js/main.js").write_text("import {")
    assert bundle(copy).returncode != 0
    assert sorted(path.name for path in (copy / "static/built").iterdir()) == before


@pytest.mark.parametrize("path", ["/", "/wallets/", "/console/", "/nowhere/"])
def test_pages_load_built_files_only_and_for_good(alice_browser, path):
    text = alice_browser.get(path).content.decode()
    loaded = re.findall(r'<(?:script type="module" src|link rel="stylesheet" href)="([^"]+)"', text)
    assert loaded
    names = set(json.loads((BUILT / "built.json").read_text())["files"].values())
    assert {address.removeprefix("/static/built/") for address in loaded} <= names
    for address in loaded:
        answer = alice_browser.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer["Cache-Control"]


def test_other_static_files_are_asked_for_again(client):
    assert "immutable" not in client.get("/static/icons.svg")["Cache-Control"]
