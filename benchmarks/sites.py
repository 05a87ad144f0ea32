"""Sites for benchmarks: embedded or on the real servers, web and worker in processes of their own."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

SERVER_VARIABLES = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "REDIS_URL")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messenger.settings")


def names_real_servers() -> bool:
    """Whether the environment names all real servers."""
    return all(os.environ.get(name) for name in SERVER_VARIABLES)


@contextmanager
def running_site(*, workers: int = 1):
    """A site over what the environment names, with data of its own that is removed in the end."""
    # Reads the settings, and with them the environment, when it is first imported.
    from tests.site import Site

    raise_open_files()
    with (
        TemporaryDirectory(prefix="messenger-benchmark-") as folder,
        _dropped_store() as uri,
        Site(Path(folder), workers=workers, **uri) as site,
    ):
        try:
            yield site
        finally:
            drop_topic(site.name)


@contextmanager
def _dropped_store() -> Iterator[dict]:
    """A MongoDB database of this benchmark, dropped in the end; nothing without MongoDB."""
    uri = os.environ.get("MONGODB_URI")
    if not uri:
        yield {}
        return
    own = own_database(uri)
    try:
        yield {"MONGODB_URI": own}
    finally:
        drop_database(own)


def own_database(uri: str) -> str:
    """The same server with a database name of this process."""
    head, _, query = uri.partition("?")
    return f"{head.rpartition('/')[0]}/benchmark_{os.getpid()}" + (f"?{query}" if query else "")


def drop_database(uri: str) -> None:
    """Remove everything that the benchmark stored there."""
    from chat.pipeline.mongo import MongoStore

    store = MongoStore(uri=uri)
    store.drop()
    store.close()


def drop_topic(topic: str) -> None:
    """Remove a topic of this benchmark; nothing without Kafka."""
    servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if servers:
        from confluent_kafka.admin import AdminClient

        for deletion in AdminClient({"bootstrap.servers": servers}).delete_topics([topic]).values():
            deletion.exception()


def raise_open_files() -> None:
    """Sockets are files: allow as many as the system lets us, also for the processes started from here."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def play(site, *options: str) -> dict:
    """Run `manage.py loadtest` against the site and return its report. Raises RuntimeError without one."""
    workers = [option for worker in site.workers for option in ("--server-pid", str(worker.handle.pid))]
    done = subprocess.run(
        [sys.executable, "manage.py", "loadtest", "--url", site.url(), "--json", *workers, *options],
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout.strip():
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout)
