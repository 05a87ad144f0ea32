"""The image, as far as it can be tried without a container engine: hadolint reads the Dockerfile, and a
folder with only what the image holds obeys the image's own commands and is not written to."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import yaml

from tests.site import free_port

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
COPIED = re.findall(r"^COPY (\S+) (?:\1|\./)$", DOCKERFILE, re.MULTILINE)
PATIENCE_SECONDS = 90


def instruction(pattern: str) -> list[str]:
    """The words of the image's last instruction of this kind, written as a JSON list."""
    return json.loads(re.findall(rf"^\s*{pattern} (\[.+\])$", DOCKERFILE, re.MULTILINE)[-1])


CMD = instruction("CMD")
HEALTHCHECK = json.loads(re.search(r"^HEALTHCHECK [^\[]*CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)[1])


class Image:
    """A folder with what the Dockerfile copies, and the environment that it sets, moved to this machine."""

    def __init__(self, folder: Path) -> None:
        self.app = folder / "app"
        left_out = shutil.ignore_patterns("__pycache__", "*.map")
        for name in COPIED:
            target = self.app / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, target, ignore=left_out)
            else:
                shutil.copy(ROOT / name, target)
        self.log = folder / "log"
        self.port, self.metrics_port = free_port(), free_port()
        kept = ("PATH", "HOME", "LANG")
        self.environment = {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PYTHONDONTWRITEBYTECODE": "1",
            "DATA_DIR": str(folder / "data"),
            "STATIC_ROOT": str(folder / "staticfiles"),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "METRICS_PORT": str(self.metrics_port),
        }

    def files(self) -> dict[Path, int]:
        """Each file with its time of change."""
        return {path: path.stat().st_mtime_ns for path in self.app.rglob("*") if path.is_file()}

    def start(self, command: list[str]) -> subprocess.Popen:
        assert command[0] in ("python", ".venv/bin/python")
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *command[1:]], cwd=self.app, env=self.environment, stdout=log, stderr=log
            )

    def run(self, command: list[str]) -> int:
        return self.start(command).wait(PATIENCE_SECONDS)

    def until_healthy(self, process: subprocess.Popen, check: list[str]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.run(check) != 0:
            assert process.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.2)


def test_hadolint_finds_nothing():
    program = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([program, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_both_stages_stand_on_the_same_pinned_image_and_nobody_is_root():
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", bases[0])
    assert re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE) == ["10001"]


def test_the_image_copies_every_django_app_and_the_context_lets_it_through():
    ignored = (ROOT / ".dockerignore").read_text()
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps <= set(COPIED)
    assert all(f"!{name}\n" in ignored for name in COPIED)


def test_the_compose_file_says_the_same_commands():
    assert all(COMPOSE[name]["command"] == CMD for name in ("web-a", "web-b"))
    assert COMPOSE["migrate"]["command"] == ["python", "manage.py", "migrate"]
    assert COMPOSE["worker"]["command"] == ["python", "manage.py", "worker"]


def test_the_commands_of_the_image_run_and_write_nothing_into_it(tmp_path):
    image = Image(tmp_path)
    before = image.files()
    collect = re.search(r"STATIC_ROOT=\S+ (.venv/bin/python manage\.py collectstatic[^\\\n]*)", DOCKERFILE)[1]
    assert image.run(collect.split()) == 0, image.log.read_text()
    assert image.run(COMPOSE["migrate"]["command"]) == 0, image.log.read_text()
    web, worker = image.start(CMD), image.start(COMPOSE["worker"]["command"])
    try:
        image.until_healthy(web, HEALTHCHECK)
        image.until_healthy(worker, COMPOSE["worker"]["healthcheck"]["test"][1:])
        look_at_pages(f"http://127.0.0.1:{image.port}", tmp_path / "staticfiles")
        for process in (web, worker):
            process.send_signal(signal.SIGTERM)
        assert [web.wait(PATIENCE_SECONDS), worker.wait(PATIENCE_SECONDS)] == [0, 0]
    finally:
        for process in (web, worker):
            process.kill()
    assert image.run(HEALTHCHECK) != 0
    assert image.files() == before


def look_at_pages(site: str, collected: Path) -> None:
    """They work, and what they load is kept for good and comes out of the collected copies, compressed."""
    assert httpx.get(f"{site}/", follow_redirects=True).status_code == 200
    for name in json.loads((ROOT / "static/built/built.json").read_text())["files"].values():
        answer = httpx.get(f"{site}/static/built/{name}", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["Content-Encoding"] == "gzip"
        compressed = collected / f"built/{name}.gz"
        assert answer.headers["Content-Length"] == str(compressed.stat().st_size)
        assert "immutable" in answer.headers["Cache-Control"]
