"""What a whisper takes of its sayer, its hearers and Redis; how many read marks the database writes; what a
message takes in Kafka and MongoDB, and how fast it is findable. On real servers, with data of its own."""

import asyncio
import os
import statistics
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from benchmarks.korean import Talk
from benchmarks.sites import drop_database, drop_topic, own_database

HEARERS, SENDS, ROUNDS = 20, 80, 5
FEW, MANY = 1, 200  # whispers in a send
MARKS, MARK_ROUNDS = 5_000, 5
MESSAGES, BATCH, CHANNELS, PER_SECOND = 20_000, 1_000, 200, 4_000
POSITION = "0190a1b2c3d4e5f607182930"
WHISPERS = (["here", 123_456, 234_567], ["read", 123_456, 234_567, POSITION])


def measure_servers() -> dict:
    """All of it, in a minute or two."""
    # Before the settings are read.
    os.environ["MONGODB_URI"] = own_database(os.environ["MONGODB_URI"])
    os.environ["KAFKA_TOPIC"] = f"benchmark_{os.getpid()}"
    import django

    django.setup()
    from benchmarks.transfers import own_site

    try:
        with own_site(webs=0, workers=0):
            found = measure_marks()
        return found | asyncio.run(measure_whispers(os.environ["REDIS_URL"])) | measure_bytes()
    finally:
        drop_database(os.environ["MONGODB_URI"])
        drop_topic(os.environ["KAFKA_TOPIC"])


def measure_marks() -> dict:
    """Read marks of a full batch, each of another person."""
    from accounts.models import User
    from chat import services
    from chat.models import Membership
    from chat.pipeline.events import Position
    from chat.reading.marks import move_forward

    User.objects.bulk_create(
        User(email=f"reader{number}@example.com", username=f"reader{number}", password="!")
        for number in range(MARKS)
    )
    people = list(User.objects.filter(username__startswith="reader").order_by("pk"))
    channel = services.create_channel(user=people[0], name="모임")
    Membership.objects.bulk_create(
        Membership(channel=channel, user=person, role="member") for person in people[1:]
    )
    rates = []
    for number in range(1, MARK_ROUNDS + 1):
        position = str(Position(int(time.time() * 1000) + number, 0, 0))
        began = time.monotonic()
        move_forward([(channel.pk, person.pk, position) for person in people])
        rates.append(MARKS / (time.monotonic() - began))
        moved = Membership.objects.filter(channel=channel, read_position=position).count()
        if moved != MARKS:
            raise RuntimeError(f"{moved} of {MARKS} marks moved")
    return {"marks_written_per_second": statistics.median(rates)}


async def measure_whispers(url: str) -> dict:
    """Sends of one and of many whispers to so many hearers: what a send takes, and what a whisper."""
    import msgpack
    import redis
    from channels.layers import get_channel_layer

    layer, server = get_channel_layer(), redis.Redis.from_url(url)
    hear = _make_hearer()
    channels = [await layer.new_channel(f"hearer{number}") for number in range(HEARERS)]
    for channel in channels:
        await layer.group_add("sizing", channel)

    def redis_seconds() -> float:
        spent = server.info("cpu")
        return spent["used_cpu_user"] + spent["used_cpu_sys"]

    people = count(1_000_000)

    async def once(whispers: int) -> tuple[float, float, float]:
        remote, sent = redis_seconds(), 0.0
        for _ in range(SENDS):
            # Each mark of another person: one that is known already would cost less.
            kinds = (WHISPERS[number % 2] for number in range(whispers))
            said = [[*kind[:2], next(people), *kind[3:]] for kind in kinds]
            own = time.process_time()
            await layer.group_send("sizing", {"type": "whispers", "process": "0" * 12, "said": said})
            sent += time.process_time() - own
        own = time.process_time()
        for number, channel in enumerate(channels):
            for _ in range(SENDS):
                for whisper in (await layer.receive(channel))["said"]:
                    whisper[2] += number * 10_000_000  # nor one that another hearer knows
                    hear(whisper)
        times = SENDS * HEARERS
        return sent / times, (time.process_time() - own) / times, (redis_seconds() - remote) / times

    await once(MANY)
    rounds = [(await once(FEW), await once(MANY)) for _ in range(ROUNDS)]
    few = [statistics.median(one[0][part] for one in rounds) for part in range(3)]
    each = [statistics.median((b[part] - a[part]) / (MANY - FEW) for a, b in rounds) for part in range(3)]
    sizes = [len(msgpack.packb(one)) for one in WHISPERS]
    return {
        "whisper_said": each[0],
        "whisper_heard": each[1],
        "redis_whisper": each[2],
        "whisper_send": few[0],
        "whisper_receive": few[1],
        "redis_send": few[2],
        "whisper_bytes": statistics.mean(sizes),
    }


