"""Apache Kafka as one KRaft node that is broker and controller; its jars come from Maven."""

import base64
import uuid

from servers.server import Server

# The short session lets a killed broker come back in about 4 s: it must end before it is let in again.
# Append time makes the broker's clock, not the clients' clocks, the order of a channel.
CONFIGURATION = """\
process.roles=broker,controller
node.id=1
listeners=BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller_port}
log.dirs={folder}/data
log.message.timestamp.type=LogAppendTime
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.consumer.heartbeat.interval.ms=1000
group.consumer.min.heartbeat.interval.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""

LOGGING = """\
appender.file.type=Console
appender.file.name=file
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d{ISO8601} %p %m (%c)%n
rootLogger.level=WARN
rootLogger.appenderRef.file.ref=file
"""


class Kafka(Server):
    name = "kafka"

    @property
    def url(self):
        return f"127.0.0.1:{self.port}"

    def prepare(self):
        text = CONFIGURATION.format(
            folder=self.folder, port=self.port, controller_port=self.places.ports["kafka_controller"]
        )
        self.write_file("server.properties", text)
        self.write_file("log4j2.properties", LOGGING)
        if not (self.folder / "data/meta.properties").exists():
            cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            self.run_once([
                *self.build_java(), "kafka.tools.StorageTool", "format", "--standalone",
                f"--cluster-id=A{cluster_id[1:]}", f"--config={self.folder}/server.properties",
            ])  # fmt: skip

    def build_command(self):
        return [*self.build_java(), "kafka.Kafka", str(self.folder / "server.properties")]

    def build_java(self):
        return [
            "java", "-Xmx512m", "-Xms128m", f"-Dlog4j2.configurationFile={self.folder}/log4j2.properties",
            "-cp", f"{self.places.cache}/kafka/*",
        ]  # fmt: skip

    def probe(self):
        """Whether the broker lists itself: it does so only after the controller let it in."""
        from confluent_kafka import KafkaException
        from confluent_kafka.admin import AdminClient

        client = AdminClient({"bootstrap.servers": self.url, "log_level": 0}, logger=None)
        try:
            return bool(client.list_topics(timeout=2).brokers)
        except KafkaException:
            return False
