"""What every change of a channel begins and ends with: the channel's row lock, the rights, the event."""

from uuid import uuid4

from django.contrib.auth import get_user_model

from chat import outbox
from chat.models import Channel, Membership, Role
from chat.pipeline.events import CONTROL_CHANNEL, ArrivalEvent, SystemEvent, now_ms
from chat.refusals import AccountInactive, AdminsOnly, ChannelNotFound, DirectChannel


def lock_channel(channel_id: int) -> Channel:
    """The open channel, its row locked until the transaction ends: whoever changes members or roles waits
    here, so that the member count and the rule of the last admin hold. Raises ChannelNotFound."""
    channel = Channel.objects.open().select_for_update().filter(pk=channel_id).first()
    if channel is None:
        raise ChannelNotFound
    return channel


def lock_active_person(user_id: int) -> None:
    """Hold off the deletion of this account until the transaction ends. Raises AccountInactive when it is
    gone already. Only after the channel's lock and only for somebody who is not in it: a deletion locks the
    person first and then the channels that the person is in."""
    person = get_user_model().objects.select_for_update().filter(pk=user_id).first()
    if person is None or not person.is_active:
        raise AccountInactive


def membership_of(user, channel: Channel) -> Membership:
    """This person's membership. Raises ChannelNotFound: to a stranger a channel's inside does not exist."""
    membership = Membership.objects.filter(channel=channel, user=user).select_related("user").first()
    if membership is None:
        raise ChannelNotFound
    return membership


def refuse_direct(channel: Channel) -> None:
    """For what a talk of two people has none of. Raises DirectChannel."""
    if channel.is_direct:
        raise DirectChannel


def lock_as_admin(user, channel_id: int) -> Channel:
    """The locked channel, for one of its admins. Raises AdminsOnly, ChannelNotFound to a stranger, or
    DirectChannel, which has no admins."""
    channel = lock_channel(channel_id)
    membership = membership_of(user, channel)
    refuse_direct(channel)
    if membership.role != Role.ADMIN:
        raise AdminsOnly
    return channel


def record(channel: Channel, kind: str, *, membership: Membership | None = None, **fields) -> None:
    """Write the event beside the rows, in their transaction; the log gets it after the commit."""
    if membership is not None:
        fields |= {"user": membership.user_id, "username": membership.user.public_name}
    event = SystemEvent(channel=channel.pk, id=uuid4().hex, kind=kind, sent_at=now_ms(), **fields)
    if kind == "joined":
        arrival = ArrivalEvent(CONTROL_CHANNEL, uuid4().hex, user=event.user, into=channel.pk)
        outbox.record(event, arrival)
    else:
        outbox.record(event)
