"""What an operator does with the log on Kafka."""

import time
from collections.abc import Callable
from contextlib import contextmanager

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    OffsetSpec,
    ResourceType,
)

from chat.pipeline.ports import LogUnavailable, LogUpkeep

ANSWER_SECONDS = 10
# A broker's own default forgets after seven days, whether the events are archived or not.
KEPT_FOR_GOOD = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}


def group_id(topic: str, group: str) -> str:
    """What the whole cluster knows this topic's group by. Under one name the workers of two sites would make
    each other share out their partitions anew."""
    return f"{topic}.{group}"


class KafkaUpkeep(LogUpkeep):
    """The partitions of one topic. A topic that an earlier version made is told to keep everything."""

    def __init__(self, *, servers: str, topic: str, partitions: int, error_cb: Callable) -> None:
        self._connection = {"bootstrap.servers": servers, "error_cb": error_cb, "log_level": 0}
        self._topic = topic
        self._places = [TopicPartition(topic, number) for number in range(partitions)]
        self._admin = AdminClient(self._connection)
        self._keep_for_good()

    @contextmanager
    def _answering(self):
        try:
            yield
        except KafkaException as error:
            raise LogUnavailable(error.args[0].name()) from error

    def _keep_for_good(self) -> None:
        entries = [
            ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
            for name, value in KEPT_FOR_GOOD.items()
        ]
        resource = ConfigResource(ResourceType.TOPIC, self._topic, incremental_configs=entries)
        with self._answering():
            for answer in self._admin.incremental_alter_configs([resource]).values():
                answer.result(ANSWER_SECONDS)

    def kept(self) -> dict[int, range]:
        first, end = self._offsets(OffsetSpec.earliest()), self._offsets(OffsetSpec.latest())
        return {number: range(first[number], end[number]) for number in first}

    def _offsets(self, wanted: OffsetSpec) -> dict[int, int]:
        """A topic that was just made has no leader for a moment."""
        patience = time.monotonic() + ANSWER_SECONDS
        while True:
            asked = self._admin.list_offsets(dict.fromkeys(self._places, wanted))
            try:
                return {
                    place.partition: answer.result(ANSWER_SECONDS).offset for place, answer in asked.items()
                }
            except KafkaException as error:
                if time.monotonic() > patience:
                    raise LogUnavailable(error.args[0].name()) from error
            time.sleep(0.1)

    def committed(self, group: str) -> dict[int, int]:
        consumer = Consumer({**self._connection, "group.id": group_id(self._topic, group)})
        try:
            with self._answering():
                places = consumer.committed(self._places, timeout=ANSWER_SECONDS)
        finally:
            consumer.close()
        return {place.partition: place.offset for place in places if place.offset >= 0}

    def is_joined(self, group: str) -> bool:
        known_by = group_id(self._topic, group)
        with self._answering():
            asked = self._admin.describe_consumer_groups([known_by])[known_by].result(ANSWER_SECONDS)
        assigned = [place for member in asked.members for place in member.assignment.topic_partitions]
        return any(place.topic == self._topic for place in assigned)

    def forget(self, before: dict[int, int]) -> None:
        places = [TopicPartition(self._topic, number, offset) for number, offset in before.items() if offset]
        with self._answering():
            for answer in self._admin.delete_records(places).values() if places else ():
                answer.result(ANSWER_SECONDS)
