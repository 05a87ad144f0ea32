"""`manage.py worker`: what happens to events after the log has them."""

import logging
import os
import signal
import threading
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections

from accounts.housekeeping import forget_expired
from chat import outbox
from chat.pipeline.archive import Archive
from chat.pipeline.parts import close_parts, event_log, message_store

logger = logging.getLogger(__name__)
# Storing may wait for talking: sharing two cores with the web process, this halved the delivery times there.
NICENESS = 10
OUTBOX_SECONDS = 1.0
POLL_SECONDS = 0.1
FORGET_SECONDS = 3600


class Command(BaseCommand):
    """Archives the log into the message store and carries what the outbox left behind, until SIGTERM;
    the outbox's thread also deletes expired log-ins once an hour.

    Any number may run side by side: on Kafka they divide the partitions; whatever two of them do twice is
    harmless. kill -9 loses nothing: the next one reads on from the last commit.
    """

    help = "Archive the log into the message store and carry the outbox."
    jobs = ("archive", "outbox")

    def add_arguments(self, parser) -> None:
        parser.add_argument("--only", default=",".join(self.jobs), help="comma-separated: archive, outbox")

    def handle(self, *args, only: str, **options) -> None:
        chosen = {job.strip() for job in only.split(",")}
        if not chosen <= set(self.jobs):
            raise CommandError(f"--only: allowed are {', '.join(self.jobs)}.")
        archive = Archive(event_log(), message_store())
        os.nice(NICENESS)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: archive.stop())
        carrier = threading.Thread(target=_carry, args=(archive,), name="outbox")
        if "outbox" in chosen:
            carrier.start()
        logger.info("worker: started (%s)", ", ".join(sorted(chosen)))
        if "archive" in chosen:
            archive.run()
        while not archive.stopping:
            time.sleep(POLL_SECONDS)
        if carrier.is_alive():
            carrier.join()
        close_parts()
        done = archive.archived
        logger.info(
            "worker: stopped; archived %d, repeats %d, dead letters %d",
            done.messages,
            done.repeats,
            done.dead_letters,
        )


def _carry(archive: Archive) -> None:
    """Until the archive stops. Polls its flag: a signal handler may take no lock, so it can set no Event."""
    forget_at = 0.0
    while not archive.stopping:
        time.sleep(OUTBOX_SECONDS)
        try:
            close_old_connections()
            outbox.carry()
            if time.monotonic() >= forget_at:
                forget_expired()
                forget_at = time.monotonic() + FORGET_SECONDS
        except DatabaseError as error:
            logger.warning("outbox: waiting (%s)", type(error).__name__)
    close_old_connections()
