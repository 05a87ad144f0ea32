"""Dues over HTTP: plans, the board of a month, paying, reminding. Parse, call the service, present."""

from datetime import UTC

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import checked
from accounts.text import InvalidInput
from chat.api import PublicPersonSerializer
from wallets.api import asked
from wallets.dues.allocation import DuesStatus
from wallets.dues.periods import parse_period, period_text
from wallets.idempotent import answer_posted, credential_of, key_of, moves_money
from wallets.models import DuesPlan, DuesReminder
from wallets.services import dues, dues_board, dues_rights, reminders
from wallets.shapes import AmountField, NumberField, PinField


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d{2}$", "example": "2026-11"})
class PeriodField(serializers.Field):
    """A month, "2026-11"."""

    default_error_messages = {"invalid": serializers.DateField.default_error_messages["invalid"]}

    def to_internal_value(self, data):
        """Its first day. Raises ValidationError."""
        try:
            return parse_period(data)
        except (TypeError, ValueError):
            self.fail("invalid", format="YYYY-MM")

    def to_representation(self, value) -> str:
        return period_text(value)


class PlanSerializer(serializers.ModelSerializer):
    """A dues plan: `amount` won a month, due on `day`. `everyone`: later joiners owe too."""

    starts_on = PeriodField()
    ended_on = PeriodField(allow_null=True)

    class Meta:
        model = DuesPlan
        fields = [
            "id", "wallet", "title", "amount", "day", "grace_days", "starts_on", "ended_on", "everyone",
            "reminds",
        ]  # fmt: skip
        read_only_fields = fields


class PlansSerializer(serializers.Serializer):
    """All plans of a wallet in one page: there are few."""

    results = PlanSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class NewPlanSerializer(serializers.Serializer):
    """A new plan. `members` null: everybody in the wallet, later joiners too; `exempt` never pay."""

    title = serializers.CharField(trim_whitespace=False)
    amount = AmountField()
    day = NumberField()
    grace_days = NumberField(default=0)
    starts_on = PeriodField(required=False)
    members = serializers.ListField(child=NumberField(), required=False, allow_null=True)
    exempt = serializers.ListField(child=NumberField(), required=False)
    reminds = serializers.BooleanField(default=True)


class PlanChangeSerializer(serializers.Serializer):
    """What to change; what is missing stays. `ended` true, alone: this month is the last."""

    title = serializers.CharField(required=False, trim_whitespace=False)
    grace_days = NumberField(required=False)
    reminds = serializers.BooleanField(required=False)
    ended = serializers.BooleanField(required=False)

    def validate(self, attrs: dict) -> dict:
        """An end is for good and goes alone. Raises InvalidInput."""
        if attrs.get("ended", True) is False or "ended" in attrs and len(attrs) > 1:
            raise InvalidInput(field="ended")
        return attrs


class RowSerializer(serializers.Serializer):
    """One member in one month, sums in won. `owed_before` is missing from earlier months, `paid_through` the
    last complete one."""

    user = PublicPersonSerializer()
    status = serializers.ChoiceField(choices=[status.value for status in DuesStatus])
    late = serializers.BooleanField()
    paid = serializers.IntegerField()
    missing = serializers.IntegerField()
    owed_before = serializers.IntegerField()
    completed_at = serializers.DateTimeField(default_timezone=UTC, allow_null=True)
    paid_through = PeriodField(allow_null=True)
    in_wallet = serializers.BooleanField()
    reminded = serializers.IntegerField()


class ReminderSerializer(serializers.ModelSerializer):
    """That `people` were reminded of a month on a day; `sent_by` null: by itself."""

    period = PeriodField()

    class Meta:
        model = DuesReminder
        fields = ["plan", "period", "sent_on", "sent_by", "people"]
        read_only_fields = fields


class BoardSerializer(serializers.Serializer):
    """One month of a plan, who owes first. `counts` are people by status; `previous` and `following` the
    neighbouring months that the plan has."""

    plan = PlanSerializer()
    period = PeriodField()
    due_on = serializers.DateField()
    counts = serializers.DictField(child=serializers.IntegerField())
    paid_people = serializers.IntegerField()
    owing_people = serializers.IntegerField()
    collected = serializers.IntegerField()
    missing = serializers.IntegerField()
    rows = RowSerializer(many=True)
    mine = RowSerializer(allow_null=True)
    reminders = ReminderSerializer(many=True)
    may_manage = serializers.BooleanField()
    previous = PeriodField(allow_null=True)
    following = PeriodField(allow_null=True)


class PeriodSerializer(serializers.Serializer):
    """Which month; without one this month."""

    period = PeriodField(required=False)


class PaymentSerializer(PeriodSerializer):
    """From my own wallet, with its PIN: `amount`, or what I owe up to `period`."""

    amount = AmountField(required=False)
    pin = PinField()


