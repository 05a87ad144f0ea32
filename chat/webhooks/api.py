"""Webhooks over HTTP: an admin makes and revokes them, programs post to their addresses."""

from datetime import UTC

import msgspec
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts.api import OneFormat, checked
from accounts.refusals import Refusal
from chat.models import Webhook
from chat.webhooks import addresses

MOST_BYTES = 64 * 1024
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class HookTooLarge(Refusal):
    """More than MOST_BYTES."""

    code, status = "too_large", 413
    detail = _("The request is too large.")


class WebhookSerializer(serializers.ModelSerializer):
    """A webhook without its secret. `author` is the author id of its messages, a negative one."""

    author = serializers.IntegerField(source="author_id")
    created_at = serializers.DateTimeField(default_timezone=UTC)
    last_used_at = serializers.DateTimeField(default_timezone=UTC, allow_null=True)

    class Meta:
        model = Webhook
        fields = ["id", "name", "author", "created_by", "created_at", "last_used_at"]
        read_only_fields = fields


class WebhookListSerializer(serializers.Serializer):
    """All living webhooks of a channel: they are few."""

    results = WebhookSerializer(many=True)


class NewWebhookSerializer(serializers.Serializer):
    """The name that stands beside its messages."""

    name = serializers.CharField(trim_whitespace=False)


class MadeWebhookSerializer(WebhookSerializer):
    """A webhook with its address, shown this once: only a digest is kept."""

    url = serializers.SerializerMethodField()

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "url"]
        read_only_fields = fields

    def get_url(self, webhook: Webhook) -> str:
        """Where to post."""
        return self.context["url"]


def address_of(request, token: str) -> str:
    """The whole address that holds this token."""
    return request.build_absolute_uri(f"/hooks/{token}/")


class Webhooks(APIView):
    """The webhooks of a channel, for its admins."""

    @extend_schema(responses=WebhookListSerializer)
    def get(self, request, channel_id: int) -> Response:
        """The living ones, newest first."""
        found = addresses.webhooks_of(user=request.user, channel_id=channel_id)
        return Response({"results": WebhookSerializer(found, many=True).data})

    @extend_schema(request=NewWebhookSerializer, responses={201: MadeWebhookSerializer})
    def post(self, request, channel_id: int) -> Response:
        """201 with a new one; `url` is shown this once."""
        name = checked(NewWebhookSerializer, request)["name"]
        made, token = addresses.make_webhook(user=request.user, channel_id=channel_id, name=name)
        shown = MadeWebhookSerializer(made, context={"url": address_of(request, token)})
        return Response(shown.data, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class OneWebhook(APIView):
    """One webhook, for the channel's admins."""

    @extend_schema(responses={204: None})
    def delete(self, request, channel_id: int, webhook_id: int) -> Response:
        """Revoke it: its address is dead at once."""
        addresses.revoke_webhook(user=request.user, channel_id=channel_id, webhook_id=webhook_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WebhookRate(SimpleRateThrottle):
    """60 messages a minute and webhook. RATE_LIMITS=off lifts it."""

    scope = "webhook"

    def get_rate(self) -> str:
        return "60/minute"

    def get_cache_key(self, request, view) -> str:
        return f"webhook:{view.webhook.pk}"


class HookMessage(msgspec.Struct):
    """What a program posts. Whatever else a Slack message has is ignored."""

    text: str
    client_id: str | None = None


_decoder = msgspec.json.Decoder(HookMessage)


class Hook(APIView):
    """The address of a webhook. Who knows it may post; there is no other log-in and no cookie counts."""

    authentication_classes = []
    permission_classes = [AllowAny]
    content_negotiation_class = OneFormat
    schema = None

    def post(self, request, token: str) -> Response:
        """201 once the log has the message; the same client_id again is 200 with the first one."""
        self.webhook = addresses.webhook_of(token)
        self._check_rate(request)
        asked = _read(request._request)
        event, position, new = addresses.post_from(self.webhook, text=asked.text, client_id=asked.client_id)
        told = {"id": event.id, "position": str(position), "channel": event.channel}
        return Response(told, status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)

    def _check_rate(self, request) -> None:
        # Not by throttle_classes: they would count before it is known whose address this is.
        rate = WebhookRate()
        if settings.RATE_LIMITS and not rate.allow_request(request, self):
            raise exceptions.Throttled(rate.wait())


def _read(request) -> HookMessage:
    """The body's message: JSON, or Slack's form with JSON in `payload`. Raises HookTooLarge, ParseError,
    UnsupportedMediaType."""
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise HookTooLarge
    kind = request.content_type
    if kind == FORM:
        body = _payload_of(body)
    elif kind != JSON:
        raise exceptions.UnsupportedMediaType(kind)
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise exceptions.ParseError from None


def _payload_of(form: bytes) -> bytes:
    try:
        return QueryDict(form, encoding="utf-8").get("payload", "").encode()
    except SuspiciousOperation:  # a thousand fields
        raise exceptions.ParseError from None
