"""A site is backed up while people use it, wiped, and restored from that backup."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.site import ROOT, Site

PIN = "2580"
MANY = 5  # acknowledged messages and transfers, before the backup and behind it


@dataclass
class Load:
    """Two people talk and send each other money until they are stopped; notes what was acknowledged when."""

    site: Site
    channel: int
    tokens: list[str]
    wallets: list[int]
    messages: list[tuple[float, dict]] = field(default_factory=list)
    transfers: list[tuple[float, dict]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._live, args=(number,)) for number in range(2)]

    def _live(self, number: int) -> None:
        with self.site.api(self.tokens[number]) as api:
            while not self._stopping.wait(0.02):
                self.messages.append((time.monotonic(), say(api, self.channel, f"글 {uuid.uuid4()}")))
                self.transfers.append((time.monotonic(), send_money(api, *self._direction(number))))

    def _direction(self, number: int) -> tuple[int, int]:
        return self.wallets[number], self.wallets[1 - number]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        self._go_on()
        return self

    def _go_on(self) -> None:
        """Return when there are so many more of both."""
        messages, transfers = len(self.messages) + MANY, len(self.transfers) + MANY
        while len(self.messages) < messages or len(self.transfers) < transfers:
            assert all(thread.is_alive() for thread in self._threads)
            time.sleep(0.02)

    def __exit__(self, *_) -> None:
        self._go_on()
        self._stopping.set()
        for thread in self._threads:
            thread.join()


def say(api, channel: int, text: str) -> dict:
    answer = api.post(f"channels/{channel}/messages/", json={"client_id": str(uuid.uuid4()), "text": text})
    assert answer.status_code == 201, answer.text
    return answer.json()


def send_money(api, source: int, target: int) -> dict:
    body = {"source": source, "target": target, "amount": 10, "pin": PIN}
    answer = api.post("transfers/", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    assert answer.status_code == 201, answer.text
    return answer.json()


def wallet_of(site: Site, token: str) -> int:
    with site.api(token) as api:
        wallet = api.post("wallets/", json={"pin": PIN})
        assert wallet.status_code == 201, wallet.text
        key = {"Idempotency-Key": str(uuid.uuid4())}
        paid = api.post(f"wallets/{wallet.json()['id']}/deposits/", json={"amount": 50_000}, headers=key)
        assert paid.status_code == 201, paid.text
    return wallet.json()["id"]


def entries(site: Site, token: str, wallet: int) -> list[dict]:
    found, url = [], f"wallets/{wallet}/entries/"
    with site.api(token) as api:
        while url:
            page = api.get(url).json()
            found += page["results"]
            url = page["next"]
    return found[::-1]


def run(site: Site, script: str, *arguments) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, f"ops/{script}", *map(str, arguments)],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def back_up(site: Site, folder: Path) -> Path:
    done = run(site, "backup", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return Path(done.stdout.strip())


def stop(site: Site) -> None:
    for process in (*site.webs, *site.workers):
        process.end(signal.SIGTERM, 60)


def wipe(site: Site) -> None:
    """Everything is lost: the database, the topic, the store, the folder."""
    site._database(f"DROP DATABASE {site.name}")
    site._database(f"CREATE DATABASE {site.name} CHARACTER SET utf8mb4")
    if "KAFKA_TOPIC" in site.environment:
        from confluent_kafka.admin import AdminClient

        admin = AdminClient({"bootstrap.servers": site.environment["KAFKA_BOOTSTRAP_SERVERS"]})
        admin.delete_topics([site.name])[site.name].result(20)
        deadline = time.monotonic() + 20
        while site.name in admin.list_topics(timeout=5).topics:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    if os.environ.get("MONGODB_URI"):
        from pymongo import MongoClient

        with MongoClient(site.environment["MONGODB_URI"]) as client:
            client.drop_database(site.name)
    shutil.rmtree(site.environment["DATA_DIR"])


def wait_until_stored(site: Site, token: str, channel: int, wanted: set[str]) -> list[dict]:
    """The whole history, once the worker has these."""
    deadline = time.monotonic() + 60
    while True:
        with site.api(token) as api:
            ready = api.get(f"channels/{channel}/messages/?limit=1").status_code == 200
        stored = site.stored(token, channel) if ready else []
        if wanted <= {one["id"] for one in stored}:
            return stored
        assert time.monotonic() < deadline, "the worker did not go on"
        time.sleep(0.2)


def wait_until_found(api, channel: int, words: str) -> None:
    """The archive and the search index have read something."""
    deadline = time.monotonic() + 60
    while not api.get(f"channels/{channel}/messages/search/", params={"q": words}).json().get("results"):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@dataclass
class Lost:
    """A site that was backed up under load and then lost; `backed_up_at` is when the backup began."""

    site: Site
    load: Load
    backup: Path
    backed_up_at: float
    pepper: str
    file: tuple[str, bytes]
    lost_channel: int

    def before_backup(self, done: list[tuple[float, dict]]) -> list[dict]:
        return [one for at, one in done if at < self.backed_up_at]


def upload(site: Site, token: str, channel: int) -> tuple[str, bytes]:
    content = b"%PDF-1.7 the rules of the club"
    with site.api(token) as api:
        made = api.post(f"channels/{channel}/attachments/", files={"file": ("rules.pdf", content)})
        assert made.status_code == 201, made.text
        body = {"client_id": "rules", "text": "", "attachments": [made.json()["id"]]}
        assert api.post(f"channels/{channel}/messages/", json=body).status_code == 201
        wait_until_found(api, channel, "rules.pdf")
    return made.json()["id"], content


@pytest.fixture(scope="module")
def lost(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    with Site(folder) as site:
        tokens = [site.sign_up(name)[1] for name in ("alice", "bob")]
        channel = site.channel_of(tokens)
        file = upload(site, tokens[0], channel)
        load = Load(site, channel, tokens, [wallet_of(site, token) for token in tokens])
        with load:
            backed_up_at = time.monotonic()
            backup = back_up(site, folder / "backups")
            lost_channel = site.channel_of(tokens[:1])
        stop(site)
        pepper = (Path(site.environment["DATA_DIR"]) / "pin_pepper").read_text()
        wipe(site)
        yield Lost(site, load, backup, backed_up_at, pepper, file, lost_channel)


def test_a_backup_is_whole_private_and_holds_no_secret(lost):
    assert lost.backup.stat().st_mode & 0o077 == 0
    for path in (path for path in lost.backup.rglob("*") if path.is_file()):
        assert lost.pepper.encode() not in path.read_bytes()
    for done in (lost.load.messages, lost.load.transfers):
        assert MANY <= len(lost.before_backup(done)) <= len(done) - MANY


def test_a_damaged_backup_is_refused_before_anything_is_written(lost, tmp_path):
    damaged = tmp_path / "damaged"
    shutil.copytree(lost.backup, damaged)
    path = next(damaged.glob("log/*.gz"))
    path.write_bytes(path.read_bytes() + b"?")
    done = run(lost.site, "restore", damaged)
    assert done.returncode
    assert f"{path} is missing or damaged" in done.stderr
    (damaged / "manifest.json").unlink()
    assert "is no finished backup" in run(lost.site, "restore", damaged).stderr


def test_another_pepper_is_refused(lost):
    done = run(lost.site, "restore", lost.backup)
    assert done.returncode
    assert "PIN_PEPPER" in done.stderr


def test_all_that_was_acknowledged_before_the_backup_is_back_and_goes_on(lost):
    site, load = lost.site, lost.load
    (Path(site.environment["DATA_DIR"]) / "pin_pepper").write_text(lost.pepper)
    done = run(site, "restore", lost.backup)
    assert done.returncode == 0, done.stdout + done.stderr
    manifest = json.loads((lost.backup / "manifest.json").read_text())
    replayed = [int(line.split()[-1].replace(",", "")) for line in done.stderr.splitlines() if "… " in line]
    assert max(replayed, default=0) < manifest["versions"]["events"]  # the rest came with the store
    again = run(site, "restore", lost.backup)
    assert again.returncode
    assert "restore into an empty one" in again.stderr
    for process in (*site.webs, *site.workers):
        process.start()
    site.wait_until_ready()

    history = assert_talk_is_back(lost)
    assert_money_is_back(lost)
    assert "0 differences" in site.manage("check_ledger")
    with site.api(load.tokens[0]) as api:
        new = say(api, load.channel, "geht weiter")
    stored = wait_until_stored(site, load.tokens[1], load.channel, {new["id"]})
    assert [one["id"] for one in stored] == [*(one["id"] for one in history), new["id"]]
    assert site.channel_of(load.tokens) > lost.lost_channel  # no number is given out again
    assert new["position"] > max(one["position"] for _, one in load.messages)

    for process in site.workers:
        process.end(signal.SIGTERM, 60)
    site.manage("worker", "--rebuild")
    rebuilt = site.stored(load.tokens[1], load.channel)
    assert [(one["id"], one["position"]) for one in rebuilt] == [
        (one["id"], one["position"]) for one in stored
    ]


def assert_talk_is_back(lost: Lost) -> list[dict]:
    """In order, each once, at its position; returns it."""
    site, load = lost.site, lost.load
    history = site.stored(load.tokens[0], load.channel)
    places = {one["id"]: one["position"] for one in history}
    assert len(places) == len(history)
    assert list(places.values()) == sorted(places.values())
    for sent in lost.before_backup(load.messages):
        assert places[sent["id"]] == sent["position"]
    file, content = lost.file
    with site.api(load.tokens[1]) as api:
        found = api.get(f"{site.url()}/channels/{load.channel}/attachments/{file}/")
    assert found.content == content
    return history


def assert_money_is_back(lost: Lost) -> None:
    """Every entry that was told before, the numbers of each wallet without a hole, and on they go."""
    site, load = lost.site, lost.load
    rows = entries(site, load.tokens[0], load.wallets[0])
    assert [one["sequence"] for one in rows] == list(range(1, len(rows) + 1))
    there = {one["transfer"] for one in rows}
    assert {one["id"] for one in lost.before_backup(load.transfers)} <= there
    with site.api(load.tokens[0]) as api:
        transfer = send_money(api, *load.wallets)
    assert transfer["id"] not in {one["id"] for _, one in load.transfers}
    (last,) = entries(site, load.tokens[0], load.wallets[0])[len(rows) :]
    assert (last["sequence"], last["transfer"]) == (len(rows) + 1, transfer["id"])
