"""Load 3: people with tokens pay into one group wallet over HTTP, all at once, each PIN verified once."""

import asyncio
import json
import statistics
import time
import uuid
from collections import Counter
from urllib.parse import urlsplit

from wallets.models import LedgerEntry

PIN = "246810"
START_WON = 10_000_000


class Payer:
    """One connection that is kept open, one request after the other."""

    def __init__(self, url: str, token: str, source: int, target: int) -> None:
        self._host = urlsplit(url)
        self._token = token
        self._body = json.dumps({"source": source, "target": target, "amount": 1, "pin": PIN}).encode()
        self.milliseconds: list[float] = []
        self.answers: Counter = Counter()

    async def connect(self) -> None:
        """Open the connection and have the PIN verified by a first transfer."""
        self._reader, self._writer = await asyncio.open_connection(self._host.hostname, self._host.port)
        await self._pay()

    async def pay_until(self, deadline: float) -> None:
        """The next as soon as the last is answered."""
        while (began := time.perf_counter()) < deadline:
            status, body = await self._pay()
            self.milliseconds.append((time.perf_counter() - began) * 1_000)
            self.answers[status if status == 201 else (status, json.loads(body).get("code"))] += 1
        self._writer.close()

    async def _pay(self) -> tuple[int, bytes]:
        head = (
            "POST /api/v1/transfers/ HTTP/1.1\r\n"
            f"Host: {self._host.netloc}\r\nAuthorization: Bearer {self._token}\r\n"
            f"Idempotency-Key: {uuid.uuid4().hex}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self._body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + self._body)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        length = next(int(line[15:]) for line in answer if line.lower().startswith("content-length:"))
        return int(answer[0].split()[1]), await self._reader.readexactly(length)


def pay_over_http(site, *, clients: int, seconds: float) -> dict:
    """Latencies and answers; every applied transfer is looked for in the books."""
    payers, group = _club(site, clients)
    before = LedgerEntry.objects.filter(wallet=group).count()

    async def everybody() -> float:
        for payer in payers:  # one by one: 64 hashes at once are not what is measured
            await payer.connect()
        began = time.perf_counter()
        await asyncio.gather(*(payer.pay_until(began + seconds) for payer in payers))
        return time.perf_counter() - began

    took = asyncio.run(everybody())
    answers = sum((payer.answers for payer in payers), Counter())
    applied = answers.pop(201, 0)
    in_the_books = LedgerEntry.objects.filter(wallet=group).count() - before - clients
    refused = {answer: count for answer, count in answers.items() if answer[0] < 500 and answer[1]}
    cuts = statistics.quantiles((ms for payer in payers for ms in payer.milliseconds), n=100)
    return {
        "applied_per_second": round(applied / took),
        "applied": applied,
        "rejected": sum(refused.values()),
        "unexplained": answers.total() - sum(refused.values()) + abs(applied - in_the_books),
        "answers": {str(answer): count for answer, count in answers.items()},
        "p50_ms": round(cuts[49]),
        "p95_ms": round(cuts[94]),
        "p99_ms": round(cuts[98]),
    }


def _club(site, clients: int) -> tuple[list[Payer], int]:
    people = [site.sign_up(f"payer{number}")[1] for number in range(clients)]
    channel = site.channel_of(people)
    with site.api(people[0]) as api:
        made = api.post("wallets/", json={"pin": PIN, "channel": channel, "name": "회비"})
        group = made.json()["id"]
    payers = []
    for token in people:
        with site.api(token) as api:
            own = api.post("wallets/", json={"pin": PIN}).json()["id"]
            paid = api.post(
                f"wallets/{own}/deposits/",
                json={"amount": START_WON},
                headers={"Idempotency-Key": uuid.uuid4().hex},
            )
            paid.raise_for_status()
        payers.append(Payer(site.url(), token, own, group))
    return payers, group
