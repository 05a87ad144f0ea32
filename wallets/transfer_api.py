"""Transfers over HTTP, at once and planned: parse, call the service, present."""

from datetime import UTC

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import checked
from wallets.api import asked
from wallets.idempotent import (
    HEADER,
    answer_posted,
    credential_of,
    key_of,
    key_parameter,
    moves_money,
    replay_header,
)
from wallets.models import Repeat, ScheduledRun, ScheduledTransfer
from wallets.schedules import services as schedules
from wallets.schedules.reasons import reason_for
from wallets.services import transfers
from wallets.shapes import AmountField, NumberField, PinField, TransferSerializer

SHOWN_RUNS = 100


class NewTransferSerializer(serializers.Serializer):
    """What to send: from a wallet that I may spend from, with its PIN."""

    source = NumberField()
    target = NumberField()
    amount = AmountField()
    memo = serializers.CharField(default="", allow_blank=True, trim_whitespace=False)
    pin = PinField()


class ReversalSerializer(serializers.Serializer):
    """The PIN of the wallet that gives the money back."""

    pin = PinField()
    memo = serializers.CharField(default="", allow_blank=True, trim_whitespace=False)


class NewScheduleSerializer(NewTransferSerializer):
    """A transfer to come. `first_run_at` without an offset is Korean time; `ends_on` is the last day that may
    still have a run."""

    first_run_at = serializers.DateTimeField()
    repeat = serializers.ChoiceField(choices=Repeat.choices, default=Repeat.ONCE)
    ends_on = serializers.DateField(default=None, allow_null=True)


class RunSerializer(serializers.ModelSerializer):
    """What became of one occurrence: a transfer, or the code and the words of its refusal. After one try the
    same evening has another."""

    planned_at = serializers.DateTimeField(default_timezone=UTC)
    tried_at = serializers.DateTimeField(default_timezone=UTC)
    transfer = serializers.UUIDField(source="transfer_id", allow_null=True)
    reason = serializers.SerializerMethodField()

    class Meta:
        model = ScheduledRun
        fields = ["occurrence", "planned_at", "tried_at", "tries", "transfer", "refusal", "reason"]
        read_only_fields = fields

    def get_reason(self, run: ScheduledRun) -> str:
        """Empty where it was not refused."""
        return str(reason_for(run.refusal))


class ScheduleSerializer(serializers.ModelSerializer):
    """A scheduled transfer; `next_run_at` is null once it is over."""

    source_label = serializers.CharField(source="source.label")
    target_label = serializers.CharField(source="target.label")
    created_at = serializers.DateTimeField(default_timezone=UTC)
    first_run_at = serializers.DateTimeField(default_timezone=UTC)
    next_run_at = serializers.DateTimeField(default_timezone=UTC, allow_null=True)

    class Meta:
        model = ScheduledTransfer
        fields = [
            "id", "source", "target", "source_label", "target_label", "amount", "memo", "first_run_at",
            "repeat", "ends_on", "state", "next_run_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class ScheduleWithRunsSerializer(ScheduleSerializer):
    """The same with its latest runs, newest first."""

    runs = serializers.SerializerMethodField()

    class Meta(ScheduleSerializer.Meta):
        fields = [*ScheduleSerializer.Meta.fields, "runs"]
        read_only_fields = fields

    @extend_schema_field(RunSerializer(many=True))
    def get_runs(self, schedule: ScheduledTransfer) -> list[dict]:
        """At most a hundred."""
        return RunSerializer(schedule.runs.order_by("-occurrence")[:SHOWN_RUNS], many=True).data


class Transfers(APIView):
    """Send money."""

    @moves_money(NewTransferSerializer)
    def post(self, request) -> Response:
        """201 with the transfer; a refusal moves nothing and does not use up the key."""
        key = key_of(request)
        asked_for = _ends(checked(NewTransferSerializer, request))
        posted = transfers.transfer(
            actor=request.user, key=key, credential=credential_of(request), **asked_for
        )
        return answer_posted(posted)


class OneTransfer(APIView):
    """The receipt, for those who may read the books of either wallet."""

    @extend_schema(responses=TransferSerializer)
    def get(self, request, transfer_id) -> Response:
        """The transfer."""
        transfer = transfers.transfer_for(user=request.user, transfer_id=transfer_id)
        return Response(TransferSerializer(transfer).data)


class Reversal(APIView):
    """Give money back, whole, by whoever may spend from the wallet that got it."""

    @moves_money(ReversalSerializer)
    def post(self, request, transfer_id) -> Response:
        """201 with the new transfer, which goes the other way."""
        key = key_of(request)
        posted = transfers.reverse(
            actor=request.user,
            transfer_id=transfer_id,
            key=key,
            credential=credential_of(request),
            **checked(ReversalSerializer, request),
        )
        return answer_posted(posted)


class WalletQuerySerializer(serializers.Serializer):
    """Which wallet's."""

    wallet = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class Schedules(generics.ListAPIView):
    """Transfers to come, and those that were."""

    serializer_class = ScheduleSerializer
    queryset = ScheduledTransfer.objects.none()

    def get_queryset(self):
        """Newest first."""
        wallet = asked(WalletQuerySerializer, self.request).get("wallet")
        return schedules.schedules_of(user=self.request.user, wallet_id=wallet)

    @extend_schema(
        parameters=[OpenApiParameter("wallet", OpenApiTypes.INT64, description="From this wallet only.")]
    )
    def get(self, request, *args, **kwargs) -> Response:
        """Those from the wallets that I may spend from."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        parameters=[key_parameter(required=False)],
        request=NewScheduleSerializer,
        responses={201: ScheduleSerializer},
    )
    def post(self, request) -> Response:
        """201 with the plan; nothing is set aside. With a key a repeat is answered with the first plan."""
        key = key_of(request) if HEADER in request.headers else None
        asked_for = _ends(checked(NewScheduleSerializer, request))
        replayed = key is not None and schedules.is_planned(user=request.user, key=key)
        schedule = schedules.plan_transfer(
            user=request.user, key=key, credential=credential_of(request), **asked_for
        )
        answer = ScheduleSerializer(schedules.schedule_for(user=request.user, schedule_id=schedule.pk)).data
        return Response(answer, status=status.HTTP_201_CREATED, headers=replay_header(replayed))


class OneSchedule(APIView):
    """A scheduled transfer, for whoever may spend from its source."""

    @extend_schema(responses=ScheduleWithRunsSerializer)
    def get(self, request, schedule_id: int) -> Response:
        """Its state and its runs."""
        schedule = schedules.schedule_for(user=request.user, schedule_id=schedule_id)
        return Response(ScheduleWithRunsSerializer(schedule).data)

    @extend_schema(responses={204: None})
    def delete(self, request, schedule_id: int) -> Response:
        """Cancel every run that has not happened."""
        schedules.cancel(user=request.user, schedule_id=schedule_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _ends(body: dict) -> dict:
    """The same with the names that services use."""
    return {"source_id": body.pop("source"), "target_id": body.pop("target"), **body}
