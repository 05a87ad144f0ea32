"""Redis for small, lossy things (presence, notices, cache): it keeps nothing on disk on purpose."""

from servers.server import Server, ask


class Redis(Server):
    name = "redis"

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def build_command(self):
        return [
            "redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder),
            "--save", "", "--appendonly", "no",
        ]  # fmt: skip

    def probe(self):
        return ask(["redis-cli", "-h", "127.0.0.1", "-p", str(self.port), "ping"]) == "PONG"
