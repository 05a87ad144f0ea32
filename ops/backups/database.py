"""The database: people, channels, read marks and the books, as they were in one moment."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

from backups.surroundings import BackupError

# No number that was given out before the restore is given again: it may stand in messages, links and clients.
NUMBERS_LEFT_OUT = 1_000_000
DUMP = [
    "--single-transaction", "--quick", "--no-tablespaces", "--hex-blob", "--default-character-set=utf8mb4",
    # The guards of the books: `migrate` makes them anew, whoever owned the old ones.
    "--skip-triggers",
]  # fmt: skip

# SQLite knows the last number only of tables that once had a row.
UNNUMBERED = """
INSERT INTO sqlite_sequence SELECT name, 0 FROM sqlite_master
WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN (SELECT name FROM sqlite_sequence)
"""


def save(folder):
    """A consistent copy; nobody waits for it. No migration may run meanwhile. Returns its version."""
    from django.db import connection

    if connection.vendor == "mysql":
        dumper = _find("mariadb-dump", "mysqldump")
        more = ["--set-gtid-purged=OFF"] if Path(dumper).name == "mysqldump" else []
        with _login() as (login, name), (folder / "database.sql").open("wb") as file:
            _run([dumper, login, *DUMP, *more, name], stdout=file)
        return connection.mysql_server_info
    copy_sqlite(Path(connection.settings_dict["NAME"]), folder / "database.sqlite3")
    return f"SQLite {sqlite3.sqlite_version}"


def refuse(folder):
    """Raises BackupError unless the database is of the backup's kind and holds no table."""
    from django.db import connection

    kind = "mysql" if (folder / "database.sql").exists() else "sqlite"
    if kind != connection.vendor:
        raise BackupError(f"The backup's database is {kind}, this site's is {connection.vendor}.")
    tables = connection.introspection.table_names()
    if tables:
        raise BackupError(f"The database holds {len(tables)} tables: restore into an empty one.")


def load(folder):
    """What `save` wrote, brought to this version, with room in its numbers."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "mysql":
        with _login() as (login, name), (folder / "database.sql").open("rb") as file:
            _run([_find("mariadb", "mysql"), login, "--default-character-set=utf8mb4", name], stdin=file)
    else:
        connection.close()
        copy_sqlite(folder / "database.sqlite3", Path(connection.settings_dict["NAME"]))
    call_command("migrate", verbosity=0)
    _leave_numbers_out(connection)
    connection.close()


def copy_sqlite(source, target):
    """The file as it is in one moment, whoever writes to it."""
    with closing(sqlite3.connect(source)) as ours, closing(sqlite3.connect(target)) as theirs:
        ours.backup(theirs)
        theirs.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal beside it


def _leave_numbers_out(connection):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(UNNUMBERED)
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [NUMBERS_LEFT_OUT])
            return
        for table in connection.introspection.table_names():
            key = next(iter(connection.introspection.get_sequences(cursor, table)), None)
            if key is not None:
                cursor.execute(f"SELECT max({key['column']}) FROM {table}")  # noqa: S608  (Django's names)
                after = (cursor.fetchone()[0] or 0) + NUMBERS_LEFT_OUT
                cursor.execute(f"ALTER TABLE {table} AUTO_INCREMENT = {after}")


def _find(*names):
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise BackupError(f"{' or '.join(names)} is needed and not installed (Debian: mariadb-client).")
    return found


@contextmanager
def _login():
    """An option that names who we are, in a file of ours: arguments are seen by everybody on the machine."""
    from django.db import connection

    told = connection.settings_dict
    place = [f"host={told['HOST'] or 'localhost'}", f"port={told['PORT'] or 3306}"]
    lines = ["[client]", *place, f"user={told['USER']}", f'password="{_quote(told["PASSWORD"])}"']
    descriptor, path = tempfile.mkstemp()
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join(lines) + "\n")
        yield f"--defaults-extra-file={path}", told["NAME"]
    finally:
        Path(path).unlink()


def _quote(password):
    return password.replace("\\", "\\\\").replace('"', '\\"')


def _run(command, **streams):
    done = subprocess.run(command, stderr=subprocess.PIPE, text=False, check=False, **streams)
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name}: {done.stderr.decode(errors='replace').strip()}")
