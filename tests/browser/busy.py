"""A member's page in a channel with thousands of messages a second: frames, nodes, memory, and typing."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.browser.conftest import Window
from tests.site import ROOT, Site

TYPE_EVERY_SECONDS = 2.0
COUNT_FRAMES = """() => {
  window.frames = [];
  let last = performance.now();
  const note = (now) => { window.frames.push(now - last); last = now; requestAnimationFrame(note); };
  requestAnimationFrame(note);
}"""
TAKE_FRAMES = "() => window.frames.splice(0)"
NODES = "() => document.getElementsByTagName('*').length"


def talk(
    site: Site, folder: Path, channel_id: int, *, members: int, rate: int, seconds: int
) -> subprocess.Popen:
    """Have so many members talk in this channel at this rate, from a process of their own."""
    users = folder / "busy.csv"
    crowd = ["--users", str(members), "--channel", str(channel_id)]
    site.manage("loadtest", "--prepare", str(users), *crowd)
    pace = ["--rate", str(rate), "--duration", str(seconds), "--receivers", "1", "--json"]
    command = [sys.executable, "manage.py", "loadtest", "--url", site.url(), "--users-from", str(users)]
    return subprocess.Popen(
        [*command, *crowd, *pace], cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, text=True
    )


def watch(window: Window, seconds: float) -> dict:
    """Look at the page for so long while typing into it. Times in ms; memory in MB after a collection."""
    page = window.page
    devtools = page.context.new_cdp_session(page)
    page.evaluate(COUNT_FRAMES)
    until = time.monotonic() + seconds
    frames, nodes, memory, keys = [], [], [], []
    while time.monotonic() < until:
        began = time.monotonic()
        page.locator("textarea").press_sequentially("가")
        keys.append((time.monotonic() - began) * 1000)
        time.sleep(max(0.0, TYPE_EVERY_SECONDS - (time.monotonic() - began)))
        frames += page.evaluate(TAKE_FRAMES)
        nodes.append(page.evaluate(NODES))
        devtools.send("HeapProfiler.collectGarbage")
        used = devtools.send("Runtime.getHeapUsage")["usedSize"]
        memory.append(used / 2**20)
    return {
        "seconds": seconds,
        "frames_per_second": round(len(frames) / seconds, 1),
        "frame_p95_ms": round(statistics.quantiles(frames, n=20)[-1], 1),
        "frame_max_ms": round(max(frames), 1),
        "nodes_most": max(nodes),
        "memory_mb": [round(memory[0], 1), round(max(memory), 1), round(memory[-1], 1)],
        "key_median_ms": round(statistics.median(keys), 1),
        "key_max_ms": round(max(keys), 1),
        "typed": page.locator("textarea").input_value(),
    }


def outcome(process: subprocess.Popen) -> dict:
    """What the load did."""
    return json.loads(process.communicate(timeout=120)[0])
