"""Channels and who is in them."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import public_name
from chat.pipeline.events import Position

NAME_LENGTH = 50
DESCRIPTION_LENGTH = 500


class Role(models.TextChoices):
    """What a member may do: an admin changes the channel and its members."""

    ADMIN = "admin", _("admin")
    MEMBER = "member", _("member")


class OpenChannels(models.QuerySet):
    """Channels that were not closed."""

    def open(self) -> "OpenChannels":
        return self.filter(closed_at=None)

    def of(self, user) -> "OpenChannels":
        """The open channels that this person is a member of."""
        return self.open().filter(memberships__user=user)

    def matching(self, words: str) -> "OpenChannels":
        """Public open channels whose name or description contains the words: private ones stay invisible."""
        found = models.Q(name__icontains=words) | models.Q(description__icontains=words)
        return self.open().filter(found, is_private=False, direct_pair=None)


class Channel(models.Model):
    """A place to talk. A private one shows itself to members only and lets in who has its password or an
    invitation; a direct one is the talk of two people."""

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    description = models.CharField(_("description"), max_length=DESCRIPTION_LENGTH, blank=True)
    is_private = models.BooleanField(_("private"), default=False)
    password = models.CharField(_("password"), max_length=128, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="+"
    )
    # The one admin whom no other admin can remove or demote. Nobody owns a direct channel.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # "<smaller user id>:<larger one>", so that two people have one direct channel.
    direct_pair = models.CharField(  # noqa: DJ001  (no pair is NULL: a unique key allows many of these)
        max_length=41, null=True, blank=True, unique=True, editable=False
    )
    slow_seconds = models.PositiveSmallIntegerField(_("seconds between two messages of a member"), default=0)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    # Kept beside the rows, so that no page counts 2,000 memberships; changed only under the channel's lock.
    member_count = models.PositiveIntegerField(_("members"), default=0)

    objects = OpenChannels.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    # Of a direct channel, for the reader whom `my_channels` was asked for: who the other one is, and since
    # when the reader does not want to see it.
    other_id: int | None = None
    other_username = ""
    other_deleted_at: datetime | None = None
    hidden_at: datetime | None = None

    @property
    def is_direct(self) -> bool:
        """Whether this is the talk of two people."""
        return self.direct_pair is not None

    @property
    def title(self) -> str:
        """What its reader calls it: a direct one by the other's name."""
        return public_name(self.other_username, self.other_deleted_at) if self.other_id else self.name

    def is_hidden_after(self, last) -> bool:
        """Whether its reader left it and nobody wrote since `last`, its latest message if there is one."""
        if self.hidden_at is None:
            return False
        return last is None or last.event.sent_at <= self.hidden_at.timestamp() * 1000

    def set_password(self, password: str | None) -> None:
        """Keep a hash, or nothing at all for a channel without a password."""
        self.password = make_password(password) if password else ""

    def accepts_password(self, password: str) -> bool:
        """Whether this is the channel's password; a channel without one accepts none."""
        return bool(self.password) and check_password(password, self.password)


class Notify(models.TextChoices):
    """What of a channel a member wants to be told of while not looking."""

    ALL = "all", _("every message")
    MENTIONS = "mentions", _("only mentions of me")
    NONE = "none", _("nothing")


def read_until_now() -> str:
    """The read marker of somebody who just came: what stood there before is not unread."""
    return str(Position(int(timezone.now().timestamp() * 1000), 0, 0))


class Membership(models.Model):
    """One person in one channel."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    # Everything up to this position was read. Only ever moves forward, in batches: chat/reading/progress.py.
    read_position = models.CharField(max_length=24, default=read_until_now, editable=False)
    # Of a direct channel: left at that time, and out of the list until somebody writes again.
    hidden_at = models.DateTimeField(null=True, editable=False)
    muted_until = models.DateTimeField(_("may not write until"), null=True, blank=True)
    notify = models.CharField(_("notifications"), max_length=10, choices=Notify.choices, default=Notify.ALL)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["channel", "user"], name="one_membership_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.channel_id}"

    @property
    def is_owner(self) -> bool:
        """Whether the channel is theirs."""
        return self.user_id == self.channel.owner_id

    @property
    def is_muted(self) -> bool:
        """Whether they may not write now."""
        return self.muted_until is not None and self.muted_until > timezone.now()
