"""What the channel pages are drawn with: my channel list, times, links in messages, sentences for scripts."""

from datetime import UTC, date, datetime, timedelta

from django import template
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.html import escape, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.channel_list import channel_rows
from chat.messages.changing import REACTIONS
from chat.messages.text import draw_text
from chat.messages.transcript import Line
from chat.sentences import sentences_for_scripts

register = template.Library()


@register.inclusion_tag("chat/_channel_list.html", takes_context=True)
def channel_list(context, channel_id: int | None = None) -> dict:
    """The pane with my channels; `channel_id` is the one that is open."""
    request = context["request"]
    return {
        "rows": channel_rows(request.user),
        "open_channel_id": channel_id,
        "user": request.user,
        "request": request,
        "tab": context.get("tab"),
        "list_is_main": context.get("list_is_main"),
    }


@register.simple_tag
def sentences() -> SafeString:
    """The words that scripts say, in the page's language, as inert JSON."""
    return json_script(sentences_for_scripts(), "sentences")


@register.simple_tag
def offered_reactions() -> tuple[str, ...]:
    """The reactions to choose from."""
    return REACTIONS


@register.filter
def clock(moment: datetime) -> str:
    """오후 12:38."""
    return format_date(timezone.localtime(moment), pgettext("time of day, Django date format", "g:i A"))


@register.filter
def day_line(moment: datetime) -> str:
    """11월 21일 토요일; with the year when it is another one."""
    return _calendar_day(timezone.localtime(moment).date(), weekday=True)


@register.filter
def short_time(moment: datetime) -> str:
    """오후 12:38 today, 어제, 금요일 within a week, then 11월 15일."""
    day, today = timezone.localtime(moment).date(), timezone.localdate()
    if day == today:
        return clock(moment)
    if day == today - timedelta(days=1):
        return _("yesterday")
    if today - timedelta(days=7) < day < today:
        return format_date(day, "l")
    return _calendar_day(day)


def _calendar_day(day: date, *, weekday: bool = False) -> str:
    if day.year != timezone.localdate().year:
        pattern = pgettext("day of another year, Django date format", "j F Y")
    else:
        pattern = pgettext("day of this year, Django date format", "j F")
    return format_date(day, f"{pattern} l" if weekday else pattern)


@register.filter
def moment(milliseconds: int) -> datetime:
    """Unix milliseconds as a time."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


@register.filter
def linked(text: str) -> SafeString:
    """Plain text with its code and web addresses marked; everything is escaped."""
    return draw_text(text)


@register.filter
def said(line: Line) -> SafeString:
    """What a message says to its reader, or what is left of it."""
    if line.deleted:
        return SafeString(escape(line.tombstone))
    return draw_text(line.text, line.mentions, line.reader_id)
