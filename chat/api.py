"""Channels and members over HTTP: parse, call the service, present. Messages have a file of their own."""

from datetime import UTC

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.addresses import address_of
from accounts.api import checked
from chat import services
from chat.messages.history import latest_messages
from chat.messages.shapes import MessageSerializer, present
from chat.models import Channel, Membership, Role
from chat.people.hiding import tell_windows
from chat.reading.unread import how_far_archived, unread_in


class PublicPersonSerializer(serializers.Serializer):
    """A person as others see them."""

    id = serializers.IntegerField()
    username = serializers.CharField(source="public_name")


class ChannelSerializer(serializers.ModelSerializer):
    """A channel; `my_role` is null for somebody who is not in it. A direct one (`is_direct`) is the talk of
    two people and has the name of the other one."""

    name = serializers.CharField(source="title", read_only=True)
    is_direct = serializers.BooleanField(read_only=True)
    other = serializers.SerializerMethodField()
    my_role = serializers.ChoiceField(choices=Role.choices, allow_null=True, read_only=True)

    @extend_schema_field(PublicPersonSerializer(allow_null=True))
    def get_other(self, channel: Channel) -> dict | None:
        """Whom a direct channel is with."""
        return {"id": channel.other_id, "username": channel.title} if channel.other_id else None

    class Meta:
        model = Channel
        fields = [
            "id",
            "name",
            "description",
            "is_private",
            "is_direct",
            "other",
            "created_by",
            "owner",
            "slow_seconds",
            "member_count",
            "my_role",
        ]
        read_only_fields = fields


class MyChannelSerializer(ChannelSerializer):
    """A channel of mine in the list."""

    last_message = MessageSerializer(allow_null=True, read_only=True)
    unread = serializers.IntegerField(allow_null=True, read_only=True)

    class Meta(ChannelSerializer.Meta):
        fields = [*ChannelSerializer.Meta.fields, "last_message", "unread"]
        read_only_fields = fields


class MembershipSerializer(serializers.ModelSerializer):
    """One person in one channel. Before `muted_until` they may not write."""

    user = PublicPersonSerializer(read_only=True)
    is_owner = serializers.BooleanField(read_only=True)
    joined_at = serializers.DateTimeField(default_timezone=UTC, read_only=True)
    muted_until = serializers.DateTimeField(default_timezone=UTC, read_only=True, allow_null=True)

    class Meta:
        model = Membership
        fields = ["channel", "user", "role", "is_owner", "joined_at", "muted_until"]
        read_only_fields = fields


class NewChannelSerializer(serializers.Serializer):
    """A new channel. Lengths and marks are the service's to judge, after tidying."""

    name = serializers.CharField(trim_whitespace=False)
    description = serializers.CharField(default="", allow_blank=True, trim_whitespace=False)
    is_private = serializers.BooleanField(default=False)
    password = serializers.CharField(default=None, allow_null=True, allow_blank=True, trim_whitespace=False)


class ChannelChangeSerializer(serializers.Serializer):
    """What to change; what is missing stays."""

    name = serializers.CharField(required=False, trim_whitespace=False)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    is_private = serializers.BooleanField(required=False)
    password = serializers.CharField(required=False, allow_null=True, allow_blank=True, trim_whitespace=False)
    slow_seconds = serializers.IntegerField(required=False)


class JoinSerializer(serializers.Serializer):
    """A private channel's password."""

    password = serializers.CharField(default=None, allow_null=True, allow_blank=True, trim_whitespace=False)


class LeaveSerializer(serializers.Serializer):
    """Who becomes an admin in my place, where I am the last one; the owner's successor owns the channel.
    `quietly`: without a line in the talk."""

    successor_id = serializers.IntegerField(default=None, allow_null=True, min_value=1)
    quietly = serializers.BooleanField(default=False)


class RoleSerializer(serializers.Serializer):
    """A role to give."""

    role = serializers.ChoiceField(choices=Role.choices)


