"""The message store on MongoDB. The only file that knows the MongoDB client."""

import threading
from collections.abc import Iterable
from contextlib import contextmanager

from pymongo import ASCENDING, DESCENDING, MongoClient, UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError, DocumentTooLarge, InvalidDocument, PyMongoError

from chat.pipeline.events import Author, MessageEvent, Position, SystemEvent, TalkEvent
from chat.pipeline.ports import MessageStore, StoreUnavailable, Unstorable

DUPLICATE_KEY = 11000
ANSWER_MS = 3_000


class MongoStore(MessageStore):
    """One document a message or slip: `_id` is the event id, so a repeat is a duplicate key and nothing more.

    Two indexes (`_id`; channel and position): every further one would cost each write.
    """

    def __init__(self, *, uri: str) -> None:
        self._client = MongoClient(
            uri,
            connect=False,
            serverSelectionTimeoutMS=ANSWER_MS,
            connectTimeoutMS=ANSWER_MS,
            socketTimeoutMS=30_000,
            tz_aware=True,
        )
        self._database = self._client.get_default_database()
        # Durable: a majority has it in its journal before the worker commits its cursor.
        durable = WriteConcern(w="majority", j=True)
        self._messages = self._database.get_collection("messages", write_concern=durable)
        self._reached = self._database.get_collection("reached", write_concern=durable)
        self._indexed = False
        self._lock = threading.Lock()

    @contextmanager
    def _answering(self):
        try:
            if not self._indexed:
                with self._lock:
                    self._messages.create_index([("channel", ASCENDING), ("position", ASCENDING)])
                    self._indexed = True
            yield
        except (
            InvalidDocument,
            DocumentTooLarge,
            OverflowError,
        ) as error:  # the last: a number beyond 64 bits
            raise Unstorable(type(error).__name__) from error
        except PyMongoError as error:
            raise StoreUnavailable(f"MongoDB: {type(error).__name__}") from error

    def write(self, messages: Iterable[tuple[TalkEvent, Position]], reached: Iterable[Position]) -> int:
        documents = [_document(event, position) for event, position in messages]
        with self._answering():
            new = self._insert(documents) if documents else 0
            furthest = [
                UpdateOne({"_id": position.partition}, {"$max": {"position": str(position)}}, upsert=True)
                for position in reached
            ]
            if furthest:
                self._reached.bulk_write(furthest, ordered=False)
        return new

    def _insert(self, documents: list[dict]) -> int:
        try:
            self._messages.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            errors = error.details["writeErrors"]
            if error.details["writeConcernErrors"]:
                raise
            foreign = [one for one in errors if one["code"] != DUPLICATE_KEY]
            if foreign:
                raise Unstorable(f"MongoDB refused with code {foreign[0]['code']}") from error
            return len(documents) - len(errors)
        return len(documents)

    def page(
        self, channel_id: int, *, before: Position | None, after: Position | None, limit: int
    ) -> list[tuple[TalkEvent, Position]]:
        bounds = {}
        if before:
            bounds["$lt"] = str(before)
        if after:
            bounds["$gt"] = str(after)
        wanted = {"channel": channel_id, **({"position": bounds} if bounds else {})}
        with self._answering():
            found = (
                self._messages.find(wanted).sort("position", ASCENDING if after else DESCENDING).limit(limit)
            )
            return [_event(document) for document in found]

    def find(self, message_ids: list[str]) -> dict[str, tuple[TalkEvent, Position]]:
        with self._answering():
            found = self._messages.find({"_id": {"$in": message_ids}})
            return {document["_id"]: _event(document) for document in found}

    def reached(self, partition: int) -> Position | None:
        with self._answering():
            document = self._reached.find_one({"_id": partition})
        return Position.parse(document["position"]) if document else None

    def drop(self) -> None:
        """Throw the whole database away: for tests and benchmarks, which make their own."""
        self._client.drop_database(self._database.name)

    def close(self) -> None:
        self._client.close()


def _document(event: TalkEvent, position: Position) -> dict:
    document = {
        "_id": event.id,
        "channel": event.channel,
        "position": str(position),
        "sent_at": event.sent_at,
    }
    if isinstance(event, SystemEvent):
        return {**document, "kind": event.kind, "slip": event.slip}
    document |= {
        "author": event.author.id,
        "username": event.author.username,
        "text": event.text,
        "client_id": event.client_id,
    }
    if event.reply_to:
        document["reply_to"] = event.reply_to
    return document


def _event(document: dict) -> tuple[TalkEvent, Position]:
    common = {"channel": document["channel"], "id": document["_id"], "sent_at": document["sent_at"]}
    if "slip" in document:
        event = SystemEvent(**common, kind=document["kind"], slip=document["slip"])
    else:
        event = MessageEvent(
            **common,
            author=Author(document["author"], document["username"]),
            text=document["text"],
            client_id=document["client_id"],
            reply_to=document.get("reply_to"),
        )
    return event, Position.parse(document["position"])
