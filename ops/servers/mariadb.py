"""MariaDB with full durability: a committed transaction survives kill -9."""

from servers.server import Server, ask

USER = DATABASE = "messenger"

# Only this machine reaches the server, so the password keeps nobody out and is the user's name.
# The tests make databases of their own, so the user owns every name with that prefix.
INIT_SQL = f"""\
CREATE DATABASE IF NOT EXISTS {DATABASE};
CREATE USER IF NOT EXISTS '{USER}'@'127.0.0.1' IDENTIFIED BY '{USER}';
GRANT ALL PRIVILEGES ON {DATABASE}.* TO '{USER}'@'127.0.0.1';
GRANT ALL PRIVILEGES ON `test\\_{DATABASE}%`.* TO '{USER}'@'127.0.0.1';
"""

# The socket's path is relative to the data folder: an absolute one may be longer than a socket name may be.
CONFIGURATION = """\
[mariadbd]
datadir={folder}/data
init-file={folder}/init.sql
bind-address=127.0.0.1
port={port}
socket=mariadb.sock
pid-file={folder}/mariadb.pid
skip-log-bin
skip-name-resolve
innodb_flush_log_at_trx_commit=1
character-set-server=utf8mb4
collation-server=utf8mb4_unicode_520_ci
max_connections=300
"""


class MariaDB(Server):
    name = "mariadb"

    @property
    def url(self):
        return f"mysql://{USER}:{USER}@127.0.0.1:{self.port}/{DATABASE}"

    def prepare(self):
        self.write_file("init.sql", INIT_SQL)
        self.write_file("my.cnf", CONFIGURATION.format(folder=self.folder, port=self.port))
        installed = self.folder / "installed"
        if not installed.exists():
            self.run_once([
                "mariadb-install-db", "--no-defaults", f"--datadir={self.folder}/data",
                "--auth-root-authentication-method=normal", "--skip-test-db",
            ])  # fmt: skip
            installed.touch()

    def build_command(self):
        return ["mariadbd", f"--defaults-file={self.folder}/my.cnf"]

    def probe(self):
        return ask([
            "mariadb", "--no-defaults", "--skip-column-names", "--host=127.0.0.1", f"--port={self.port}",
            f"--user={USER}", f"--password={USER}", "--execute=SELECT 1", DATABASE,
        ]) == "1"  # fmt: skip
