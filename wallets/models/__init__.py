"""Rows of money. `wallet` says whose it is, `ledger` what moved, the rest what is planned, owed or asked
for."""

from wallets.models.audit import AuditRecord
from wallets.models.dues import DuesExemption, DuesMember, DuesNotice, DuesPlan, DuesReminder
from wallets.models.ledger import LedgerEntry, Transfer, TransferKind
from wallets.models.schedule import Repeat, ScheduledRun, ScheduledTransfer, ScheduleState
from wallets.models.spending import SpendApproval, SpendRequest, SpendState
from wallets.models.wallet import EXTERNAL_ID, Pin, Wallet, WalletKind, WalletMember, WalletRole

__all__ = [
    "EXTERNAL_ID",
    "AuditRecord",
    "DuesExemption",
    "DuesMember",
    "DuesNotice",
    "DuesPlan",
    "DuesReminder",
    "LedgerEntry",
    "Pin",
    "Repeat",
    "ScheduleState",
    "ScheduledRun",
    "ScheduledTransfer",
    "SpendApproval",
    "SpendRequest",
    "SpendState",
    "Transfer",
    "TransferKind",
    "Wallet",
    "WalletKind",
    "WalletMember",
    "WalletRole",
]
