"""Notes who did what to a wallet."""

from wallets.models import AuditRecord, Wallet


def note(*, actor, action: str, wallet: Wallet, **detail) -> AuditRecord:
    """Write it beside the change, in its transaction. `detail` holds JSON values and never a secret."""
    return AuditRecord.objects.create(actor_id=actor.pk, action=action, wallet_id=wallet.pk, detail=detail)
