"""What every change of a wallet begins with: the right, read without a lock, and again under the wallet's."""

from wallets.models import Wallet, WalletKind, WalletMember, WalletRole
from wallets.refusals import OwnerOnly, WalletClosed, WalletNotFound
from wallets.rights import joined_wallet


def lock_wallet(wallet_id: int) -> Wallet:
    """The open wallet, its row locked until the transaction ends. Raises WalletNotFound or WalletClosed.
    After the channel's lock, where both are taken; of two wallets the one with the smaller key first."""
    wallet = Wallet.objects.select_for_update().exclude(kind=WalletKind.EXTERNAL).filter(pk=wallet_id).first()
    if wallet is None:
        raise WalletNotFound
    if wallet.closed_at is not None:
        raise WalletClosed
    return wallet


def joined_group(user, wallet_id: int) -> Wallet:
    """A group wallet that this person is a member of. Raises WalletNotFound."""
    wallet = joined_wallet(user=user, wallet_id=wallet_id)
    if wallet.kind != WalletKind.GROUP:
        raise WalletNotFound
    return wallet


def owned_wallet(user, wallet_id: int) -> Wallet:
    """A wallet that this person owns. Raises WalletNotFound, or OwnerOnly to another member."""
    wallet = joined_wallet(user=user, wallet_id=wallet_id)
    if wallet.my_role != WalletRole.OWNER:
        raise OwnerOnly
    return wallet


def owned_group(user, wallet_id: int) -> Wallet:
    """A group wallet that this person owns. Raises WalletNotFound or OwnerOnly."""
    wallet = joined_group(user, wallet_id)
    if wallet.my_role != WalletRole.OWNER:
        raise OwnerOnly
    return wallet


def check_still_owner(user, wallet: Wallet) -> None:
    """Under the wallet's lock: the right may have gone while this request waited. Raises OwnerOnly."""
    if not WalletMember.objects.filter(wallet=wallet, user=user, role=WalletRole.OWNER).exists():
        raise OwnerOnly
