"""`manage.py rebuild_search`: the search index anew from the message store."""

from django.core.management.base import BaseCommand, CommandError

from chat.management.progress_bar import bar
from chat.models import Channel
from chat.pipeline.parts import close_parts, message_store, search_index
from chat.pipeline.ports import StoreUnavailable
from chat.search.rebuilding import rebuild


class Command(BaseCommand):
    """Needed after the index was lost or moved, and once for messages older than the log. The site may run
    meanwhile; interrupted, it is begun again."""

    help = "Make every stored message findable again. Safe while the site runs and when called twice."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--channel", type=int, help="only this channel (its id)")

    def handle(self, *args, channel: int | None, **options) -> None:
        channels = Channel.objects.filter(closed_at=None).order_by("pk")
        if channel is not None:
            channels = channels.filter(pk=channel)
        ids = list(channels.values_list("pk", flat=True))
        if channel is not None and not ids:
            raise CommandError(f"There is no open channel {channel}.")
        looked_at = 0
        try:
            for done, looked_at in rebuild(message_store(), search_index(), ids):
                self.stderr.write(bar(done, f"{looked_at:,} messages"), ending="")
        except StoreUnavailable as away:
            raise CommandError(f"{away}. Call it again when everything is back.") from away
        finally:
            self.stderr.write("")
            close_parts()
        self.stdout.write(f"{looked_at:,} messages of {len(ids):,} channels can be found.")
