"""Reading over HTTP: my marks and what is unread."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import checked
from chat import services
from chat.messages import posting
from chat.reading.marks import move_forward
from chat.reading.progress import checked_position
from chat.reading.unread import unread_in
from chat.refusals import ChannelNotFound
from chat.sockets.node import Node

CHANNELS_AT_MOST = 200


class MarkSerializer(serializers.Serializer):
    """Up to where I have read."""

    position = serializers.CharField()


class UnreadSerializer(serializers.Serializer):
    """What is unread for me in a channel: `unread` messages (at most 999; null while past messages cannot be
    read) behind my mark `position` and not behind `upto`. What comes behind `upto`, a socket that subscribes
    since there gets."""

    channel = serializers.IntegerField(source="channel_id")
    position = serializers.CharField()
    unread = serializers.IntegerField(source="count", allow_null=True)
    upto = serializers.CharField()


class UnreadListSerializer(serializers.Serializer):
    """Of all my channels; 200 at most, the newest ones."""

    results = UnreadSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class Read(APIView):
    """My mark in a channel."""

    @extend_schema(request=MarkSerializer, responses=UnreadSerializer)
    def post(self, request, channel_id: int) -> Response:
        """Move it forward, to the position of what I read last. Further back, or again: changes nothing."""
        position = checked_position(checked(MarkSerializer, request)["position"])
        if posting.role_in(request.user.pk, channel_id) is None:
            raise ChannelNotFound
        move_forward([(channel_id, request.user.pk, position)])
        node = Node.running()
        if node is not None:
            node.loop.call_soon_threadsafe(node.reading.written, channel_id, request.user.pk, position)
        return Response(UnreadSerializer(_unread(request, channel_id)).data)


class Unread(APIView):
    """What is unread for me in a channel."""

    @extend_schema(responses=UnreadSerializer)
    def get(self, request, channel_id: int) -> Response:
        """For its members."""
        return Response(UnreadSerializer(_unread(request, channel_id)).data)


class AllUnread(APIView):
    """What is unread for me."""

    @extend_schema(operation_id="channels_all_unread_retrieve", responses=UnreadListSerializer)
    def get(self, request) -> Response:
        """In each of my channels."""
        mine = services.my_channels(request.user).values_list("pk", flat=True)[:CHANNELS_AT_MOST]
        found = unread_in(request.user.pk, list(mine))
        return Response(
            UnreadListSerializer({"results": found.values(), "next": None, "previous": None}).data
        )


def _unread(request, channel_id: int):
    if posting.role_in(request.user.pk, channel_id) is None:
        raise ChannelNotFound
    return unread_in(request.user.pk, [channel_id])[channel_id]
