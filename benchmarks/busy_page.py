"""`python -m benchmarks.busy_page`: a page in Chromium while 2,000 messages a second come, for a minute."""

import argparse
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.printing import table_head, table_row

RATE, SECONDS, MEMBERS = 2_000, 60, 500
LEAST_FRAMES = 30
COLUMNS = (
    "messages/s", "seconds", "frames/s", "frame p95 ms", "frame max ms", "nodes at most",
    "heap MB first/most/last", "key ms median/max", "goal",
)  # fmt: skip


def measure(rate: int, seconds: int) -> dict:
    """On embedded parts, headless, at desktop size."""
    from playwright.sync_api import sync_playwright

    from tests.browser.busy import outcome, talk, watch
    from tests.browser.conftest import CHROMIUM, DESKTOP, Cast, Window
    from tests.site import Site

    with TemporaryDirectory() as folder, Site(Path(folder)) as site, sync_playwright() as playwright:
        cast = Cast(site)
        channel_id = cast.channel("alice")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_context(viewport=DESKTOP, locale="ko-KR").new_page()
        alice = Window(page, site.url())
        alice.log_in("alice")
        alice.enter(channel_id)
        load = talk(site, Path(folder), channel_id, members=MEMBERS, rate=rate, seconds=seconds + 15)
        page.locator("[data-messages] [data-text]").nth(20).wait_for(state="attached", timeout=60_000)
        seen = watch(alice, seconds)
        report = outcome(load)
        chromium.close()
    return seen | {"rate": round(report["acknowledged"] / (seconds + 15)), "faults": alice.faults}


def row(found: dict) -> str:
    """One line of the table."""
    cells = (
        f"{found['rate']:,}", found["seconds"], found["frames_per_second"], found["frame_p95_ms"],
        found["frame_max_ms"], f"{found['nodes_most']:,}", " / ".join(map(str, found["memory_mb"])),
        f"{found['key_median_ms']} / {found['key_max_ms']}", "met" if is_met(found) else "MISSED",
    )  # fmt: skip
    return table_row(cells)


def is_met(found: dict) -> bool:
    """Enough frames, and nothing went wrong in the page."""
    return found["frames_per_second"] >= LEAST_FRAMES and not found["faults"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messenger.settings")
    found = measure(arguments.rate, arguments.seconds)
    print(table_head(COLUMNS))
    print(row(found))
    print(json.dumps({"benchmark": "busy page", **found}, ensure_ascii=False))
    sys.exit(0 if is_met(found) else 1)


if __name__ == "__main__":
    main()
