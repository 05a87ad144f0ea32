"""`manage.py worker`: what happens to events after the log has them."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chat import jobs, processes
from chat.attachments import removal
from chat.management.progress_bar import bar
from chat.pipeline import rebuilding
from chat.pipeline.archive import Archive
from chat.pipeline.following import keep_following
from chat.pipeline.log_archive import BadArchive, LogArchive
from chat.pipeline.parts import close_parts, event_log, message_store, search_index
from chat.pipeline.ports import LogUnavailable, StoreUnavailable
from chat.search.indexing import Indexing

logger = logging.getLogger(__name__)
# Storing may wait for talking: sharing two cores with the web process, this halved the delivery times there.
NICENESS = 10
POLL_SECONDS = 0.1
ARCHIVE, SEARCH = "archive", "search"


class Command(BaseCommand):
    """Archives the log into the message store, keeps the search index and does the jobs of chat/jobs.py, each
    in a thread, until SIGTERM.

    Any number may run side by side: on Kafka they divide the partitions; whatever two of them do twice is
    harmless, and what must not be done twice is claimed by a row lock. kill -9 loses nothing: the next one
    reads on from the last commit.
    """

    help = "Archive the log, keep the search index, carry the outbox, run what is scheduled."

    def add_arguments(self, parser) -> None:
        known = [ARCHIVE, SEARCH, *jobs.names()]
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="make message store and search index anew, then end",
        )
        parser.add_argument(
            "--incomplete", action="store_true", help="rebuild although log and archive lack some events"
        )
        parser.add_argument("--only", default=",".join(known), help=f"comma-separated: {', '.join(known)}")

    def handle(self, *args, only: str, rebuild: bool, incomplete: bool, **options) -> None:
        if rebuild:
            self._rebuild(incomplete)
            return
        chosen = {job.strip() for job in only.split(",")}
        if not chosen <= {ARCHIVE, SEARCH, *jobs.names()}:
            raise CommandError(f"--only: allowed are {', '.join([ARCHIVE, SEARCH, *jobs.names()])}.")
        archive = Archive(event_log(), message_store(), removal.heed)
        indexing = Indexing(event_log(), message_store(), search_index(), lambda: archive.is_crowded)
        os.nice(NICENESS)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: (archive.stop(), indexing.stop()))
        processes.begin(processes.WORKER)
        threads = [
            _start(job, keep_following, indexing)
            if job == SEARCH
            else _start(job, jobs.keep_doing, job, lambda: archive.stopping)
            for job in sorted(chosen - {ARCHIVE})
        ]
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

    def _rebuild(self, incomplete: bool) -> None:
        parts = event_log(), LogArchive(settings.LOG_ARCHIVE), message_store(), search_index()
        taken = 0
        try:
            for done, taken in rebuilding.rebuild(*parts, heed=removal.heed, incomplete=incomplete):
                self.stderr.write(bar(done, f"{taken:,} events"), ending="")
            self.stderr.write("")
            self.stdout.write(f"{message_store().count():,} messages from {taken:,} events.")
        except (LogUnavailable, StoreUnavailable) as away:
            raise CommandError(f"{away}. Call it again when everything is back.") from away
        except (rebuilding.CannotRebuild, BadArchive) as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            close_parts()


def _start(job: str, work: Callable, *arguments) -> threading.Thread:
    """The job's thread, running. It polls a flag: a signal handler takes no lock, so sets no Event."""
    thread = threading.Thread(target=work, args=arguments, name=job)
    thread.start()
    return thread
