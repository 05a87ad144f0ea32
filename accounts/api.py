"""The account over HTTP: parse, call the service, present."""

from datetime import UTC

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import confirming, credentials, personal_data, services
from accounts.addresses import address_of, site_of
from accounts.models import User


class PersonSerializer(serializers.ModelSerializer):
    """Myself, as only I see me."""

    class Meta:
        model = User
        fields = ["id", "email", "username"]


class SignUpSerializer(serializers.Serializer):
    """A new account. Lengths and marks are the service's to judge, after tidying."""

    email = serializers.CharField()
    username = serializers.CharField(trim_whitespace=False)
    password = serializers.CharField(trim_whitespace=False)


class LogInSerializer(serializers.Serializer):
    """The proof; the code where the account asks for one."""

    email = serializers.CharField()
    password = serializers.CharField(trim_whitespace=False)
    code = serializers.CharField(required=False, allow_blank=True)


class LogInAnswerSerializer(serializers.Serializer):
    """The token, shown this once: it is kept as a hash."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField(default_timezone=UTC)
    user = PersonSerializer()


class ProfileSerializer(serializers.Serializer):
    """What to change; a new address needs the password."""

    username = serializers.CharField(required=False, trim_whitespace=False)
    email = serializers.CharField(required=False)
    password = serializers.CharField(required=False, trim_whitespace=False)


class DeletionSerializer(serializers.Serializer):
    """A given password has to be right; the log-in alone is enough for a program."""

    password = serializers.CharField(required=False, trim_whitespace=False)


class OwnDataSerializer(serializers.Serializer):
    """Without the password nobody carries a life away: neither an open browser nor a stolen token."""

    password = serializers.CharField(trim_whitespace=False)


class PasswordSerializer(serializers.Serializer):
    """The change of a password."""

    current_password = serializers.CharField(trim_whitespace=False)
    new_password = serializers.CharField(trim_whitespace=False)


def checked(serializer: type[serializers.Serializer], request) -> dict:
    """The body's values. Raises ValidationError."""
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data


class OneFormat(DefaultContentNegotiation):
    """The address says the format: whatever the client accepts, refusals are JSON."""

    def select_renderer(self, request, renderers, format_suffix=None):
        """The first one."""
        return renderers[0], renderers[0].media_type


class SignUp(APIView):
    """Make an account."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(request=SignUpSerializer, responses={201: PersonSerializer})
    def post(self, request) -> Response:
        """201 with the person."""
        body = checked(SignUpSerializer, request)
        user = services.sign_up(address=address_of(request._request), **body)
        confirming.send_link(user, site=site_of(request._request))
        return Response(PersonSerializer(user).data, status=status.HTTP_201_CREATED)


class LogIn(APIView):
    """Get a token. One answer for an unknown address and a wrong password."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(request=LogInSerializer, responses=LogInAnswerSerializer)
    def post(self, request) -> Response:
        """The token, when it expires, and whose it is."""
        body = checked(LogInSerializer, request)
        user = services.authenticate_person(address=address_of(request._request), **body)
        token, expires_at = credentials.issue_token(user, request.headers.get("User-Agent", ""))
        answer = LogInAnswerSerializer({"token": token, "expires_at": expires_at, "user": user})
        return Response(answer.data)


class LogOut(APIView):
    """End the log-in that the request came with: its token or its session."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request) -> Response:
        """204; the token is dead."""
        credentials.log_out(request._request, token=request.auth)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Me(APIView):
    """My account."""

    @extend_schema(responses=PersonSerializer)
    def get(self, request) -> Response:
        """Me."""
        return Response(PersonSerializer(request.user).data)

    @extend_schema(request=ProfileSerializer, responses=PersonSerializer)
    def patch(self, request) -> Response:
        """Change my name or address; a new address is to be confirmed."""
        former = request.user.email
        user = services.update_profile(user=request.user, **checked(ProfileSerializer, request))
        if user.email != former:
            confirming.send_link(user, site=site_of(request._request))
        return Response(PersonSerializer(user).data)

    @extend_schema(request=DeletionSerializer, responses={204: None})
    def delete(self, request) -> Response:
        """Delete my account; messages and books stay under “former member”."""
        password = checked(DeletionSerializer, request).get("password")
        services.delete_account(user=request.user, password=password)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Password(APIView):
    """My password."""

    @extend_schema(request=PasswordSerializer, responses={204: None})
    def post(self, request) -> Response:
        """204; every token is dead and every session but the one that asked."""
        body = checked(PasswordSerializer, request)
        services.change_password(
            user=request.user,
            current=body["current_password"],
            new=body["new_password"],
            keep_session_key=None if request.auth else request.session.session_key,
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class OwnData(APIView):
    """What this site keeps of me."""

    content_negotiation_class = OneFormat

    @extend_schema(request=OwnDataSerializer, responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def post(self, request) -> HttpResponseBase:
        """A zip of JSON files, made while it is sent. Some downloads, then a pause."""
        return personal_data.download(user=request.user, **checked(OwnDataSerializer, request))
