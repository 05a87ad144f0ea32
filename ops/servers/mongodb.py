"""MongoDB as a replica set of one member, so that transactions and change streams work."""

from servers.places import own
from servers.server import Server

REPLICA_SET = "rs0"


class MongoDB(Server):
    name = "mongodb"

    @property
    def url(self):
        return f"mongodb://127.0.0.1:{self.port}/messenger?replicaSet={REPLICA_SET}"

    def prepare(self):
        (self.folder / "data").mkdir(exist_ok=True)
        own(self.folder / "data", self.places.account)

    def build_command(self):
        return [
            str(self.places.cache / "mongodb/mongod"), "--replSet", REPLICA_SET, "--bind_ip", "127.0.0.1",
            "--port", str(self.port), "--dbpath", str(self.folder / "data"), "--wiredTigerCacheSizeGB", "0.5",
            "--nounixsocket", "--setParameter", "diagnosticDataCollectionEnabled=false",
        ]  # fmt: skip

    def probe(self):
        """Whether the one member is primary; makes the replica set the first time."""
        from pymongo import MongoClient
        from pymongo.errors import PyMongoError

        member = {"_id": 0, "host": f"127.0.0.1:{self.port}"}
        options = {"directConnection": True, "serverSelectionTimeoutMS": 1000}
        with MongoClient("127.0.0.1", self.port, **options) as client:
            try:
                if client.admin.command("hello").get("setName") is None:
                    client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
                return client.admin.command("hello")["isWritablePrimary"]
            except PyMongoError:
                # Not listening yet, or still reading its own configuration, when it refuses a second one.
                return False