def _make_hearer() -> Callable[[list], None]:
    """What a web process does with a whisper of another one about a channel that nobody looks at here."""
    from chat.pipeline.hub import Hub
    from chat.reading.progress import ReadMarks
    from chat.reading.watching import Watching
    from chat.reading.whispers import Whispers

    loop = asyncio.get_running_loop()
    hub, whispers = Hub(loop, lambda _: None), Whispers(lambda *_: None)
    watching = Watching(loop, hub, whispers, asyncio.to_thread)
    marks = ReadMarks(hub, whispers, asyncio.to_thread, watching.follow)

    def hear(whisper: list) -> None:
        if whisper[0] == "read":
            marks.hear(*whisper[1:])
        else:
            watching.hear("another", whisper)

    return hear


def measure_bytes() -> dict:
    """Korean talk in many channels, as the worker takes it through log, archive and search index."""
    from pymongo import MongoClient

    from chat.pipeline.archive import Archive
    from chat.pipeline.parts import close_parts, event_log, message_store, search_index
    from chat.search.indexing import entry_of

    sent = list(_make_messages())
    _fill_log([event for event, _ in sent])
    archive, done = Archive(event_log(), message_store()), 0
    while done < MESSAGES:
        done += archive.step(1)
    rates = []
    for first in range(0, MESSAGES, BATCH):
        began, batch = time.monotonic(), sent[first : first + BATCH]
        search_index().index([entry_of(*one) for one in batch], reached=[batch[-1][1]])
        rates.append(BATCH / (time.monotonic() - began))
    with MongoClient(os.environ["MONGODB_URI"]) as client:
        client.admin.command("fsync")
        database = client.get_default_database()
        stored, findable = (_bytes_of(database, name) for name in ("messages", "search"))
    kept = _log_bytes()
    close_parts()
    return {
        "store_bytes": stored / MESSAGES,
        "search_bytes": findable / MESSAGES,
        "indexed_per_second_mongodb": statistics.median(rates),
        "log_bytes": kept / MESSAGES,
    }


def _bytes_of(database, name: str) -> int:
    told = database.command("collStats", name)
    return told["storageSize"] + told["totalIndexSize"]


def _make_messages():
    from chat.pipeline.events import Author, MessageEvent, Position, message_id

    now = int(time.time() * 1000)
    for number, text in enumerate(Talk().texts(MESSAGES)):
        author, channel, client_id = number % 500 + 1, number % CHANNELS + 1, f"{number:032x}"
        writer = Author(author, f"member{author:03}")
        event = MessageEvent(
            channel, message_id(author, channel, client_id), writer, text, client_id, now + number
        )
        yield event, Position(now + number, number, 0)


def _fill_log(events: list) -> None:
    from chat.pipeline.events import encode
    from chat.pipeline.parts import event_log

    confirmed, began = threading.Semaphore(0), time.monotonic()
    for number, event in enumerate(events):
        time.sleep(max(0, began + number / PER_SECOND - time.monotonic()))
        event_log().append(event.channel, encode(event), lambda *_: confirmed.release())
    for _ in events:
        confirmed.acquire()


def _log_bytes() -> int:
    """Of the topic's segments, as Kafka keeps them: STACK_DIR says where."""
    data = Path(os.environ["STACK_DIR"]) / "kafka" / "data"
    topic = os.environ["KAFKA_TOPIC"]
    return sum(file.stat().st_size for file in data.glob(f"{topic}-*/*.log"))
