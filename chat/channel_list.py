"""My channels with the last message of each and what is unread, as the list shows them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from chat import services
from chat.messages.history import Message, latest_messages
from chat.models import Channel
from chat.reading.unread import MOST_COUNTED, Unread, how_far_archived, quiet_channels, unread_in
from chat.slips import sentence_of

ROWS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A channel, its last stored message or slip, if there is one, and what is unread. `quiet`: its reader
    does not want to be told every message; `hidden`: nor to see it before somebody writes."""

    channel: Channel
    last: Message | None
    unread: Unread
    quiet: bool
    hidden: bool

    @property
    def badge(self) -> str:
        """How many are unread, as a badge says it."""
        count = self.unread.count or 0
        return f"{MOST_COUNTED}+" if count >= MOST_COUNTED else str(count or "")

    @property
    def line(self) -> str:
        """Who said what last; a slip says it alone."""
        if self.last is None:
            return ""
        if self.last.is_slip:
            return sentence_of(self.last.event)
        if self.last.is_deleted:
            return _("This message was deleted")
        said = self.last.text or ", ".join(one.name for one in self.last.event.attachments)
        return f"{self.last.author_name}: {said}"


def channel_rows(user, channel_id: int | None = None) -> list[Row]:
    """All of them or this one, the most recent talk first. While the store is away: without messages, the
    newest channel first."""
    asked = services.my_channels(user)
    mine = list(asked[:ROWS_AT_MOST] if channel_id is None else asked.filter(pk=channel_id))
    ids = [channel.pk for channel in mine]
    reached = how_far_archived()
    latest = latest_messages(ids)
    positions = {one: message.position for one, message in latest.items()}
    unread = unread_in(user.pk, ids, reached, positions)
    quiet = quiet_channels(user.pk, ids)
    rows = [
        Row(
            channel,
            latest.get(channel.pk),
            unread[channel.pk],
            channel.pk in quiet,
            channel.is_hidden_after(latest.get(channel.pk)),
        )
        for channel in mine
        if channel.pk in unread
    ]
    return sorted(rows, key=_recency, reverse=True)


def _recency(row: Row) -> float:
    return row.last.event.sent_at / 1000 if row.last else row.channel.created_at.timestamp()
