"""Messages that members report to the operators, and what the operators decide. Who wrote a message never
learns who reported it: nothing of a report is on the log."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from accounts.text import tidy_line
from chat import outbox
from chat.messages import changing, posting
from chat.messages.history import Message, as_read_today
from chat.meters import Reading
from chat.models import REASON_LENGTH, Report, ReportState
from chat.pipeline.events import Author, Deleted, change_id, now_ms
from chat.refusals import ChannelNotFound

# More is no longer help but flooding the operators' queue.
REPORTS_A_DAY = 20
DAY = timedelta(days=1)


class OwnMessage(Refusal):
    """Whoever wrote a message deletes it."""

    code, status = "own_message", 422
    detail = _("This is your own message. You can delete it.")


class TooManyReports(Refusal):
    """REPORTS_A_DAY of one person."""

    code, status = "too_many_reports", 429
    detail = _("You have reported many messages today. Please wait until tomorrow.")


class ReportDecided(Refusal):
    """Somebody decided it already."""

    code, status = "report_decided", 409
    detail = _("This report was decided already.")


def reportable(*, user, channel_id: int, message_id: str) -> Message:
    """The message as it stands, for a member who wants to report it. Raises ChannelNotFound,
    MessageNotFound (also for a slip), MessageDeleted, OwnMessage, StoreAway."""
    if posting.role_in(user.pk, channel_id) is None:
        raise ChannelNotFound
    target, position, _changes = changing.find_target(channel_id, message_id)
    message = as_read_today([(target, position)])[0]
    if message.is_deleted:
        raise changing.MessageDeleted
    if target.author.id == user.pk:
        raise OwnMessage
    return message


def report_message(
    *, user, channel_id: int, message_id: str, reason: str, note: str = ""
) -> tuple[Report, bool]:
    """Put the message before the operators as it stands now. Returns the report and whether it is new: once
    per person and message, a second call returns the first.

    Raises what `reportable` raises, InvalidInput, or TooManyReports.
    """
    note = tidy_line(note, field="note", longest=REASON_LENGTH, required=False)
    if posting.role_in(user.pk, channel_id) is None:
        raise ChannelNotFound
    first = Report.objects.filter(message_id=message_id, reporter=user, channel=channel_id).first()
    if first is not None:
        return first, False  # also after the message was deleted
    message = reportable(user=user, channel_id=channel_id, message_id=message_id)
    _check_day(user)
    # The unique key has the last word over two calls at once.
    return Report.objects.get_or_create(
        message_id=message_id,
        reporter=user,
        defaults={
            "channel_id": channel_id,
            "author_id": message.event.author.id,
            "text": words_of(message),
            "reason": reason,
            "note": note,
        },
    )


def words_of(message: Message) -> str:
    """All that a message shows in words: its text, a card's title and choices, the names of its files."""
    event, lines = message.event, [message.text]
    if event.card is not None:
        lines += [event.card.title, *event.card.choices]
    lines += [file.name for file in event.attachments]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def remove_message(*, report: Report, operator) -> None:
    """Delete the reported message for everybody and close all open reports of it. Raises ReportDecided.

    The deletion is written beside the rows and reaches the log even if it is away now.
    """
    with transaction.atomic():
        _decide(report, operator, ReportState.REMOVED)
        outbox.record(
            Deleted(
                channel=report.channel_id,
                id=change_id(operator.pk, report.message_id, f"report-{report.pk}"),
                message=report.message_id,
                author=Author(operator.pk, operator.username),
                client_id=f"report-{report.pk}",
                sent_at=now_ms(),
            )
        )


def dismiss(*, report: Report, operator) -> None:
    """There is nothing wrong with the message: close all open reports of it. Raises ReportDecided."""
    with transaction.atomic():
        _decide(report, operator, ReportState.DISMISSED)


def _decide(report: Report, operator, state: ReportState) -> None:
    # By rows that are still open: of two operators at once only one finds any.
    waiting = Report.objects.filter(message_id=report.message_id, state=ReportState.OPEN)
    if not waiting.update(state=state, decided_by=operator, decided_at=timezone.now()):
        raise ReportDecided


def _check_day(user) -> None:
    if not settings.RATE_LIMITS:
        return
    today = Report.objects.filter(reporter=user, created_at__gt=timezone.now() - DAY)
    times = list(today.order_by("-created_at").values_list("created_at", flat=True)[:REPORTS_A_DAY])
    if len(times) == REPORTS_A_DAY:
        raise TooManyReports(retry_after_seconds=(times[-1] + DAY - timezone.now()).total_seconds())


def _age_seconds() -> float:
    oldest = Report.objects.filter(state=ReportState.OPEN).aggregate(Min("created_at"))["created_at__min"]
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0


open_reports = Reading(
    "messenger_reports_open",
    "Reports of messages that wait for an operator.",
    lambda: Report.objects.filter(state=ReportState.OPEN).count(),
)
age = Reading(
    "messenger_reports_age_seconds",
    "How long the oldest report has waited for an operator; 0 when none waits.",
    _age_seconds,
)
