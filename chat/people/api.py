"""Order in a channel over HTTP: my settings in it, its owner, bans, mutes, invitations."""

from datetime import UTC

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import checked
from chat import services
from chat.api import ChannelSerializer, MembershipSerializer, PublicPersonSerializer
from chat.models import Ban, Invitation, Membership, Notify
from chat.services import invitations
from chat.services.order import LONGEST_MUTE_SECONDS

LONGEST_LIFETIME_SECONDS = 365 * 86_400
_PERSON = {"min_value": 1}


class MyMembershipSerializer(MembershipSerializer):
    """What I am and want in this channel."""

    class Meta(MembershipSerializer.Meta):
        fields = [*MembershipSerializer.Meta.fields, "notify"]
        read_only_fields = fields


class NotifySerializer(serializers.Serializer):
    """What to tell me of while I am not looking."""

    notify = serializers.ChoiceField(choices=Notify.choices)


class NewOwnerSerializer(serializers.Serializer):
    """Another member."""

    user_id = serializers.IntegerField(**_PERSON)


class NewBanSerializer(serializers.Serializer):
    """A member to put out for good."""

    user_id = serializers.IntegerField(**_PERSON)
    reason = serializers.CharField(default="", allow_blank=True)


class BanSerializer(serializers.ModelSerializer):
    """Somebody who may not come in."""

    user = PublicPersonSerializer(read_only=True)
    created_by = PublicPersonSerializer(read_only=True)
    created_at = serializers.DateTimeField(default_timezone=UTC, read_only=True)

    class Meta:
        model = Ban
        fields = ["user", "reason", "created_by", "created_at"]
        read_only_fields = fields


class MuteSerializer(serializers.Serializer):
    """For how long; null: until it is lifted."""

    seconds = serializers.IntegerField(
        default=None, allow_null=True, min_value=1, max_value=LONGEST_MUTE_SECONDS
    )


class NewInvitationSerializer(serializers.Serializer):
    """How long it lasts and how many people it is for; null: for ever, any number."""

    expires_in = serializers.IntegerField(
        default=None, allow_null=True, min_value=60, max_value=LONGEST_LIFETIME_SECONDS
    )
    most_uses = serializers.IntegerField(default=None, allow_null=True, min_value=1, max_value=100_000)


class InvitationSerializer(serializers.ModelSerializer):
    """An invitation; its `url` is what to send."""

    url = serializers.SerializerMethodField()
    uses_left = serializers.IntegerField(allow_null=True, read_only=True)
    created_by = PublicPersonSerializer(read_only=True)
    created_at = serializers.DateTimeField(default_timezone=UTC, read_only=True)
    expires_at = serializers.DateTimeField(default_timezone=UTC, read_only=True, allow_null=True)

    class Meta:
        model = Invitation
        fields = [
            "id",
            "channel",
            "token",
            "url",
            "created_by",
            "created_at",
            "expires_at",
            "most_uses",
            "uses",
            "uses_left",
        ]
        read_only_fields = fields

    def get_url(self, invitation: Invitation) -> str:
        """Where whoever gets it goes."""
        return self.context["request"].build_absolute_uri(f"/invite/{invitation.token}/")


class MyMembership(APIView):
    """My own membership."""

    @extend_schema(responses=MyMembershipSerializer)
    def get(self, request, channel_id: int) -> Response:
        """What I am here, and what I am told of."""
        return Response(MyMembershipSerializer(self._mine(request, channel_id)).data)

    @extend_schema(request=NotifySerializer, responses=MyMembershipSerializer)
    def patch(self, request, channel_id: int) -> Response:
        """Choose what I am told of."""
        notify = checked(NotifySerializer, request)["notify"]
        membership = services.choose_notify(user=request.user, channel_id=channel_id, notify=notify)
        return Response(MyMembershipSerializer(membership).data)

    @staticmethod
    def _mine(request, channel_id: int) -> Membership:
        return services.members(user=request.user, channel_id=channel_id).get(user=request.user)


class Owner(APIView):
    """Whose the channel is."""

    @extend_schema(request=NewOwnerSerializer, responses=ChannelSerializer)
    def post(self, request, channel_id: int) -> Response:
        """Hand it to another member; the owner only."""
        user_id = checked(NewOwnerSerializer, request)["user_id"]
        channel = services.hand_over(actor=request.user, channel_id=channel_id, user_id=user_id)
        return Response(ChannelSerializer(channel).data)


class Bans(generics.ListAPIView):
    """Who may not come in, for admins; the last one first."""

    serializer_class = BanSerializer
    queryset = Ban.objects.none()

    def get_queryset(self):
        """The bans."""
        return services.bans(actor=self.request.user, channel_id=self.kwargs["channel_id"])

    @extend_schema(request=NewBanSerializer, responses={201: BanSerializer})
    def post(self, request, channel_id: int) -> Response:
        """Put a member out for good."""
        fields = checked(NewBanSerializer, request)
        ban = services.ban(actor=request.user, channel_id=channel_id, **fields)
        return Response(BanSerializer(ban).data, status=status.HTTP_201_CREATED)


class OneBan(APIView):
    """A ban, for admins."""

    @extend_schema(responses={204: None})
    def delete(self, request, channel_id: int, user_id: int) -> Response:
        """Let this person join again."""
        services.lift_ban(actor=request.user, channel_id=channel_id, user_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Mute(APIView):
    """Whether a member may write, for admins."""

    @extend_schema(request=MuteSerializer, responses=MembershipSerializer)
    def post(self, request, channel_id: int, user_id: int) -> Response:
        """Not for so long."""
        seconds = checked(MuteSerializer, request)["seconds"]
        membership = services.mute(
            actor=request.user, channel_id=channel_id, user_id=user_id, seconds=seconds
        )
        return Response(MembershipSerializer(membership).data)

    @extend_schema(responses={204: None})
    def delete(self, request, channel_id: int, user_id: int) -> Response:
        """Again, from now on."""
        services.lift_mute(actor=request.user, channel_id=channel_id, user_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Invitations(generics.ListAPIView):
    """The channel's invitations that were not revoked, for admins; the newest first."""

    serializer_class = InvitationSerializer
    queryset = Invitation.objects.none()

    def get_queryset(self):
        """The invitations, also those that are over."""
        return invitations.invitations(actor=self.request.user, channel_id=self.kwargs["channel_id"])

    @extend_schema(request=NewInvitationSerializer, responses={201: InvitationSerializer})
    def post(self, request, channel_id: int) -> Response:
        """A new one."""
        fields = checked(NewInvitationSerializer, request)
        made = invitations.invite(
            actor=request.user,
            channel_id=channel_id,
            lifetime_seconds=fields["expires_in"],
            most_uses=fields["most_uses"],
        )
        shown = InvitationSerializer(made, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)


class OneInvitation(APIView):
    """An invitation, for admins."""

    @extend_schema(responses={204: None})
    def delete(self, request, channel_id: int, invitation_id: int) -> Response:
        """Revoke it. Again: 204 too."""
        invitations.revoke(actor=request.user, channel_id=channel_id, invitation_id=invitation_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Accept(APIView):
    """Come in by an invitation."""

    @extend_schema(request=None, responses=MembershipSerializer)
    def post(self, request, token: str) -> Response:
        """200 with the membership, the same one every time; a private channel asks for no password."""
        membership = invitations.accept(user=request.user, token=token)
        return Response(MembershipSerializer(membership).data)
