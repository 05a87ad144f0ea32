"""`python -m tests.mutants [WORD…]`: makes each mistake in a copy of the tree and shows which test goes red.

Needs DATABASE_URL of MariaDB or MySQL (`make stack`): most of these mistakes show only between transactions
that run at the same time. Exit 1 when one is not noticed, or when a test that has nothing to do with it is.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit
from xml.etree import ElementTree

from tests.mutants.listed import MUTANTS, UNRELATED, Mutant

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", ".*_cache", "node_modules", "staticfiles"
)
LONGEST_SECONDS = 400


def run(tree: Path, tests: list[str]) -> dict[str, bool]:
    """Whether each of these tests passed, in that tree; without those that did not run."""
    report = tree / "report.xml"
    report.unlink(missing_ok=True)
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(url._replace(path=f"/messenger_mutant_{os.getpid()}")),
        "DATA_DIR": str(tree / "var"),
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}", *tests]
    with open(tree / "output.txt", "wb") as output:
        subprocess.run(
            command,
            cwd=tree,
            env=environment,
            stdout=output,
            stderr=output,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    if not report.exists():
        return {}
    passed: dict[str, bool] = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  (pytest's own report)
        if case.find("skipped") is None:
            name = f"{case.get('classname').replace('.', '/')}.py::{case.get('name')}"
            wrong = case.find("failure") is not None or case.find("error") is not None
            passed[name] = passed.get(name, True) and not wrong
    return passed


def apply(mutant: Mutant, tree: Path) -> dict[Path, str]:
    """Make the mistake; returns what stood there. Raises ValueError when the text is not there once."""
    before: dict[Path, str] = {}
    for file, right, wrong in mutant.edits:
        path = tree / file
        text = path.read_text()
        if text.count(right) != 1:
            raise ValueError(f"{mutant.name}: {file} has {text.count(right)} times: {right}")
        before.setdefault(path, text)
        path.write_text(text.replace(right, wrong))
    return before


def judge(mutant: Mutant, tree: Path) -> tuple[bool, str]:
    """Whether it was noticed as it should be, and the cell of the table."""
    before = apply(mutant, tree)
    try:
        passed = run(tree, [mutant.test, UNRELATED])
    finally:
        for path, text in before.items():
            path.write_text(text)
    if passed.get(mutant.test) is not False:
        return False, "NOT RED"
    if not passed.get(UNRELATED):
        return False, "red, and so is an unrelated test"
    return True, "red"


def main(words: list[str]) -> int:
    if not os.environ.get("DATABASE_URL", "").startswith("mysql"):
        sys.exit("DATABASE_URL names no MariaDB or MySQL; `make stack` prints one.")
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.name for word in words)]
    survived = 0
    with TemporaryDirectory(prefix="messenger-mutants-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        tests = sorted({mutant.test for mutant in chosen} | {UNRELATED})
        sound = run(tree, tests)
        wrong = [test for test in tests if not sound.get(test)]
        if wrong:
            print((tree / "output.txt").read_text()[-3000:])
            sys.exit(f"not green without any mistake: {', '.join(wrong)}")
        print(f"Without a mistake all {len(tests)} tests are green.\n")
        print("| mistake | test | result | seconds |\n|---|---|---|---|", flush=True)
        for mutant in chosen:
            began = time.monotonic()
            noticed, result = judge(mutant, tree)
            survived += not noticed
            test = mutant.test.removeprefix("tests/")
            print(f"| {mutant.name} | {test} | {result} | {time.monotonic() - began:.0f} |", flush=True)
    print(f"\n{len(chosen) - survived} of {len(chosen)} mistakes were noticed.")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
