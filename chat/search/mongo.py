"""The search index on MongoDB: one document a message, with its grams in an index of many keys."""

import re
from collections.abc import Iterable

from pymongo import ASCENDING, DESCENDING, UpdateOne
from pymongo.errors import BulkWriteError

from chat.pipeline.events import Position
from chat.pipeline.mongo_database import ANEW, Database
from chat.pipeline.ports import Renewable
from chat.search.ports import Entry, Found, SearchIndex, SearchUnavailable, Sought, place_of

DUPLICATE_KEY = 11000
COLLECTIONS = ("search", "search_reached")
FIRST_LOOKED_AT = 60  # documents: enough for what is frequent
MOST_LOOKED_AT = 2_000  # occurrences of one call; what lies behind is left for the next
MOST_NARROWED = 3  # grams whose keys decide, before documents are read
SAMPLE = 300  # so many occurrences of a gram tell how frequent it is
KEYS = [("channel", ASCENDING), ("grams", ASCENDING), ("place", DESCENDING)]
INDEX = "grams"


class MongoIndex(SearchIndex, Renewable):
    """Documents {_id: message id, channel, place, version, words, grams}. A search walks the newest
    occurrences of its rarest gram, where others occur too, and looks at the words there.

    A document is read from another block than its neighbour and costs ten times what a key does: keys decide
    as long as they can.
    """

    def __init__(self, *, uri: str, ending: str = "") -> None:
        """`ending` belongs to the names of its collections."""
        self._uri = uri
        self._database = Database(uri, SearchUnavailable, self._make_indexes)
        self._entries = self._database.durable(f"search{ending}")
        self._reached = self._database.durable(f"search_reached{ending}")

    def _make_indexes(self) -> None:
        self._entries.create_index(KEYS, name=INDEX)

    def index(
        self, entries: Iterable[Entry], gone: Iterable[str] = (), reached: Iterable[Position] = ()
    ) -> None:
        newest: dict[str, Entry] = {}
        for entry in entries:
            if entry.id not in newest or newest[entry.id].version <= entry.version:
                newest[entry.id] = entry
        gone = list(gone)
        with self._database.answering():
            known = self._insert(list(newest.values())) if newest else []
            if known:
                self._replace(known)
            if gone:
                self._entries.delete_many({"_id": {"$in": gone}})
            furthest = [
                UpdateOne({"_id": position.partition}, {"$max": {"position": str(position)}}, upsert=True)
                for position in reached
            ]
            if furthest:
                self._reached.bulk_write(furthest, ordered=False)

    def _insert(self, entries: list[Entry]) -> list[Entry]:
        """Insert the new ones; returns those that are there already."""
        try:
            self._entries.insert_many([_document(entry) for entry in entries], ordered=False)
        except BulkWriteError as error:
            errors = error.details["writeErrors"]
            if error.details["writeConcernErrors"] or any(one["code"] != DUPLICATE_KEY for one in errors):
                raise
            return [entries[one["index"]] for one in errors]
        return []

    def _replace(self, entries: list[Entry]) -> None:
        self._entries.bulk_write(
            [
                UpdateOne(
                    {"_id": entry.id, "version": {"$lte": entry.version}},
                    {"$set": {"version": entry.version, "words": entry.words, "grams": sorted(entry.grams)}},
                )
                for entry in entries
            ],
            ordered=False,
        )

    def _search(self, channel_ids: list[int], sought: Sought, before: int | None, limit: int) -> Found:
        with self._database.answering():
            occurrences = [_occurrences(channel_ids, grams, before) for grams in sought.grams]
            rarest, *others = self._rarest_first(occurrences)
            places = self._places(rarest)
            bound = places[-1] if len(places) == MOST_LOOKED_AT else None
            fitting = [{"grams": one["grams"]} for one in others]
            fitting += [{"words": {"$regex": re.escape(word)}} for word in sought.words]
            found = self._look_at(rarest, fitting, places[:FIRST_LOOKED_AT], limit)
            if len(found) < limit and len(places) > FIRST_LOOKED_AT:
                for other in others[:MOST_NARROWED]:
                    places = self._places(other | {"place": {"$in": places}})
                found = self._look_at(rarest, fitting, places, limit)
        return Found(found, found[-1][0] if len(found) == limit else bound)

    def _rarest_first(self, occurrences: list[dict]) -> list[dict]:
        """By how far back their newest occurrences reach; those that are few come first. One question for
        all."""
        if len(occurrences) == 1:
            return occurrences
        first, *others = (_newest(where, SAMPLE, number) for number, where in enumerate(occurrences))
        united = [{"$unionWith": {"coll": self._entries.name, "pipeline": one}} for one in others]
        reach = dict.fromkeys(range(len(occurrences)), 0)
        for group in self._entries.aggregate([*first, *united], hint=INDEX):
            if len(group["places"]) == SAMPLE:
                reach[group["_id"]] = group["places"][-1]
        return [occurrences[number] for number in sorted(reach, key=reach.get)]

    def _places(self, where: dict) -> list[int]:
        """The newest places of these occurrences, newest first."""
        groups = list(self._entries.aggregate(_newest(where, MOST_LOOKED_AT), hint=INDEX))
        return groups[0]["places"] if groups else []

    def _look_at(self, where: dict, fitting: list[dict], places: list[int], limit: int) -> list:
        """(place, message id) of those there that fit."""
        asked = where | {"place": {"$in": places}} | ({"$and": fitting} if fitting else {})
        rows = self._entries.find(asked, {"place": 1}, sort=[("place", DESCENDING)], limit=limit, hint=INDEX)
        return [(row["place"], row["_id"]) for row in rows]

    def reached(self) -> dict[int, Position]:
        with self._database.answering():
            return {one["_id"]: Position.parse(one["position"]) for one in self._reached.find()}

    def begin_anew(self) -> "MongoIndex":
        fresh = MongoIndex(uri=self._uri, ending=ANEW)
        with self._database.answering():
            for name in COLLECTIONS:
                self._database.remove(name + ANEW)
        return fresh

    def become(self, fresh: "MongoIndex") -> None:
        with fresh._database.answering():
            for name in COLLECTIONS:
                self._database.move(name + ANEW, name)
        fresh.close()

    def count(self) -> int:
        with self._database.answering():
            return self._entries.count_documents({})

    def drop(self) -> None:
        """Throw the whole database away: for tests and benchmarks, which make their own."""
        self._database.drop()

    def close(self) -> None:
        self._database.close()


def _occurrences(channel_ids: list[int], grams: tuple[str, ...], before: int | None) -> dict:
    where = {"channel": {"$in": channel_ids}, "grams": {"$in": list(grams)}}
    return where if before is None else where | {"place": {"$lt": before}}


def _newest(where: dict, most: int, number: int = 0) -> list[dict]:
    """The stages that give {_id: number, places: the newest places, newest first}. They read keys alone."""
    return [
        {"$match": where},
        {"$sort": {"place": DESCENDING}},
        {"$limit": most},
        {"$group": {"_id": number, "places": {"$push": "$place"}}},
    ]


def _document(entry: Entry) -> dict:
    return {
        "_id": entry.id,
        "channel": entry.channel,
        "place": place_of(entry.position),
        "version": entry.version,
        "words": entry.words,
        "grams": sorted(entry.grams),
    }
