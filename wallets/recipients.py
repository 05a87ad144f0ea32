"""Whom one can send money to by name: people of one's channels who have a wallet, and the channels'
wallets."""

from django.db.models import Q, QuerySet

from chat.models import Membership
from wallets.models import Wallet, WalletKind
from wallets.refusals import WalletNotFound
from wallets.rights import payable, with_role


def recipient(user, wallet_id: int) -> Wallet:
    """One of them, or a wallet of one's own. Raises WalletClosed or WalletNotFound, this also for the number
    of a stranger's, whose name is not this person's to know."""
    wallet = payable(user=user, wallet_id=wallet_id)
    known = wallet.kind == WalletKind.GROUP or wallet.owner_id == user.pk
    if not known and not person_recipients(user).filter(pk=wallet.pk).exists():
        raise WalletNotFound
    return wallet


def person_recipients(user, words: str = "") -> QuerySet[Wallet]:
    """The open wallets of people who share a channel with this person, by name."""
    mine = Membership.objects.filter(user=user, channel__closed_at=None).values("channel")
    beside = Membership.objects.filter(channel__in=mine).exclude(user=user).values("user")
    people = Wallet.objects.open().filter(kind=WalletKind.PERSONAL, owner__in=beside)
    if words:
        people = people.filter(owner__username__icontains=words)
    return people.select_related("owner").order_by("owner__username", "pk")


def group_recipients(user, words: str = "") -> QuerySet[Wallet]:
    """The open wallets of this person's channels, joined or not, by name."""
    groups = with_role(Wallet.objects.open().filter(kind=WalletKind.GROUP), user).filter(in_channel=True)
    if words:
        groups = groups.filter(Q(name__icontains=words) | Q(channel__name__icontains=words))
    return groups.order_by("name", "pk")
