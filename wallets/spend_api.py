"""Spend requests over HTTP: ask a group's wallet for money, say yes or no. Parse, call the service,
present."""

from datetime import UTC

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import checked
from chat.api import PublicPersonSerializer
from wallets.api import asked
from wallets.idempotent import credential_of, key_of, key_parameter, replay_header
from wallets.models import SpendApproval, SpendRequest, SpendState
from wallets.services import spending
from wallets.shapes import AmountField, PinField


class AnswerSerializer(serializers.ModelSerializer):
    """One person's yes or no."""

    user = PublicPersonSerializer()
    created_at = serializers.DateTimeField(default_timezone=UTC)

    class Meta:
        model = SpendApproval
        fields = ["user", "approved", "comment", "created_at"]
        read_only_fields = fields


class SpendRequestSerializer(serializers.ModelSerializer):
    """Money that a member asks a group's wallet for, into the own wallet. `transfer` once it is paid."""

    asked_by = PublicPersonSerializer()
    created_at = serializers.DateTimeField(default_timezone=UTC)
    decided_at = serializers.DateTimeField(default_timezone=UTC, allow_null=True)
    transfer = serializers.UUIDField(source="transfer_id", allow_null=True)
    approvals = AnswerSerializer(many=True)

    class Meta:
        model = SpendRequest
        fields = [
            "id", "wallet", "asked_by", "amount", "reason", "state", "created_at", "decided_at", "transfer",
            "approvals",
        ]  # fmt: skip
        read_only_fields = fields


class NewSpendRequestSerializer(serializers.Serializer):
    """How much, and what for."""

    amount = AmountField()
    reason = serializers.CharField(trim_whitespace=False)


class ApprovalSerializer(serializers.Serializer):
    """The wallet's PIN, which owner and treasurers give."""

    pin = PinField(required=False)


class DeclineSerializer(serializers.Serializer):
    """Why not."""

    comment = serializers.CharField(default="", allow_blank=True, trim_whitespace=False)


class StateQuerySerializer(serializers.Serializer):
    """Which requests."""

    state = serializers.ChoiceField(choices=SpendState.choices, required=False)


class SpendRequests(generics.ListAPIView):
    """What members ask a group's wallet for."""

    serializer_class = SpendRequestSerializer
    queryset = SpendRequest.objects.none()

    def get_queryset(self):
        """For a member of the wallet."""
        state = asked(StateQuerySerializer, self.request).get("state")
        return spending.requests_of(user=self.request.user, wallet_id=self.kwargs["wallet_id"], state=state)

    @extend_schema(
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, enum=SpendState.values, description="Only these.")
        ]
    )
    def get(self, request, *args, **kwargs) -> Response:
        """Newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewSpendRequestSerializer, responses={201: SpendRequestSerializer})
    def post(self, request, wallet_id: int) -> Response:
        """201 with a new request by a member of the wallet."""
        body = checked(NewSpendRequestSerializer, request)
        made = spending.ask(user=request.user, wallet_id=wallet_id, **body)
        return Response(SpendRequestSerializer(made).data, status=status.HTTP_201_CREATED)


class OneSpendRequest(APIView):
    """A spend request, for the members of its wallet."""

    @extend_schema(responses=SpendRequestSerializer)
    def get(self, request, request_id: int) -> Response:
        """The request with its answers."""
        found = spending.request_for(user=request.user, request_id=request_id)
        return Response(SpendRequestSerializer(found).data)


class ApproveSpending(APIView):
    """Say yes."""

    @extend_schema(
        parameters=[key_parameter(required=True)],
        request=ApprovalSerializer,
        responses=SpendRequestSerializer,
    )
    def post(self, request, request_id: int) -> Response:
        """200 with the request; with the last yes that is needed it is paid. It is paid once, whatever the
        key."""
        key_of(request)
        body = checked(ApprovalSerializer, request)
        before = spending.request_for(user=request.user, request_id=request_id)
        replayed = before.state == SpendState.PAID
        approved = spending.approve(
            user=request.user, request_id=request_id, credential=credential_of(request), **body
        )
        return Response(SpendRequestSerializer(approved).data, headers=replay_header(replayed))


class DeclineSpending(APIView):
    """Say no."""

    @extend_schema(request=DeclineSerializer, responses=SpendRequestSerializer)
    def post(self, request, request_id: int) -> Response:
        """200 with the request, which is over; owner and treasurers only."""
        body = checked(DeclineSerializer, request)
        declined = spending.decline(user=request.user, request_id=request_id, **body)
        return Response(SpendRequestSerializer(declined).data)


class WithdrawSpending(APIView):
    """Take the own request back."""

    @extend_schema(request=None, responses=SpendRequestSerializer)
    def post(self, request, request_id: int) -> Response:
        """200 with the request, which is over."""
        withdrawn = spending.withdraw(user=request.user, request_id=request_id)
        return Response(SpendRequestSerializer(withdrawn).data)
