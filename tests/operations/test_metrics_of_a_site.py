"""What real processes tell of themselves: also when one of them is missing, and when there are several."""

import contextlib
import json
import signal
import socket
import time
import uuid

import httpx
import pytest
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect

from tests.site import Site, free_port

PATIENCE_SECONDS = 30


def told(port: int, name: str) -> float | None:
    """The value of a sample without labels, None where it is not told."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    samples = (one for family in text_string_to_metric_families(text) for one in family.samples)
    return next((one.value for one in samples if one.name == name and not one.labels), None)


def until(condition, complaint: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.2)


def test_what_waits_for_archive_and_search_grows_older_while_no_worker_runs(tmp_path):
    with Site(tmp_path, METRICS_PORT=str(free_port())) as site:
        (worker,), (web,) = site.workers, site.ports

        def lags() -> list[float]:
            return [told(web, f"messenger_{reader}_lag_seconds") for reader in ("archive", "search")]

        _, token = site.sign_up("alice")
        channel = site.channel_of([token])
        until(lambda: max(lags()) == 0, "the worker does not take what came with the channel")
        worker.end(signal.SIGKILL)
        with site.api(token) as api:
            message = {"client_id": uuid.uuid4().hex, "text": "안녕하세요"}
            assert api.post(f"channels/{channel}/messages/", json=message).status_code == 201
        posted_at = time.monotonic()
        until(lambda: min(lags()) > 3, "nobody says that a message waits")
        assert lags() == pytest.approx([time.monotonic() - posted_at] * 2, abs=1.5)
        worker.start()
        until(lambda: max(lags()) == 0, "the worker does not take what waited")


@pytest.fixture
def ports() -> list[int]:
    """Three in a row that were free a moment ago."""
    while True:
        first = free_port()
        with contextlib.ExitStack() as held, contextlib.suppress(OSError, OverflowError):
            for port in range(first, first + 3):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return list(range(first, first + 3))


def test_each_of_several_web_processes_tells_its_own(tmp_path, ports):
    if not settings.REDIS_URL:
        pytest.skip("several web processes need Redis (make stack)")
    with Site(tmp_path, WEB_PROCESSES="2", METRICS_PORT=str(ports[0])) as site:

        def sockets(port: int) -> float | None:
            with contextlib.suppress(httpx.TransportError):
                return told(port, "messenger_subscriptions")
            return None

        until(lambda: [sockets(port) for port in ports[1:]] == [0, 0], "not both tell their numbers")
        until(lambda: told(ports[0], "messenger_dead_letters_total") == 0, "the worker does not")
        assert told(ports[0], "messenger_search_lag_seconds") is None  # it has no tail
        _, token = site.sign_up("alice")
        channel = site.channel_of([token])
        address = site.url().replace("http", "ws") + "/ws/"
        with connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as following:
            following.send(json.dumps({"op": "subscribe", "channel": channel}))
            following.recv()
            assert sorted(sockets(port) for port in ports[1:]) == [0, 1]
        site.webs[0].end(signal.SIGTERM)
