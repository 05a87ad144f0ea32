"""The message store on MongoDB."""

from collections.abc import Iterable
from contextlib import contextmanager

import msgspec
from pymongo import ASCENDING, DESCENDING, UpdateOne
from pymongo.errors import BulkWriteError, DocumentTooLarge, DuplicateKeyError, InvalidDocument

from chat.pipeline.changes import Changes, fold_all
from chat.pipeline.events import (
    PEOPLE_KINDS,
    AttachedFile,
    Author,
    Card,
    ChangeEvent,
    MessageEvent,
    Position,
    SystemEvent,
    TalkEvent,
)
from chat.pipeline.mongo_database import ANEW, Database
from chat.pipeline.ports import Bounds, MessageStore, Renewable, StoreUnavailable, Unstorable

DUPLICATE_KEY = 11000
# How far it is archived comes last: what is told to be there is there.
COLLECTIONS = ("changes", "messages", "reached")


class MongoStore(MessageStore, Renewable):
    """One document a message or slip: `_id` is the event id, so a repeat is a duplicate key and nothing more.

    Two indexes (`_id`; channel and position): every further one would cost each write. The third holds only
    messages with a card. What became of messages stands in `changes`.
    """

    def __init__(self, *, uri: str, ending: str = "") -> None:
        """`ending` belongs to the names of its collections."""
        self._uri = uri
        self._database = Database(uri, StoreUnavailable, self._make_indexes)
        # Durable: a majority has it in its journal before the worker commits its cursor.
        self._messages = self._database.durable(f"messages{ending}")
        self._changes = self._database.durable(f"changes{ending}")
        self._reached = self._database.durable(f"reached{ending}")

    @contextmanager
    def _answering(self):
        try:
            with self._database.answering():
                yield
        except (
            InvalidDocument,
            DocumentTooLarge,
            OverflowError,
        ) as error:  # the last: a number beyond 64 bits
            raise Unstorable(type(error).__name__) from error

    def _make_indexes(self) -> None:
        self._messages.create_index([("channel", ASCENDING), ("position", ASCENDING)])
        self._messages.create_index(
            [("channel", ASCENDING), ("card.kind", ASCENDING), ("position", DESCENDING)],
            partialFilterExpression={"card.kind": {"$exists": True}},
        )
        self._changes.create_index(
            [("channel", ASCENDING), ("notice", DESCENDING)],
            partialFilterExpression={"notice": {"$exists": True}},
        )

    def write(
        self,
        messages: Iterable[tuple[TalkEvent, Position]],
        reached: Iterable[Position],
        changes: Iterable[tuple[ChangeEvent, Position]] = (),
    ) -> int:
        documents = [_document(event, position) for event, position in messages]
        with self._answering():
            new = self._insert(documents) if documents else 0
            waiting = list(changes)
            while waiting:
                waiting = self._fold(waiting)
            furthest = [
                UpdateOne({"_id": position.partition}, {"$max": {"position": str(position)}}, upsert=True)
                for position in reached
            ]
            if furthest:
                self._reached.bulk_write(furthest, ordered=False)
        return new

    def _fold(self, events: list[tuple[ChangeEvent, Position]]) -> list[tuple[ChangeEvent, Position]]:
        """Fold the events in; returns those of messages that another worker wrote meanwhile: they have to be
        folded into what it left."""
        known = self._find_changes([event.message for event, _ in events])
        lost = set()
        for changes in fold_all(known, events):
            seen = changes.version
            changes.version += 1
            try:
                written = self._changes.replace_one(
                    {"_id": changes.id, "version": seen}, _changes_document(changes), upsert=seen == 0
                )
            except DuplicateKeyError:
                lost.add(changes.id)
            else:
                if not written.matched_count and written.upserted_id is None:
                    lost.add(changes.id)
        return [one for one in events if one[0].message in lost]

    def _find_changes(self, message_ids: list[str]) -> dict[str, Changes]:
        found = self._changes.find({"_id": {"$in": message_ids}})
        return {document["_id"]: msgspec.convert(document["state"], Changes) for document in found}

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

    def changes(self, message_ids: list[str]) -> dict[str, Changes]:
        with self._answering():
            return self._find_changes(message_ids)

    def notices(self, channel_id: int, limit: int) -> list[str]:
        with self._answering():
            wanted = {"channel": channel_id, "notice": {"$exists": True}}
            found = self._changes.find(wanted, {"_id": 1}).sort("notice", DESCENDING).limit(limit)
            return [document["_id"] for document in found]

    def cards(
        self, channel_id: int, kind: str, *, before: Position | None, limit: int
    ) -> list[tuple[TalkEvent, Position]]:
        wanted = {"channel": channel_id, "card.kind": kind}
        if before:
            wanted["position"] = {"$lt": str(before)}
        with self._answering():
            found = self._messages.find(wanted).sort("position", DESCENDING).limit(limit)
            return [_event(document) for document in found]

    def count_between(self, bounds: list[Bounds], *, besides: int, most: int) -> dict[int, int]:
        if not bounds:
            return {}
        first, *others = [_counting(*one, besides, most) for one in bounds]
        unions = [{"$unionWith": {"coll": self._messages.name, "pipeline": one}} for one in others]
        with self._answering():
            counted = {one["channel"]: one["count"] for one in self._messages.aggregate([*first, *unions])}
        return {channel: counted.get(channel, 0) for channel, _after, _upto in bounds}

    def all_reached(self) -> dict[int, Position]:
        with self._answering():
            return {one["_id"]: Position.parse(one["position"]) for one in self._reached.find()}

    def begin_anew(self) -> "MongoStore":
        fresh = MongoStore(uri=self._uri, ending=ANEW)
        with self._answering():
            for name in COLLECTIONS:
                self._database.remove(name + ANEW)
        return fresh

    def become(self, fresh: "MongoStore") -> None:
        with fresh._answering():
            for name in COLLECTIONS:
                self._database.move(name + ANEW, name)
        fresh.close()

    def count(self) -> int:
        with self._answering():
            return self._messages.count_documents({})

    def drop(self) -> None:
        """Throw the whole database away: for tests and benchmarks, which make their own."""
        self._database.drop()

    def close(self) -> None:
        self._database.close()


def _counting(channel: int, after: Position, upto: Position, besides: int, most: int) -> list[dict]:
    """A pipeline that counts in one channel."""
    wanted = {
        "channel": channel,
        "position": {"$gt": str(after), "$lte": str(upto)},
        "author": {"$ne": besides},
        "kind": {"$nin": PEOPLE_KINDS},
    }
    return [{"$match": wanted}, {"$limit": most}, {"$count": "count"}, {"$set": {"channel": channel}}]


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
    further = {
        "reply_to": event.reply_to,
        "mentions": [msgspec.structs.asdict(one) for one in event.mentions],
        "attachments": [msgspec.structs.asdict(one) for one in event.attachments],
        "card": msgspec.structs.asdict(event.card) if event.card else None,
    }
    return document | {name: value for name, value in further.items() if value}


def _changes_document(changes: Changes) -> dict:
    document = {
        "_id": changes.id,
        "channel": changes.channel,
        "version": changes.version,
        "state": msgspec.to_builtins(changes),
    }
    return document | ({"notice": changes.pin.at} if changes.is_notice else {})


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
            mentions=[Author(**one) for one in document.get("mentions", ())],
            attachments=[AttachedFile(**one) for one in document.get("attachments", ())],
            card=Card(**document["card"]) if "card" in document else None,
        )
    return event, Position.parse(document["position"])
