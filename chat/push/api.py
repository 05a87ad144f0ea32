"""Notifications over HTTP: which browsers are told, and when nobody is to be disturbed."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import checked
from accounts.credentials import credential_of_session, credential_of_token
from chat.push import quiet, subscriptions, vapid


class KeysSerializer(serializers.Serializer):
    """What the Push API gives beside the endpoint, in base64url."""

    p256dh = serializers.CharField()
    auth = serializers.CharField()


class SubscriptionSerializer(serializers.Serializer):
    """A browser, as `PushSubscription.toJSON()` has it."""

    endpoint = serializers.CharField()
    keys = KeysSerializer()


class EndpointSerializer(serializers.Serializer):
    """Which browser."""

    endpoint = serializers.CharField()


class PushSerializer(serializers.Serializer):
    """Whether this site sends notifications, and its public key for `pushManager.subscribe`."""

    on = serializers.BooleanField()
    key = serializers.CharField(allow_null=True)


class QuietHoursSerializer(serializers.Serializer):
    """From when to when, every day, in which time zone (IANA)."""

    begins = serializers.TimeField(format="%H:%M", input_formats=["%H:%M"])
    ends = serializers.TimeField(format="%H:%M", input_formats=["%H:%M"])
    zone = serializers.CharField(default="Asia/Seoul")


class MyQuietHoursSerializer(serializers.Serializer):
    """The same, or `null` for each."""

    begins = serializers.TimeField(format="%H:%M", allow_null=True)
    ends = serializers.TimeField(format="%H:%M", allow_null=True)
    zone = serializers.CharField(allow_null=True)


class Push(APIView):
    """Notifications of this site."""

    @extend_schema(responses=PushSerializer)
    def get(self, request) -> Response:
        """Whether there are any."""
        on = subscriptions.is_on()
        return Response({"on": on, "key": vapid.public_key() if on else None})


class Subscriptions(APIView):
    """My browsers that are told."""

    @extend_schema(request=SubscriptionSerializer, responses={204: None})
    def post(self, request) -> Response:
        """Tell this one. It hears nothing more once this log-in ends."""
        fields = checked(SubscriptionSerializer, request)
        subscriptions.subscribe(
            user=request.user, credential=_credential(request), endpoint=fields["endpoint"], **fields["keys"]
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=EndpointSerializer, responses={204: None})
    def delete(self, request) -> Response:
        """Tell it nothing more. Again: 204 too."""
        subscriptions.unsubscribe(user=request.user, **checked(EndpointSerializer, request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class MyQuietHours(APIView):
    """When I am not to be disturbed."""

    @extend_schema(responses=MyQuietHoursSerializer)
    def get(self, request) -> Response:
        """`null` for each where there are none."""
        kept = getattr(request.user, "quiet_hours", None)
        empty = {"begins": None, "ends": None, "zone": None}
        return Response(QuietHoursSerializer(kept).data if kept else empty)

    @extend_schema(request=QuietHoursSerializer, responses=QuietHoursSerializer)
    def put(self, request) -> Response:
        """Set them."""
        kept = quiet.set_quiet_hours(user=request.user, **checked(QuietHoursSerializer, request))
        return Response(QuietHoursSerializer(kept).data)

    @extend_schema(responses={204: None})
    def delete(self, request) -> Response:
        """None."""
        quiet.clear_quiet_hours(user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _credential(request) -> str:
    """The log-in that this request came with."""
    if request.auth is not None:
        return credential_of_token(request.auth.token_key)
    return credential_of_session(request.session.session_key)
