"""Measures costs for `costs.toml` that no other benchmark tells, in seconds of processor time: waiting is not
in it, so other work on the machine moves them little. Medians of rounds.

`site` runs on what the environment names; `servers` needs the real ones.
"""

import argparse
import asyncio
import json
import logging
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from benchmarks.idle_sockets import open_sockets
from benchmarks.messages import make_message
from benchmarks.sites import people_of, play, running_site, web_pids

ROUNDS = 3
IDLE_SOCKETS, IDLE_SECONDS = 3_000, 50  # two pings of each
TALK_RATE, TALK_SECONDS = 50, 8
FEW, MANY = 2, 200  # receivers; their difference is what a delivery costs
TAIL_RATE, TAIL_SECONDS = 2_000, 5
PAGES = 60


class Measured:
    """A running site, the processor time of its one web process, and two of its people in a channel."""

    def __init__(self, site) -> None:
        self.site = site
        self.web = psutil.Process(web_pids(site)[0])
        self.people, self.channel = people_of(site, IDLE_SOCKETS)
        self.idle = self.during(lambda: time.sleep(IDLE_SECONDS / 5)) / (IDLE_SECONDS / 5)
        self._log = _log_of(site)
        self._number = 0

    def seconds(self) -> float:
        """Of both kinds, user and system, since the process began."""
        return sum(self.web.cpu_times()[:2])

    def during(self, act: Callable[[], None]) -> float:
        """What this took the web process."""
        before = self.seconds()
        act()
        return self.seconds() - before

    def append(self, rate: float, seconds: float, channel: Callable[[int], int]) -> float:
        """Let others than this process write into the log at that rate; what a record took it."""
        before, records, confirmed = self.seconds(), int(rate * seconds), threading.Semaphore(0)
        began = time.monotonic()
        for number in range(records):
            time.sleep(max(0, began + number / rate - time.monotonic()))
            self._number += 1
            event, _ = make_message(self._number, channel(number))
            self._log.append(event.channel, _encode(event), lambda *_: confirmed.release())
        for _ in range(records):
            confirmed.acquire()
        time.sleep(0.5)
        took = time.monotonic() - began
        return (self.seconds() - before - self.idle * took) / records


def _log_of(site):
    environment = site.environment
    if servers := environment.get("KAFKA_BOOTSTRAP_SERVERS"):
        from chat.pipeline.kafka import KafkaLog

        return KafkaLog(servers=servers, topic=environment["KAFKA_TOPIC"])
    from chat.pipeline.embedded import SqliteLog

    return SqliteLog(path=Path(environment["DATA_DIR"]) / "log.sqlite3")


def _encode(event) -> bytes:
    from chat.pipeline.events import encode

    return encode(event)


async def measure_sockets(site: Measured) -> dict:
    """A socket that is opened, and one that is idle, subscribed, for a second; two pings of each."""
    before = site.seconds()
    sockets = await open_sockets(site.site.url(), site.people, site.channel)
    await asyncio.sleep(3)
    opened, before = (site.seconds() - before) / len(sockets), site.seconds()
    await asyncio.sleep(IDLE_SECONDS)
    idle = (site.seconds() - before) / IDLE_SECONDS - site.idle
    for socket in sockets:
        socket.close()
    await asyncio.sleep(1)
    return {"socket_opened": opened, "socket_idle": idle / len(sockets)}


def measure_talk(site: Measured) -> dict:
    """A message accepted and read back, and one written to one more socket, when each comes alone."""

    def of_a_message(receivers: int) -> float:
        options = ("--users", str(MANY), "--receivers", str(receivers), "--rate", str(TALK_RATE))
        report = play(site.site, *options, "--duration", str(TALK_SECONDS))
        web = next(one for one in report["servers"] if one["pid"] == site.web.pid)
        return (web["cores"] - site.idle) / report["messages_per_second"]

    few, many = ([of_a_message(number) for _ in range(ROUNDS)] for number in (FEW, MANY))
    written = statistics.median(b - a for a, b in zip(few, many, strict=True)) / (MANY - FEW)
    return {"accepted": statistics.median(few) - FEW * written, "written": written}


async def measure_tail(site: Measured, written: float) -> dict:
    """A record that nobody of the process wants; and one that two of its sockets get, without those."""

    def take(rate: float, channel: Callable[[int], int]) -> float:
        return statistics.median(site.append(rate, TAIL_SECONDS, channel) for _ in range(ROUNDS))

    found = {
        "record_read": await asyncio.to_thread(take, TAIL_RATE, lambda number: 10_000 + number % 999),
        "record_read_alone": await asyncio.to_thread(take, TALK_RATE, lambda number: 10_000 + number % 999),
    }
    sockets = await open_sockets(site.site.url(), site.people[:FEW], site.channel)
    wanted = await asyncio.to_thread(take, TALK_RATE, lambda _: site.channel)
    for socket in sockets:
        socket.close()
    return found | {"frame": wanted - found["record_read_alone"] - FEW * written}


def measure_requests(site: Measured) -> dict:
    """A page of history over HTTP with a token, one at a time."""
    headers = {"Authorization": f"Bearer {site.people[0].token}"}
    with httpx.Client(base_url=site.site.url(), headers=headers, timeout=60) as client:

        def read() -> None:
            for _ in range(PAGES):
                client.get(f"/api/v1/channels/{site.channel}/messages/").raise_for_status()

        read()
        return {"request": statistics.median(site.during(read) / PAGES for _ in range(ROUNDS))}


def measure_site() -> dict:
    """All that a web process tells."""
    with running_site(workers=0) as running:
        site = Measured(running)
        found = {"process_idle": site.idle, **measure_requests(site), **measure_talk(site)}
        found |= asyncio.run(measure_tail(site, found["written"]))
        return found | asyncio.run(measure_sockets(site))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("site", "servers"))
    logging.disable(logging.INFO)
    if parser.parse_args().what == "site":
        found = measure_site()
    else:
        from benchmarks.sizing.measure_servers import measure_servers

        found = measure_servers()
    print(json.dumps({name: float(f"{value:.3g}") for name, value in found.items()}, indent=1))


if __name__ == "__main__":
    main()
