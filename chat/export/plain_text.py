"""A channel as a text that people read, day by day in the site's time zone."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from chat import slips
from chat.messages.history import Message
from chat.models import Channel, Membership
from chat.pipeline.events import Position
from chat.templatetags.chat import clock

CONTENT_TYPE = "text/plain"
BOM = "\ufeff"  # without it some editors read Korean as Latin letters
INDENT = "    "  # so nobody can write a line that looks like one of somebody else


def head(channel: Channel, _until: Position) -> str:
    """What the file is."""
    now = timezone.now()
    lines = [channel.name]
    if channel.description:
        lines.append(channel.description)
    lines.append(_("Exported %(day)s %(time)s") % {"day": _day(timezone.localdate(now)), "time": clock(now)})
    people = ngettext("%(count)d member", "%(count)d members", channel.member_count)
    lines += ["", people % {"count": channel.member_count}]
    return BOM + "\n".join(lines) + "\n"


def piece(rows: list[Membership] | list[Message], previous: Message | None) -> str:
    """Some members or some messages; a day begins where the message before was of another one."""
    lines: list[str] = []
    for row in rows:
        if isinstance(row, Membership):
            lines.append(f"- {row.user.public_name} ({row.get_role_display()})")
            continue
        if previous is None or _when(previous).date() != _when(row).date():
            lines += ["", f"──────── {_day(_when(row).date())} ────────"]
        lines += _message(row)
        previous = row
    return "\n".join(lines) + "\n"


def foot(_until: Position, count: int) -> str:
    """The last line of a file that is whole."""
    told = ngettext("%(count)d message up to here.", "%(count)d messages up to here.", count)
    return "\n" + told % {"count": count} + "\n"


def _message(message: Message) -> Iterable[str]:
    text = slips.sentence_of(message.event) if message.is_slip else _words(message)
    first, *further = text.split("\n")
    yield f"[{clock(_when(message))}] {_name(message)}: {first}"
    yield from (INDENT + line for line in further)
    if not message.is_slip and not message.is_deleted:
        yield from (INDENT + line for line in _beside(message))


def _words(message: Message) -> str:
    if message.is_deleted:
        return _("(deleted)")
    return f"{message.text} {_('(edited)')}" if message.edited_at else message.text


def _beside(message: Message) -> Iterable[str]:
    """What stands around a message's text, a line each."""
    event, changes = message.event, message.changes
    if message.quote is not None:
        yield f"↳ {message.quote.author_name}: “{message.quote.quoted_text}”"
    for file in event.attachments:
        yield _("[file] %(name)s") % {"name": file.name}
    if event.card is not None:
        answers = changes.answered.values() if changes else ()
        counts = Counter(choice for chosen in answers for choice in chosen)
        choices = event.card.choices or [_("coming"), _("not coming"), _("maybe")]
        yield from (f"○ {choice}: {counts[number]}" for number, choice in enumerate(choices))
    if changes is not None and changes.reacted:
        yield " ".join(f"{emoji} {len(people)}" for emoji, people in changes.reacted.items())


def _name(message: Message) -> str:
    if not message.is_slip and message.event.author.id < 0:
        return f"{message.author_name} ({_('bot')})"
    return message.author_name


def _when(message: Message) -> datetime:
    return timezone.localtime(datetime.fromtimestamp(message.event.sent_at / 1000, UTC))


def _day(day: date) -> str:
    return format_date(day, pgettext("day of another year, Django date format", "j F Y") + " l")
