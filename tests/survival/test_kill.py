"""kill -9 of web, worker, broker and store in the middle of 1,000 messages a second: nothing acknowledged is
lost, nothing comes twice, and everybody sees one order."""

import asyncio
import signal
import time

import pytest
from django.conf import settings

from tests.outages import server
from tests.site import Site
from tests.survival.member import Member

MEMBERS = 20
MESSAGES_PER_SECOND = 1_000
SECONDS = 6
KILLED_AFTER_SECONDS = 1.5
AWAY_SECONDS = 3
PATIENCE_SECONDS = 60


def parts() -> list[str]:
    """What can die here: embedded, log and store are files inside the processes that are killed anyway."""
    broker = ["broker"] if settings.KAFKA_BOOTSTRAP_SERVERS else []
    store = ["store"] if settings.MONGODB_URI else []
    return ["web", "worker", *broker, *store]


def outage(site: Site, part: str) -> tuple:
    """How to kill this part and how to start it again."""
    match part:
        case "web":
            return lambda: site.webs[0].end(signal.SIGKILL), site.webs[0].start
        case "worker":
            return lambda: site.workers[0].end(signal.SIGKILL), site.workers[0].start
    name = {"broker": "kafka", "store": "mongodb"}[part]
    return lambda: server("kill", name), lambda: server("start", name)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Two web processes and two workers where servers carry them; embedded there is one web process."""
    many = 2 if settings.KAFKA_BOOTSTRAP_SERVERS and settings.MONGODB_URI else 1
    with Site(tmp_path_factory.mktemp("site"), webs=many, workers=many) as site:
        site.tokens = [site.sign_up(f"member{number}")[1] for number in range(MEMBERS)]
        yield site


async def through_an_outage(site: Site, channel: int, kill, restart) -> list[Member]:
    """Everybody talks while a part dies and comes back; returns when nothing is pending any more."""
    members = [
        Member(site.url(number % len(site.webs)), token, channel) for number, token in enumerate(site.tokens)
    ]
    lives = [asyncio.create_task(member.live()) for member in members]
    await asyncio.gather(*(member.subscribed() for member in members))
    rate = MESSAGES_PER_SECOND / MEMBERS
    talks = asyncio.gather(*(member.talk(rate, SECONDS) for member in members))
    await asyncio.sleep(KILLED_AFTER_SECONDS)
    await asyncio.to_thread(kill)
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(restart)
    await talks
    await until(lambda: not any(member.pending for member in members), "something stayed unconfirmed")
    said = {message for member in members for message in member.acknowledged.values()}
    await until(
        lambda: all(said <= {message for _, message in member.received} for member in members),
        "somebody misses an acknowledged message",
    )
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    return members


async def until(condition, complaint: str) -> None:
    for _ in range(PATIENCE_SECONDS * 5):
        if condition():
            return
        await asyncio.sleep(0.2)
    pytest.fail(complaint)


def archived(site: Site, channel: int, expected: int) -> list[str]:
    """The ids in history, once the worker caught up."""
    for _ in range(PATIENCE_SECONDS):
        stored = [message["id"] for message in site.stored(site.tokens[0], channel)]
        if len(stored) >= expected:
            break
        time.sleep(1)
    return stored


@pytest.mark.parametrize("part", parts())
def test_nothing_acknowledged_is_lost_when_it_is_killed(site, part, capsys):
    kill, restart = outage(site, part)
    channel = site.channel_of(site.tokens)
    members = asyncio.run(through_an_outage(site, channel, kill, restart))
    said = {message for member in members for message in member.acknowledged.values()}
    stored = archived(site, channel, len(said))
    lost = sum(len(said - {message for _, message in member.received}) for member in members)
    doubled = sum(len(member.received) - len({m for _, m in member.received}) for member in members)
    with capsys.disabled():
        print(
            f"\n{part} killed: acknowledged {len(said)}, delivered {sum(len(m.received) for m in members)},"
            f" stored {len(stored)}, lost {lost}, doubled {doubled},"
            f" refused and repeated {sum(m.refused for m in members)}, gaps {sum(m.gaps for m in members)}"
        )
    assert len(said) == MEMBERS * int(MESSAGES_PER_SECOND / MEMBERS * SECONDS)
    assert lost == 0
    assert doubled == 0
    assert len(stored) == len(set(stored))
    assert said == set(stored)
    for member in members:
        assert [message for _, message in sorted(member.received)] == stored
