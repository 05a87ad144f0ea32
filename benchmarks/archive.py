"""`python -m benchmarks.archive`: the real worker draining a backlog into MongoDB, against a bare bulk write.

Needs MONGODB_URI. The log is Kafka when KAFKA_BOOTSTRAP_SERVERS is set, else the embedded one. The worker
is timed from its first stored message to its last, so that the start of a Python process is left out.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from statistics import median
from tempfile import TemporaryDirectory

from pymongo import ASCENDING, MongoClient, WriteConcern

from benchmarks.messages import make_message
from benchmarks.printing import print_result
from benchmarks.sites import drop_database, drop_topic, own_database

_START_SECONDS = 30
_DRAIN_SECONDS = 600
_POLL_SECONDS = 0.01
_BARE_ROUNDS = 3


def fill_log(count: int) -> None:
    """Append the backlog to the log that the settings name, and wait until it has all of it."""
    from chat.pipeline.events import encode
    from chat.pipeline.parts import close_parts, event_log
    from chat.pipeline.ports import LogFull

    log, confirmed, errors = event_log(), threading.Semaphore(0), []

    def done(position, error) -> None:
        if error is not None:
            errors.append(error)
        confirmed.release()

    for number in range(count):
        event, _ = make_message(number)
        while True:
            try:
                log.append(event.channel, encode(event), done)
                break
            except LogFull:
                time.sleep(0.01)
    for _ in range(count):
        confirmed.acquire()
    close_parts()
    if errors:
        raise errors[0]


def drain(messages, count: int) -> float:
    """Messages per second of the real worker process, from its first stored message to its last."""
    worker = subprocess.Popen([sys.executable, "manage.py", "worker", "--only", "archive", "--skip-checks"])
    try:
        first = _await_count(messages, 1, _START_SECONDS, worker)
        began = time.monotonic()
        _await_count(messages, count, _DRAIN_SECONDS, worker)
        return (count - first) / (time.monotonic() - began)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait()


def _await_count(messages, wanted: int, seconds: float, worker: subprocess.Popen) -> int:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and worker.poll() is None:
        found = messages.estimated_document_count()
        if found >= wanted:
            return found
        time.sleep(_POLL_SECONDS)
    raise RuntimeError(f"the worker stored {messages.estimated_document_count()} of {wanted} messages")


def write_bare(database, documents: list[dict], *, index: bool, durable: bool) -> float:
    """Messages per second of one insert_many into an empty collection."""
    concern = WriteConcern(w="majority", j=True) if durable else None
    bare = database.get_collection("bare", write_concern=concern)
    bare.drop()
    if index:
        bare.create_index([("channel", ASCENDING), ("position", ASCENDING)])
    began = time.monotonic()
    bare.insert_many(documents, ordered=False)
    return len(documents) / (time.monotonic() - began)


def measure(count: int) -> dict:
    """Worker and bare write of the same documents, one after the other; the bare one also without index."""
    import django

    django.setup()
    fill_log(count)
    client = MongoClient(os.environ["MONGODB_URI"])
    database = client.get_default_database()
    worker = drain(database.messages, count)
    documents = list(database.messages.find().sort("position", ASCENDING))
    same = median(write_bare(database, documents, index=True, durable=True) for _ in range(_BARE_ROUNDS))
    barest = median(write_bare(database, documents, index=False, durable=False) for _ in range(_BARE_ROUNDS))
    client.close()
    return {
        "messages": count,
        "worker_per_second": round(worker),
        "bare_per_second": round(same),
        "bare_without_index_per_second": round(barest),
        "ratio": round(worker / same, 2),
        "ratio_without_index": round(worker / barest, 2),
        "log": "Kafka" if os.environ.get("KAFKA_BOOTSTRAP_SERVERS") else "embedded",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=200_000)
    arguments = parser.parse_args()
    if not os.environ.get("MONGODB_URI"):
        parser.error("MONGODB_URI is not set; `make stack` prints it.")
    with TemporaryDirectory(prefix="messenger-benchmark-") as folder:
        # Both set before the settings are read, for this process and for the worker.
        own = own_database(os.environ["MONGODB_URI"])
        os.environ |= {"DATA_DIR": folder, "MONGODB_URI": own}
        if os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
            os.environ["KAFKA_TOPIC"] = f"benchmark_{os.getpid()}"
        os.environ["DATABASE_URL"] = ""
        try:
            result = measure(arguments.messages)
        finally:
            drop_database(own)
            drop_topic(os.environ["KAFKA_TOPIC"])
    line = (
        f"{result['messages']:,} messages, {result['log']} log | worker {result['worker_per_second']:,}/s | "
        f"bare {result['bare_per_second']:,}/s (no index {result['bare_without_index_per_second']:,}/s) | "
        f"ratio {result['ratio']}, {result['ratio_without_index']}"
    )
    print_result("archive", line, result)


if __name__ == "__main__":
    main()
