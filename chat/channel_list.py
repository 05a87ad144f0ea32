"""My channels with the last message of each, as the list shows them."""

from dataclasses import dataclass

from chat import services
from chat.models import Channel
from chat.pipeline.events import Position, SystemEvent, TalkEvent
from chat.posting import latest_messages
from chat.slips import sentence_of

ROWS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A channel and its last stored message or slip, if there is one."""

    channel: Channel
    last: TalkEvent | None
    position: Position | None

    @property
    def line(self) -> str:
        """Who said what last; a slip says it alone."""
        if self.last is None:
            return ""
        if isinstance(self.last, SystemEvent):
            return sentence_of(self.last)
        return f"{self.last.author.username}: {self.last.text}"


def channel_rows(user) -> list[Row]:
    """The most recent talk first. While the store is away: without messages, the newest channel first."""
    mine = list(services.my_channels(user)[:ROWS_AT_MOST])
    latest = latest_messages([channel.pk for channel in mine])
    rows = [Row(channel, *latest.get(channel.pk, (None, None))) for channel in mine]
    return sorted(rows, key=_recency, reverse=True)


def _recency(row: Row) -> float:
    return row.last.sent_at / 1000 if row.last else row.channel.created_at.timestamp()
