"""Who may see, spend from and pay into a wallet. Plain reads without a lock; the ledger compares
`rights_version` under its lock, so a right that goes meanwhile is noticed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import public_name
from chat.models import Membership
from wallets.models import Wallet, WalletKind, WalletMember, WalletRole
from wallets.models.wallet import SPENDERS
from wallets.pins import HeldPin
from wallets.refusals import SpendersOnly, WalletClosed, WalletNotFound

LARGEST_ID = 2**63 - 1
# What `with_role` asks, by hand: every transfer asks it first, and making the statement took Django 2.6 ms.
ENDS = """
    SELECT w.id, w.kind, w.name, w.rights_version, w.approval_limit, w.closed_at,
        CASE WHEN w.owner_id = %(user)s THEN 'owner' ELSE m.role END, c.id IS NOT NULL,
        o.username, o.deleted_at, p.hash, p.locked_at
    FROM wallets_wallet w
    LEFT JOIN accounts_user o ON o.id = w.owner_id
    LEFT JOIN wallets_pin p ON p.wallet_id = w.id
    LEFT JOIN wallets_walletmember m ON m.wallet_id = w.id AND m.user_id = %(user)s
    LEFT JOIN chat_membership b ON b.channel_id = w.channel_id AND b.user_id = %(user)s
    LEFT JOIN chat_channel c ON c.id = b.channel_id AND c.closed_at IS NULL
    WHERE w.id IN (%(source)s, %(target)s) AND w.kind <> 'external'"""


@dataclass(slots=True)
class End:
    """A wallet as one end of a transfer: what is asked of it before the ledger locks it."""

    pk: int
    kind: WalletKind
    label: str
    rights_version: int
    approval_limit: int | None
    closed_at: datetime | None
    my_role: WalletRole | None
    in_channel: bool
    pin: HeldPin


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
    return _spendable(_found(user, wallet_id), field)


def payable(*, user, wallet_id: int, field: str = "target") -> Wallet:
    """One that I may pay into: anybody's personal wallet, by its number, as with an account; a group's only
    as a member of its channel. Raises WalletNotFound or WalletClosed."""
    return _payable(_found(user, wallet_id), field)


def both_ends(*, user, source_id: int, target_id: int) -> tuple[End, End]:
    """`spendable` and `payable` in one query, with the source's PIN at hand. Raises what they raise."""
    asked = {"user": user.pk, "source": source_id, "target": target_id}
    for name in ("source", "target"):
        if not 0 < asked[name] <= LARGEST_ID:
            asked[name] = None
    with connection.cursor() as cursor:
        cursor.execute(ENDS, asked)
        found = {row[0]: _end(*row) for row in cursor.fetchall()}
    return _spendable(found.get(source_id), "source"), _payable(found.get(target_id), "target")


def _end(pk, kind, name, version, limit, closed_at, role, in_channel, username, deleted_at, pin, locked_at):
    label = public_name(username, deleted_at) if kind == WalletKind.PERSONAL else name
    return End(pk, kind, label, version, limit, closed_at, role, bool(in_channel), HeldPin(pin, locked_at))


def _found(user, wallet_id: int) -> Wallet | None:
    if not 0 < wallet_id <= LARGEST_ID:
        return None
    return with_role(Wallet.objects.exclude(kind=WalletKind.EXTERNAL), user).filter(pk=wallet_id).first()


def _spendable(wallet: Wallet | End | None, field: str) -> Wallet | End:
    if wallet is None or (wallet.my_role is None and (not wallet.in_channel or wallet.closed_at)):
        raise WalletNotFound(field=field)
    if wallet.my_role not in SPENDERS:
        raise SpendersOnly(field=field)
    if wallet.closed_at is not None:
        raise WalletClosed(field=field)
    return wallet


def _payable(wallet: Wallet | End | None, field: str) -> Wallet | End:
    if wallet is None or (wallet.kind == WalletKind.GROUP and not wallet.in_channel):
        raise WalletNotFound(field=field)
    if wallet.closed_at is not None:
        raise WalletClosed(field=field)
    return wallet
