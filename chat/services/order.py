"""Order in a channel: who owns it, who is banned, who may not write for a while. Each change holds the
channel's lock and records its event."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.text import tidy_line
from chat.models import REASON_LENGTH, Ban, Channel, Membership, Role
from chat.refusals import AdminsOnly, CannotMuteYourself, CannotRemoveYourself, MemberNotFound, OwnerOnly
from chat.services.channels import channel_for
from chat.services.locking import lock_as_admin, lock_channel, membership_of, refuse_direct
from chat.services.roster import give_ownership, member_of, mute_until, protect_owner, remove

UNTIL_LIFTED = datetime(9999, 1, 1, tzinfo=UTC)
MUTE_SECONDS = (600, 3600, 86_400)  # offered on pages; the API takes any up to the longest
LONGEST_MUTE_SECONDS = 365 * 86_400


def hand_over(*, actor, channel_id: int, user_id: int) -> Channel:
    """Make another member the owner, who becomes an admin; the owner's right, who stays an admin. A second
    call by the owner that was is refused. Raises ChannelNotFound, DirectChannel, OwnerOnly or
    MemberNotFound."""
    with transaction.atomic():
        channel = lock_channel(channel_id)
        mine = membership_of(actor, channel)
        refuse_direct(channel)
        if channel.owner_id != actor.pk:
            raise OwnerOnly
        give_ownership(channel, member_of(channel, user_id))
    channel.my_role = mine.role
    return channel


def ban(*, actor, channel_id: int, user_id: int, reason: str = "") -> Ban:
    """Put a member out for good: no password, invitation or search brings them back in. An admin's right.

    Of members only: whoever could ban any number would learn all people's names. Raises ChannelNotFound,
    AdminsOnly, DirectChannel, MemberNotFound (also the second time), CannotRemoveYourself, OwnerProtected or
    InvalidInput.
    """
    reason = tidy_line(reason, field="reason", longest=REASON_LENGTH, required=False)
    with transaction.atomic():
        channel = lock_as_admin(actor, channel_id)
        membership = member_of(channel, user_id)
        if membership.user_id == actor.pk:
            raise CannotRemoveYourself
        protect_owner(membership)
        banned = Ban.objects.create(channel=channel, user=membership.user, created_by=actor, reason=reason)
        remove(channel, membership, "removed")
    return banned


def bans(*, actor, channel_id: int) -> QuerySet[Ban]:
    """Who is banned, the last one first; an admin's right. Raises ChannelNotFound or AdminsOnly."""
    channel = channel_for(user=actor, channel_id=channel_id)
    if channel.my_role != Role.ADMIN:
        raise AdminsOnly
    return Ban.objects.filter(channel=channel).select_related("user", "created_by").order_by("-id")


def lift_ban(*, actor, channel_id: int, user_id: int) -> None:
    """Let this person join again. Raises ChannelNotFound, AdminsOnly, or MemberNotFound when nobody such is
    banned (also the second time)."""
    with transaction.atomic():
        channel = lock_as_admin(actor, channel_id)
        if not Ban.objects.filter(channel=channel, user__id=user_id).delete()[0]:
            raise MemberNotFound


def mute(*, actor, channel_id: int, user_id: int, seconds: int | None) -> Membership:
    """Let a member write nothing for so long, or without `seconds` until it is lifted; an admin's right.
    Leaving and coming back ends no mute. A second call begins anew.

    Raises ChannelNotFound, AdminsOnly, DirectChannel, MemberNotFound, CannotMuteYourself or OwnerProtected.
    """
    until = UNTIL_LIFTED if seconds is None else timezone.now() + timedelta(seconds=seconds)
    return _mute(actor, channel_id, user_id, until)


def lift_mute(*, actor, channel_id: int, user_id: int) -> Membership:
    """Let a member write again; an admin's right. Raises what `mute` raises. A second call changes
    nothing."""
    return _mute(actor, channel_id, user_id, None)


def _mute(actor, channel_id: int, user_id: int, until: datetime | None) -> Membership:
    with transaction.atomic():
        channel = lock_as_admin(actor, channel_id)
        membership = member_of(channel, user_id)
        if membership.user_id == actor.pk:
            raise CannotMuteYourself
        protect_owner(membership)
        mute_until(channel, membership, until)
    return membership