class ExemptionSerializer(PeriodSerializer):
    """Who need not pay the month; without one, any month."""

    member = NumberField()
    reason = serializers.CharField(default="", allow_blank=True, trim_whitespace=False)


class CashSerializer(serializers.Serializer):
    """Cash that a member paid."""

    member = NumberField()
    amount = AmountField()


class WalletDues(APIView):
    """The dues plans of a group's wallet."""

    @extend_schema(responses=PlansSerializer)
    def get(self, request, wallet_id: int) -> Response:
        """Running ones first."""
        plans = dues_rights.plans_of(user=request.user, wallet_id=wallet_id)
        return Response({"results": PlanSerializer(plans, many=True).data, "next": None, "previous": None})

    @extend_schema(request=NewPlanSerializer, responses={201: PlanSerializer})
    def post(self, request, wallet_id: int) -> Response:
        """201 with a new plan; owner and treasurers only. Its card appears in the channel."""
        plan = dues.make_plan(user=request.user, wallet_id=wallet_id, **checked(NewPlanSerializer, request))
        return Response(PlanSerializer(plan).data, status=status.HTTP_201_CREATED)


class OnePlan(APIView):
    """A dues plan, for the members of its wallet."""

    @extend_schema(responses=PlanSerializer)
    def get(self, request, plan_id: int) -> Response:
        """The plan."""
        return Response(PlanSerializer(dues_rights.plan_for(user=request.user, plan_id=plan_id)).data)

    @extend_schema(request=PlanChangeSerializer, responses=PlanSerializer)
    def patch(self, request, plan_id: int) -> Response:
        """Change it, or end it; owner and treasurers only. Amount and day stay: end it and make another."""
        changes = checked(PlanChangeSerializer, request)
        if changes.get("ended"):
            plan = dues.end_plan(user=request.user, plan_id=plan_id)
        else:
            plan = dues.change_plan(user=request.user, plan_id=plan_id, **changes)
        return Response(PlanSerializer(plan).data)


class Board(APIView):
    """Who has paid."""

    @extend_schema(
        parameters=[OpenApiParameter("period", OpenApiTypes.STR, description="A month, “2026-11”.")],
        responses=BoardSerializer,
    )
    def get(self, request, plan_id: int) -> Response:
        """The board of a month, for the members of the wallet."""
        period = asked(PeriodSerializer, request).get("period")
        board = dues_board.board(user=request.user, plan_id=plan_id, period=period)
        return Response(BoardSerializer(board).data)


class PayDues(APIView):
    """Pay my dues."""

    @moves_money(PaymentSerializer)
    def post(self, request, plan_id: int) -> Response:
        """201 with the transfer. More than is owed pays the months to come."""
        key = key_of(request)
        body = checked(PaymentSerializer, request)
        posted = dues.pay(
            user=request.user, plan_id=plan_id, key=key, credential=credential_of(request), **body
        )
        return answer_posted(posted)


class Remind(APIView):
    """Tell those who have not paid, and nobody else."""

    @extend_schema(request=PeriodSerializer, responses={201: ReminderSerializer})
    def post(self, request, plan_id: int) -> Response:
        """201 with the reminder; owner and treasurers only, once a day, never at night."""
        reminder = reminders.remind(user=request.user, plan_id=plan_id, **checked(PeriodSerializer, request))
        return Response(ReminderSerializer(reminder).data, status=status.HTTP_201_CREATED)


class Exemptions(APIView):
    """Who need not pay."""

    @extend_schema(request=ExemptionSerializer, responses={204: None})
    def post(self, request, plan_id: int) -> Response:
        """204; owner and treasurers only. Money laid on the month moves on to the next."""
        body = checked(ExemptionSerializer, request)
        dues.exempt(user=request.user, plan_id=plan_id, member_id=body.pop("member"), **body)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        parameters=[
            OpenApiParameter("member", OpenApiTypes.INT64, required=True, description="Whose."),
            OpenApiParameter("period", OpenApiTypes.STR, description="A month; without one, that of all."),
        ],
        responses={204: None},
    )
    def delete(self, request, plan_id: int) -> Response:
        """204; the exemption is taken back, or there was none."""
        body = asked(ExemptionQuerySerializer, request)
        dues.unexempt(user=request.user, plan_id=plan_id, member_id=body.pop("member"), **body)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExemptionQuerySerializer(PeriodSerializer):
    """Which exemption."""

    member = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class Cash(APIView):
    """Cash that a treasurer was handed."""

    @moves_money(CashSerializer)
    def post(self, request, plan_id: int) -> Response:
        """201 with the deposit, which counts as the member's dues; owner and treasurers only."""
        key = key_of(request)
        body = checked(CashSerializer, request)
        member = body.pop("member")
        return answer_posted(
            dues.record_cash(user=request.user, plan_id=plan_id, member_id=member, key=key, **body)
        )
