"""The log: saved last, so that it holds all that the other parts hold; restored as the log's archive.

Its events keep their positions there and in the store. A broker would give them others (it stamps what is
appended, and counts from 0), and with those read marks, changes and clients' places would point elsewhere. So
the log itself begins empty: positions sort by time first, and what is appended now comes behind them.
"""

import shutil

from backups.surroundings import BackupError


def save(folder):
    """The archived events and all that the log holds. Returns how many events."""
    from django.conf import settings

    from chat.pipeline import retention
    from chat.pipeline.log_archive import LogArchive
    from chat.pipeline.parts import event_log

    saved = LogArchive(folder / "log")
    if settings.LOG_ARCHIVE.exists():
        shutil.copytree(settings.LOG_ARCHIVE, saved.folder)
    retention.put_into_archive(event_log(), saved)
    return saved.count()


def refuse(folder):
    """Raises BackupError unless the log and its archive are empty, or when time would turn round."""
    from django.conf import settings

    from chat.pipeline.events import now_ms
    from chat.pipeline.log_archive import LogArchive
    from chat.pipeline.parts import event_log

    if LogArchive(settings.LOG_ARCHIVE).parts():
        raise BackupError(f"{settings.LOG_ARCHIVE} holds events: restore into an empty folder.")
    upkeep = event_log().upkeep()
    if any(upkeep.is_joined(group) for group in ("archive", "search")):
        raise BackupError("A worker runs: stop it first, and web too.")
    if any(upkeep.kept().values()):
        raise BackupError("The log holds events: restore into an empty one, or name another KAFKA_TOPIC.")
    newest = max((place.appended_at_ms for place in LogArchive(folder / "log").reached().values()), default=0)
    if newest > now_ms():
        raise BackupError("This machine's clock is behind the newest event: new ones would sort before it.")


def load(folder):
    """The archive back in its place; then everything of it into the store and the index that is not there
    yet. Yields how many events were looked at."""
    from django.conf import settings

    from chat.attachments import removal
    from chat.pipeline.log_archive import LogArchive
    from chat.pipeline.parts import event_log, message_store, search_index
    from chat.pipeline.replaying import Replay

    archived = LogArchive(folder / "log")
    shutil.copytree(archived.folder, settings.LOG_ARCHIVE, dirs_exist_ok=True)
    replay = Replay(event_log(), message_store(), search_index(), removal.heed)
    yield from replay.take_all(_not_yet_in(message_store(), search_index(), archived.records()))


def _not_yet_in(store, index, records):
    """Those that one of them has not reached."""
    stored, indexed = store.all_reached(), index.reached()
    for record in records:
        place = record.position
        if not all(place.partition in one and place <= one[place.partition] for one in (stored, indexed)):
            yield record
