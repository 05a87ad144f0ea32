"""What a load does to a site, seen from outside: memory, health answers, how soon a quiet member is
acknowledged, how far the archive is, how late the event loop comes round. Times are monotonic seconds."""

import http.client
import json
import re
import statistics
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import psutil
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from benchmarks.sites import metrics_ports, web_pids
from chat.loadtest.plan import VirtualUser

NOT_ANSWERED_MS = float("inf")
_PATIENCE_SECONDS = 10
_LAG = re.compile(r"^messenger_loop_lag_seconds_(sum|count) (\S+)", re.MULTILINE)

Samples = list[tuple[float, float]]  # when, value


class Watch:
    """`with Watch(site, member, channel) as watch:` looks from beginning to end; the member posts ten
    messages a second and is subscribed to nothing."""

    def __init__(self, site, member: VirtualUser, channel: int) -> None:
        address = urlsplit(site.url())
        self._host, self._port = address.hostname, address.port
        self._member, self._channel = member, channel
        self._pids = web_pids(site)
        self._metrics_ports = metrics_ports(site)
        self._lags: dict[int, tuple[float, float]] = {}
        self._over = threading.Event()
        self.memory_mb: Samples = []
        self.health_ms: Samples = []
        self.ack_ms: Samples = []
        self.lag_ms: Samples = []
        self.archived: list[tuple[float, str]] = []  # when, the newest position in history
        self.acknowledged: list[tuple[float, str]] = []  # when, position
        self._threads = [
            threading.Thread(target=self._repeat, args=(look, seconds))
            for look, seconds in (
                (self._weigh, 0.5),
                (self._ask_health, 0.25),
                (self._ask_archive, 0.5),
                (self._ask_lag, 1.0),
            )
        ]
        self._threads.append(threading.Thread(target=self._trickle))

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def archive_caught_up_after(self, moment: float) -> float:
        """Seconds from that moment until history had everything that the member was told of before it."""
        last = max((position for at, position in self.acknowledged if at <= moment), default="")
        caught_up = (at - moment for at, newest in self.archived if at >= moment and newest >= last)
        return min(caught_up, default=NOT_ANSWERED_MS)

    def _repeat(self, look: Callable[[], None], seconds: float) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            look()
            self._over.wait(max(0.0, began + seconds - time.monotonic()))

    def _weigh(self) -> None:
        self.memory_mb.append((time.monotonic(), resident_mb(self._pids)))

    def _ask_health(self) -> None:
        began = time.monotonic()
        answered = self._get(self._port, "/healthz") is not None
        now = time.monotonic()
        self.health_ms.append((now, (now - began) * 1000 if answered else NOT_ANSWERED_MS))

    def _ask_archive(self) -> None:
        page = self._get(self._port, f"/api/v1/channels/{self._channel}/messages/?limit=1")
        results = json.loads(page)["results"] if page else []
        if results:
            self.archived.append((time.monotonic(), results[0]["position"]))

    def _ask_lag(self) -> None:
        """The mean lag since the last look, of the process that lags most."""
        worst = None
        for port in self._metrics_ports:
            text = self._get(port, "/metrics")
            found = dict(_LAG.findall(text.decode())) if text else {}
            if not found:
                continue
            seconds, count = float(found["sum"]), float(found["count"])
            before_seconds, before_count = self._lags.get(port, (0.0, 0.0))
            self._lags[port] = (seconds, count)
            if before_count and count > before_count:
                mean_ms = 1000 * (seconds - before_seconds) / (count - before_count)
                worst = mean_ms if worst is None else max(worst, mean_ms)
        if worst is not None:
            self.lag_ms.append((time.monotonic(), worst))

    def _get(self, port: int, path: str) -> bytes | None:
        """The body of a 200, by a connection of its own as a load balancer's check has; else None."""
        connection = http.client.HTTPConnection(self._host, port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self._member.token}"})
            answer = connection.getresponse()
            body = answer.read()
            return body if answer.status == http.client.OK else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _trickle(self) -> None:
        """Post ten messages a second; a refusal or a closed socket counts as not answered."""
        while not self._over.is_set():
            try:
                with connect(
                    f"ws://{self._host}:{self._port}/ws/",
                    additional_headers={"Authorization": f"Bearer {self._member.token}"},
                ) as socket:
                    self._repeat(lambda: self._post(socket), 0.1)  # noqa: B023  (used up before the next one)
            except (OSError, TimeoutError, WebSocketException):
                self.ack_ms.append((time.monotonic(), NOT_ANSWERED_MS))
                self._over.wait(0.5)

    def _post(self, socket) -> None:
        began, client_id = time.monotonic(), str(uuid.uuid4())
        frame = {"op": "send", "channel": self._channel, "client_id": client_id, "text": "조용한 한마디"}
        socket.send(json.dumps(frame))
        while True:
            answer = json.loads(socket.recv(timeout=_PATIENCE_SECONDS))
            if answer.get("client_id") == client_id:
                break
        now = time.monotonic()
        if answer["op"] == "ack":
            self.ack_ms.append((now, (now - began) * 1000))
            self.acknowledged.append((now, answer["position"]))
        else:
            self.ack_ms.append((now, NOT_ANSWERED_MS))


def resident_mb(pids: Iterable[int]) -> float:
    """The memory of these processes together."""
    return sum(psutil.Process(pid).memory_info().rss for pid in pids) / 2**20


def between(samples: Samples, first: float, last: float) -> list[float]:
    """The values from one moment to another."""
    return [value for at, value in samples if first <= at < last]


def answered(values: list[float]) -> list[float]:
    """Without those that never came."""
    return [value for value in values if value != NOT_ANSWERED_MS]


def normal_after(samples: Samples, moment: float, limit: float) -> float:
    """Seconds from that moment until each second's median stayed within the limit; infinite if never."""
    seconds: dict[int, list[float]] = defaultdict(list)
    for at, value in samples:
        if at >= moment:
            seconds[int(at - moment)].append(value)
    if not seconds:
        return NOT_ANSWERED_MS
    bad = [second for second, values in seconds.items() if statistics.median(values) > limit]
    if bad and max(bad) == max(seconds):
        return NOT_ANSWERED_MS
    return float(max(bad, default=-1) + 1)
