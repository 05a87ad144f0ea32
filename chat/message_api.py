"""Messages over HTTP: the same services as the socket's."""

from datetime import UTC, datetime

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from accounts.api import checked
from chat import log_ids, posting, slips
from chat.refusals import ChannelNotFound


class AuthorSerializer(serializers.Serializer):
    """Who wrote it, by today's name. A slip has no person as its author: `id` is null, `username` the name of
    the wallet."""

    id = serializers.IntegerField(allow_null=True)
    username = serializers.CharField()


class MessageSerializer(serializers.Serializer):
    """A message. `position` orders the messages of a channel and is a cursor for before= and after=.

    What wallets tell a channel stands among the messages as a slip: then `kind` is not "message" but says
    what it is ("receipt", "dues", "spending", …), `slip` holds its facts, and `text` says them in a sentence.
    """

    kind = serializers.CharField()
    id = serializers.CharField()
    position = serializers.CharField()
    channel = serializers.IntegerField()
    author = AuthorSerializer()
    text = serializers.CharField()
    client_id = serializers.CharField()
    sent_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted = serializers.BooleanField()
    reply_to = serializers.CharField(allow_null=True)
    reactions = serializers.DictField()
    slip = serializers.DictField(allow_null=True)


class NewMessageSerializer(serializers.Serializer):
    """What to post; the text is the service's to judge."""

    client_id = serializers.CharField()
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    reply_to = serializers.CharField(required=False, allow_null=True, default=None)


class HistorySerializer(serializers.Serializer):
    """A page of messages and slips."""

    results = MessageSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class PostingRate(UserRateThrottle):
    """600 messages a minute and person. RATE_LIMITS=off lifts it."""

    scope = "messages"

    def get_rate(self) -> str:
        return "600/minute"

    def allow_request(self, request, view) -> bool:
        """Reading is not counted."""
        return not settings.RATE_LIMITS or request.method != "POST" or super().allow_request(request, view)


def present(message: posting.Message) -> dict:
    """A message or a slip as the API shows it."""
    event = message.event
    return {
        "kind": "message",
        "id": event.id,
        "position": str(message.position),
        "channel": event.channel,
        "sent_at": datetime.fromtimestamp(event.sent_at / 1000, UTC).isoformat().replace("+00:00", "Z"),
        "edited_at": None,
        "deleted": False,
        "reactions": {},
        **(_slip(message) if message.is_slip else _words(message)),
    }


def _words(message: posting.Message) -> dict:
    event = message.event
    return {
        "author": {"id": event.author.id, "username": message.author_name},
        "text": event.text,
        "client_id": event.client_id,
        "reply_to": event.reply_to,
        "slip": None,
    }


def _slip(message: posting.Message) -> dict:
    event = message.event
    return {
        "kind": event.kind,
        "author": {"id": None, "username": message.author_name},
        "text": slips.sentence_of(event),
        "client_id": "",
        "reply_to": None,
        "slip": event.slip,
    }


def last_messages(channel_ids: list[int]) -> dict[int, dict]:
    """The last stored message of each channel, presented; nothing while the store is away."""
    latest = posting.with_names_of_today(posting.latest_messages(channel_ids).values())
    return {message.event.channel: present(message) for message in latest}


_POSITION = "The position of a message, exclusive."


class Messages(APIView):
    """What was said in a channel, for its members."""

    throttle_classes = [PostingRate]

    @extend_schema(
        parameters=[
            OpenApiParameter("before", OpenApiTypes.STR, description=_POSITION),
            OpenApiParameter("after", OpenApiTypes.STR, description=f"{_POSITION} Turns the order round."),
            OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 200; 50 without it."),
        ],
        responses=HistorySerializer,
    )
    def get(self, request, channel_id: int) -> Response:
        """Messages newest first; with `after` oldest first. 503 where a page would hide a hole."""
        if posting.role_in(request.user.pk, channel_id) is None:
            raise ChannelNotFound
        asked = request.query_params
        limit = asked.get("limit", "")
        page = posting.history(
            channel_id=channel_id,
            before=asked.get("before"),
            after=asked.get("after"),
            limit=int(limit) if limit.isdecimal() and len(limit) < 6 else posting.PAGE_SIZE,
        )
        return Response(self._page(request, page, forwards=bool(asked.get("after"))))

    @staticmethod
    def _page(request, page: posting.HistoryPage, *, forwards: bool) -> dict:
        links = {"next": None, "previous": None}
        if page.messages:
            onward, back = ("after", "before") if forwards else ("before", "after")
            url = request.build_absolute_uri(request.path)
            size = f"limit={page.limit}"
            if page.more:
                links["next"] = f"{url}?{onward}={page.messages[-1].position}&{size}"
            if page.bounded:
                links["previous"] = f"{url}?{back}={page.messages[0].position}&{size}"
        return {"results": [present(message) for message in page.messages], **links}

    @extend_schema(request=NewMessageSerializer, responses={201: MessageSerializer, 200: MessageSerializer})
    def post(self, request, channel_id: int) -> Response:
        """201 once the log has the message; the same client_id again is 200 with the first message."""
        message, new = posting.post_message(
            author=request.user, channel_id=channel_id, **checked(NewMessageSerializer, request)
        )
        log_ids.current().message = message.event.id
        return Response(present(message), status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)
