"""The stack of real servers: acknowledged data survives kill -9, and a start that fails says why."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVERS = ("mariadb", "redis", "kafka", "mongodb")
VARIABLES = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "REDIS_URL")


class Stack:
    """A stack of its own beside the one under test, so that killing its servers disturbs no other test."""

    def __init__(self, folder, port_base):
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("STACK_")},
            "STACK_DIR": str(folder),
            "STACK_PORT_BASE": str(port_base),
        }
        self.ports = dict(zip(SERVERS, (port_base, port_base + 1, port_base + 2, port_base + 4), strict=True))

    def run(self, *arguments):
        return subprocess.run(
            [ROOT / "ops/stack.py", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def succeed(self, *arguments):
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def find_port_base():
    """A row of ports that were free a moment ago, below those that the system hands out by itself."""
    for base in range(24000 + os.getpid() % 500 * 10, 32000, 10):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(base, base + 5):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return base
    raise AssertionError("no five free ports in a row")


@pytest.fixture
def folder():
    # Not pytest's own folder: only its owner may enter that, and the servers run as somebody else.
    path = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="messenger-stack-test-"))  # noqa: S108
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def stack(folder):
    if not all(os.environ.get(name) for name in VARIABLES):
        pytest.skip("the real servers are not set: MariaDB, Redis, Kafka, MongoDB (make stack)")
    stack = Stack(folder / "stack", find_port_base())
    yield stack
    stack.succeed("down")


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def connect_to_mariadb(port):
    import MySQLdb

    return contextlib.closing(
        MySQLdb.connect(host="127.0.0.1", port=port, user="messenger", passwd="messenger", db="messenger")
    )


def write_everywhere(ports):
    """One acknowledged write to each server that promises to keep it."""
    from confluent_kafka import Producer
    from confluent_kafka.admin import AdminClient, NewTopic
    from pymongo import MongoClient

    with connect_to_mariadb(ports["mariadb"]) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE dues (name VARCHAR(40) PRIMARY KEY)")
        cursor.execute("INSERT INTO dues VALUES ('회비 💰')")
        connection.commit()
    broker = {"bootstrap.servers": f"127.0.0.1:{ports['kafka']}"}
    admin = AdminClient(broker)
    admin.create_topics([NewTopic("dues", num_partitions=1)])["dues"].result(20)
    producer = Producer({**broker, "enable.idempotence": True, "acks": "all"})
    acknowledged = []
    producer.produce("dues", "paid", timestamp=1, callback=lambda error, _: acknowledged.append(error))
    assert producer.flush(20) == 0
    assert acknowledged == [None]
    with (
        MongoClient(f"mongodb://127.0.0.1:{ports['mongodb']}/?replicaSet=rs0") as client,
        client.start_session() as session,
        session.start_transaction(),
    ):
        client.messenger.dues.insert_one({"_id": "paid"}, session=session)


def read_everywhere(ports):
    """What the three lasting servers still hold."""
    from confluent_kafka import Consumer, TopicPartition
    from pymongo import MongoClient

    with connect_to_mariadb(ports["mariadb"]) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT name FROM dues")
        rows = [name for (name,) in cursor.fetchall()]
    consumer = Consumer({"bootstrap.servers": f"127.0.0.1:{ports['kafka']}", "group.id": "stack-test"})
    consumer.assign([TopicPartition("dues", 0, 0)])
    record = consumer.poll(20)
    consumer.close()
    with MongoClient(f"mongodb://127.0.0.1:{ports['mongodb']}/?replicaSet=rs0") as client:
        documents = list(client.messenger.dues.find())
    return rows, record, documents


def test_acknowledged_data_survives_the_kill_of_every_server(stack):
    exported = stack.succeed("up")
    assert [line.split("=")[0] for line in exported.splitlines()] == [
        "export DATABASE_URL",
        "export REDIS_URL",
        "export KAFKA_BOOTSTRAP_SERVERS",
        "export MONGODB_URI",
    ]
    write_everywhere(stack.ports)
    for name in SERVERS:
        stack.succeed("kill", name)
        assert not is_listening(stack.ports[name]), name
    assert stack.run("status").returncode == 1
    for name in SERVERS:
        stack.succeed("start", name)
    stack.succeed("status")

    rows, record, documents = read_everywhere(stack.ports)
    assert rows == ["회비 💰"]
    assert record.value() == b"paid"
    # The client said 1 ms after 1970: the broker's own clock orders a channel, whatever a client claims.
    assert record.timestamp()[1] > 1_700_000_000_000
    assert documents == [{"_id": "paid"}]

    stack.succeed("down")
    assert not any(is_listening(port) for port in stack.ports.values())


def test_starting_and_stopping_twice_changes_nothing(stack):
    stack.succeed("start", "redis")
    before = stack.run("status").stdout
    stack.succeed("start", "redis")
    assert stack.run("status").stdout == before
    stack.succeed("stop", "redis")
    stack.succeed("stop", "redis")
    assert not is_listening(stack.ports["redis"])


def test_a_taken_port_is_named(stack):
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", stack.ports["redis"]))
        occupant.listen()
        done = stack.run("start", "redis")
    assert done.returncode == 1
    assert f"port {stack.ports['redis']} is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_ends_while_starting_shows_its_log(stack, folder):
    (folder / "stack/mongodb/data").mkdir(parents=True)
    (folder / "stack/mongodb/data/WiredTiger").write_text("not a database")
    done = stack.run("start", "mongodb")
    assert done.returncode == 1
    assert "mongodb ended while starting" in done.stderr
    assert "WiredTiger" in done.stderr
    assert "Traceback" not in done.stderr


def test_wiping_stops_the_servers_and_removes_their_data(stack, folder):
    stack.succeed("start", "redis")
    stack.succeed("down", "--wipe")
    assert not is_listening(stack.ports["redis"])
    assert not (folder / "stack").exists()


def test_servers_of_root_get_a_folder_that_they_can_reach(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    place = Stack(closed / "stack", find_port_base()).run("status").stdout.splitlines()[0]
    reachable = str(closed) not in place
    assert reachable == (os.geteuid() == 0)
