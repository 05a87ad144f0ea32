"""Channels and who is in them. Messages are not rows here: they live in the log and the message store."""

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.utils.translation import gettext_lazy as _

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
        return self.open().filter(found, is_private=False)


class Channel(models.Model):
    """A place to talk. A private one asks for its password and shows itself to members only."""

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    description = models.CharField(_("description"), max_length=DESCRIPTION_LENGTH, blank=True)
    is_private = models.BooleanField(_("private"), default=False)
    password = models.CharField(_("password"), max_length=128, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="+"
    )
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

    def set_password(self, password: str | None) -> None:
        """Keep a hash, or nothing at all for a channel without a password."""
        self.password = make_password(password) if password else ""

    def accepts_password(self, password: str) -> bool:
        """Whether this is the channel's password; a channel without one accepts none."""
        return bool(self.password) and check_password(password, self.password)


class Membership(models.Model):
    """One person in one channel."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["channel", "user"], name="one_membership_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.channel_id}"


class OutboxEvent(models.Model):
    """An event that was decided with rows and still has to reach the log.

    Written in the same transaction as the rows and deleted once it is appended (chat/outbox.py). From
    `due_at` on it is the worker's to append (at least once: readers drop repeats by the event's id).
    """

    channel_id = models.BigIntegerField()
    payload = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"event {self.pk} of channel {self.channel_id}"
