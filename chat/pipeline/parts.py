"""The log, the store and the search index that the settings name, and what is remembered: one of each per
process."""

import threading

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils.module_loading import import_string

from chat.pipeline.ports import EventLog, MessageStore
from chat.pipeline.recent import Recent
from chat.search.ports import SearchIndex

_parts: dict[str, EventLog | MessageStore | SearchIndex] = {}
_recent = Recent()
_lock = threading.Lock()


def _part(setting: str):
    part = _parts.get(setting)
    if part is None:
        with _lock:
            part = _parts.get(setting)
            if part is None:
                chosen = getattr(settings, setting)
                part = _parts[setting] = import_string(chosen["BACKEND"])(**chosen["OPTIONS"])
    return part


def event_log() -> EventLog:
    """This process's event log."""
    return _part("EVENT_LOG")


def message_store() -> MessageStore:
    """This process's message store."""
    return _part("MESSAGE_STORE")


def search_index() -> SearchIndex:
    """This process's search index."""
    return _part("SEARCH_INDEX")


def recent() -> Recent:
    """What lately entered the log; empty in a process that has no tail."""
    return _recent


def close_parts() -> None:
    """Let go of them, in the order in which nothing is lost. The next use makes them anew."""
    for setting in ("EVENT_LOG", "MESSAGE_STORE", "SEARCH_INDEX"):
        part = _parts.pop(setting, None)
        if part is not None:
            part.close()


@receiver(setting_changed)
def _rebuild(*, setting: str, **_) -> None:
    part = _parts.pop(setting, None)
    if part is not None:
        part.close()
