"""`python -m benchmarks.reconnect`: 5,000 clients come back after a restart, by SIGTERM and by kill -9.

Somebody posts over HTTP all along, before, while and after, and repeats what was not confirmed. Everybody has
to be back with every message, none twice, in order.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import statistics
import sys
import time
import uuid

import httpx
import uvloop

from benchmarks.printing import table_head, table_row
from benchmarks.returning import ReturningClient
from benchmarks.sites import measure_on_parts, people_of, running_site, web_pids
from benchmarks.watching import resident_mb
from chat.loadtest.counting import Acknowledged, Key
from chat.loadtest.frames import FrameReader
from chat.loadtest.history import GapFiller
from chat.loadtest.plan import VirtualUser
from chat.loadtest.tally import Tally

CLIENTS, QUICK_CLIENTS = 5_000, 200
POSTS_PER_SECOND = 10
BEFORE_SECONDS, AFTER_SECONDS = 3, 5
REPEAT_SECONDS = 0.25
BACK_WITHIN_SECONDS = 180
ENDINGS = {"SIGTERM": signal.SIGTERM, "kill -9": signal.SIGKILL}
_POLL_SECONDS = 0.05
COLUMNS = (
    "parts", "web processes", "ended by", "clients", "first back s", "half back s", "all back s",
    "tries a client", "posted", "deliveries", "missed", "doubled", "disorder", "gaps paged", "web MB", "goal",
)  # fmt: skip


class Poster:
    """Posts at a steady rate and repeats each message until it is confirmed."""

    def __init__(self, url: str, author: VirtualUser, channel: int) -> None:
        self.author = author
        self.confirmed: set[Key] = set()
        self._path = f"{url}/api/v1/channels/{channel}/messages/"
        self._client = httpx.AsyncClient(headers={"Authorization": f"Bearer {author.token}"}, timeout=10)
        self._tasks: list[asyncio.Task] = []

    async def post(self) -> None:
        """Until cancelled."""
        number = 0
        while True:
            number += 1
            self._tasks.append(asyncio.create_task(self._post_one(number)))
            await asyncio.sleep(1 / POSTS_PER_SECOND)

    async def finish(self) -> None:
        """Wait until everything is confirmed."""
        await asyncio.gather(*self._tasks)
        await self._client.aclose()

    async def _post_one(self, number: int) -> None:
        body = {"client_id": str(uuid.uuid4()), "text": f"{number}번째, 그동안 나눈 이야기"}
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await self._client.post(self._path, json=body)
                if answer.is_success:
                    self.confirmed.add((self.author.user_id, body["client_id"]))
                    return
            await asyncio.sleep(REPEAT_SECONDS)


def measure(site, ending: str, *, quick: bool) -> dict:
    """One storm on this site."""
    people, channel = people_of(site, (QUICK_CLIENTS if quick else CLIENTS) + 1)
    return uvloop.run(_storm(site, people, channel, ENDINGS[ending]))


async def _storm(site, people: list[VirtualUser], channel: int, ending: signal.Signals) -> dict:
    reader, tally = FrameReader(channel, "storm "), Tally()
    gaps, poster = GapFiller(site.url(), reader), Poster(site.url(), people[-1], channel)
    clients = [ReturningClient(site.url(), person, reader, gaps, tally) for person in people[:-1]]
    lives = []
    for number, client in enumerate(clients):
        lives.append(asyncio.create_task(client.live()))
        if number % 50 == 0:
            await asyncio.sleep(_POLL_SECONDS)
    await _until(lambda: all(client.subscribed_at for client in clients), "not all subscribed at first")
    posting = asyncio.create_task(poster.post())
    await asyncio.sleep(BEFORE_SECONDS)
    tries, began = sum(client.tries for client in clients), time.monotonic()
    await asyncio.to_thread(restart, site, ending)
    await _until(lambda: all(client.subscribed_at > began for client in clients), "not all came back")
    back = sorted(client.subscribed_at - began for client in clients)
    tries = sum(client.tries for client in clients) - tries
    await asyncio.sleep(AFTER_SECONDS)
    posting.cancel()
    await poster.finish()
    missed = await _await_deliveries(clients, reader, gaps, poster.confirmed)
    memory_mb = resident_mb(web_pids(site))
    for task in lives:
        task.cancel()
    for client in clients:
        client.leave()
    await gaps.close()
    return {
        "clients": len(clients),
        "first_back_seconds": round(back[0], 1),
        "half_back_seconds": round(statistics.median(back), 1),
        "all_back_seconds": round(back[-1], 1),
        "tries": round(tries / len(clients), 1),
        "posted": len(poster.confirmed),
        "deliveries": sum(client.receipts.received for client in clients),
        "missed": missed,
        "doubled": sum(client.receipts.doubled for client in clients),
        "out_of_order": sum(client.receipts.out_of_order for client in clients),
        "gaps": tally.gaps,
        "errors": dict(tally.errors),
        "memory_mb": round(memory_mb),
    }


def restart(site, ending: signal.Signals) -> None:
    """End every web process that way and start the site again at once."""
    web, pids = site.webs[0], web_pids(site)
    web.handle.send_signal(ending)
    if ending is signal.SIGKILL:
        for pid in set(pids) - {web.handle.pid}:
            os.kill(pid, ending)
    web.handle.wait(60)
    web.start()


async def _until(condition, complaint: str) -> None:
    deadline = time.monotonic() + BACK_WITHIN_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(complaint)
        await asyncio.sleep(_POLL_SECONDS)


async def _await_deliveries(
    clients: list[ReturningClient], reader: FrameReader, gaps: GapFiller, confirmed: set[Key]
) -> int:
    """Wait for what is missing, then a little for repeats; returns how much is still missing."""
    missed = -1
    for _ in range(BACK_WITHIN_SECONDS):
        everything = Acknowledged(reader.order, confirmed)
        missed = sum(everything.missing_from(client.receipts) for client in clients)
        if not missed and not gaps.busy:
            break
        await asyncio.sleep(1)
    await asyncio.sleep(1)
    return missed


def is_met(result: dict) -> bool:
    """Whether everybody has everything, once and in order."""
    return not (result["missed"] or result["doubled"] or result["out_of_order"] or result["errors"])


def row(parts: str, processes: int, ending: str, result: dict) -> str:
    """One line of the table."""
    cells = (
        parts,
        processes,
        ending,
        f"{result['clients']:,}",
        result["first_back_seconds"],
        result["half_back_seconds"],
        result["all_back_seconds"],
        result["tries"],
        result["posted"],
        f"{result['deliveries']:,}",
        result["missed"],
        result["doubled"],
        result["out_of_order"],
        result["gaps"],
        result["memory_mb"],
        "met" if is_met(result) else f"MISSED {result['errors'] or ''}",
    )
    return table_row(cells)


def head() -> str:
    """The table's first two lines."""
    return table_head(COLUMNS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=["embedded", "real"], default=["embedded", "real"])
    parser.add_argument("--quick", action="store_true", help="few clients, to see that everything runs")
    parser.add_argument("--here", action="store_true", help="only this environment, print JSON")
    arguments = parser.parse_args()
    if arguments.here:
        with running_site() as site:
            print(json.dumps({ending: measure(site, ending, quick=arguments.quick) for ending in ENDINGS}))
        return
    options = ["--quick"] if arguments.quick else []
    results = measure_on_parts("benchmarks.reconnect", arguments.parts, *options)
    print(head())
    rows = [(parts, ending, each) for parts, found in results.items() for ending, each in found.items()]
    for parts, ending, result in rows:
        print(row(parts, 1, ending, result))
    print(json.dumps({"benchmark": "reconnect", **results}, ensure_ascii=False))
    sys.exit(0 if all(is_met(result) for *_, result in rows) else 1)


if __name__ == "__main__":
    main()
