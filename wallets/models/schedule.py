"""Transfers that run later. Times are UTC instants; days and months are counted in Korean time."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wallets.models.ledger import KEY_LENGTH, MEMO_LENGTH, Transfer
from wallets.models.wallet import Wallet


class Repeat(models.TextChoices):
    """How often it runs."""

    ONCE = "once", _("once")
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")


class ScheduleState(models.TextChoices):
    """ACTIVE has a next run; the others have none."""

    ACTIVE = "active", _("planned")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class ScheduledTransfer(models.Model):
    """A transfer to run at `first_run_at` and then as `repeat` says, until the day `ends_on`.

    `occurrence` is the number of the next planned run (0 is the first); its moment is computed from
    `first_run_at`, never from the run before, so months keep their day. `next_run_at` is that moment, or the
    evening's second try.
    """

    source = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))
    memo = models.CharField(_("memo"), max_length=MEMO_LENGTH, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    first_run_at = models.DateTimeField(_("first run"))
    repeat = models.CharField(_("repeat"), max_length=10, choices=Repeat.choices, default=Repeat.ONCE)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ScheduleState.choices, default=ScheduleState.ACTIVE
    )
    occurrence = models.PositiveIntegerField(default=0)
    next_run_at = models.DateTimeField(_("next run"), null=True)
    # Without a key NULL, not "": unique, and many rows may have none.
    idempotency_key = models.CharField(max_length=KEY_LENGTH, null=True)  # noqa: DJ001
    request_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("scheduled transfer")
        verbose_name_plural = _("scheduled transfers")
        # The claim's filter and its order: with less, InnoDB would lock every candidate.
        indexes = [models.Index(fields=["state", "next_run_at", "id"], name="schedule_due")]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="schedule_amount_positive"),
            models.UniqueConstraint(fields=["created_by", "idempotency_key"], name="schedule_once_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}, {self.repeat}"


class ScheduledRun(models.Model):
    """What became of one occurrence: `transfer`, or the refusal's stable code in `refusal`.

    `tries` is 1 after the first refusal, 2 after the evening's; then it is final.
    """

    schedule = models.ForeignKey(ScheduledTransfer, on_delete=models.CASCADE, related_name="runs")
    occurrence = models.PositiveIntegerField()
    planned_at = models.DateTimeField(_("planned"))
    tried_at = models.DateTimeField(_("tried"))
    tries = models.PositiveSmallIntegerField(default=1)
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, null=True, related_name="run")
    refusal = models.CharField(_("refused because"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("scheduled run")
        verbose_name_plural = _("scheduled runs")
        constraints = [
            models.UniqueConstraint(fields=["schedule", "occurrence"], name="one_run_per_occurrence"),
        ]

    def __str__(self) -> str:
        return f"run {self.occurrence} of {self.schedule_id}"
