"""Messages over HTTP: the same services as the socket's."""

from uuid import uuid4

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from accounts.api import checked
from chat import log_ids, protocol
from chat.messages import changing, history, posting
from chat.messages.history import Message
from chat.messages.shapes import (
    CardSerializer,
    HistorySerializer,
    MessageSerializer,
    NoticesSerializer,
    present,
)
from chat.pipeline.events import Card
from chat.reading.unread import unread_by
from chat.refusals import ChannelNotFound


class ClientIdField(serializers.CharField):
    """A retry with the same one is the same change; without one each call is a change of its own."""

    def __init__(self, **options) -> None:
        super().__init__(required=False, default=lambda: uuid4().hex, **options)


class NewMessageSerializer(serializers.Serializer):
    """What to post; the text is the service's to judge."""

    client_id = serializers.CharField()
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    reply_to = serializers.CharField(required=False, allow_null=True, default=None)
    mentions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        default=list,
        max_length=protocol.MOST_MENTIONS,
    )
    attachments = serializers.ListField(
        child=serializers.CharField(), default=list, max_length=protocol.MOST_ATTACHMENTS
    )
    card = CardSerializer(allow_null=True, default=None)


class EditSerializer(serializers.Serializer):
    """Another text for a message."""

    client_id = ClientIdField()
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    mentions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        default=list,
        max_length=protocol.MOST_MENTIONS,
    )


class ReactionSerializer(serializers.Serializer):
    """A reaction to set, or with `on` false to take back."""

    client_id = ClientIdField()
    emoji = serializers.CharField()
    on = serializers.BooleanField(default=True)


class CardAnswerSerializer(serializers.Serializer):
    """My whole answer to a poll or event, by the numbers of its choices; none takes it back."""

    client_id = ClientIdField()
    choices = serializers.ListField(child=serializers.IntegerField())


class NoticeSerializer(serializers.Serializer):
    """Make it a notice, or with `on` false no longer."""

    client_id = ClientIdField()
    on = serializers.BooleanField(default=True)


class PostingRate(UserRateThrottle):
    """600 messages a minute and person. RATE_LIMITS=off lifts it."""

    scope = "messages"

    def get_rate(self) -> str:
        return "600/minute"

    def allow_request(self, request, view) -> bool:
        """Reading is not counted."""
        return not settings.RATE_LIMITS or request.method != "POST" or super().allow_request(request, view)


_POSITION = "The position of a message, exclusive."


class Messages(APIView):
    """What was said in a channel, for its members."""

    throttle_classes = [PostingRate]

    @extend_schema(
        parameters=[
            OpenApiParameter("before", OpenApiTypes.STR, description=_POSITION),
            OpenApiParameter("after", OpenApiTypes.STR, description=f"{_POSITION} Turns the order round."),
            OpenApiParameter("around", OpenApiTypes.STR, description="A position: the messages about it."),
            OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 200; 50 without it."),
        ],
        responses=HistorySerializer,
    )
    def get(self, request, channel_id: int) -> Response:
        """Messages newest first; with `after` oldest first. 503 where a page would hide a hole.

        `around` shows a message in its context: half of the page up to it, half behind it.
        """
        if posting.role_in(request.user.pk, channel_id) is None:
            raise ChannelNotFound
        asked = request.query_params
        given = asked.get("limit", "")
        limit = int(given) if given.isdecimal() and len(given) < 6 else history.PAGE_SIZE
        if asked.get("around"):
            page = history.around(channel_id=channel_id, position=asked["around"], limit=limit)
            return Response(self._page(request, page, forwards=False))
        page = history.history(
            channel_id=channel_id, before=asked.get("before"), after=asked.get("after"), limit=limit
        )
        return Response(self._page(request, page, forwards=bool(asked.get("after"))))

    @staticmethod
    def _page(request, page: history.HistoryPage, *, forwards: bool) -> dict:
        links = {"next": None, "previous": None}
        if page.messages:
            onward, back = ("after", "before") if forwards else ("before", "after")
            url = request.build_absolute_uri(request.path)
            size = f"limit={page.limit}"
            if page.more:
                links["next"] = f"{url}?{onward}={page.messages[-1].position}&{size}"
            if page.bounded:
                links["previous"] = f"{url}?{back}={page.messages[0].position}&{size}"
        return {"results": _with_readers(request, page.messages), **links}

    @extend_schema(request=NewMessageSerializer, responses={201: MessageSerializer, 200: MessageSerializer})
    def post(self, request, channel_id: int) -> Response:
        """201 once the log has the message; the same client_id again is 200 with the first message."""
        fields = checked(NewMessageSerializer, request)
        card = fields.pop("card")
        asked = protocol.Send(channel=channel_id, **fields, card=Card(**card) if card else None)
        event, position, new = posting.post_message(author=request.user, asked=asked)
        log_ids.current().message = event.id
        message = Message(event, position, request.user.username)
        return Response(present(message), status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)


