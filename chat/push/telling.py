"""Whom to tell of which messages, and when: one more reader of the log."""

import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from chat.models import Channel, Membership, Notify
from chat.pipeline.events import Deleted, MessageEvent, Position, decode, now_ms
from chat.pipeline.parts import event_log
from chat.pipeline.ports import LogReader, LogUnavailable, Record
from chat.push.quiet import is_quiet
from chat.push.sender import send_all

GROUP = "push"
BATCH = 2_000
# Whoever looks has read it by then, and their mark says so (chat/reading/progress.py).
WAIT_SECONDS = 4.0
# Of a channel where everybody talks nobody wants a notification a message.
PAUSE_SECONDS = 20.0
OLDEST_MS = 5 * 60_000  # what is older is no news: the worker was away
MOST_PEOPLE = 5_000  # whose last notification is remembered
TEXT_LENGTH = 120


@dataclass(slots=True)
class News:
    """What came in a channel since it was last told of."""

    since: float
    last: MessageEvent
    position: Position
    count: int = 0
    mentioned: set[int] = field(default_factory=set)


class Telling:
    """Reads the log, waits until those who look have read, then tells the others, each at most once in
    PAUSE_SECONDS and channel. A crash forgets what was not told yet: a notification is no message."""

    def __init__(self) -> None:
        self._reader: LogReader | None = None
        self._news: dict[int, News] = {}
        self._told: dict[tuple[int, int], float] = {}

    def step(self) -> int:
        """Read what came and tell of what is due. Returns how many records were read."""
        try:
            if self._reader is None:
                self._reader = event_log().join(GROUP)
            records = self._reader.read(BATCH, 0)
            for record in records:
                self._note(record)
            if records:
                self._reader.commit()
        except LogUnavailable:
            return 0
        due = [one for one, news in self._news.items() if time.monotonic() - news.since >= WAIT_SECONDS]
        for channel_id in due:
            self._tell(channel_id, self._news.pop(channel_id))
        return len(records)

    def close(self) -> None:
        """Give the cursor back."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _note(self, record: Record) -> None:
        if now_ms() - record.position.appended_at_ms > OLDEST_MS:
            return
        try:
            event = decode(record.payload)
        except ValueError:  # the archive buries it
            return
        if isinstance(event, Deleted):
            self._forget(event)
        elif isinstance(event, MessageEvent):
            self._remember(event, record.position)

    def _remember(self, event: MessageEvent, position: Position) -> None:
        news = self._news.get(event.channel)
        if news is None:
            news = self._news[event.channel] = News(time.monotonic(), event, position)
        news.last, news.position = event, position
        news.count += 1
        news.mentioned.update(one.id for one in event.mentions)

    def _forget(self, event: Deleted) -> None:
        news = self._news.get(event.channel)
        if news is not None and event.message == news.last.id:
            del self._news[event.channel]

    def _tell(self, channel_id: int, news: News) -> None:
        channel = Channel.objects.open().filter(pk=channel_id).first()
        if channel is None:
            return
        now, told = time.monotonic(), []
        for member in _listeners(channel_id, news):
            key = (member.user_id, channel_id)
            if self._told.get(key, -PAUSE_SECONDS) + PAUSE_SECONDS > now:
                continue
            if len(self._told) >= MOST_PEOPLE:
                self._told = {one: at for one, at in self._told.items() if at + PAUSE_SECONDS > now}
            self._told[key] = now
            notification = describe(channel, news, mentioned=member.user_id in news.mentioned)
            told += [(one, notification) for one in member.user.push_subscriptions.all()]
        if told:
            send_all(told)


def _listeners(channel_id: int, news: News) -> list[Membership]:
    """Members with a browser that listens, who have not read it, want to know, and not in quiet hours."""
    wants = Q(notify=Notify.ALL) | Q(notify=Notify.MENTIONS, user_id__in=news.mentioned)
    members = (
        Membership.objects.filter(wants, channel=channel_id, read_position__lt=str(news.position))
        .exclude(user=news.last.author.id)
        .filter(user__push_subscriptions__isnull=False)
        .select_related("user__quiet_hours")
        .prefetch_related("user__push_subscriptions")
        .distinct()
    )
    now = timezone.now()
    return [one for one in members if not is_quiet(getattr(one.user, "quiet_hours", None), now)]


def describe(channel: Channel, news: News, *, mentioned: bool) -> dict:
    """The notification as the page's service worker shows it (templates/pwa/service_worker.js)."""
    with override(settings.LANGUAGE_CODE):
        said = _line(news.last)
        if mentioned:
            said = _("{said} (mentions you)").format(said=said)
        if news.count > 1:
            more = ngettext("and {count} more message", "and {count} more messages", news.count - 1)
            said = f"{said}\n{more.format(count=news.count - 1)}"
    author = news.last.author.username
    return {
        "channel": channel.pk,
        "title": author if channel.is_direct else channel.name,
        "text": said if channel.is_direct else f"{author}: {said}",
        "url": f"/channels/{channel.pk}/",
    }


def _line(event: MessageEvent) -> str:
    text = " ".join(event.text.split())
    if len(text) > TEXT_LENGTH:
        return f"{text[:TEXT_LENGTH]}…"
    if text:
        return text
    photos = sum(1 for one in event.attachments if one.width)
    return _("Photo") if photos else _("File")
