"""Channels, memberships and the outbox in the admin site."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.admin_pages import OperatorPage
from chat import services
from chat.models import Channel, Membership, OutboxEvent


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


@admin.register(OutboxEvent)
class Outbox(OperatorPage):
    """Events that still have to reach the log; a row that stays means the log or the worker is away."""

    list_display = ["id", "channel_id", "created_at"]
    fields = ["id", "channel_id", "created_at"]