class OneMessage(APIView):
    """A message, for the members of its channel."""

    throttle_classes = [PostingRate]

    @extend_schema(operation_id="channels_message_retrieve", responses=MessageSerializer)
    def get(self, request, channel_id: int, message_id: str) -> Response:
        """The message as it is now; of a deleted one its place."""
        if posting.role_in(request.user.pk, channel_id) is None:
            raise ChannelNotFound
        target, position, _changes = changing.find_target(channel_id, message_id)
        return Response(_with_readers(request, history.as_read_today([(target, position)]))[0])

    @extend_schema(request=EditSerializer, responses=MessageSerializer)
    def patch(self, request, channel_id: int, message_id: str) -> Response:
        """Another text; its author only."""
        return _changed(request, channel_id, message_id, protocol.Edit, EditSerializer)

    @extend_schema(responses={204: None})
    def delete(self, request, channel_id: int, message_id: str) -> Response:
        """Delete it for everybody; its author or an admin. Again: 204 too."""
        asked = protocol.Delete(channel=channel_id, message=message_id, client_id=uuid4().hex)
        changing.change_message(author=request.user, asked=asked)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Reactions(APIView):
    """Reactions to a message."""

    throttle_classes = [PostingRate]

    @extend_schema(request=ReactionSerializer, responses=MessageSerializer)
    def post(self, request, channel_id: int, message_id: str) -> Response:
        """Set one of mine or take it back. Again: changes nothing."""
        return _changed(request, channel_id, message_id, protocol.React, ReactionSerializer)


class Answers(APIView):
    """Answers to a poll or event."""

    throttle_classes = [PostingRate]

    @extend_schema(request=CardAnswerSerializer, responses=MessageSerializer)
    def post(self, request, channel_id: int, message_id: str) -> Response:
        """Replace my answer."""
        return _changed(request, channel_id, message_id, protocol.Answer, CardAnswerSerializer)


class Notice(APIView):
    """Whether a message is a notice of its channel."""

    throttle_classes = [PostingRate]

    @extend_schema(request=NoticeSerializer, responses=MessageSerializer)
    def post(self, request, channel_id: int, message_id: str) -> Response:
        """Make it one, or no longer; admins only."""
        return _changed(request, channel_id, message_id, protocol.Pin, NoticeSerializer)


class Notices(APIView):
    """The notices of a channel, the one pinned last first; 50 at most."""

    @extend_schema(responses=NoticesSerializer)
    def get(self, request, channel_id: int) -> Response:
        """For its members."""
        if posting.role_in(request.user.pk, channel_id) is None:
            raise ChannelNotFound
        return Response({"results": [present(one) for one in history.notices(channel_id=channel_id)]})


def _with_readers(request, messages: list[Message]) -> list[dict]:
    """Messages of one channel, the caller's own ones with how many have not read them."""
    shapes = [present(message) for message in messages]
    if messages:
        told = [(message.event, message.position) for message in messages]
        counts = unread_by(messages[0].event.channel, request.user.pk, told)
        for shape in shapes:
            if shape["id"] in counts:
                shape["unread_by"] = counts[shape["id"]]
    return shapes


def _changed(request, channel_id: int, message_id: str, ask: type[protocol.Ask], serializer) -> Response:
    asked = ask(channel=channel_id, message=message_id, **checked(serializer, request))
    return Response(present(changing.change_message(author=request.user, asked=asked)))
