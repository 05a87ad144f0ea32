"""Lists of polls, events and answers over HTTP."""

from urllib.parse import urlencode

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from chat.cards import rules
from chat.cards.lists import answer_page, card_page
from chat.messages import api as message_api
from chat.messages import history, posting
from chat.messages.shapes import AuthorSerializer, HistorySerializer, present
from chat.refusals import ChannelNotFound

_LIMIT = OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 200; 50 without it.")


class AnsweredSerializer(serializers.Serializer):
    """What somebody chose, by the numbers of the choices."""

    user = AuthorSerializer()
    choices = serializers.ListField(child=serializers.IntegerField())


class AnswerPageSerializer(serializers.Serializer):
    """A page of answers."""

    results = AnsweredSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class CardList(APIView):
    """The messages of a channel with a card of one kind, for its members."""

    kind: str

    def page(self, request, channel_id: int) -> Response:
        """The one posted last first; deleted ones are left out."""
        _require_member(request, channel_id)
        limit, before = _limit(request), request.query_params.get("before")
        page = card_page(channel_id=channel_id, kind=self.kind, before=before, limit=limit)
        following = _following(request, before=page.before, limit=limit) if page.before else None
        return Response({"results": [present(one) for one in page.messages], **_links(following)})


_BEFORE = OpenApiParameter("before", OpenApiTypes.STR, description="The cursor of `next`.")


class Polls(CardList):
    """The polls of a channel."""

    kind = rules.POLL

    @extend_schema(
        operation_id="channels_polls_list", parameters=[_BEFORE, _LIMIT], responses=HistorySerializer
    )
    def get(self, request, channel_id: int) -> Response:
        """The one posted last first; deleted ones are left out."""
        return self.page(request, channel_id)


class Events(CardList):
    """The events of a channel."""

    kind = rules.EVENT

    @extend_schema(
        operation_id="channels_events_list", parameters=[_BEFORE, _LIMIT], responses=HistorySerializer
    )
    def get(self, request, channel_id: int) -> Response:
        """The one posted last first, whenever it takes place; deleted ones are left out."""
        return self.page(request, channel_id)


class CardAnswers(message_api.Answers):
    """Answers to a poll or event."""

    @extend_schema(
        operation_id="channels_message_answers_list",
        parameters=[
            OpenApiParameter("choice", OpenApiTypes.INT, description="Only who made this choice."),
            OpenApiParameter("after", OpenApiTypes.STR, description="The cursor of `next`."),
            _LIMIT,
        ],
        responses=AnswerPageSerializer,
    )
    def get(self, request, channel_id: int, message_id: str) -> Response:
        """Who chose what, for members, in the order of their ids."""
        _require_member(request, channel_id)
        asked, limit = request.query_params, _limit(request)
        page = answer_page(
            channel_id=channel_id,
            message_id=message_id,
            choice=_choice(asked.get("choice")),
            after=asked.get("after"),
            limit=limit,
        )
        results = [
            {"user": {"id": one.person.id, "username": one.person.username}, "choices": one.choices}
            for one in page.answers
        ]
        kept = {"choice": asked["choice"]} if asked.get("choice") else {}
        following = _following(request, after=page.after, limit=limit, **kept) if page.after else None
        return Response({"results": results, **_links(following)})


def _links(url: str | None) -> dict:
    """The links of a list that is read in one direction."""
    return {"next": url, "previous": None}


def _require_member(request, channel_id: int) -> None:
    if posting.role_in(request.user.pk, channel_id) is None:
        raise ChannelNotFound


def _limit(request) -> int:
    asked = request.query_params.get("limit", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 6 else history.PAGE_SIZE
    return max(1, min(wanted, history.PAGE_LIMIT))


def _choice(asked: str | None) -> int | None:
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 3):
        raise rules.BadAnswer(field="choice")
    return int(asked)


def _following(request, **query) -> str:
    return f"{request.build_absolute_uri(request.path)}?{urlencode(query)}"
