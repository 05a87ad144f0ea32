"""`python -m benchmarks.idle_sockets`: what one idle, authorised, subscribed socket costs the web process."""

import argparse
import asyncio
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psutil
import uvloop

from benchmarks.printing import print_result
from benchmarks.sites import raise_open_files, running_site
from chat.loadtest.frames import FrameReader
from chat.loadtest.members import Member
from chat.loadtest.pacing import ClosedLoop
from chat.loadtest.plan import VirtualUser, read_users
from chat.loadtest.tally import Tally
from chat.loadtest.websocket import MemberSocket, socket_url

_CONNECTING_AT_ONCE = 50
_WARM_UP = 100
_SETTLE_SECONDS = 3
# One source address has about 28,000 ports; several keep clear of those still in TIME_WAIT.
_SOURCES = tuple(f"127.0.0.{number}" for number in range(1, 5))


async def open_sockets(url: str, users: list[VirtualUser], channel: int) -> list[MemberSocket]:
    """One subscribed socket for each user."""
    tally, reader, gate = Tally(), FrameReader(channel, "idle "), asyncio.Semaphore(_CONNECTING_AT_ONCE)
    nobody_sends = ClosedLoop([], 0, 0)
    sources = _SOURCES if urlsplit(url).hostname == "127.0.0.1" else (None,)

    async def open_one(number: int, user: VirtualUser) -> MemberSocket:
        member = Member(
            user, tally, "idle ", receives=True, came_back=nobody_sends.came_back, found_gap=lambda *_: None
        )
        socket = MemberSocket(member, reader, nobody_sends)
        async with gate:
            await socket.open(socket_url(url), sources[number % len(sources)])
        return socket

    return await asyncio.gather(*(open_one(number, user) for number, user in enumerate(users)))


async def measure(url: str, pid: int, users: list[VirtualUser], channel: int) -> dict:
    """Memory of the process before and after, in bytes. Code paths are warmed up first."""
    process = psutil.Process(pid)
    for socket in await open_sockets(url, users[:_WARM_UP], channel):
        socket.close()
    await asyncio.sleep(_SETTLE_SECONDS)
    before = process.memory_info().rss
    began = time.monotonic()
    sockets = await open_sockets(url, users, channel)
    seconds = time.monotonic() - began
    await asyncio.sleep(_SETTLE_SECONDS)
    after = process.memory_info().rss
    alive = sum(1 for socket in sockets if socket.member.connection is not None)
    for socket in sockets:
        socket.close()
    return {
        "sockets": len(sockets),
        "alive": alive,
        "kilobytes_per_socket": round((after - before) / len(sockets) / 1024, 1),
        "rss_before_mb": round(before / 2**20, 1),
        "rss_after_mb": round(after / 2**20, 1),
        "connecting_seconds": round(seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--url", help="a running site; needs --server-pid and --users-from")
    parser.add_argument("--server-pid", type=int)
    parser.add_argument("--users-from", type=Path)
    arguments = parser.parse_args()
    raise_open_files()
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < arguments.sockets + 200:
        parser.error(f"only {most} open files are allowed (ulimit -Hn)")
    if arguments.url:
        result = _measure_at(arguments.url, arguments.server_pid, arguments.users_from, arguments.sockets)
    else:
        with running_site(workers=0) as site, TemporaryDirectory() as folder:
            users = Path(folder) / "users.csv"
            site.manage("loadtest", "--users", str(arguments.sockets), "--prepare", str(users))
            result = _measure_at(site.url(), site.webs[0].handle.pid, users, arguments.sockets)
    line = (
        f"{result['alive']:,} of {result['sockets']:,} sockets | {result['kilobytes_per_socket']} KB each | "
        f"{result['rss_before_mb']} → {result['rss_after_mb']} MB"
    )
    print_result("idle sockets", line, result)


def _measure_at(url: str, pid: int, file: Path, count: int) -> dict:
    users, channel = read_users(file)
    return uvloop.run(measure(url, pid, users[:count], channel))


if __name__ == "__main__":
    main()
