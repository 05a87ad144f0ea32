#!/usr/bin/env python3
"""`make bundle`: joins and minifies the scripts and styles into static/built/, which is what pages load.

The result is committed, so that a clone runs as it is: nothing happens, and nothing is needed, while the
sources are those of the last build. Otherwise npm brings esbuild. Source maps lie beside it, not committed.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from servers.install import install_node_packages
from servers.places import ROOT
from servers.server import StackError

BUNDLER = ROOT / "ops/bundler"
STATIC = ROOT / "static"
BUILT = STATIC / "built"
FRESH = STATIC / "built.new"  # a build that fails leaves the last one as it is
# Beside the files: what they are called, and a hash of what they were built from.
NOTE = BUILT / "built.json"
ENTRIES = {"main.js": "js/main.js", "console.js": "js/console/main.js", "style.css": "style.css"}
# The hash in a name lets browsers keep the file for good.
NAMES = ["--entry-names=[name]-[hash]", f"--outdir={FRESH}"]
OPTIONS = [
    "--bundle",
    "--minify",
    "--format=esm",
    "--charset=utf8",
    "--sourcemap=linked",
    "--log-level=error",
]


def hash_sources():
    """One hash of all that a build depends on: scripts, styles, this file and the pinned esbuild."""
    sources = [STATIC / "style.css", *STATIC.glob("css/**/*.css"), *STATIC.glob("js/**/*.js")]
    total = hashlib.sha256()
    for path in sorted([*sources, Path(__file__), BUNDLER / "package-lock.json"]):
        total.update(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def is_due():
    """Whether the sources are others than those of the last build, or a built file is gone."""
    try:
        note = json.loads(NOTE.read_text())
    except (FileNotFoundError, ValueError):  # a merge may have left its marks in it
        return True
    files = [BUILT / name for name in note["files"].values()]
    return note["sources"] != hash_sources() or not all(path.exists() for path in files)


def build():
    """Writes static/built/ anew; raises StackError when npm is missing, or it or esbuild fails."""
    # `make run` comes by here too, and must not install Debian's packages unasked.
    if shutil.which("npm") is None:
        raise StackError("Scripts or styles have changed and npm is missing: ops/stack.py install bundler")
    install_node_packages(BUNDLER)
    shutil.rmtree(FRESH, ignore_errors=True)
    entries = [f"{Path(name).stem}={STATIC / source}" for name, source in ENTRIES.items()]
    done = subprocess.run([BUNDLER / "node_modules/.bin/esbuild", *entries, *OPTIONS, *NAMES], cwd=ROOT)
    if done.returncode:
        raise StackError(f"esbuild ended with {done.returncode}.")
    note = {"sources": hash_sources(), "files": {name: find_built(name) for name in ENTRIES}}
    (FRESH / NOTE.name).write_text(json.dumps(note, indent=2) + "\n")
    shutil.rmtree(BUILT, ignore_errors=True)
    FRESH.rename(BUILT)


def find_built(name):
    """What this entry is called now, with its hash."""
    stem, dot, kind = name.partition(".")
    return next(path.name for path in FRESH.glob(f"{stem}-*{dot}{kind}"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether it is due; exit 1 if so")
    arguments = parser.parse_args()
    if not is_due():
        return 0
    if arguments.check:
        print("static/built/ is not of these scripts and styles: make bundle", file=sys.stderr)
        return 1
    build()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StackError as error:
        sys.exit(str(error))
