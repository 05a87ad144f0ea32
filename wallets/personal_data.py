"""What wallets keep of a person: the wallets they are in, the books of the own one, and what they moved."""

from collections.abc import Iterator

from accounts.personal_data import File
from wallets.models import LedgerEntry, Transfer, Wallet, WalletMember
from wallets.services.history import counterparty, with_both_sides

ROWS_AT_ONCE = 1_000


def files_of(user) -> Iterator[File]:
    """The files of this person's download. Books of group wallets are the group's: only what this person
    moved stands in it."""
    own = list(Wallet.objects.filter(owner=user))
    memberships = WalletMember.objects.filter(user=user).select_related("wallet").order_by("wallet")
    wallets = [_wallet(wallet, "owner") | {"balance": wallet.balance} for wallet in own]
    wallets += [_wallet(row.wallet, row.role) for row in memberships]
    yield "wallets.json", [wallets]
    for wallet in own:
        yield f"wallets/{wallet.pk}-entries.json", _entries(wallet)
    yield "transfers.json", _asked_for(user)


def _wallet(wallet: Wallet, role: str) -> dict:
    return {
        "id": wallet.pk,
        "kind": wallet.kind,
        "name": wallet.name,
        "channel": wallet.channel_id,
        "role": role,
        "created_at": wallet.created_at.isoformat(),
        "closed_at": wallet.closed_at and wallet.closed_at.isoformat(),
    }


def _entries(wallet: Wallet) -> Iterator[list[dict]]:
    entries = LedgerEntry.objects.filter(wallet=wallet).order_by("sequence")
    last = 0
    while found := list(entries.filter(sequence__gt=last).prefetch_related(with_both_sides())[:ROWS_AT_ONCE]):
        yield [
            {
                "sequence": entry.sequence,
                "amount": entry.amount,
                "balance_after": entry.balance_after,
                "kind": entry.transfer.kind,
                "counterparty": counterparty(entry).label,
                "memo": entry.transfer.memo,
                "transfer": str(entry.transfer_id),
                "created_at": entry.created_at.isoformat(),
            }
            for entry in found
        ]
        last = found[-1].sequence


def _asked_for(user) -> Iterator[list[dict]]:
    """In the order of the unique key, which begins with who asked."""
    transfers = Transfer.objects.filter(actor=user).order_by("idempotency_key")
    last = None
    while found := list(
        (transfers if last is None else transfers.filter(idempotency_key__gt=last))[:ROWS_AT_ONCE]
    ):
        yield [
            {
                "id": str(transfer.pk),
                "kind": transfer.kind,
                "source": transfer.source_id,
                "target": transfer.target_id,
                "amount": transfer.amount,
                "memo": transfer.memo,
                "created_at": transfer.created_at.isoformat(),
            }
            for transfer in found
        ]
        last = found[-1].idempotency_key
