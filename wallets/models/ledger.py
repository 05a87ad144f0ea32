"""What moved. Rows of these two tables are written once and never changed; the database refuses it too
(wallets/guards.py)."""

import secrets
import time
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wallets.models.wallet import MOST_BALANCE, Wallet

MOST_AMOUNT = 10**10
MEMO_LENGTH = 100
KEY_LENGTH = 255


def new_transfer_id() -> UUID:
    """A UUID of version 7 (RFC 9562): known before the insert, and in time order, so inserts stay at the
    index's end."""
    random = secrets.randbits(74)
    milliseconds = time.time_ns() // 1_000_000
    high = milliseconds << 16 | 0x7000 | random >> 62
    return UUID(int=high << 64 | 0b10 << 62 | random & (1 << 62) - 1)


class TransferKind(models.TextChoices):
    """Why money moved."""

    DEPOSIT = "deposit", _("deposit")
    TRANSFER = "transfer", _("transfer")
    DUES = "dues", _("dues")
    SCHEDULED = "scheduled", _("scheduled transfer")
    SPENDING = "spending", _("spending")
    REVERSAL = "reversal", _("reversal")


class NeverChanged(models.Model):
    """A row that is inserted and then only read."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Insert. Raises TypeError for a row that is there already."""
        if not self._state.adding:
            raise TypeError(f"A {self._meta.verbose_name} is never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args, **kwargs):
        """Raises TypeError."""
        raise TypeError(f"A {self._meta.verbose_name} is never deleted.")


class Transfer(NeverChanged):
    """One movement of `amount` won from `source` to `target`; two entries tell its two sides.

    (`actor`, `idempotency_key`) is unique and `request_digest` the hash of what was asked: so a repeat finds
    the first answer, in the same transaction as the entries. Where a column points at a person there is no
    foreign key in the database: people are never deleted, and the key's share lock on the person's row would
    join the order of locks.
    """

    id = models.UUIDField(primary_key=True, default=new_transfer_id, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=TransferKind.choices)
    source = models.ForeignKey(Wallet, verbose_name=_("from"), on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Wallet, verbose_name=_("to"), on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))
    memo = models.CharField(_("memo"), max_length=MEMO_LENGTH, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    idempotency_key = models.CharField(max_length=KEY_LENGTH)
    request_digest = models.CharField(max_length=64)
    reverses = models.OneToOneField(
        "self", verbose_name=_("reverses"), on_delete=models.PROTECT, null=True, related_name="reversal"
    )
    dues_plan = models.ForeignKey(
        "wallets.DuesPlan", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    dues_member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=MOST_AMOUNT), name="transfer_amount_in_bounds"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="transfer_between_two_wallets"),
            models.UniqueConstraint(fields=["actor", "idempotency_key"], name="transfer_once_per_key"),
        ]
        indexes = [models.Index(fields=["dues_plan", "dues_member"], name="transfer_by_dues")]

    def __str__(self) -> str:
        return str(self.id)


class LedgerEntry(NeverChanged):
    """One side of a transfer: `amount` won with its sign. A wallet's entries are numbered without a gap and
    say the balance after each. EXTERNAL's have neither: its balance is minus the sum of all others."""

    id = models.BigAutoField(primary_key=True)
    wallet = models.ForeignKey(
        Wallet, verbose_name=_("wallet"), on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    transfer = models.ForeignKey(
        Transfer, verbose_name=_("transfer"), on_delete=models.PROTECT, related_name="entries"
    )
    sequence = models.BigIntegerField(_("number"), null=True)
    amount = models.BigIntegerField(_("amount"))
    balance_after = models.BigIntegerField(_("balance after"), null=True)
    created_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="entry_moves_something"),
            models.CheckConstraint(
                condition=Q(sequence__isnull=True, balance_after__isnull=True)
                | Q(sequence__gt=0, balance_after__gte=0, balance_after__lte=MOST_BALANCE),
                name="entry_numbered_with_balance",
            ),
            models.UniqueConstraint(fields=["wallet", "sequence"], name="entry_sequence_once"),
            models.UniqueConstraint(fields=["transfer", "wallet"], name="entry_once_per_side"),
        ]

    def __str__(self) -> str:
        return f"{self.wallet_id} #{self.sequence}"
