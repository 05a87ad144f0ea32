"""Programs that the tests ask and the product does without: `ops/stack.py install` brings each."""

import os
import shutil
from pathlib import Path

import pytest

from tests.site import ROOT

CACHES = (Path(os.environ.get("STACK_CACHE", ROOT / "var/stack-cache")), Path("/var/cache/messenger-stack"))


def find_program(name: str, *, folder: str, part: str) -> str:
    """Its path, in the cache's folder or where the system has it. Skips the test where there is none."""
    for cache in CACHES:
        if (cache / folder / name).exists():
            return str(cache / folder / name)
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not there: ops/stack.py install {part}")
    return found
