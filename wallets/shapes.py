"""What money looks like in JSON: strict numbers on the way in; wallets, transfers and entries on the way
out."""

from datetime import UTC

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chat.api import PublicPersonSerializer
from wallets.models import EXTERNAL_ID, LedgerEntry, Transfer, TransferKind, Wallet, WalletMember, WalletRole
from wallets.models.ledger import MOST_AMOUNT
from wallets.refusals import AmountInvalid, PinMalformed
from wallets.services.history import counterparty
from wallets.services.transfers import check_amount


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": MOST_AMOUNT, "description": "Won."})
class AmountField(serializers.Field):
    """Won as the JSON integer itself: "1000", 1.5, true and nothing at all are refused as amount_invalid."""

    def validate_empty_values(self, data):
        """Nothing is no amount, unless the field may do without."""
        if data is None and not self.allow_null or data is serializers.empty and self.required:
            raise AmountInvalid(field=self.field_name)
        return super().validate_empty_values(data)

    def to_internal_value(self, data) -> int:
        """Raises AmountInvalid."""
        try:
            return check_amount(data)
        except AmountInvalid as bad:
            raise AmountInvalid(field=self.field_name) from bad


@extend_schema_field(OpenApiTypes.INT64)
class NumberField(serializers.Field):
    """A JSON integer and nothing that could be read as one."""

    default_error_messages = {"invalid": serializers.IntegerField.default_error_messages["invalid"]}

    def to_internal_value(self, data) -> int:
        """Raises ValidationError."""
        if type(data) is not int:
            self.fail("invalid")
        return data

    def to_representation(self, value: int) -> int:
        return value


@extend_schema_field({"type": "string", "format": "password", "description": "4 to 6 digits."})
class PinField(serializers.Field):
    """A PIN as text: a number would lose its leading zeros. What is none counts as no try."""

    def to_internal_value(self, data) -> str:
        """Raises PinMalformed."""
        if not isinstance(data, str):
            raise PinMalformed
        return data


class WalletSerializer(serializers.ModelSerializer):
    """A wallet. A personal one has its owner's name. For a member of the channel who has not joined,
    `my_role`, `balance` and `approval_limit` are null: books are for the joined."""

    name = serializers.CharField(source="label")
    balance = serializers.SerializerMethodField()
    approval_limit = serializers.SerializerMethodField()
    my_role = serializers.ChoiceField(choices=WalletRole.choices, allow_null=True)
    closed_at = serializers.DateTimeField(default_timezone=UTC, allow_null=True)
    locked_at = serializers.DateTimeField(default_timezone=UTC, allow_null=True)

    class Meta:
        model = Wallet
        fields = [
            "id", "kind", "name", "description", "channel", "balance", "my_role", "approval_limit",
            "locked_at", "closed_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_balance(self, wallet: Wallet) -> int | None:
        """Won."""
        return None if wallet.my_role is None else wallet.balance

    def get_approval_limit(self, wallet: Wallet) -> int | None:
        """Above it a second person has to approve."""
        return None if wallet.my_role is None else wallet.approval_limit


class WalletMemberSerializer(serializers.ModelSerializer):
    """One person in one group wallet."""

    user = PublicPersonSerializer()
    joined_at = serializers.DateTimeField(default_timezone=UTC)

    class Meta:
        model = WalletMember
        fields = ["wallet", "user", "role", "joined_at"]
        read_only_fields = fields


class TransferSerializer(serializers.ModelSerializer):
    """A transfer. `source` and `target` are wallet ids; null, labelled “outside”, is where deposits come
    from. Of somebody else's personal wallet the owner's name is all that is told. `reverses` is the transfer
    that this one gave back, `reversed_by` the one that gave this back."""

    source = serializers.SerializerMethodField()
    target = serializers.SerializerMethodField()
    source_label = serializers.CharField(source="source.label")
    target_label = serializers.CharField(source="target.label")
    reverses = serializers.UUIDField(source="reverses_id", allow_null=True)
    reversed_by = serializers.SerializerMethodField()
    actor = PublicPersonSerializer()
    created_at = serializers.DateTimeField(default_timezone=UTC)

    class Meta:
        model = Transfer
        fields = [
            "id", "kind", "source", "target", "amount", "memo", "created_at",
            "source_label", "target_label", "reverses", "reversed_by", "actor",
        ]  # fmt: skip
        read_only_fields = fields

    def get_source(self, transfer: Transfer) -> int | None:
        """Where it came from."""
        return _number_of(transfer.source_id)

    def get_target(self, transfer: Transfer) -> int | None:
        """Where it went."""
        return _number_of(transfer.target_id)

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_reversed_by(self, transfer: Transfer) -> str | None:
        """The transfer that gave this one back."""
        reversal = getattr(transfer, "reversal", None)
        return str(reversal.pk) if reversal else None


class EntrySerializer(serializers.ModelSerializer):
    """One line of a wallet's books: `amount` with its sign, `sequence` without a gap."""

    kind = serializers.ChoiceField(source="transfer.kind", choices=TransferKind.choices)
    transfer = serializers.UUIDField(source="transfer_id")
    counterparty = serializers.SerializerMethodField()
    memo = serializers.CharField(source="transfer.memo")
    created_at = serializers.DateTimeField(default_timezone=UTC)
    sequence = serializers.IntegerField()
    balance_after = serializers.IntegerField()

    class Meta:
        model = LedgerEntry
        fields = [
            "sequence", "amount", "balance_after", "kind", "transfer", "counterparty", "memo", "created_at"
        ]  # fmt: skip
        read_only_fields = fields

    def get_counterparty(self, entry: LedgerEntry) -> str:
        """The name of the other side."""
        return counterparty(entry).label


def _number_of(wallet_id: int) -> int | None:
    return None if wallet_id == EXTERNAL_ID else wallet_id
