"""Who did what to a wallet."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wallets.models.ledger import NeverChanged
from wallets.models.wallet import Wallet


class AuditRecord(NeverChanged):
    """`actor` did `action` to `wallet`; `detail` says what it was before and after. Holds no secret."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="audit_records")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    action = models.CharField(_("action"), max_length=30)
    detail = models.JSONField(_("detail"), default=dict)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit log")
        indexes = [models.Index(fields=["wallet", "id"], name="audit_of_wallet")]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_id}"
