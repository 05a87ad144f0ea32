"""A person's channels full of talk, stored and indexed as the worker does it: one is very large."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice

from benchmarks.korean import Talk

LARGE = 1
SMALL = range(2, 31)
SMALL_MESSAGES = 2_000
_BATCH = 10_000
_BEGAN_MS = 1_766_300_000_000
_PEOPLE = 500


def prepare() -> None:
    """The channels and their people, once in a database."""
    import django

    django.setup()
    from django.core.management import call_command

    from accounts.models import User
    from chat.models import Channel, Membership

    call_command("migrate", verbosity=0)
    if User.objects.exists():
        return
    people = [
        User(pk=key, email=f"member{key}@example.com", username=f"member{key:03}")
        for key in range(1, _PEOPLE + 1)
    ]
    User.objects.bulk_create(people)
    for key in (LARGE, *SMALL):
        channel = Channel.objects.create(
            pk=key, name=f"모임 {key}", created_by=people[0], member_count=_PEOPLE
        )
        Membership.objects.bulk_create(Membership(channel=channel, user=one) for one in people)


def fill(count: int, mongodb: str | None = None) -> float | None:
    """Store and index the talk unless it is there; returns messages per second, as indexed.

    In the MongoDB database that is named the index is made in the end: None, for that is not what the worker
    does, but minutes instead of half an hour.
    """
    from chat.pipeline.events import Position
    from chat.pipeline.parts import search_index

    if search_index().reached().get(0) == Position(_BEGAN_MS + count - 1, count - 1, 0):
        return None
    with _indexed_afterwards(mongodb) if mongodb else nullcontext():
        for channel in SMALL:
            _fill(channel, Talk(channel).texts(SMALL_MESSAGES), count // SMALL_MESSAGES)
        seconds = _fill(LARGE, Talk().texts(count), 1)
    return None if mongodb else count / seconds


@contextmanager
def _indexed_afterwards(uri: str) -> Iterator[None]:
    from pymongo import MongoClient

    from chat.search.mongo import INDEX, KEYS

    with MongoClient(uri) as client:
        entries = client.get_default_database()["search"]
        entries.drop_index(INDEX)
        try:
            yield
        finally:
            entries.create_index(KEYS, name=INDEX)


def _fill(channel: int, texts, step_ms: int) -> float:
    """Returns how many seconds the index took."""
    from chat.pipeline.parts import message_store, search_index
    from chat.search.indexing import entry_of

    numbered, seconds = enumerate(texts), 0.0
    while batch := list(islice(numbered, _BATCH)):
        stored = [_message(channel, number, number * step_ms, text) for number, text in batch]
        reached = [stored[-1][1]] if channel == LARGE else []
        message_store().write(stored, reached)
        began = time.perf_counter()
        search_index().index((entry_of(*one) for one in stored), reached=reached)
        seconds += time.perf_counter() - began
    return seconds


def _message(channel: int, number: int, after_ms: int, text: str):
    from chat.pipeline.events import Author, MessageEvent, Position, message_id

    author, client_id = number % _PEOPLE + 1, f"{number:032x}"
    sent_ms = _BEGAN_MS + after_ms
    event = MessageEvent(
        channel,
        message_id(author, channel, client_id),
        Author(author, f"member{author:03}"),
        text,
        client_id,
        sent_ms,
    )
    return event, Position(sent_ms, number, 0)
