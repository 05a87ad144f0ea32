"""The message store and the search index. Both could be made anew from the log, as far as it goes back; a
copy is quicker, and holds what an older log has lost."""

from pathlib import Path

import bson

from backups.database import copy_sqlite
from backups.surroundings import BackupError

COLLECTIONS = ("messages", "changes", "reached", "search", "search_reached")
BATCH = 1_000


def save(folder):
    """Everything, each document as it is when it is read: what came meanwhile is in the log, which is saved
    afterwards. How far the store reached comes first, so that it never tells of more than is there. Returns
    the server's version."""
    from django.conf import settings

    if settings.MONGODB_URI:
        return _save_collections(folder)
    for name, path in _files():
        if path.exists():
            copy_sqlite(path, folder / name)
    return "SQLite"


def refuse(folder):
    """Raises BackupError unless the store is of the backup's kind and empty."""
    from django.conf import settings

    from chat.pipeline.parts import message_store

    kind = "MongoDB" if (folder / "messages.bson").exists() else "SQLite"
    if kind != ("MongoDB" if settings.MONGODB_URI else "SQLite"):
        raise BackupError(f"The backup's message store is {kind}, this site's is another.")
    if message_store().count():
        raise BackupError("The message store holds messages: restore into an empty one.")


def load(folder):
    """What `save` wrote."""
    from django.conf import settings

    from chat.pipeline.parts import close_parts

    close_parts()
    if settings.MONGODB_URI:
        _load_collections(folder)
        return
    for name, path in _files():
        if (folder / name).exists():
            copy_sqlite(folder / name, path)


def _files():
    from django.conf import settings

    for name, part in (("messages", settings.MESSAGE_STORE), ("search", settings.SEARCH_INDEX)):
        yield f"{name}.sqlite3", Path(part["OPTIONS"]["path"])


def _open():
    from bson.raw_bson import RawBSONDocument
    from django.conf import settings
    from pymongo import MongoClient

    return MongoClient(settings.MONGODB_URI, document_class=RawBSONDocument)


def _save_collections(folder):
    with _open() as client:
        database = client.get_default_database()
        for name in reversed(COLLECTIONS):
            with (folder / f"{name}.bson").open("wb") as file:
                for document in database[name].find(batch_size=BATCH):
                    file.write(document.raw)
        return f"MongoDB {client.server_info()['version']}"


def _load_collections(folder):
    with _open() as client:
        database = client.get_default_database()
        for name in COLLECTIONS:
            with (folder / f"{name}.bson").open("rb") as file:
                batch = []
                for document in bson.decode_file_iter(file):
                    batch.append(document)
                    if len(batch) == BATCH:
                        database[name].insert_many(batch)
                        batch = []
                if batch:
                    database[name].insert_many(batch)
