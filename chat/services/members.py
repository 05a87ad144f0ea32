"""Who is in a channel: joins, leaves, is kicked, gets a role. Each change holds the channel's lock and
records its event."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import attempts
from accounts.addresses import guesser
from accounts.attempts import Counter
from chat.models import Ban, Channel, Membership, Notify, Role
from chat.refusals import (
    Banned,
    CannotRemoveYourself,
    ChannelNotFound,
    ChannelPasswordRequired,
    ChannelPasswordWrong,
    LastAdmin,
    MemberNotFound,
)
from chat.services import direct
from chat.services.channels import channel_for
from chat.services.locking import lock_as_admin, lock_channel, membership_of, refuse_direct
from chat.services.roster import admit, arrange_succession, give_role, member_of, protect_owner, remove

WRONG_GUESSES_PER_PERSON = 10
WRONG_GUESSES_PER_CHANNEL = 100
WRONG_GUESSES_PER_ADDRESS = 30  # somebody with many accounts is stopped before the channel is locked for all


def join(
    *, user, channel_id: int, password: str | None = None, quietly: bool = False, address: str = ""
) -> Membership:
    """Become a member; a private channel asks for its password. Joining twice is the same membership.
    `quietly`: without a line in the talk. `address` is the caller's network address, at which wrong passwords
    are counted too.

    Raises ChannelNotFound, ChannelPasswordRequired, ChannelPasswordWrong, Banned, TooManyAttempts or
    AccountInactive. The password is compared before the channel is locked, since hashing is slow. A private
    channel tells whoever is banned what it tells anybody: that the password is wrong.
    """
    channel = Channel.objects.open().filter(pk=channel_id).first()
    if channel is None:
        raise ChannelNotFound
    present = Membership.objects.filter(channel=channel, user=user).select_related("user").first()
    if present is not None:
        return present
    if channel.is_direct:
        raise ChannelNotFound  # before a password is asked for: nobody may know that it is there
    if channel.is_private:
        _check_password(user, channel, password, address)
    with transaction.atomic():
        locked = lock_channel(channel_id)
        if locked.is_private and locked.password != channel.password:
            raise ChannelPasswordWrong  # it was changed between the comparison and the lock
        try:
            membership, _new = admit(user, locked, quietly=quietly)
        except Banned:
            raise ChannelPasswordWrong if locked.is_private else Banned from None
    return membership


def leave(*, user, channel_id: int, successor_id: int | None = None, quietly: bool = False) -> Membership:
    """Go; `quietly` without a line in the talk. The last admin among others names a successor, the owner may:
    else the admin who has been a member longest owns the channel. The last member closes it. A direct channel
    is only hidden, until somebody writes there again.

    Returns the membership that was. Raises ChannelNotFound, LastAdmin, SuccessorNotMember, or AdminsOnly to
    a member who names a successor.
    """
    with transaction.atomic():
        channel = lock_channel(channel_id)
        membership = membership_of(user, channel)
        arrange_succession(channel, membership, successor_id)
        if channel.is_direct:
            direct.hide(membership)
        else:
            remove(channel, membership, "left", quietly=quietly)
    return membership


def kick(*, actor, channel_id: int, user_id: int) -> Membership:
    """Put a member out, who may come back; an admin's right. Returns the membership that was.

    Raises ChannelNotFound, AdminsOnly, MemberNotFound (also the second time), CannotRemoveYourself or
    OwnerProtected.
    """
    with transaction.atomic():
        channel = lock_as_admin(actor, channel_id)
        membership = member_of(channel, user_id)
        if membership.user_id == actor.pk:
            raise CannotRemoveYourself
        protect_owner(membership)
        remove(channel, membership, "removed")
    return membership


def set_role(*, actor, channel_id: int, user_id: int, role: str) -> Membership:
    """Give a member a role; an admin's right. A second call changes nothing.

    Raises ChannelNotFound, AdminsOnly, MemberNotFound, LastAdmin when nobody else could follow, or
    OwnerProtected: the owner stays an admin.
    """
    with transaction.atomic():
        channel = lock_as_admin(actor, channel_id)
        membership = member_of(channel, user_id)
        if role != Role.ADMIN and membership.role == Role.ADMIN:
            others = Membership.objects.filter(channel=channel, role=Role.ADMIN).exclude(pk=membership.pk)
            if not others.exists():
                raise LastAdmin(field="role")
            protect_owner(membership)
        give_role(channel, membership, Role(role))
    return membership


def choose_notify(*, user, channel_id: int, notify: str) -> Membership:
    """What this member wants to be told of while not looking. Raises ChannelNotFound. Again: changes
    nothing."""
    channel = channel_for(user=user, channel_id=channel_id)
    membership = membership_of(user, channel)
    membership.notify = Notify(notify).value
    membership.save(update_fields=["notify"])
    return membership


def members(*, user, channel_id: int, words: str = "") -> QuerySet[Membership]:
    """Who is in this channel, for its members; with `words` those whose name holds them. Raises
    ChannelNotFound. The entrance pages it."""
    channel = channel_for(user=user, channel_id=channel_id)
    found = Membership.objects.filter(channel=channel).select_related("user", "channel").order_by("id")
    return found.filter(user__username__icontains=words, user__deleted_at=None) if words else found


def leave_every_channel(user) -> None:
    """Take a person out of all channels, quietly, in the transaction that deletes the account.

    Raises LastAdmin, naming the channel, where a successor has to be named first. Locks the channels in key
    order.
    """
    for channel in Channel.objects.of(user).order_by("pk"):
        try:
            leave(user=user, channel_id=channel.pk, quietly=True)
        except LastAdmin as last:
            detail = _("You are the last admin of “%(channel)s”. Name a successor there first.")
            raise LastAdmin(detail % {"channel": channel.name}) from last


def remove_member_as_operator(*, membership_id: int) -> Membership:
    """Put a member out as an operator of the site; of an owner the channel goes on as when the owner leaves.
    Raises MemberNotFound, DirectChannel, or LastAdmin among others."""
    found = Membership.objects.filter(pk=membership_id).select_related("user").first()
    if found is None:
        raise MemberNotFound
    with transaction.atomic():
        channel = lock_channel(found.channel_id)
        refuse_direct(channel)
        membership = member_of(channel, found.user_id)
        arrange_succession(channel, membership, None)
        remove(channel, membership, "removed")
    return membership


def _check_password(user, channel: Channel, password: str | None, address: str) -> None:
    if not password:
        raise ChannelPasswordRequired
    counters = [
        Counter(f"join:{channel.pk}:{user.pk}", WRONG_GUESSES_PER_PERSON),
        Counter(f"join:{channel.pk}", WRONG_GUESSES_PER_CHANNEL, shared=True),
    ]
    if address:
        counters.append(Counter(f"join from {guesser(address)}", WRONG_GUESSES_PER_ADDRESS, shared=True))
    attempts.spend(*counters)
    # Also counted, or whoever is banned could tell the right password by its not being counted.
    is_banned = Ban.objects.filter(channel=channel, user=user).exists()
    if not channel.accepts_password(password) or is_banned:
        raise ChannelPasswordWrong
    attempts.forgive(*counters)
