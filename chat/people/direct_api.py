"""Direct channels over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import checked
from chat import services
from chat.api import ChannelSerializer


class DirectSerializer(serializers.Serializer):
    """Whom to talk to."""

    user_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class Direct(APIView):
    """The talk of two people."""

    @extend_schema(
        request=DirectSerializer,
        responses={201: ChannelSerializer, 200: ChannelSerializer},
        operation_id="channels_direct_create",
    )
    def post(self, request) -> Response:
        """201 with the channel of these two, 200 when there is one already. Only with somebody who shares a
        channel with the caller."""
        other_id = checked(DirectSerializer, request)["user_id"]
        channel, new = services.open_direct(user=request.user, other_id=other_id)
        code = status.HTTP_201_CREATED if new else status.HTTP_200_OK
        return Response(ChannelSerializer(channel).data, status=code)
