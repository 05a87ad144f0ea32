"""Who is in a channel: joins, leaves, is kicked, gets a role. Each change holds the channel's lock and
records its event."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import attempts
from accounts.attempts import Counter
from chat.models import Channel, Membership, Role
from chat.refusals import (
    AdminsOnly,
    CannotRemoveYourself,
    ChannelNotFound,
    ChannelPasswordRequired,
    ChannelPasswordWrong,
    LastAdmin,
    MemberNotFound,
    SuccessorNotMember,
)
from chat.services.channels import channel_for, close_locked
from chat.services.locking import lock_active_person, lock_as_admin, lock_channel, membership_of, record

WRONG_GUESSES_PER_PERSON = 10
WRONG_GUESSES_PER_CHANNEL = 100

# Called with the membership under the channel's lock, before it goes; a Refusal raised here keeps it.
before_leaving: list[Callable[[Membership], None]] = []


def join(*, user, channel_id: int, password: str | None = None) -> Membership:
    """Become a member; a private channel asks for its password. Joining twice is the same membership.

    Raises ChannelNotFound, ChannelPasswordRequired, ChannelPasswordWrong, TooManyAttempts or
    AccountInactive. The password is compared before the channel is locked, since hashing is slow.
    """
    channel = Channel.objects.open().filter(pk=channel_id).first()
    if channel is None:
        raise ChannelNotFound
    present = Membership.objects.filter(channel=channel, user=user).select_related("user").first()
    if present is not None:
        return present
    if channel.is_private:
        _check_password(user, channel, password)
    with transaction.atomic():
        locked = lock_channel(channel_id)
        if locked.is_private and locked.password != channel.password:
            raise ChannelPasswordWrong  # it was changed between the comparison and the lock
        return _admit(user, locked)


def leave(*, user, channel_id: int, successor_id: int | None = None) -> Membership:
    """Go. The last admin among others names a successor; the last member closes the channel.

    Returns the membership that was. Raises ChannelNotFound, LastAdmin, SuccessorNotMember, or AdminsOnly to
    a member who names a successor.
    """
    with transaction.atomic():
        channel = lock_channel(channel_id)
        membership = membership_of(user, channel)
        _hand_over(channel, membership, successor_id)
        _remove(channel, membership, "left")
    return membership


def kick(*, actor, channel_id: int, user_id: int) -> Membership:
    """Put a member out; an admin's right. Returns the membership that was.

    Raises ChannelNotFound, AdminsOnly, MemberNotFound (also the second time) or CannotRemoveYourself.
    """
    with transaction.atomic():
        channel = lock_as_admin(actor, channel_id)
        membership = _member(channel, user_id)
        if membership.user_id == actor.pk:
            raise CannotRemoveYourself
        _remove(channel, membership, "removed")
    return membership


def set_role(*, actor, channel_id: int, user_id: int, role: str) -> Membership:
    """Give a member a role; an admin's right. A second call changes nothing.

    Raises ChannelNotFound, AdminsOnly, MemberNotFound, or LastAdmin when nobody else could follow.
    """
    with transaction.atomic():
        channel = lock_as_admin(actor, channel_id)
        membership = _member(channel, user_id)
        if role != Role.ADMIN and membership.role == Role.ADMIN:
            others = Membership.objects.filter(channel=channel, role=Role.ADMIN).exclude(pk=membership.pk)
            if not others.exists():
                raise LastAdmin(field="role")
        _give_role(channel, membership, Role(role))
    return membership


def members(*, user, channel_id: int) -> QuerySet[Membership]:
    """Who is in this channel, for its members. Raises ChannelNotFound. The entrance pages it."""
    channel = channel_for(user=user, channel_id=channel_id)
    return Membership.objects.filter(channel=channel).select_related("user").order_by("id")


def leave_every_channel(user) -> None:
    """Take a person out of all channels, in the transaction that deletes the account.

    Raises LastAdmin, naming the channel, where a successor has to be named first. Locks the channels in key
    order.
    """
    for channel in Channel.objects.of(user).order_by("pk"):
        try:
            leave(user=user, channel_id=channel.pk)
        except LastAdmin as last:
            detail = _("You are the last admin of “%(channel)s”. Name a successor there first.")
            raise LastAdmin(detail % {"channel": channel.name}) from last


def remove_member_as_operator(*, membership_id: int) -> Membership:
    """Put a member out as an operator of the site. Raises MemberNotFound, or LastAdmin among others."""
    found = Membership.objects.filter(pk=membership_id).select_related("user").first()
    if found is None:
        raise MemberNotFound
    with transaction.atomic():
        channel = lock_channel(found.channel_id)
        membership = _member(channel, found.user_id)
        _hand_over(channel, membership, None)
        _remove(channel, membership, "removed")
    return membership


def _check_password(user, channel: Channel, password: str | None) -> None:
    if not password:
        raise ChannelPasswordRequired
    counters = (
        Counter(f"join:{channel.pk}:{user.pk}", WRONG_GUESSES_PER_PERSON),
        Counter(f"join:{channel.pk}", WRONG_GUESSES_PER_CHANNEL, shared=True),
    )
    attempts.spend(*counters)
    if not channel.accepts_password(password):
        raise ChannelPasswordWrong
    attempts.forgive(*counters)


def _admit(user, channel: Channel) -> Membership:
    present = Membership.objects.filter(channel=channel, user=user).select_related("user").first()
    if present is not None:
        return present
    lock_active_person(user.pk)
    # The unique key has the last word, whatever the locks did: then the other request's row is the answer.
    membership, created = Membership.objects.get_or_create(channel=channel, user=user)
    if created:
        channel.member_count += 1
        channel.save(update_fields=["member_count"])
        record(channel, "joined", membership=membership, role=membership.role)
    return membership


def _member(channel: Channel, user_id: int) -> Membership:
    # user__id, not user_id: only so an id beyond 64 bits finds nobody instead of overflowing in SQLite.
    membership = Membership.objects.filter(channel=channel, user__id=user_id).select_related("user").first()
    if membership is None:
        raise MemberNotFound
    return membership


def _give_role(channel: Channel, membership: Membership, role: Role) -> None:
    if membership.role != role:
        membership.role = role.value
        membership.save(update_fields=["role"])
        record(channel, "role", membership=membership, role=role.value)


def _hand_over(channel: Channel, membership: Membership, successor_id: int | None) -> None:
    """Before somebody goes: the successor becomes an admin; without one an admin has to remain."""
    others = Membership.objects.filter(channel=channel).exclude(pk=membership.pk)
    if successor_id is not None:
        if membership.role != Role.ADMIN:
            raise AdminsOnly  # or any member could make admins by leaving
        successor = others.filter(user__id=successor_id).select_related("user").first()
        if successor is None:
            raise SuccessorNotMember
        _give_role(channel, successor, Role.ADMIN)
    elif membership.role == Role.ADMIN and others.exists() and not others.filter(role=Role.ADMIN).exists():
        raise LastAdmin


def _remove(channel: Channel, membership: Membership, kind: str) -> None:
    """Take a row out under the channel's lock; the last member closes the channel."""
    for leave_behind in before_leaving:
        leave_behind(membership)
    Membership.objects.filter(pk=membership.pk).delete()
    channel.member_count -= 1
    channel.save(update_fields=["member_count"])
    record(channel, kind, membership=membership)
    if channel.member_count == 0:
        close_locked(channel)
