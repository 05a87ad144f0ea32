"""Search over HTTP."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from chat.messages.shapes import MessageSerializer, present
from chat.search.finding import PAGE_SIZE, Findings, search


class SearchRate(UserRateThrottle):
    """240 searches a minute and person: one for each letter typed. RATE_LIMITS=off lifts it."""

    scope = "search"

    def get_rate(self) -> str:
        return "240/minute"

    def allow_request(self, request, view) -> bool:
        """Whether it is within the rate."""
        return not settings.RATE_LIMITS or super().allow_request(request, view)


class FoundMessageSerializer(MessageSerializer):
    """A message, and where the words stand in its `text`: [start, end) in code points, in order."""

    highlights = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
    )


class FindingsSerializer(serializers.Serializer):
    """A page of what was found, newest first. It may hold fewer messages than `limit`, even none, and still
    have a `next`. `indexed_until`: messages sent after this time are not findable yet; usually null."""

    results = FoundMessageSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    indexed_until = serializers.DateTimeField(allow_null=True)


_DESCRIPTION = (
    "Words, all of which have to stand in the message, phrases in double quotes and from:@name. "
    "1 to 100 characters."
)
_asks = extend_schema(
    parameters=[
        OpenApiParameter("q", OpenApiTypes.STR, required=True, description=_DESCRIPTION),
        OpenApiParameter("before", OpenApiTypes.STR, description="The cursor that `next` holds."),
        OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 50; 20 without it."),
    ],
    responses=FindingsSerializer,
)


class ChannelSearch(APIView):
    """Messages of a channel by their words, for its members."""

    throttle_classes = [SearchRate]

    @_asks
    def get(self, request, channel_id: int) -> Response:
        """What fits, newest first."""
        return _answer(request, channel_id)


class MessageSearch(APIView):
    """Messages of all my channels by their words."""

    throttle_classes = [SearchRate]

    @_asks
    def get(self, request) -> Response:
        """What fits, newest first, from the channels that I am in now."""
        return _answer(request, None)


def _answer(request, channel_id: int | None) -> Response:
    asked = request.query_params
    limit = asked.get("limit", "")
    findings = search(
        user=request.user,
        text=asked.get("q", ""),
        channel_id=channel_id,
        before=asked.get("before"),
        limit=int(limit) if limit.isdecimal() and len(limit) < 6 else PAGE_SIZE,
    )
    results = [present(hit.message) | {"highlights": hit.highlights} for hit in findings.hits]
    return Response({"results": results, **_links(request, findings), "indexed_until": _until(findings)})


def _links(request, findings: Findings) -> dict:
    """Pages lead on, not back: `previous` is there because every list has it."""
    if findings.next is None:
        return {"next": None, "previous": None}
    kept = {name: request.query_params[name] for name in ("q", "limit") if name in request.query_params}
    query = urlencode(kept | {"before": findings.next})
    return {"next": f"{request.build_absolute_uri(request.path)}?{query}", "previous": None}


def _until(findings: Findings) -> str | None:
    if findings.indexed_until is None:
        return None
    moment = datetime.fromtimestamp(findings.indexed_until / 1000, UTC)
    return moment.isoformat().replace("+00:00", "Z")
