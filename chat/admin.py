"""Channels, memberships, reports, webhooks and the outbox in the admin site."""

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.admin_pages import OperatorPage
from accounts.models import User
from chat import services
from chat.models import Channel, Membership, OutboxEvent, Report, ReportState, Webhook
from chat.reports import reporting
from chat.webhooks import addresses

SHOWN_OF_A_TEXT = 200


@admin.register(Channel)
class Channels(OperatorPage):
    """Channels; an operator may close one."""

    list_display = ["id", "name", "is_private", "member_count", "created_by", "created_at", "closed_at"]
    list_display_links = ["id", "name"]
    list_select_related = ["created_by"]
    list_filter = ["is_private", ("closed_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "=id"]
    fields = ["name", "description", "is_private", "member_count", "created_by", "created_at", "closed_at"]
    actions = ["close_channels"]

    @admin.action(description=_("Close for everybody, for good"), permissions=["change"])
    def close_channels(self, request, queryset) -> None:
        """Members are out at once."""
        self.apply(
            request,
            queryset,
            lambda channel: services.close_channel_as_operator(channel_id=channel.pk),
            gettext_noop("Closed"),
        )


@admin.register(Membership)
class Memberships(OperatorPage):
    """Who is where; an operator may put a member out."""

    list_display = ["id", "channel", "user", "role", "joined_at"]
    list_select_related = ["channel", "user"]
    list_filter = ["role"]
    search_fields = ["user__email", "channel__name", "=channel__id"]
    actions = ["remove_members"]

    @admin.action(description=_("Put out of the channel"), permissions=["change"])
    def remove_members(self, request, queryset) -> None:
        """Their sockets hear nothing more of it."""
        self.apply(
            request,
            queryset,
            lambda membership: services.remove_member_as_operator(membership_id=membership.pk),
            gettext_noop("Put out"),
        )


class Waiting(admin.SimpleListFilter):
    """Reports that wait for a decision, unless others are asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin) -> list[tuple[str, str]]:
        """What else there is to see."""
        decided = [(state.value, state.label) for state in ReportState if state != ReportState.OPEN]
        return [*decided, ("all", _("all"))]

    def choices(self, changelist):
        """The first choice is not “all” but the open ones."""
        first, *others = super().choices(changelist)
        return [first | {"display": ReportState.OPEN.label}, *others]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        """The chosen ones."""
        chosen = self.value() or ReportState.OPEN
        return queryset if chosen == "all" else queryset.filter(state=chosen)


@admin.register(Report)
class Reports(OperatorPage):
    """The queue of reported messages, the one that waits longest first."""

    list_display = [
        "id", "beginning", "author", "place", "reason", "note", "reporter", "reporters", "created_at",
        "state", "decided_by", "decided_at",
    ]  # fmt: skip
    list_select_related = ["channel", "reporter", "decided_by"]
    list_filter = [Waiting, "reason"]
    search_fields = ["=channel__id", "=message_id", "reporter__email"]
    fields = [
        "place", "message_id", "author", "text", "reason", "note", "reporter", "reporters", "created_at",
        "state", "decided_by", "decided_at",
    ]  # fmt: skip
    readonly_fields = ["place", "author", "reporters"]
    ordering = ["pk"]
    actions = ["remove_messages", "dismiss_reports"]

    def get_queryset(self, request) -> QuerySet:
        """The reports with who wrote the message and how many reported it: no further query a row."""
        person = User.objects.filter(pk=OuterRef("author_id")).values("username")[:1]
        bot = Webhook.objects.filter(pk=OuterRef("author_id") * -1)
        together = Report.objects.filter(message_id=OuterRef("message_id")).order_by().values("message_id")
        return super().get_queryset(request).annotate(
            author_name=Coalesce(Subquery(person), Subquery(bot.values("name")[:1])),
            reporter_count=Subquery(together.annotate(count=Count("pk")).values("count")),
        )  # fmt: skip

    @admin.display(description=_("text"))
    def beginning(self, report: Report) -> str:
        """The beginning of what the message said."""
        return Truncator(report.text).chars(SHOWN_OF_A_TEXT)

    @admin.display(description=_("channel"))
    def place(self, report: Report) -> SafeString:
        """Where it was said."""
        address = reverse("admin:chat_channel_change", args=[report.channel_id])
        return format_html('<a href="{}">{}</a>', address, report.channel)

    @admin.display(description=_("author"))
    def author(self, report: Report) -> str:
        """Who wrote it, with the number: names are not unique. A bot's is negative."""
        return f"{report.author_name or '?'} ({report.author_id})"

    @admin.display(description=_("people who reported it"))
    def reporters(self, report: Report) -> int:
        """How many."""
        return report.reporter_count

    @admin.action(description=_("Remove the message for everybody"), permissions=["change"])
    def remove_messages(self, request, queryset) -> None:
        """A tombstone stays."""
        self._decide(request, queryset, reporting.remove_message, gettext_noop("Message removed"))

    @admin.action(description=_("Nothing wrong with it"), permissions=["change"])
    def dismiss_reports(self, request, queryset) -> None:
        """The message stays."""
        self._decide(request, queryset, reporting.dismiss, gettext_noop("Report closed"))

    def _decide(self, request, queryset, decide, what: str) -> None:
        # One decision is about a message, whoever reported it.
        each = {report.message_id: report for report in queryset.order_by("-pk")}
        self.apply(request, each.values(), lambda report: decide(report=report, operator=request.user), what)


@admin.register(Webhook)
class Webhooks(OperatorPage):
    """Addresses at which programs post; the secret itself is not kept."""

    list_display = ["id", "name", "channel", "created_by", "created_at", "last_used_at", "revoked_at"]
    list_select_related = ["channel", "created_by"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "=channel__id", "created_by__email"]
    fields = ["name", "channel", "created_by", "created_at", "last_used_at", "revoked_at"]
    actions = ["revoke_webhooks"]

    @admin.action(description=_("Revoke the address"), permissions=["change"])
    def revoke_webhooks(self, request, queryset) -> None:
        """Their addresses are dead at once."""
        self.apply(
            request,
            queryset,
            lambda webhook: addresses.revoke_as_operator(webhook=webhook),
            gettext_noop("Address revoked"),
        )


@admin.register(OutboxEvent)
class Outbox(OperatorPage):
    """Events that still have to reach the log; a row that stays means the log or the worker is away."""

    list_display = ["id", "channel_id", "created_at"]
    fields = ["id", "channel_id", "created_at"]
