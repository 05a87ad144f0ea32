"""`manage.py archive_log`: the log's events into files, and what the log may forget out of it."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chat.pipeline import retention
from chat.pipeline.log_archive import BadArchive, LogArchive
from chat.pipeline.parts import close_parts, event_log
from chat.pipeline.ports import LogUnavailable


class Command(BaseCommand):
    """For a timer, once a day. The site and its workers go on meanwhile; killed, it is called again."""

    help = "Write new events of the log into LOG_ARCHIVE; then forget those older than LOG_RETENTION_DAYS."

    def handle(self, *args, **options) -> None:
        archived = LogArchive(settings.LOG_ARCHIVE)
        try:
            added = retention.put_into_archive(event_log(), archived)
            self.stdout.write(f"{added:,} events were archived in {archived.folder}.")
            self.stdout.write(f"{retention.unread(event_log()):,} events wait for a worker.")
            if settings.LOG_RETENTION_DAYS:
                gone = retention.forget_old(event_log(), archived, settings.LOG_RETENTION_DAYS)
                self.stdout.write(
                    f"The log forgot {gone:,} events older than {settings.LOG_RETENTION_DAYS} days."
                )
        except BadArchive as bad:
            raise CommandError(str(bad)) from bad
        except LogUnavailable as away:
            raise CommandError(f"{away}. Call it again when the log is back.") from away
        finally:
            close_parts()
