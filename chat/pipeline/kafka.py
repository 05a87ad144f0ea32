"""The event log on Kafka: one topic, the channel id as the key. The only file that knows the Kafka client."""

import contextlib
import logging
import threading
import time
import uuid
import zlib

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from chat.pipeline.events import CONTROL_CHANNEL, Position
from chat.pipeline.kafka_upkeep import KEPT_FOR_GOOD, KafkaUpkeep, group_id
from chat.pipeline.ports import Done, EventLog, LogFull, LogReader, LogUnavailable, LogUpkeep, Record

logger = logging.getLogger(__name__)
PARTITIONS = 12
ANSWER_SECONDS = 5
MAX_OFFSET = 2**62
DEAD = ".dead"  # the topic of records that cannot be stored
PRODUCER = {
    "enable.idempotence": True,  # implies acks=all and keeps the order over retries
    "linger.ms": 2,
    "compression.type": "lz4",
    "queue.buffering.max.messages": 20_000,
    # The sender learns within this time that an append failed; it repeats with the same event id.
    "delivery.timeout.ms": 10_000,
    "request.timeout.ms": 4_000,
    "socket.nagle.disable": True,
    "reconnect.backoff.max.ms": 500,
}
CONSUMER = {
    "enable.auto.commit": False,
    "auto.offset.reset": "earliest",  # the client's default would skip what a new group has not read
    "fetch.wait.max.ms": 100,
    "fetch.queue.backoff.ms": 10,
    "reconnect.backoff.max.ms": 500,
    "session.timeout.ms": 6_000,
    "heartbeat.interval.ms": 1_500,
    "partition.assignment.strategy": "cooperative-sticky",
}
# A commit that comes after the partition went to another worker: that one reads the batch again.
LOST_ASSIGNMENT = {
    KafkaError.ILLEGAL_GENERATION,
    KafkaError.UNKNOWN_MEMBER_ID,
    KafkaError.REBALANCE_IN_PROGRESS,
    KafkaError._ASSIGNMENT_LOST,
    KafkaError._NO_OFFSET,
}


def _quiet(error: KafkaError) -> None:
    """Connection trouble is retried by the client and reported by the calls; one line of it is enough."""
    level = logging.WARNING if error.code() == KafkaError._ALL_BROKERS_DOWN else logging.DEBUG
    logger.log(level, "Kafka: %s", error.name())


class KafkaLog(EventLog):
    """The topic, with append times of the broker. One producer a process; one thread polls it."""

    def __init__(self, *, servers: str, topic: str, partitions: int = PARTITIONS) -> None:
        """`partitions` is for a topic that is missing; one that is there keeps what it has, for a channel
        that changed its partition under way would lose its order."""
        self.servers = servers
        self._wanted_partitions = partitions
        self.topic = topic
        self._lock = threading.Lock()
        self._producer: Producer | None = None
        self._closing = threading.Event()
        self._poller: threading.Thread | None = None

    def append(self, channel_id: int, payload: bytes, done: Done) -> None:
        producer = self._producer or self.producer()

        def delivered(error, message) -> None:
            if error is not None:
                done(None, LogUnavailable(error.name()))
            else:
                done(Position(message.timestamp()[1], message.offset(), message.partition()), None)

        try:
            producer.produce(self.topic, payload, b"%d" % channel_id, on_delivery=delivered)
        except BufferError:
            raise LogFull("the producer's queue is full") from None
        except KafkaException as error:
            raise LogUnavailable(error.args[0].name()) from error

    def producer(self) -> Producer:
        """The process's producer, started at the first call. Raises LogUnavailable after `close`."""
        with self._lock:
            if self._closing.is_set():
                raise LogUnavailable("the log is closed")
            if self._producer is None:
                self._producer = Producer(
                    {"bootstrap.servers": self.servers, "error_cb": _quiet, "log_level": 0, **PRODUCER}
                )
                self._poller = threading.Thread(target=self._poll, name="log-poller", daemon=True)
                self._poller.start()
            return self._producer

    def _poll(self) -> None:
        producer, made = self._producer, False
        while not self._closing.is_set():
            if not made:  # until then appends wait in the producer, and time out if it takes too long
                with contextlib.suppress(LogUnavailable, KafkaException):
                    made = bool(self.ensure_topic(1))
                    producer.list_topics(self.topic, 1)  # the first message then knows its leader
            producer.poll(0.1)

    def follow(self, rewind: int, *, everything: bool = True) -> LogReader:
        self.producer()  # who follows the log also appends: connected before the first message
        return KafkaLogReader(self, rewind=rewind, everything=everything)

    def join(self, group: str) -> LogReader:
        return KafkaLogReader(self, group=group)

    def dead_letters(self) -> list[tuple[bytes, str]]:
        reader = KafkaLogReader(
            KafkaLog(servers=self.servers, topic=f"{self.topic}{DEAD}"), rewind=MAX_OFFSET
        )
        letters = []
        while reader.behind():
            letters += reader.read_letters()
        reader.close()
        return letters

    def upkeep(self) -> LogUpkeep:
        partitions = self.ensure_topic()
        return KafkaUpkeep(servers=self.servers, topic=self.topic, partitions=partitions, error_cb=_quiet)

    def close(self) -> None:
        self._closing.set()
        producer, self._producer = self._producer, None
        if producer is not None:
            self._poller.join()
            producer.flush(PRODUCER["delivery.timeout.ms"] / 1000 + 1)

    def ensure_topic(self, timeout_seconds: float = ANSWER_SECONDS) -> int:
        """Make the topic when it is missing and return how many partitions it has. Raises LogUnavailable."""
        admin = AdminClient({"bootstrap.servers": self.servers, "error_cb": _quiet, "log_level": 0})
        try:
            topics = admin.list_topics(timeout=timeout_seconds)
            if self.topic in topics.topics:
                return len(topics.topics[self.topic].partitions)
            copies = min(3, len(topics.brokers))
            timed = {
                "message.timestamp.type": "LogAppendTime",
                "min.insync.replicas": str(max(1, copies - 1)),
                **KEPT_FOR_GOOD,
            }
            wanted = NewTopic(self.topic, self._wanted_partitions, replication_factor=copies, config=timed)
            made = admin.create_topics([wanted], operation_timeout=ANSWER_SECONDS)[self.topic]
            made.result(ANSWER_SECONDS * 2)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise LogUnavailable(error.args[0].name()) from error
        return self._wanted_partitions


