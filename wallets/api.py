"""Wallets over HTTP: open, change, close, who is in, what comes in. Parse, call the service, present."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import checked
from wallets.idempotent import answer_posted, key_of, moves_money
from wallets.models import Wallet, WalletMember, WalletRole
from wallets.rights import wallet_for
from wallets.services import members, transfers, wallets
from wallets.shapes import (
    AmountField,
    NumberField,
    PinField,
    WalletMemberSerializer,
    WalletSerializer,
)


class NewWalletSerializer(serializers.Serializer):
    """`pin` alone opens my personal wallet; with `channel` and `name` it is a group's."""

    pin = PinField()
    channel = NumberField(required=False)
    name = serializers.CharField(required=False, trim_whitespace=False)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)

    def validate(self, attrs: dict) -> dict:
        """Half of a group's wallet is none. Raises ValidationError."""
        group = attrs.keys() & {"channel", "name", "description"}
        missing = {"channel", "name"} - group if group else ()
        if missing:
            required = self.fields["pin"].error_messages["required"]
            raise serializers.ValidationError(dict.fromkeys(sorted(missing), required))
        return attrs


class WalletChangeSerializer(serializers.Serializer):
    """What to change; what is missing stays. `approval_limit` null: no second person is ever needed."""

    name = serializers.CharField(required=False, trim_whitespace=False)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    approval_limit = AmountField(required=False, allow_null=True)


class WalletRoleSerializer(serializers.Serializer):
    """A role to give; `owner` hands the wallet over."""

    role = serializers.ChoiceField(choices=WalletRole.choices)


class NewPinSerializer(serializers.Serializer):
    """A new PIN, proved by the account's password."""

    password = serializers.CharField(trim_whitespace=False)
    pin = PinField()


class DepositSerializer(serializers.Serializer):
    """What came in."""

    amount = AmountField()
    memo = serializers.CharField(default="", allow_blank=True, trim_whitespace=False)


def asked(serializer: type[serializers.Serializer], request) -> dict:
    """The values of the query. Raises ValidationError."""
    query = serializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    return query.validated_data


class ChannelQuerySerializer(serializers.Serializer):
    """Which channel's wallets."""

    channel = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class Wallets(generics.ListAPIView):
    """Wallets."""

    serializer_class = WalletSerializer
    queryset = Wallet.objects.none()

    def get_queryset(self):
        """The caller's, or all open ones of a channel."""
        channel = asked(ChannelQuerySerializer, self.request).get("channel")
        if channel is None:
            return wallets.my_wallets(self.request.user)
        return wallets.wallets_of_channel(self.request.user, channel)

    @extend_schema(
        parameters=[OpenApiParameter("channel", OpenApiTypes.INT64, description="Those of a channel.")]
    )
    def get(self, request, *args, **kwargs) -> Response:
        """My own wallet and those of my groups; with `channel` every wallet of a channel that I am in, joined
        or not."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewWalletSerializer, responses={201: WalletSerializer})
    def post(self, request) -> Response:
        """201 with a new wallet, of which the caller is the owner."""
        body = checked(NewWalletSerializer, request)
        if "channel" in body:
            wallet = wallets.open_group(user=request.user, channel_id=body.pop("channel"), **body)
        else:
            wallet = wallets.open_personal(user=request.user, **body)
        return Response(WalletSerializer(wallet).data, status=status.HTTP_201_CREATED)


class OneWallet(APIView):
    """A wallet, for its owner, its members and the members of its channel."""

    @extend_schema(responses=WalletSerializer)
    def get(self, request, wallet_id: int) -> Response:
        """The wallet."""
        return Response(WalletSerializer(wallet_for(user=request.user, wallet_id=wallet_id)).data)

    @extend_schema(request=WalletChangeSerializer, responses=WalletSerializer)
    def patch(self, request, wallet_id: int) -> Response:
        """Change a group's wallet; the owner only."""
        changes = checked(WalletChangeSerializer, request)
        wallet = wallets.change_wallet(user=request.user, wallet_id=wallet_id, **changes)
        return Response(WalletSerializer(wallet).data)

    @extend_schema(responses={204: None})
    def delete(self, request, wallet_id: int) -> Response:
        """Close it, when it is empty and nothing is planned; the owner only. Its books stay."""
        wallets.close_wallet(user=request.user, wallet_id=wallet_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class JoinWallet(APIView):
    """Become a member of a wallet of my channel."""

    @extend_schema(request=None, responses=WalletMemberSerializer)
    def post(self, request, wallet_id: int) -> Response:
        """200 with the membership, the same one every time."""
        return Response(WalletMemberSerializer(members.join(user=request.user, wallet_id=wallet_id)).data)


class WalletMembers(generics.ListAPIView):
    """Who is in a group's wallet, in the order of joining."""

    serializer_class = WalletMemberSerializer
    queryset = WalletMember.objects.none()

    def get_queryset(self):
        """The memberships, for a member."""
        return members.members(user=self.request.user, wallet_id=self.kwargs["wallet_id"])


class OneWalletMember(APIView):
    """One member, changed by the owner."""

    @extend_schema(request=WalletRoleSerializer, responses=WalletMemberSerializer)
    def patch(self, request, wallet_id: int, user_id: int) -> Response:
        """Give a role. `owner` hands the wallet over, and the caller becomes a treasurer."""
        role = checked(WalletRoleSerializer, request)["role"]
        member = members.set_role(actor=request.user, wallet_id=wallet_id, user_id=user_id, role=role)
        return Response(WalletMemberSerializer(member).data)

    @extend_schema(responses={204: None})
    def delete(self, request, wallet_id: int, user_id: int) -> Response:
        """Put a member out; with the own id: leave."""
        members.remove_member(actor=request.user, wallet_id=wallet_id, user_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WalletPin(APIView):
    """The PIN of a wallet."""

    @extend_schema(request=NewPinSerializer, responses={204: None})
    def post(self, request, wallet_id: int) -> Response:
        """204; the new PIN counts and is unlocked. The owner only."""
        wallets.set_pin(user=request.user, wallet_id=wallet_id, **checked(NewPinSerializer, request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Deposits(APIView):
    """Money from outside."""

    @moves_money(DepositSerializer)
    def post(self, request, wallet_id: int) -> Response:
        """201 with the transfer, for whoever may spend from the wallet."""
        key = key_of(request)
        body = checked(DepositSerializer, request)
        return answer_posted(transfers.deposit(actor=request.user, wallet_id=wallet_id, key=key, **body))
