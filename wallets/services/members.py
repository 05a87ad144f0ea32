"""Who is in a group wallet: joins, leaves, gets a role, is handed the wallet. Somebody who leaves the channel
leaves its wallets in the same transaction."""

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from chat.models import Channel, Membership
from chat.services.locking import lock_channel, membership_of
from wallets.audit import note
from wallets.models import Wallet, WalletKind, WalletMember, WalletRole
from wallets.refusals import OwnerHandsOverFirst, WalletMemberNotFound, WalletNotFound
from wallets.rights import wallet_for
from wallets.services import dues_members
from wallets.services.locking import (
    check_still_owner,
    joined_group,
    lock_wallet,
    owned_group,
)
from wallets.services.wallets import close_locked


def join(*, user, wallet_id: int) -> WalletMember:
    """Become a member of a group wallet of my channel; joining twice is the same membership. Raises
    WalletNotFound or WalletClosed. Locks the channel, then the wallet."""
    wallet = wallet_for(user=user, wallet_id=wallet_id)
    if wallet.kind != WalletKind.GROUP:
        raise WalletNotFound
    with transaction.atomic():
        membership_of(user, lock_channel(wallet.channel_id))  # or a kick at this moment would be overtaken
        wallet = lock_wallet(wallet_id)
        member, new = WalletMember.objects.select_related("user").get_or_create(wallet=wallet, user=user)
        if new:
            dues_members.joined(wallet, user)
            note(actor=user, action="joined", wallet=wallet)
    return member


def leave(*, user, wallet_id: int) -> WalletMember:
    """Stop being a member. Raises WalletNotFound, or OwnerHandsOverFirst. Returns the membership that was."""
    return remove_member(actor=user, wallet_id=wallet_id, user_id=user.pk)


def remove_member(*, actor, wallet_id: int, user_id: int) -> WalletMember:
    """Put a member out; the owner's right, and everybody's for themselves. Raises WalletNotFound, OwnerOnly,
    WalletMemberNotFound or OwnerHandsOverFirst."""
    if user_id == actor.pk:
        joined_group(actor, wallet_id)
    else:
        owned_group(actor, wallet_id)
    with transaction.atomic():
        wallet = lock_wallet(wallet_id)
        if user_id != actor.pk:
            check_still_owner(actor, wallet)
        return _remove(wallet, _member(wallet, user_id), actor)


def set_role(*, actor, wallet_id: int, user_id: int, role: str) -> WalletMember:
    """Give a member a role; the owner's right. OWNER hands the wallet over, and the old owner becomes a
    treasurer: nothing is closed. A second call changes nothing. Raises WalletNotFound, OwnerOnly,
    WalletMemberNotFound, or OwnerHandsOverFirst when the owner gives up the role to nobody."""
    owned_group(actor, wallet_id)
    with transaction.atomic():
        wallet = lock_wallet(wallet_id)
        check_still_owner(actor, wallet)
        member = _member(wallet, user_id)
        if member.role == role:
            return member
        if member.role == WalletRole.OWNER:
            raise OwnerHandsOverFirst
        if role == WalletRole.OWNER:
            _give(wallet, _member(wallet, actor.pk), WalletRole.TREASURER, actor)
        return _give(wallet, member, WalletRole(role), actor)


def members(*, user, wallet_id: int) -> QuerySet[WalletMember]:
    """Who is in a group wallet whose books I may read. Raises WalletNotFound."""
    wallet = joined_group(user, wallet_id)
    return WalletMember.objects.filter(wallet=wallet).select_related("user").order_by("id")


def hand_over_as_operator(*, operator, wallet_id: int, user_id: int, reason: str) -> WalletMember:
    """Make another member the owner as an operator of the site, where the owner cannot or will not. Raises
    WalletNotFound or WalletMemberNotFound."""
    with transaction.atomic():
        wallet = lock_wallet(wallet_id)
        member = _member(wallet, user_id)
        owner = (
            WalletMember.objects.filter(wallet=wallet, role=WalletRole.OWNER).exclude(pk=member.pk).first()
        )
        if owner is not None:
            _give(wallet, owner, WalletRole.TREASURER, operator, reason=reason)
        return _give(wallet, member, WalletRole.OWNER, operator, reason=reason)


def leave_wallets_of_channel(membership: Membership) -> None:
    """Somebody leaves a channel or is put out: its wallets too, under the channel's lock, which the caller
    holds. Raises OwnerHandsOverFirst, naming the wallet. Locks the wallets in key order."""
    theirs = WalletMember.objects.filter(user=membership.user_id, wallet__channel=membership.channel_id)
    for member in theirs.filter(wallet__closed_at=None).order_by("wallet"):
        wallet = lock_wallet(member.wallet_id)
        alone = not wallet.members.exclude(pk=member.pk).exists()
        if member.role == WalletRole.OWNER and alone and wallet.balance == 0:
            close_locked(wallet, membership.user)
        _remove(wallet, _member(wallet, membership.user_id), membership.user, closed=alone)


def close_wallets_of_channel(channel: Channel) -> None:
    """A channel closes: its wallets too. Raises WalletNotEmpty or WalletHasSchedules, naming the wallet."""
    for wallet in Wallet.objects.open().filter(channel=channel).order_by("pk"):
        owner = WalletMember.objects.select_related("user").get(wallet=wallet, role=WalletRole.OWNER).user
        close_locked(lock_wallet(wallet.pk), owner)


def _member(wallet: Wallet, user_id: int) -> WalletMember:
    member = WalletMember.objects.filter(wallet=wallet, user__id=user_id).select_related("user").first()
    if member is None:
        raise WalletMemberNotFound
    return member


def _remove(wallet: Wallet, member: WalletMember, actor, *, closed: bool = False) -> WalletMember:
    if member.role == WalletRole.OWNER and not closed:
        detail = _("“%(wallet)s” belongs to this person, who hands it over first.")
        raise OwnerHandsOverFirst(detail % {"wallet": wallet.name})
    WalletMember.objects.filter(pk=member.pk).delete()
    dues_members.left(wallet, member.user)
    _grow_version(wallet)
    note(actor=actor, action="left", wallet=wallet, user=member.user_id)
    return member


def _give(wallet: Wallet, member: WalletMember, role: WalletRole, actor, **why) -> WalletMember:
    before = member.role
    member.role = role.value
    member.save(update_fields=["role"])
    _grow_version(wallet)
    note(
        actor=actor, action="role", wallet=wallet, user=member.user_id, before=before, after=role.value, **why
    )
    return member


def _grow_version(wallet: Wallet) -> None:
    Wallet.objects.filter(pk=wallet.pk).update(rights_version=F("rights_version") + 1)
