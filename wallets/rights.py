"""Who may see, spend from and pay into a wallet. Plain reads without a lock; the ledger compares
`rights_version` under its lock, so a right that goes meanwhile is noticed."""

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from chat.models import Membership
from wallets.models import Wallet, WalletKind, WalletMember, WalletRole
from wallets.models.wallet import SPENDERS
from wallets.refusals import SpendersOnly, WalletClosed, WalletNotFound

LARGEST_ID = 2**63 - 1


def with_role(wallets: QuerySet[Wallet], user) -> QuerySet[Wallet]:
    """The same wallets, each with this person's `my_role` or None, whether the person is `in_channel`, and
    owner and channel at hand."""
    mine = WalletMember.objects.filter(wallet=OuterRef("pk"), user=user).values("role")[:1]
    owned = Case(When(owner=user, then=Value(WalletRole.OWNER.value)), output_field=CharField())
    beside = Membership.objects.filter(channel=OuterRef("channel"), user=user, channel__closed_at=None)
    roles = wallets.annotate(my_role=Coalesce(owned, Subquery(mine)), in_channel=Exists(beside))
    return roles.select_related("owner", "channel")


def visible_to(user) -> QuerySet[Wallet]:
    """The wallets this person may look at: the own one and those of the own groups, closed ones too. A member
    of the channel who has not joined a group wallet sees that it is there."""
    seen = Q(my_role__isnull=False) | Q(in_channel=True, closed_at=None)
    return with_role(Wallet.objects.exclude(kind=WalletKind.EXTERNAL), user).filter(seen)


def wallet_for(*, user, wallet_id: int) -> Wallet:
    """One that I may look at, with `my_role` (None: in my channel, not joined). Raises WalletNotFound."""
    wallet = visible_to(user).filter(pk=wallet_id).first() if 0 < wallet_id <= LARGEST_ID else None
    if wallet is None:
        raise WalletNotFound
    return wallet


def joined_wallet(*, user, wallet_id: int) -> Wallet:
    """One whose books I may read: mine, or a group's that I joined. Raises WalletNotFound."""
    wallet = wallet_for(user=user, wallet_id=wallet_id)
    if wallet.my_role is None:
        raise WalletNotFound
    return wallet


def spendable(*, user, wallet_id: int, field: str = "source") -> Wallet:
    """One that I may spend from. Raises WalletNotFound, SpendersOnly to a member without the right, or
    WalletClosed."""
    return _spendable(_found(user, {wallet_id}).get(wallet_id), field)


def payable(*, user, wallet_id: int, field: str = "target") -> Wallet:
    """One that I may pay into: anybody's personal wallet, by its number, as with an account; a group's only
    as a member of its channel. Raises WalletNotFound or WalletClosed."""
    return _payable(_found(user, {wallet_id}).get(wallet_id), field)


def both_ends(*, user, source_id: int, target_id: int) -> tuple[Wallet, Wallet]:
    """`spendable` and `payable` in one query, with the source's PIN at hand. Raises what they raise."""
    found = _found(user, {source_id, target_id})
    return _spendable(found.get(source_id), "source"), _payable(found.get(target_id), "target")


def _found(user, wallet_ids: set[int]) -> dict[int, Wallet]:
    possible = [number for number in wallet_ids if 0 < number <= LARGEST_ID]
    wallets = with_role(Wallet.objects.exclude(kind=WalletKind.EXTERNAL), user).select_related("pin")
    return wallets.in_bulk(possible)


def _spendable(wallet: Wallet | None, field: str) -> Wallet:
    if wallet is None or (wallet.my_role is None and (not wallet.in_channel or wallet.closed_at)):
        raise WalletNotFound(field=field)
    if wallet.my_role not in SPENDERS:
        raise SpendersOnly(field=field)
    if wallet.closed_at is not None:
        raise WalletClosed(field=field)
    return wallet


def _payable(wallet: Wallet | None, field: str) -> Wallet:
    if wallet is None or (wallet.kind == WalletKind.GROUP and not wallet.in_channel):
        raise WalletNotFound(field=field)
    if wallet.closed_at is not None:
        raise WalletClosed(field=field)
    return wallet
