"""What polls, events and notices are drawn with: their days, and the latest notice of a channel."""

from datetime import UTC, datetime, timedelta

from django import template
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.cards.lines import CardLine
from chat.messages import history
from chat.templatetags.chat import clock, day_line

register = template.Library()


@register.filter
def closing(line: CardLine) -> str:
    """오후 6:00까지 today, 일요일까지 within a week, then 11월 30일까지; nothing while it stays open.
    static/js/cards/card_words.js says the same."""
    if line.card.closes_at is None:
        return ""
    if line.is_closed:
        return _("No more answers")
    moment = datetime.fromtimestamp(line.card.closes_at / 1000, UTC)
    day, today = timezone.localtime(moment).date(), timezone.localdate()
    if day == today:
        when = clock(moment)
    elif day < today + timedelta(days=7):
        when = format_date(day, "l")
    else:
        when = day_line(moment).rsplit(" ", 1)[0]
    return _("Until %(when)s") % {"when": when}


@register.filter
def held_at(starts_at_ms: int) -> str:
    """11월 28일 토요일 오전 7:40."""
    moment = datetime.fromtimestamp(starts_at_ms / 1000, UTC)
    return f"{day_line(moment)} {clock(moment)}"


@register.inclusion_tag("chat/_notice_bar.html")
def notice_bar(channel) -> dict:
    """The latest notice under the header of a conversation; nothing while the store is away."""
    try:
        found = history.notices(channel_id=channel.pk, limit=1)
    except history.StoreAway:
        found = []
    return {"channel": channel, "notice": found[0] if found else None}


@register.filter
def notice_words(message: history.Message | None) -> str:
    """A notice on one line."""
    if message is None:
        return ""
    if message.is_slip:
        return message.author_name
    return message.quoted_text or ", ".join(one.name for one in message.event.attachments)
