"""Channels and members over HTTP: parse, call the service, present. Messages have a file of their own."""

from datetime import UTC

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import checked
from chat import services
from chat.message_api import MessageSerializer, last_messages
from chat.models import Channel, Membership, Role


class PublicPersonSerializer(serializers.Serializer):
    """A person as others see them."""

    id = serializers.IntegerField()
    username = serializers.CharField(source="public_name")


class ChannelSerializer(serializers.ModelSerializer):
    """A channel; `my_role` is null for somebody who is not in it."""

    my_role = serializers.ChoiceField(choices=Role.choices, allow_null=True, read_only=True)

    class Meta:
        model = Channel
        fields = ["id", "name", "description", "is_private", "created_by", "member_count", "my_role"]
        read_only_fields = fields


class MyChannelSerializer(ChannelSerializer):
    """A channel of mine in the list."""

    last_message = MessageSerializer(allow_null=True, read_only=True)

    class Meta(ChannelSerializer.Meta):
        fields = [*ChannelSerializer.Meta.fields, "last_message"]
        read_only_fields = fields


class MembershipSerializer(serializers.ModelSerializer):
    """One person in one channel."""

    user = PublicPersonSerializer(read_only=True)
    joined_at = serializers.DateTimeField(default_timezone=UTC, read_only=True)

    class Meta:
        model = Membership
        fields = ["channel", "user", "role", "joined_at"]
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


class JoinSerializer(serializers.Serializer):
    """A private channel's password."""

    password = serializers.CharField(default=None, allow_null=True, allow_blank=True, trim_whitespace=False)


class LeaveSerializer(serializers.Serializer):
    """Who becomes an admin in my place, where I am the last one."""

    successor_id = serializers.IntegerField(default=None, allow_null=True, min_value=1)


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
        """A page of channels, each with its last message; null for all while the store is away."""
        page = super().paginate_queryset(queryset)
        last = last_messages([channel.pk for channel in page])
        for channel in page:
            channel.last_message = last.get(channel.pk)
        return page

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
            user=request.user, channel_id=channel_id, **checked(JoinSerializer, request)
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
        return Response(MembershipSerializer(membership).data)


class Members(generics.ListAPIView):
    """Who is in the channel, in the order of joining."""

    serializer_class = MembershipSerializer
    queryset = Membership.objects.none()

    def get_queryset(self):
        """The memberships, for a member."""
        return services.members(user=self.request.user, channel_id=self.kwargs["channel_id"])


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
