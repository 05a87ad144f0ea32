"""kill -9 while a file is on its way: nothing half done is seen by anybody, and nothing stays for good."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site import ROOT, Site

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    spooled = folder / "spooled"
    spooled.mkdir()
    with Site(folder, workers=0, TMPDIR=str(spooled), STORAGE_URL="") as running:
        running.spooled = spooled
        yield running


@pytest.mark.parametrize(
    ("point", "then"),
    [
        ("drawn", [0, 0]),
        ("row", [0, 1]),
        ("content", [1, 1]),
        ("thumbnail", [2, 1]),
        ("deleting", [1, 1]),
    ],
)
def test_wherever_it_dies_the_next_sweep_leaves_nothing(site, point, then):
    done = subprocess.run(
        [sys.executable, "-m", "tests.attachments.dying_upload", point],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"killed": True, "then": then, "later": [0, 0]}


def test_a_server_that_dies_while_it_receives_leaves_no_bytes(site):
    token = site.sign_up("alice")[1]
    channel = site.channel_of([token])
    head = (
        f"POST /api/v1/channels/{channel}/attachments/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {20 * MEGABYTE}\r\n"
        "Content-Type: multipart/form-data; boundary=edge\r\n\r\n"
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    )
    with socket.create_connection(("127.0.0.1", site.ports[0])) as line:
        line.sendall(head.encode() + bytes(10 * MEGABYTE))
        site.webs[0].end(signal.SIGKILL)
    site.webs[0].start()
    site.wait_until_ready()
    assert list(site.spooled.rglob("*")) == []
    stored = Path(site.environment["DATA_DIR"]) / "files"
    assert not stored.exists() or not any(path.is_file() for path in stored.rglob("*"))
    with site.api(token) as api:
        whole = api.post(f"channels/{channel}/attachments/", files={"file": ("a.bin", bytes(100))})
        assert whole.status_code == 201


def test_a_body_beyond_the_limit_is_refused_before_it_is_kept(site):
    token = site.sign_up("bob")[1]
    channel = site.channel_of([token])

    def pieces():
        for _ in range(60):
            yield bytes(MEGABYTE)

    with site.api(token) as api:
        place = f"channels/{channel}/attachments/"
        large = api.post(place, files={"file": ("a.bin", bytes(51 * MEGABYTE))})
        assert (large.status_code, large.json()["code"]) == (413, "attachment_too_large")
        kind = {"Content-Type": "multipart/form-data; boundary=edge"}
        chunked = api.post(place, content=pieces(), headers=kind)
        assert (chunked.status_code, chunked.json()["code"]) == (413, "attachment_too_large")
        elsewhere = api.post(
            "channels/", content=bytes(3 * MEGABYTE), headers={"Content-Type": "application/json"}
        )
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (413, "too_large")
    with site.api() as nobody:
        flood = nobody.post("accounts/login/", content=bytes(3 * MEGABYTE))
        assert flood.status_code == 413