class KafkaLogReader(LogReader):
    """A consumer. Without a group it is assigned partitions near their ends and commits nothing."""

    def __init__(
        self, log: KafkaLog, *, rewind: int = 0, everything: bool = True, group: str | None = None
    ) -> None:
        self._log = log
        self._partitions = log.ensure_topic()
        self._rewind = rewind
        self._unread: dict[int, int] = {}  # partition → end when it was begun, until it was read
        self._consumer = Consumer(
            {
                "bootstrap.servers": log.servers,
                "group.id": group_id(log.topic, group) if group else f"tail-{uuid.uuid4().hex}",
                "error_cb": _quiet,
                "log_level": 0,
                **CONSUMER,
            }
        )
        if group is None:
            numbers = range(self._partitions) if everything else [self.partition_of(CONTROL_CHANNEL)]
            try:
                self._consumer.assign([self._near_end(number) for number in numbers])
            except LogUnavailable:
                self._consumer.close()
                raise
        else:
            self._consumer.subscribe([log.topic])

    def begin(self, partition: int) -> None:
        self._consumer.incremental_assign([self._near_end(partition)])

    def leave(self, partition: int) -> None:
        self._consumer.incremental_unassign([TopicPartition(self._log.topic, partition)])
        self._unread.pop(partition, None)

    def _near_end(self, number: int) -> TopicPartition:
        place = TopicPartition(self._log.topic, number)
        first, end = self._bounds(place)
        place.offset = max(first, end - self._rewind) if end > first else OFFSET_BEGINNING
        if end > first:
            self._unread[number] = end
        return place

    def _bounds(self, place: TopicPartition) -> tuple[int, int]:
        """The first and the next offset. A topic that was just made has no leader for a moment."""
        patience = time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                return self._consumer.get_watermark_offsets(place, timeout=ANSWER_SECONDS)
            except KafkaException as error:
                if time.monotonic() > patience:
                    raise LogUnavailable(error.args[0].name()) from error
            time.sleep(0.05)

    def read(self, most: int, timeout_seconds: float) -> list[Record]:
        records = []
        for message in self._read(most, timeout_seconds):
            position = Position(message.timestamp()[1], message.offset(), message.partition())
            records.append(Record(int(message.key()), message.value(), position))
        return records

    def read_letters(self) -> list[tuple[bytes, str]]:
        """The next dead letters, where this reads their topic."""
        return [(m.value(), dict(m.headers())["error"].decode()) for m in self._read(1_000, 1)]

    def _read(self, most: int, timeout_seconds: float) -> list:
        # consume() waits for a full batch or its whole timeout, so it may only take what is there already.
        first = self._consumer.poll(timeout_seconds)
        if first is None:
            return []
        messages = []
        for message in (first, *self._consumer.consume(most - 1, 0)):
            if message.error() is None:
                messages.append(message)
            else:
                logger.warning("Kafka: %s", message.error().name())
        if self._unread:
            self._note_progress()
        return messages

    def _note_progress(self) -> None:
        places = self._consumer.position([TopicPartition(self._log.topic, n) for n in self._unread])
        for place in places:
            if place.offset >= self._unread[place.partition]:
                del self._unread[place.partition]

    def behind(self, partition: int | None = None) -> bool:
        return bool(self._unread) if partition is None else partition in self._unread

    def partition_of(self, channel_id: int) -> int:
        # The client's default partitioner for keys: CRC-32.
        return zlib.crc32(b"%d" % channel_id) % self._partitions

    def commit(self) -> None:
        try:
            self._consumer.commit(asynchronous=False)
        except KafkaException as error:
            if error.args[0].code() not in LOST_ASSIGNMENT:
                raise LogUnavailable(error.args[0].name()) from error

    def dead_letter(self, record: Record, error: str) -> None:
        answers: list[KafkaError | None] = []
        headers = {"error": error.encode(), "position": str(record.position).encode()}
        letters = KafkaLog(servers=self._log.servers, topic=f"{self._log.topic}{DEAD}")
        letters.ensure_topic()
        producer = self._log.producer()
        producer.produce(
            letters.topic,
            record.payload,
            b"%d" % record.channel_id,
            headers=headers,
            on_delivery=lambda failure, _: answers.append(failure),
        )
        producer.flush(PRODUCER["delivery.timeout.ms"] / 1000 + 1)
        if not answers or answers[0] is not None:
            raise LogUnavailable("the dead letter was not confirmed")

    def close(self) -> None:
        with contextlib.suppress(RuntimeError):  # closed already
            self._consumer.close()
