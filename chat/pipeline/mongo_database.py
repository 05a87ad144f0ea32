"""A MongoDB database as the store and the search index use one: durable writes, indexes made once."""

import threading
from collections.abc import Callable
from contextlib import contextmanager

from pymongo import MongoClient, WriteConcern
from pymongo.collection import Collection
from pymongo.errors import OperationFailure, PyMongoError

ANSWER_MS = 3_000
NAMESPACE_NOT_FOUND = 26
ANEW = ".anew"  # ends the names of collections that are made beside others


class Database:
    """The database that the address names. What MongoDB refuses is raised as `away`."""

    def __init__(self, uri: str, away: type[Exception], make_indexes: Callable[[], None]) -> None:
        self._client = MongoClient(
            uri,
            connect=False,
            serverSelectionTimeoutMS=ANSWER_MS,
            connectTimeoutMS=ANSWER_MS,
            socketTimeoutMS=30_000,
            tz_aware=True,
        )
        self._database = self._client.get_default_database()
        self._away = away
        self._make_indexes = make_indexes
        self._indexed = False
        self._lock = threading.Lock()

    def durable(self, name: str) -> Collection:
        """A collection whose writes a majority has in its journal when they return."""
        return self._database.get_collection(name, write_concern=WriteConcern(w="majority", j=True))

    @contextmanager
    def answering(self):
        """Around every question; before the first one the indexes are made."""
        try:
            if not self._indexed:
                with self._lock:
                    self._make_indexes()
                    self._indexed = True
            yield
        except PyMongoError as error:
            raise self._away(f"MongoDB: {type(error).__name__}") from error

    def move(self, name: str, to: str) -> None:
        """Give a collection another name, in the place of the one that has it; one that is missing leaves
        none there."""
        try:
            self._database[name].rename(to, dropTarget=True)
        except OperationFailure as error:
            if error.code != NAMESPACE_NOT_FOUND:
                raise
            self._database.drop_collection(to)

    def remove(self, name: str) -> None:
        """Throw one collection away."""
        self._database.drop_collection(name)

    def drop(self) -> None:
        """Throw the whole database away: for tests and benchmarks, which make their own."""
        self._client.drop_database(self._database.name)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()
