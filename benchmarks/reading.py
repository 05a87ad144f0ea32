"""`python -m benchmarks.reading`: what it costs that 2,000 members move their read marks while they talk.

Paired runs in one channel of 2,000 sockets that talk in turn at a fixed rate. In every second run all of them
watch the channel as pages do and tell every three seconds how far they have read. Compared are how soon an
own message is back and the processor time of the web process; medians are reported.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
import uuid
import zlib

import msgspec
import psutil
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.printing import table_head, table_row
from benchmarks.sites import measure_on_parts, people_of, running_site, web_pids
from chat.loadtest.frames import Event
from chat.loadtest.plan import VirtualUser
from chat.loadtest.websocket import socket_url

USERS, QUICK_USERS = 2_000, 200
RATE = 100  # messages a second, of the whole channel
SECONDS, PAIRS = 10, 5
SETTLE_SECONDS = 2
READ_EVERY_SECONDS = 3  # static/js/reading/marking.js rests so long in a channel of this size
OPENED_AT_ONCE = 50
EXTENSIONS = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
COLUMNS = (
    "parts",
    "members",
    "marks",
    "own message back p50 ms",
    "p99 ms",
    "web CPU s/s",
    "marks/s",
    "received MB/s",
)
MOST_KEPT = 500  # payloads
_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Event)


class Payloads:
    """Reads each payload once, however many sockets got the same bytes."""

    def __init__(self) -> None:
        self._read: dict[bytes, list[Event]] = {}

    def read(self, payload: bytes, compressed: bool) -> list[Event]:
        """The events in it."""
        events = self._read.get(payload)
        if events is None:
            text = zlib.decompressobj(-15).decompress(payload + b"\0\0\xff\xff") if compressed else payload
            if len(self._read) >= MOST_KEPT:
                self._read.clear()
            events = self._read[payload] = _decoder.decode_lines(text)
        return events


class Page(WSListener):
    """One member's socket; notes when own messages come back and how many bytes came."""

    def __init__(self, channel: int, payloads: Payloads) -> None:
        self.channel = channel
        self.payloads = payloads
        self.position = ""
        self.sent: dict[str, float] = {}
        self.latencies: list[float] = []
        self.bytes = 0
        self.subscribed = asyncio.get_running_loop().create_future()

    async def open(self, url: str, user: VirtualUser) -> None:
        """Connect and subscribe."""
        headers = {"Authorization": f"Bearer {user.token}", "Sec-WebSocket-Extensions": EXTENSIONS}
        options = {"extra_headers": headers, "max_frame_size": 16 << 20, "websocket_handshake_timeout": 60}
        self.transport, _ = await ws_connect(lambda: self, url, **options)
        self.say({"op": "subscribe", "channel": self.channel})
        await asyncio.wait_for(self.subscribed, 60)

    def say(self, frame: dict) -> None:
        """Send one frame."""
        self.transport.send(WSMsgType.TEXT, _encode(frame))

    def post(self) -> None:
        """Send one message."""
        client_id = uuid.uuid4().hex
        self.sent[client_id] = time.monotonic()
        self.say({"op": "send", "channel": self.channel, "client_id": client_id, "text": "안녕하세요, 다들"})

    def read(self) -> None:
        """Everything that came was read."""
        if self.position:
            self.say({"op": "read", "channel": self.channel, "position": self.position})

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Called by picows for every frame."""
        payload = frame.get_payload_as_bytes()
        self.bytes += len(payload)
        now = time.monotonic()
        for event in self.payloads.read(payload, frame.rsv1):
            if event.op == "subscribed":
                self.subscribed.set_result(None)
            elif event.op == "message":
                self.position = event.position
                sent_at = self.sent.pop(event.client_id, None)
                if sent_at is not None:
                    self.latencies.append((now - sent_at) * 1_000)


async def play(pages: list[Page], seconds: float, *, marking: bool) -> int:
    """Talk for so long; returns how many marks were told."""
    began = time.monotonic()
    told = said = 0
    while (now := time.monotonic() - began) < seconds:
        while said < now * RATE:
            pages[said % len(pages)].post()
            said += 1
        while marking and told < now * len(pages) / READ_EVERY_SECONDS:
            pages[told % len(pages)].read()
            told += 1
        await asyncio.sleep(0.005)
    return told


async def run(pages: list[Page], web: list[psutil.Process], *, marking: bool) -> dict:
    """One run with or without marks."""
    for page in pages:
        page.say({"op": "watch", "channel": page.channel, "on": marking})
    await play(pages, SETTLE_SECONDS, marking=marking)
    for page in pages:
        page.latencies.clear()
        page.bytes = 0
    before = _cpu_seconds(web)
    told = await play(pages, SECONDS, marking=marking)
    cpu = (_cpu_seconds(web) - before) / SECONDS
    await asyncio.sleep(1)
    latencies = sorted(one for page in pages for one in page.latencies)
    return {
        "p50_ms": statistics.median(latencies),
        "p99_ms": latencies[int(len(latencies) * 0.99)],
        "cpu": cpu,
        "marks_per_second": told / SECONDS,
        "received_mb_per_second": sum(page.bytes for page in pages) / SECONDS / 1e6,
        "messages": len(latencies),
    }


def _cpu_seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


async def compare(site, users: int, pairs: int) -> list[dict]:
    """Runs in turn without and with marks, on the same sockets."""
    people, channel = people_of(site, users)
    url = socket_url(site.url())
    payloads = Payloads()
    pages = [Page(channel, payloads) for _ in people]
    for start in range(0, users, OPENED_AT_ONCE):
        batch = zip(
            pages[start : start + OPENED_AT_ONCE], people[start : start + OPENED_AT_ONCE], strict=True
        )
        await asyncio.gather(*(page.open(url, person) for page, person in batch))
    web = [psutil.Process(pid) for pid in web_pids(site)]
    await run(pages, web, marking=True)  # everything is warm
    runs = [{"marks": marking, **await run(pages, web, marking=marking)} for marking in [False, True] * pairs]
    for page in pages:
        page.transport.send_close(WSCloseCode.OK)
        page.transport.disconnect()
    return runs


def summarise(runs: list[dict], users: int) -> dict:
    """The medians of both kinds, and of what the marks added pair by pair."""
    kinds = {marks: [one for one in runs if one["marks"] is marks] for marks in (False, True)}
    medians = {
        ("with" if marks else "without"): {
            name: statistics.median(one[name] for one in found) for name in found[0] if name != "marks"
        }
        for marks, found in kinds.items()
    }
    added = [one["cpu"] - other["cpu"] for one, other in zip(kinds[True], kinds[False], strict=True)]
    return {"members": users, **medians, "added_cpu": statistics.median(added), "runs": runs}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="*", default=["embedded", "real"], help="embedded, real")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_USERS} members")
    parser.add_argument("--here", action="store_true", help="on what the environment names; prints JSON")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    users = QUICK_USERS if arguments.quick else USERS
    if arguments.here:
        with running_site() as site:
            print(json.dumps(summarise(asyncio.run(compare(site, users, arguments.pairs)), users)))
        return 0
    options = ["--pairs", str(arguments.pairs), *(["--quick"] if arguments.quick else [])]
    print(table_head(COLUMNS))
    for parts, result in measure_on_parts("benchmarks.reading", arguments.parts, *options).items():
        for kind in ("without", "with"):
            told = result[kind]
            cells = (told["p50_ms"], told["p99_ms"], told["cpu"], told["marks_per_second"])
            numbers = (f"{cells[0]:.1f}", f"{cells[1]:.1f}", f"{cells[2]:.3f}", f"{cells[3]:.0f}")
            print(table_row((parts, users, kind, *numbers, f"{told['received_mb_per_second']:.2f}")))
        print(f"{parts}: marks add {result['added_cpu']:.3f} s of processor time a second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
