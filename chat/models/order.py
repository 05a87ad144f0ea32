"""Who may come in, who may not, and what members report."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.channel import Channel

TOKEN_LENGTH = 32
REASON_LENGTH = 200
BOT_NAME_LENGTH = 30


class Invitation(models.Model):
    """A link that lets people into a channel, until it expires, is used up or is revoked."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="invitations")
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    most_uses = models.PositiveIntegerField(_("people at most"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("people who came"), default=0)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.channel_id}"

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def uses_left(self) -> int | None:
        """How many more people it lets in; None: any number."""
        return None if self.most_uses is None else max(0, self.most_uses - self.uses)

    @property
    def is_used_up(self) -> bool:
        """Whether as many came as it was for."""
        return self.uses_left == 0


class Ban(models.Model):
    """Somebody who may not come into a channel (again)."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="bans")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        constraints = [models.UniqueConstraint(fields=["channel", "user"], name="one_ban_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} banned from {self.channel_id}"


class KeptMute(models.Model):
    """A mute that outlives a membership: whoever leaves and comes back may still not write."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "user"], name="one_kept_mute_per_person")]

    def __str__(self) -> str:
        return f"mute of {self.user_id} in {self.channel_id}"


class ReportReason(models.TextChoices):
    """Why a message is reported."""

    SPAM = "spam", _("advertising or spam")
    ABUSE = "abuse", _("insult or harassment")
    FRAUD = "fraud", _("fraud")
    PRIVACY = "privacy", _("somebody's private matters")
    OTHER = "other", _("something else")


class ReportState(models.TextChoices):
    """What became of a report."""

    OPEN = "open", pgettext_lazy("report", "open")
    REMOVED = "removed", _("message removed")
    DISMISSED = "dismissed", _("nothing wrong with it")


class Report(models.Model):
    """A message that a member reported to the operators. `text` is what it said then: its author may delete
    it before anybody looks."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="reports")
    message_id = models.CharField(_("message"), max_length=32)
    author_id = models.BigIntegerField(_("author"))
    text = models.TextField(_("text"), blank=True)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reporter"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=10, choices=ReportReason.choices)
    note = models.CharField(_("note"), max_length=REASON_LENGTH, blank=True)
    created_at = models.DateTimeField(_("reported"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=ReportState.choices, default=ReportState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["message_id", "reporter"], name="one_report_per_person")
        ]
        indexes = [models.Index(fields=["state", "id"], name="reports_to_decide")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Webhook(models.Model):
    """An address at which a program may post into a channel under a name of its own. The address holds a
    secret, of which only the digest is kept: it is shown once."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(_("name"), max_length=BOT_NAME_LENGTH)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return f"{self.name} in {self.channel_id}"

    @property
    def author_id(self) -> int:
        """The author of its messages: a negative number, so that it is nobody's account."""
        return -self.pk
