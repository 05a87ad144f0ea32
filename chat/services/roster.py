"""The rows of a channel's members: admitted, removed, given a role or the whole channel. Everything here
wants the channel's lock held by its caller, and records its event."""

from collections.abc import Callable

from chat.models import Ban, Channel, KeptMute, Membership, Role
from chat.refusals import (
    AdminsOnly,
    Banned,
    ChannelNotFound,
    LastAdmin,
    MemberNotFound,
    OwnerProtected,
    SuccessorNotMember,
)
from chat.services.channels import close_locked
from chat.services.locking import lock_active_person, record

# Up to this many members the talk says who came and who went: in a crowd such lines would be all there is to
# read.
LINES_UP_TO = 100

# Called with the membership under the channel's lock, before it goes; a Refusal raised here keeps it.
before_leaving: list[Callable[[Membership], None]] = []


def member_of(channel: Channel, user_id: int) -> Membership:
    """This person's membership. Raises MemberNotFound."""
    # user__id, not user_id: only so an id beyond 64 bits finds nobody instead of overflowing in SQLite.
    membership = Membership.objects.filter(channel=channel, user__id=user_id).select_related("user").first()
    if membership is None:
        raise MemberNotFound
    membership.channel = channel
    return membership


def protect_owner(membership: Membership) -> None:
    """For what nobody does to the owner. Raises OwnerProtected."""
    if membership.user_id == membership.channel.owner_id:
        raise OwnerProtected


def admit(user, channel: Channel, *, quietly: bool = False) -> tuple[Membership, bool]:
    """Make this person a member; False when they were one before. A mute that they left with goes on.
    `quietly`: without a line in the talk.

    Raises Banned, AccountInactive, or ChannelNotFound for the talk of two people.
    """
    present = Membership.objects.filter(channel=channel, user=user).select_related("user").first()
    if present is not None:
        return present, False
    if channel.is_direct:
        raise ChannelNotFound
    if Ban.objects.filter(channel=channel, user=user).exists():
        raise Banned
    lock_active_person(user.pk)
    kept = KeptMute.objects.filter(channel=channel, user=user).first()
    # The unique key has the last word, whatever the locks did: then the other request's row is the answer.
    membership, created = Membership.objects.get_or_create(
        channel=channel, user=user, defaults={"muted_until": kept and kept.until}
    )
    if created:
        if kept is not None:
            kept.delete()
        channel.member_count += 1
        channel.save(update_fields=["member_count"])
        line = None if quietly else _line(channel, membership)
        record(channel, "joined", membership=membership, role=membership.role, slip=line)
    return membership, created


def remove(channel: Channel, membership: Membership, kind: str, *, quietly: bool = False) -> None:
    """Take a member out; the last one closes the channel. `quietly`: without a line in the talk."""
    for leave_behind in before_leaving:
        leave_behind(membership)
    if membership.is_muted:
        KeptMute.objects.update_or_create(
            channel=channel, user_id=membership.user_id, defaults={"until": membership.muted_until}
        )
    line = None if quietly else _line(channel, membership)
    Membership.objects.filter(pk=membership.pk).delete()
    channel.member_count -= 1
    channel.save(update_fields=["member_count"])
    record(channel, kind, membership=membership, slip=line)
    if channel.member_count == 0:
        close_locked(channel)


def give_role(channel: Channel, membership: Membership, role: Role) -> None:
    """A second call changes nothing."""
    if membership.role != role:
        membership.role = role.value
        membership.save(update_fields=["role"])
        record(channel, "role", membership=membership, role=role.value)


def give_ownership(channel: Channel, membership: Membership) -> None:
    """Make this member the owner, who is an admin. The one before stays what else they are."""
    give_role(channel, membership, Role.ADMIN)
    if channel.owner_id != membership.user_id:
        channel.owner = membership.user
        channel.save(update_fields=["owner"])
        record(channel, "owner", membership=membership)


def mute_until(channel: Channel, membership: Membership, until) -> None:
    """Let them write again after this moment; None: now. A second call changes nothing."""
    if membership.muted_until != until:
        membership.muted_until = until
        membership.save(update_fields=["muted_until"])
        record(channel, "muted", membership=membership, until=int(until.timestamp() * 1000) if until else 0)


def arrange_succession(channel: Channel, leaving: Membership, successor_id: int | None) -> None:
    """Before somebody goes: the successor becomes an admin, and the owner if the owner goes. Without a named
    one the admin who has been a member longest owns the channel.

    Raises AdminsOnly to a member who names a successor, SuccessorNotMember, or LastAdmin.
    """
    others = Membership.objects.filter(channel=channel).exclude(pk=leaving.pk)
    others = others.select_related("user").order_by("pk")
    if successor_id is None:
        successor = others.filter(role=Role.ADMIN).first()
        if leaving.role == Role.ADMIN and successor is None and others.exists():
            raise LastAdmin
    else:
        if leaving.role != Role.ADMIN:
            raise AdminsOnly  # or any member could make admins by leaving
        successor = others.filter(user__id=successor_id).first()
        if successor is None:
            raise SuccessorNotMember
        give_role(channel, successor, Role.ADMIN)
    if successor is not None and channel.owner_id == leaving.user_id:
        give_ownership(channel, successor)


def _line(channel: Channel, membership: Membership) -> dict | None:
    """What the talk says of it (chat/people/lines.py), if the channel is small enough for such lines."""
    if channel.member_count > LINES_UP_TO:
        return None
    return {"user": membership.user_id, "username": membership.user.public_name}
