"""Money in the admin site: everything is looked at, nothing is edited. Lock, unlock, reversal and handover
are actions with a reason, done by the services that members use too."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from wallets.admin_pages import FoundByWallet, MoneyPage, wallets_called
from wallets.models import (
    AuditRecord,
    DuesPlan,
    LedgerEntry,
    Pin,
    ScheduledRun,
    ScheduledTransfer,
    SpendRequest,
    Transfer,
    Wallet,
    WalletMember,
)
from wallets.services import members, transfers, wallets

BOTH_ENDS = ("source", "target")


@admin.register(Wallet)
class Wallets(MoneyPage):
    """Wallets; an operator may stop one and let it go on."""

    list_display = ["id", "kind", "label", "channel", "balance", "created_at", "locked_at", "closed_at"]
    list_display_links = ["id", "label"]
    brought_along = ["owner", "channel"]
    list_filter = [
        "kind", ("locked_at", admin.EmptyFieldListFilter), ("closed_at", admin.EmptyFieldListFilter),
    ]  # fmt: skip
    search_fields = ["name"]  # shows the box; see get_search_results
    fields = [
        "kind", "owner", "channel", "name", "description", "balance", "last_sequence", "approval_limit",
        "sent_on", "sent_that_day", "created_at", "locked_at", "closed_at",
    ]  # fmt: skip
    actions = ["lock_wallets", "unlock_wallets"]

    @admin.display(description=_("name"))
    def label(self, wallet: Wallet) -> str:
        """As people call it."""
        return wallet.label

    def get_search_results(self, request, queryset, search_term):
        """By number, name, or the owner's name or e-mail."""
        words = search_term.strip()
        return (queryset.filter(pk__in=wallets_called(words).values("pk")) if words else queryset), False

    @admin.action(description=_("Lock: nothing moves in or out"), permissions=["change"])
    def lock_wallets(self, request, queryset):
        """Until it is unlocked."""
        return self.apply_with_reason(
            request,
            queryset,
            lambda wallet, reason: wallets.lock_as_operator(
                operator=request.user, wallet_id=wallet.pk, reason=reason
            ),
            gettext_noop("Locked"),
        )

    @admin.action(description=_("Unlock, and let the PIN be tried again"), permissions=["change"])
    def unlock_wallets(self, request, queryset):
        """Money moves again."""
        return self.apply_with_reason(
            request,
            queryset,
            lambda wallet, reason: wallets.unlock_as_operator(
                operator=request.user, wallet_id=wallet.pk, reason=reason
            ),
            gettext_noop("Unlocked"),
        )


@admin.register(WalletMember)
class WalletMembers(FoundByWallet):
    """Who is in which group's wallet; an operator may make another member the owner."""

    list_display = ["id", "wallet", "user", "role", "joined_at"]
    brought_along = ["wallet", "user"]
    list_filter = ["role"]
    search_fields = ["id"]
    person_fields = ("user",)
    actions = ["hand_over"]

    @admin.action(description=_("Make the owner of the wallet"), permissions=["change"])
    def hand_over(self, request, queryset):
        """The old owner becomes a treasurer."""
        return self.apply_with_reason(
            request,
            queryset,
            lambda member, reason: members.hand_over_as_operator(
                operator=request.user, wallet_id=member.wallet_id, user_id=member.user_id, reason=reason
            ),
            gettext_noop("Handed over"),
        )


@admin.register(Pin)
class Pins(FoundByWallet):
    """Whether a PIN is locked; its hash is shown to nobody."""

    list_display = ["wallet", "tries", "locked_at"]
    brought_along = ["wallet__owner"]
    list_filter = [("locked_at", admin.EmptyFieldListFilter)]
    search_fields = ["wallet"]
    fields = ["wallet", "tries", "locked_at"]


@admin.register(Transfer)
class Transfers(FoundByWallet):
    """What moved; an operator may give it back."""

    list_display = ["id", "kind", "source_label", "target_label", "amount", "memo", "actor", "created_at"]
    brought_along = ["source__owner", "target__owner", "actor"]
    list_filter = ["kind"]
    search_fields = ["id"]
    wallet_fields = BOTH_ENDS
    person_fields = ("actor",)
    fields = [
        "id", "kind", "source", "target", "amount", "memo", "actor", "created_at", "reverses", "dues_plan",
        "dues_member", "idempotency_key",
    ]  # fmt: skip
    actions = ["reverse_transfers"]

    @admin.display(description=_("from"))
    def source_label(self, transfer: Transfer) -> str:
        """As people call it."""
        return transfer.source.label

    @admin.display(description=_("to"))
    def target_label(self, transfer: Transfer) -> str:
        """As people call it."""
        return transfer.target.label

    @admin.action(description=_("Reverse: give the money back"), permissions=["change"])
    def reverse_transfers(self, request, queryset):
        """As new transfers; each is reversed once."""
        return self.apply_with_reason(
            request,
            queryset,
            lambda transfer, reason: transfers.reverse_as_operator(
                operator=request.user, transfer_id=transfer.pk, reason=reason
            ),
            gettext_noop("Reversed"),
        )


@admin.register(LedgerEntry)
class LedgerEntries(FoundByWallet):
    """Both sides of what moved."""

    list_display = ["id", "wallet_label", "sequence", "amount", "balance_after", "transfer_id", "created_at"]
    brought_along = ["wallet__owner"]
    search_fields = ["id"]

    @admin.display(description=_("wallet"))
    def wallet_label(self, entry: LedgerEntry) -> str:
        """As people call it."""
        return entry.wallet.label


@admin.register(ScheduledTransfer)
class ScheduledTransfers(FoundByWallet):
    """What is planned."""

    list_display = ["id", "source", "target", "amount", "repeat", "state", "next_run_at", "created_by"]
    brought_along = ["source", "target", "created_by"]
    list_filter = ["state", "repeat"]
    search_fields = ["id"]
    wallet_fields = BOTH_ENDS
    exclude = ["request_digest"]


@admin.register(ScheduledRun)
class ScheduledRuns(FoundByWallet):
    """What became of each planned run."""

    list_display = ["id", "schedule", "occurrence", "planned_at", "tried_at", "tries", "refusal"]
    brought_along = ["schedule"]
    search_fields = ["id"]
    wallet_fields = ("schedule__source", "schedule__target")


@admin.register(DuesPlan)
class DuesPlans(FoundByWallet):
    """Who is asked for how much each month."""

    list_display = ["id", "wallet", "title", "amount", "day", "starts_on", "ended_on", "created_by"]
    brought_along = ["wallet", "created_by"]
    search_fields = ["id"]


@admin.register(SpendRequest)
class SpendRequests(FoundByWallet):
    """What members asked a group's wallet for."""

    list_display = ["id", "wallet", "asked_by", "amount", "reason", "state", "created_at", "decided_at"]
    brought_along = ["wallet", "asked_by"]
    list_filter = ["state"]
    search_fields = ["id"]
    wallet_fields = ("wallet", "target")


@admin.register(AuditRecord)
class AuditRecords(FoundByWallet):
    """Who did what to which wallet."""

    list_display = ["id", "created_at", "action", "wallet", "actor", "detail"]
    brought_along = ["wallet", "actor"]
    search_fields = ["id"]
    person_fields = ("actor",)