class Channels(generics.ListAPIView):
    """My channels, newest first."""

    serializer_class = MyChannelSerializer
    queryset = Channel.objects.none()

    def get_queryset(self):
        """The open channels that the caller is in."""
        return services.my_channels(self.request.user)

    def paginate_queryset(self, queryset):
        """A page of channels, each with its last message and how many are unread (999: so many or more); null
        for all while the store is away. Hidden direct ones are left out."""
        page = super().paginate_queryset(queryset)
        ids = [channel.pk for channel in page]
        reached = how_far_archived()
        last = latest_messages(ids)
        positions = {channel_id: message.position for channel_id, message in last.items()}
        unread = unread_in(self.request.user.pk, ids, reached, positions)
        for channel in page:
            channel.unread = unread[channel.pk].count if channel.pk in unread else 0
            channel.last_message = present(last[channel.pk]) if channel.pk in last else None
        return [channel for channel in page if not channel.is_hidden_after(last.get(channel.pk))]

    @extend_schema(request=NewChannelSerializer, responses={201: ChannelSerializer})
    def post(self, request) -> Response:
        """201 with a new channel, of which the caller is the admin."""
        channel = services.create_channel(user=request.user, **checked(NewChannelSerializer, request))
        return Response(ChannelSerializer(channel).data, status=status.HTTP_201_CREATED)


@extend_schema(parameters=[OpenApiParameter("q", OpenApiTypes.STR, description="Words to look for.")])
class Search(generics.ListAPIView):
    """Public channels whose name or description holds the words, newest first."""

    serializer_class = ChannelSerializer
    queryset = Channel.objects.none()

    def get_queryset(self):
        """Private channels stay invisible, also to their members."""
        return services.search_channels(self.request.query_params.get("q", ""), user=self.request.user)


class OneChannel(APIView):
    """A channel, for its members; a stranger gets 404 for every one."""

    @extend_schema(responses=ChannelSerializer)
    def get(self, request, channel_id: int) -> Response:
        """The channel."""
        channel = services.channel_for(user=request.user, channel_id=channel_id)
        return Response(ChannelSerializer(channel).data)

    @extend_schema(request=ChannelChangeSerializer, responses=ChannelSerializer)
    def patch(self, request, channel_id: int) -> Response:
        """Change it; admins only."""
        changes = checked(ChannelChangeSerializer, request)
        channel = services.change_channel(user=request.user, channel_id=channel_id, **changes)
        return Response(ChannelSerializer(channel).data)

    @extend_schema(responses={204: None})
    def delete(self, request, channel_id: int) -> Response:
        """Close it for everybody; admins only."""
        services.close_channel(user=request.user, channel_id=channel_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Join(APIView):
    """Become a member."""

    @extend_schema(request=JoinSerializer, responses=MembershipSerializer)
    def post(self, request, channel_id: int) -> Response:
        """200 with the membership, the same one every time."""
        membership = services.join(
            user=request.user,
            channel_id=channel_id,
            address=address_of(request._request),
            **checked(JoinSerializer, request),
        )
        return Response(MembershipSerializer(membership).data)


class Leave(APIView):
    """Stop being a member."""

    @extend_schema(request=LeaveSerializer, responses=MembershipSerializer)
    def post(self, request, channel_id: int) -> Response:
        """200 with the membership that was."""
        membership = services.leave(
            user=request.user, channel_id=channel_id, **checked(LeaveSerializer, request)
        )
        tell_windows(membership)
        return Response(MembershipSerializer(membership).data)


@extend_schema(parameters=[OpenApiParameter("q", OpenApiTypes.STR, description="A part of the name.")])
class Members(generics.ListAPIView):
    """Who is in the channel, in the order of joining."""

    serializer_class = MembershipSerializer
    queryset = Membership.objects.none()

    def get_queryset(self):
        """The memberships, for a member."""
        words = self.request.query_params.get("q", "").replace("\x00", "").strip()
        return services.members(user=self.request.user, channel_id=self.kwargs["channel_id"], words=words)


class OneMember(APIView):
    """One member, changed by an admin."""

    @extend_schema(request=RoleSerializer, responses=MembershipSerializer)
    def patch(self, request, channel_id: int, user_id: int) -> Response:
        """Give a role."""
        role = checked(RoleSerializer, request)["role"]
        membership = services.set_role(actor=request.user, channel_id=channel_id, user_id=user_id, role=role)
        return Response(MembershipSerializer(membership).data)

    @extend_schema(responses={204: None})
    def delete(self, request, channel_id: int, user_id: int) -> Response:
        """Kick."""
        services.kick(actor=request.user, channel_id=channel_id, user_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
