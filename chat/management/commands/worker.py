"""`manage.py worker`: what happens to events after the log has them."""

import logging
import os
import signal
import threading
import time

from django.core.management.base import BaseCommand, CommandError

from chat import jobs, processes
from chat.pipeline.archive import Archive
from chat.pipeline.parts import close_parts, event_log, message_store

logger = logging.getLogger(__name__)
# Storing may wait for talking: sharing two cores with the web process, this halved the delivery times there.
NICENESS = 10
POLL_SECONDS = 0.1
ARCHIVE = "archive"


class Command(BaseCommand):
    """Archives the log into the message store and does the jobs of chat/jobs.py, each in a thread, until
    SIGTERM.

    Any number may run side by side: on Kafka they divide the partitions; whatever two of them do twice is
    harmless, and what must not be done twice is claimed by a row lock. kill -9 loses nothing: the next one
    reads on from the last commit.
    """

    help = "Archive the log into the message store, carry the outbox, run what is scheduled."

    def add_arguments(self, parser) -> None:
        known = [ARCHIVE, *jobs.names()]
        parser.add_argument("--only", default=",".join(known), help=f"comma-separated: {', '.join(known)}")

    def handle(self, *args, only: str, **options) -> None:
        chosen = {job.strip() for job in only.split(",")}
        if not chosen <= {ARCHIVE, *jobs.names()}:
            raise CommandError(f"--only: allowed are {', '.join([ARCHIVE, *jobs.names()])}.")
        archive = Archive(event_log(), message_store())
        os.nice(NICENESS)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: archive.stop())
        processes.begin(processes.WORKER)
        threads = [_start(job, archive) for job in sorted(chosen - {ARCHIVE})]
        logger.info("worker: started (%s)", ", ".join(sorted(chosen)))
        if ARCHIVE in chosen:
            archive.run()
        while not archive.stopping:
            time.sleep(POLL_SECONDS)
        for thread in threads:
            thread.join()
        close_parts()
        done = archive.archived
        logger.info(
            "worker: stopped; archived %d, repeats %d, dead letters %d",
            done.messages,
            done.repeats,
            done.dead_letters,
        )


def _start(job: str, archive: Archive) -> threading.Thread:
    """The job's thread, running. It polls the flag: a signal handler takes no lock, so sets no Event."""
    thread = threading.Thread(target=jobs.keep_doing, args=(job, lambda: archive.stopping), name=job)
    thread.start()
    return thread
