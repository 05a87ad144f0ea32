"""A real Prometheus over a site of a test: the committed configuration, asked every second."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx

from tests.site import ROOT, free_port

PATIENCE_SECONDS = 60


class Prometheus:
    """Scrapes these processes until the block ends. Raises AssertionError when it does not start."""

    def __init__(self, program: str, folder: Path, *, webs: list[int], workers: list[int]) -> None:
        configuration = shutil.copytree(ROOT / "ops/prometheus", folder / "configuration")
        chosen = configuration / "prometheus.yml"
        chosen.write_text(chosen.read_text().replace(": 15s", ": 1s"))
        for job, ports in (("web", webs), ("worker", workers)):
            targets = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
            (configuration / f"targets/{job}.yml").write_text(f"- targets: [{targets}]\n")
        self._log = folder / "prometheus.log"
        port = free_port()
        self._command = [
            program,
            f"--config.file={chosen}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        ]
        self._api = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1/", timeout=20)

    def __enter__(self) -> "Prometheus":
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        self.wait_until(lambda: self.ask("up") and len(self.numbers("up == 1")) == 2)
        return self

    def __exit__(self, *_) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)
        self._api.close()

    def wait_until(self, reached) -> None:
        """Return once it is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.2)

    def get(self, path: str, **parameters) -> dict | list:
        """The data of an answer of its API. Raises AssertionError with the reason when there is none."""
        answer = self._api.get(path, params=parameters).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def ask(self, expression: str) -> list:
        """The series that an expression gives now, [] too while Prometheus starts."""
        try:
            return self.get("query", query=expression)["result"]
        except httpx.TransportError:
            return []

    def numbers(self, expression: str) -> list[float]:
        """Their values, without those that are no number: a quantile of nothing is none."""
        values = [float(series["value"][1]) for series in self.ask(expression)]
        return [value for value in values if value == value]
