"""Money that a member asks a group wallet for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wallets.models.ledger import Transfer
from wallets.models.wallet import Wallet

REASON_LENGTH = 200


class SpendState(models.TextChoices):
    """WAITING may still be approved, declined or withdrawn; the others are final."""

    WAITING = "waiting", _("waiting")
    PAID = "paid", _("paid")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class SpendRequest(models.Model):
    """`amount` won from `wallet` to `target` (the asker's own wallet) for `reason`."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="spend_requests")
    target = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    state = models.CharField(
        _("state"), max_length=10, choices=SpendState.choices, default=SpendState.WAITING
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    transfer = models.OneToOneField(
        Transfer, on_delete=models.PROTECT, null=True, related_name="spend_request"
    )

    class Meta:
        verbose_name = _("spend request")
        verbose_name_plural = _("spend requests")
        indexes = [models.Index(fields=["wallet", "state", "id"], name="spend_requests_of_wallet")]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="spend_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.asked_by_id} asks {self.wallet_id}"


class SpendApproval(models.Model):
    """One person's yes or no to a request. Each says it once."""

    request = models.ForeignKey(SpendRequest, on_delete=models.CASCADE, related_name="approvals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved = models.BooleanField()
    comment = models.CharField(max_length=REASON_LENGTH, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "user"], name="one_approval_each")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.request_id}"
