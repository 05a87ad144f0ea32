"""Who may open a channel's page. To anybody else the page does not exist."""

from django.http import Http404, HttpRequest

from chat import services
from chat.models import Channel, Role
from chat.refusals import ChannelNotFound


def my_channel(request: HttpRequest, channel_id: int) -> Channel:
    """A channel that this person is in, with `my_role`. Raises Http404."""
    try:
        return services.channel_for(user=request.user, channel_id=channel_id)
    except ChannelNotFound as unknown:
        raise Http404 from unknown


def administered(request: HttpRequest, channel_id: int) -> Channel:
    """A channel that this person is an admin of. Raises Http404."""
    channel = my_channel(request, channel_id)
    if channel.my_role != Role.ADMIN:
        raise Http404
    return channel


def public_channel(channel_id: int) -> Channel | None:
    """An open channel that everybody may find."""
    return Channel.objects.open().filter(pk=channel_id, is_private=False).first()
