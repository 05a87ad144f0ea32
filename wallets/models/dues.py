"""What members owe each month. What they paid is read from the ledger (wallets/services/dues_board.py)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from wallets.models.wallet import NAME_LENGTH, Wallet


class DuesPlan(models.Model):
    """`amount` won a month into a group wallet, due on `day` (the month's last where it is shorter).

    A period is written "2026-11" and stored as its first day. `everyone`: whoever joins the wallet later
    owes from the month of joining on.
    """

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="dues_plans")
    title = models.CharField(_("title"), max_length=NAME_LENGTH)
    amount = models.BigIntegerField(_("amount"))
    day = models.PositiveSmallIntegerField(_("day"), validators=[MinValueValidator(1), MaxValueValidator(31)])
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"), default=0, validators=[MaxValueValidator(31)]
    )
    starts_on = models.DateField(_("first month"))
    ended_on = models.DateField(_("last month"), null=True, blank=True)
    everyone = models.BooleanField(_("everyone in the wallet"), default=True)
    reminds = models.BooleanField(_("reminds by itself"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    announced_on = models.DateField(null=True, help_text="The last period whose card was posted.")

    class Meta:
        verbose_name = _("dues plan")
        verbose_name_plural = _("dues plans")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="dues_amount_positive"),
            models.CheckConstraint(condition=models.Q(day__gte=1, day__lte=31), name="dues_day_of_month"),
        ]

    def __str__(self) -> str:
        return self.title


class DuesMember(models.Model):
    """Somebody who owes a plan, from the period `since` to the period `until`."""

    plan = models.ForeignKey(DuesPlan, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "user"], name="owes_a_plan_once")]

    def __str__(self) -> str:
        return f"{self.user_id} owes {self.plan_id}"


class DuesExemption(models.Model):
    """Somebody who need not pay one period, or none at all (`period` None)."""

    plan = models.ForeignKey(DuesPlan, on_delete=models.CASCADE, related_name="exemptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    period = models.DateField(null=True)
    reason = models.CharField(_("reason"), max_length=NAME_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "user", "period"], name="exempt_once_per_period"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} exempt in {self.plan_id}"


class DuesReminder(models.Model):
    """That the unpaid of a period were told on a day: unique, so at most once a day."""

    plan = models.ForeignKey(DuesPlan, on_delete=models.CASCADE, related_name="reminders")
    period = models.DateField()
    sent_on = models.DateField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    people = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "period", "sent_on"], name="one_reminder_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.period} on {self.sent_on}"


class DuesNotice(models.Model):
    """What a reminder put before one person, and nobody else, until it is paid or put away."""

    reminder = models.ForeignKey(DuesReminder, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reminder", "user"], name="one_notice_each")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.reminder_id}"
