"""Reporting a message over HTTP."""

from datetime import UTC

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import checked
from chat.models import Report, ReportReason
from chat.reports import reporting


class NewReportSerializer(serializers.Serializer):
    """Why, and what else the operators should know."""

    reason = serializers.ChoiceField(choices=ReportReason.choices)
    note = serializers.CharField(required=False, allow_blank=True, default="", trim_whitespace=False)


class ReportSerializer(serializers.ModelSerializer):
    """My report. What became of it the operators keep to themselves."""

    message = serializers.CharField(source="message_id")
    created_at = serializers.DateTimeField(default_timezone=UTC)

    class Meta:
        model = Report
        fields = ["id", "channel", "message", "reason", "note", "created_at"]
        read_only_fields = fields


class MessageReport(APIView):
    """My report of somebody else's message."""

    @extend_schema(request=NewReportSerializer, responses={201: ReportSerializer, 200: ReportSerializer})
    def post(self, request, channel_id: int, message_id: str) -> Response:
        """201 when it is before the operators; again: 200 with the first one. 20 a day."""
        made, new = reporting.report_message(
            user=request.user,
            channel_id=channel_id,
            message_id=message_id,
            **checked(NewReportSerializer, request),
        )
        answer = ReportSerializer(made).data
        return Response(answer, status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)
