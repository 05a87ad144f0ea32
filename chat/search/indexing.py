"""The reader of the log that keeps the search index."""

from collections.abc import Callable, Iterable
from time import monotonic, sleep

from chat.meters import Counter
from chat.pipeline.changes import Changes
from chat.pipeline.events import (
    CONTROL_PREFIXES,
    Deleted,
    Edited,
    Event,
    MessageEvent,
    Position,
    TalkEvent,
    decode,
)
from chat.pipeline.following import Follower
from chat.pipeline.ports import EventLog, MessageStore, Record, StoreUnavailable
from chat.search.ports import Entry, SearchIndex
from chat.search.words import fold

LONGEST_REST_SECONDS = 1.0
# While everybody talks the archive goes first; an endless crowd still gets a batch so often.
MOST_PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.1

indexed_total = Counter("messenger_indexed_messages_total", "Messages that were made findable, repeats too.")
waits_total = Counter(
    "messenger_search_waits_total", "Times the search index waited for itself, the log or the store."
)


class Indexing(Follower):
    """Makes messages findable as they are sent. What an edit makes of one is read from the store, once the
    archive has folded it in: the message's files and card are there as well, and disorder changes nothing.

    So only behind an edit it waits for the archive; but while `archive_is_crowded` it lets that go first.
    """

    group, batch = "search", 1_000

    def __init__(
        self,
        log: EventLog,
        store: MessageStore,
        index: SearchIndex,
        archive_is_crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(log)
        self._archive_is_crowded = archive_is_crowded
        self._store = store
        self._index = index

    def waited(self) -> None:
        waits_total.add()

    def took(self, records: int, seconds: float) -> None:
        """Rest as long as a full batch took, and until the archive, which shares the interpreter and the
        store, has caught up with a crowd."""
        if records == self.batch:
            sleep(min(seconds, LONGEST_REST_SECONDS))
        until = monotonic() + MOST_PATIENCE_SECONDS
        while self._archive_is_crowded() and not self.stopping and monotonic() < until:
            sleep(LOOK_SECONDS)

    def take(self, records: list[Record]) -> None:
        sent, edited, gone = {}, {}, []
        reached: dict[int, Position] = {}
        for record in records:
            reached[record.position.partition] = record.position
            match _event(record):
                case MessageEvent() as event:
                    sent.setdefault(event.id, (event, record.position))
                case Edited(message=message):
                    edited[message] = record.position
                case Deleted(message=message):
                    gone.append(message)
        self._await_archived(edited.values())
        entries = present_entries(self._store, sent | self._store.find([*edited]) if edited else sent)
        self._index.index(entries, gone, reached.values())
        indexed_total.add(len(entries))

    def _await_archived(self, positions: Iterable[Position]) -> None:
        """Raises StoreUnavailable while the archive has not come so far."""
        for position in positions:
            reached = self._store.reached(position.partition)
            if reached is None or reached < position:
                raise StoreUnavailable("the archive has not reached an edit yet")


def _event(record: Record) -> Event | None:
    if record.payload.startswith(CONTROL_PREFIXES):
        return None
    try:
        return decode(record.payload)
    except ValueError:
        return None  # the archive puts it among the dead letters


def entry_of(event: MessageEvent, position: Position, changes: Changes | None = None) -> Entry:
    """What is findable of a message: its present text, the names of its files, what its card asks."""
    edit = changes.edit if changes else None
    return Entry(
        event.id,
        event.channel,
        event.author.id,
        position,
        fold("\n".join(says(event, edit.text if edit else event.text))),
        edit.at if edit else "",
    )


def says(event: MessageEvent, text: str) -> list[str]:
    """Everything that a message says, its text being this."""
    card = [event.card.title, *event.card.choices, event.card.place] if event.card else []
    return [text, *(file.name for file in event.attachments), *card]


def present_entries(store: MessageStore, found: dict[str, tuple[TalkEvent, Position]]) -> list[Entry]:
    """The entries of messages, by id, as they read today. Slips and deleted ones have none. Raises
    StoreUnavailable."""
    changes = store.changes(list(found))
    return [
        entry_of(event, position, changes.get(key))
        for key, (event, position) in found.items()
        if isinstance(event, MessageEvent) and not (key in changes and changes[key].deletion)
    ]
