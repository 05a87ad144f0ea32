"""Photos and files over HTTP: upload them, list those of a channel. Their bytes: views.py."""

from datetime import UTC

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from chat.api import PublicPersonSerializer
from chat.attachments import files as attachment_files
from chat.attachments.uploads import receive
from chat.messages import posting
from chat.messages.shapes import AttachedFileSerializer
from chat.models import Attachment
from chat.refusals import ChannelNotFound


class SentAttachmentSerializer(AttachedFileSerializer):
    """A photo or file that a message shows. `message` and `position` lead to it."""

    message = serializers.CharField(source="message_id")
    position = serializers.CharField()
    uploader = PublicPersonSerializer()
    created_at = serializers.DateTimeField(default_timezone=UTC)


class UploadSerializer(serializers.Serializer):
    """The form to send: multipart/form-data with one file."""

    file = serializers.FileField()


class UploadRate(UserRateThrottle):
    """120 files a minute and person. RATE_LIMITS=off lifts it."""

    scope = "uploads"

    def get_rate(self) -> str:
        return "120/minute"

    def allow_request(self, request, view) -> bool:
        """Reading is not counted."""
        return not settings.RATE_LIMITS or request.method != "POST" or super().allow_request(request, view)


class Attachments(generics.ListAPIView):
    """Photos and files of a channel, for its members. The bytes are at
    `/channels/{channel}/attachments/{id}/`, and of a photo small ones at `…/thumbnail/`."""

    serializer_class = SentAttachmentSerializer
    queryset = Attachment.objects.none()
    parser_classes = [MultiPartParser]
    throttle_classes = [UploadRate]

    def get_queryset(self):
        """Those of messages, newest first."""
        channel_id = self.kwargs["channel_id"]
        if posting.role_in(self.request.user.pk, channel_id) is None:
            raise ChannelNotFound
        kind = self.request.query_params.get("kind")
        return attachment_files.sent(channel_id, kind if kind in attachment_files.KINDS else None)

    def paginate_queryset(self, queryset):
        """A page; what no stored message shows is left out of it."""
        return attachment_files.shown(super().paginate_queryset(queryset))

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "kind", OpenApiTypes.STR, enum=attachment_files.KINDS, description="Both without it."
            )
        ]
    )
    def get(self, request, channel_id: int) -> Response:
        """Newest first."""
        return super().get(request)

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={201: AttachedFileSerializer})
    def post(self, request, channel_id: int) -> Response:
        """201 with what a message may take as one of its `attachments` within a day. Photos (JPEG, PNG, GIF,
        WebP, AVIF, HEIC, told by their content) are drawn anew, upright and without what the camera noted."""
        attachment = receive(user=request.user, channel_id=channel_id, upload=request.FILES.get("file"))
        return Response(AttachedFileSerializer(attachment).data, status=status.HTTP_201_CREATED)
