"""A channel as a file over HTTP."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from accounts.api import OneFormat
from chat.export.stream import export_channel


class JsonLinesExport(APIView):
    """The channel for a program."""

    content_negotiation_class = OneFormat

    @extend_schema(responses={(200, "application/x-ndjson"): OpenApiTypes.STR})
    def get(self, request, channel_id: int):
        """One JSON object a line: the channel, its members, all messages with what became of them, oldest
        first. `line` says what each is; the last one is `end`. Admins only."""
        return export_channel(user=request.user, channel_id=channel_id, form="jsonl")


class TextExport(APIView):
    """The channel for people."""

    content_negotiation_class = OneFormat

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request, channel_id: int):
        """A text, day by day. Admins only."""
        return export_channel(user=request.user, channel_id=channel_id, form="txt")
