"""Sites for benchmarks: embedded or on the real servers, web and worker in processes of their own."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from chat.loadtest.machine import listening_pids
from chat.loadtest.plan import VirtualUser, read_users

SERVER_VARIABLES = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "REDIS_URL")
_START_SECONDS = 40
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messenger.settings")


def names_real_servers() -> bool:
    """Whether the environment names all real servers."""
    return all(os.environ.get(name) for name in SERVER_VARIABLES)


@contextmanager
def running_site(*, workers: int = 1, processes: int = 1):
    """A site over what the environment names, with data of its own that is removed in the end: so many web
    processes behind one address, each of which answers `/metrics` (see `metrics_ports`)."""
    # Reads the settings, and with them the environment, when it is first imported.
    from tests.site import Site, free_port

    raise_open_files()
    own = {"WEB_PROCESSES": str(processes), "METRICS_PORT": str(free_port())}
    with (
        TemporaryDirectory(prefix="messenger-benchmark-") as folder,
        _dropped_store() as uri,
        Site(Path(folder), workers=workers, **own, **uri) as site,
    ):
        try:
            wait_until_serving(site, processes)
            yield site
        finally:
            for web in (web for web in site.webs if web.runs):
                web.end(signal.SIGTERM, 40)
            drop_topic(site.name)


def web_pids(site) -> tuple[int, ...]:
    """The processes that serve the site's address."""
    return listening_pids(site.url())


def wait_until_serving(site, processes: int) -> None:
    """Return once so many web processes listen. Raises TimeoutError."""
    deadline = time.monotonic() + _START_SECONDS
    while len(web_pids(site)) < processes:
        if time.monotonic() > deadline:
            raise TimeoutError(site.webs[0].log.read_text()[-2000:])
        time.sleep(0.1)


def metrics_ports(site) -> list[int]:
    """Where each web process answers `/metrics`: alone at the site's own port."""
    processes, port = int(site.environment["WEB_PROCESSES"]), int(site.environment["METRICS_PORT"])
    return site.ports if processes == 1 else [port + number for number in range(1, processes + 1)]


def people_of(site, count: int) -> tuple[list[VirtualUser], int]:
    """So many people with tokens in one channel, and that channel."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "users.csv"
        site.manage("loadtest", "--users", str(count), "--prepare", str(file))
        return read_users(file)


def measure_on_parts(module: str, parts: list[str], *options: str) -> dict[str, dict]:
    """What `python -m MODULE --here` prints as JSON, for embedded parts and the real servers where the
    environment names them; each in a process of its own, because settings are read once."""
    embedded = {name: value for name, value in os.environ.items() if name not in SERVER_VARIABLES}
    environments = {"embedded": embedded}
    if names_real_servers():
        environments["real"] = dict(os.environ)
    results = {}
    for name in (name for name in parts if name in environments):
        command = [sys.executable, "-m", module, "--here", *options]
        done = subprocess.run(command, env=environments[name], stdout=subprocess.PIPE, text=True, check=True)
        results[name] = json.loads(done.stdout.splitlines()[-1])
    return results


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


def own_database(uri: str, name: str | None = None) -> str:
    """The same server with a database of this name, of this process without one."""
    head, _, query = uri.partition("?")
    return f"{head.rpartition('/')[0]}/benchmark_{name or os.getpid()}" + (f"?{query}" if query else "")


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
